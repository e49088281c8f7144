/** The writer's page beside floors and peers of the same run: typing, opening, twenty people in one chapter. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signUp } from "../support/client.ts";
import { freshDatabase } from "../support/services.ts";
import { seedChapter } from "./chapter.ts";
import { ms, print, ratio, start, told, told95 } from "./measure.ts";
import { benchOpening } from "./opening.ts";
import { benchPeople, PEOPLE } from "./people.ts";
import { openBenchBrowser } from "./screen.ts";
import { benchTyping } from "./typing.ts";

/** Words of prose, with as many of notes. */
const LENGTHS = [5_000, 20_000, 100_000];
const OPENED = 20_000;
const SHARED = 5_000;

/** Prints the table of the editor; Postgres runs, and `TEST_DATABASE_URL` names it. */
export async function benchEditor(): Promise<void> {
  const database = await freshDatabase();
  const folder = await mkdtemp(join(tmpdir(), "reyna-bench-"));
  const studio = await start("./program.ts", { DATABASE_URL: database.url, REYNA_DATA: folder });
  const rows: string[][] = [];
  try {
    const marian = await signUp(studio.url);
    const chapters = new Map<number, string>();
    for (const words of LENGTHS) chapters.set(words, await seedChapter(marian, words));

    const browser = await openBenchBrowser(marian);
    if (browser) {
      for (const words of LENGTHS) {
        const { typed, floor } = await benchTyping(browser, chapters.get(words)!);
        const than = `${ratio(typed.p50, floor.p50)}, ${ratio(typed.p95, floor.p95)}`;
        rows.push([
          `keydown → painted, ${words} words`,
          `${told95(typed)} (${than})`,
          `${told95(floor)} a bare paragraph`,
        ]);
      }
      const opening = await benchOpening(browser, chapters.get(OPENED)!);
      rows.push([
        `opening ${OPENED} words → readable`,
        told95(opening.readable),
        `${told95(opening.floor)} the same HTML, static, without script`,
      ]);
      rows.push([
        `opening ${OPENED} words → first keystroke possible`,
        `${told95(opening.ready)} (${ratio(opening.ready.p50, opening.floor.p50)})`,
        "",
      ]);
      rows.push([
        "answer of the page, whole",
        told95(opening.answer),
        `${told95(opening.answerFloor)} static`,
      ]);
      const kib = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`;
      rows.push([
        "script before the first keystroke, and HTML, as sent",
        `${kib(opening.scriptBytes)}, ${kib(opening.htmlBytes)}`,
        "",
      ]);
      await browser.stop();
    }

    const shared = await seedChapter(marian, SHARED);
    const { seen, plain } = await benchPeople(marian, shared);
    rows.push([
      `keystroke → ${PEOPLE - 1} other screens, ${PEOPLE} people typing (p50 / p99)`,
      `${told(seen)} (${ratio(seen.p50, plain.p50)}, ${ratio(seen.p99, plain.p99)})`,
      `${told(plain)} a bare Hocuspocus, nothing kept`,
    ]);
    rows.push(["memory after all this, MiB", ms(studio.memory()), ""]);
  } finally {
    await studio.stop();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  }
  print("Milliseconds, p50 / p95.", ["studio", "floor or peer"], rows);
}

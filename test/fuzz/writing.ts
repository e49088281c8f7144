/**
 * Writers in real browsers on one chapter, on two web processes over real NATS and one Postgres, while cables are pulled
 * and processes and browsers are killed. At the end every page and the database show the same, and no word is lost;
 * and whatever the chip called saved was in the database when a SIGKILL came.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPostgres } from "../../src/database.ts";
import { readDocument } from "../../src/documents/log.ts";
import { passagesOf } from "../../src/documents/model/document.ts";
import { readRecovered } from "../../src/documents/model/recovered.ts";
import { readChapter, readTrash } from "../../src/documents/model/rows.ts";
import { eventually, signUp } from "../support/client.ts";
import { freshDatabase, ownNats } from "../support/services.ts";
import { randomOf } from "./random.ts";
import { newWeb } from "./web.ts";
import { newWords, wordsIn } from "./words.ts";
import { newWriter, type Shown, type Writer } from "./writer.ts";

export type Settings = {
  seed: number;
  /** How long they write, in milliseconds. */
  forMs: number;
  writers: number;
  /** Roughly so long between two killings, in milliseconds. */
  killEveryMs: number;
  say?(line: string): void;
};

export type Outcome = {
  typed: number;
  taken: number;
  /** Typed when their browser was killed, with nothing vouching for them. */
  unsure: number;
  recovered: number;
  /** How often the chip turned green for words of its writer. */
  marks: number;
  kills: Record<string, number>;
  acts: Record<string, number>;
  /** What the pages' consoles said, each once. */
  complaints: string[];
};

/** How long all may take to agree at the end, in milliseconds. */
const AGREE_WITHIN_MS = 90_000;

/** @throws Error that names the seed and what is wrong; null without NATS. */
export async function write(settings: Settings): Promise<Outcome | null> {
  const { seed, forMs, killEveryMs, say = () => {} } = settings;
  const nats = await ownNats();
  if (!nats) return null;
  const stops: (() => Promise<unknown>)[] = [() => nats.stop()];
  try {
    const database = await freshDatabase();
    const folder = await mkdtemp(join(tmpdir(), "reyna-fuzz-"));
    stops.push(database.drop, () => rm(folder, { recursive: true, force: true }));
    const common = { DATABASE_URL: database.url, NATS_URL: nats.url, REYNA_DATA: folder };
    const webs = await Promise.all([newWeb(common), newWeb(common)]);
    stops.push(() => Promise.all(webs.map((web) => web.kill())));
    const marian = await signUp(webs[0]!.url);
    const postgres = await openPostgres(database.url, { connections: 2 });
    stops.push(() => postgres.close());
    const words = newWords();
    const counts = { acts: {}, marks: 0 };
    const kills = { web: 0, browser: 0, both: 0 };

    const writers = await Promise.all(
      Array.from({ length: settings.writers }, (_, id) =>
        newWriter({
          id,
          url: webs[id % webs.length]!.url,
          chapter: marian.chapter,
          random: randomOf(seed * 100 + id),
          words,
          counts,
        }),
      ),
    );
    stops.push(() => Promise.all(writers.map((writer) => writer.stop())));

    /** All that the database alone has. */
    async function stored() {
      const { doc } = await readDocument(postgres.db, marian.chapter);
      const chapter: Shown[] = readChapter(doc).children.map(({ attrs, children }) => ({
        id: attrs.id,
        notes: children[0]!.textContent,
        prose: children[1]!.textContent,
      }));
      const trash = readTrash(doc).flatMap(({ parts }) => parts);
      const recovered = readRecovered(doc);
      const texts = [
        ...chapter.flatMap(({ notes, prose }) => [notes, prose]),
        ...trash.flatMap(({ notes, prose }) => [notes.textContent, prose.textContent]),
        ...recovered.map(({ text }) => text),
      ];
      return { doc, chapter, recovered, there: wordsIn(texts.join("\n")) };
    }

    const fail = (what: string): never => {
      throw new Error(`seed ${seed}: ${what}`);
    };

    const end = Date.now() + forMs;
    const between = everyoneBetweenActs(writers.length);
    const random = randomOf(seed);

    /** Right after a SIGKILL: nothing that was called saved may be missing. */
    async function holdPromises(promised: string[]): Promise<void> {
      const { there } = await stored();
      // A deletion that is under way is noted when its act is over.
      if (words.missing(there, promised).length > 0) await between.all();
      const lost = words.missing(there, promised);
      if (lost.length > 0) fail(`called saved and not in the database: ${lost.join(" ")}`);
    }

    async function killing(): Promise<void> {
      while (Date.now() < end) {
        await Bun.sleep(killEveryMs * (0.5 + random.next()));
        if (Date.now() > end) return;
        const kind = random.weighed({ web: 4, browser: 3, both: 3 });
        kills[kind]++;
        const web = random.pick(webs);
        if (kind === "web") {
          await web.kill();
          await holdPromises([...words.promised]);
          await web.start();
          continue;
        }
        const writer = random.pick(writers);
        await between.alone(writer.id, async () => {
          const both = kind === "both" ? webs[writer.id % webs.length]! : undefined;
          await writer.crash(
            both &&
              (async () => {
                await both.kill();
                await holdPromises([...words.promised]);
                await both.start();
              }),
          );
        });
      }
    }

    async function writing(writer: Writer): Promise<void> {
      while (Date.now() < end) await between.alone(writer.id, () => writer.act());
    }

    await Promise.all([killing(), ...writers.map(writing)]);

    say(`${words.typed.size} words typed; waiting until all agree`);
    for (const { cable } of writers) cable.plugIn();
    let difference = "";
    await eventually(async () => {
      for (const writer of writers) if (!(await writer.look())) return false;
      const { chapter } = await stored();
      difference = "";
      for (const writer of writers) {
        const shown = await writer.shown();
        if (JSON.stringify(shown) !== JSON.stringify(chapter))
          difference = `page ${writer.id} differs:\n${JSON.stringify(shown)}\n${JSON.stringify(chapter)}`;
      }
      return difference === "";
    }, AGREE_WITHIN_MS).catch(() => fail(difference || "not everybody's words were saved"));

    const { doc, chapter, recovered, there } = await stored();
    const lost = words.missing(there);
    if (lost.length > 0)
      fail(
        `${lost.length} of ${words.typed.size} words are lost: ${lost.map((word) => `${word} of ${words.typed.get(word)}`).join(", ")}`,
      );
    const alive = [...passagesOf(doc)].filter(([, map]) => !map.has("gone")).map(([key]) => key);
    const drawn = chapter.map(({ id }) => id);
    if (drawn.toSorted().join() !== alive.toSorted().join())
      fail("not every passage is drawn once");
    const [near, far] = await Promise.all(
      webs.map(async ({ url }) => {
        const path = new URL(`/api/documents/${marian.chapter}`, url);
        const headers = { authorization: `Bearer ${marian.token}` };
        return (await fetch(path, { headers })).text();
      }),
    );
    if (near !== far) fail("the two processes tell the document differently");
    return {
      typed: words.typed.size,
      taken: words.taken.size,
      unsure: words.unsure.size,
      recovered: recovered.length,
      marks: counts.marks,
      kills,
      acts: counts.acts,
      complaints: [...new Set(writers.flatMap(({ complaints }) => complaints))],
    };
  } finally {
    for (const stop of stops.reverse()) await stop().catch(() => {});
  }
}

/** Lets each writer do one thing at a time, and somebody wait until all have done theirs. */
function everyoneBetweenActs(writers: number) {
  const turns = Array.from({ length: writers }, () => Promise.resolve() as Promise<unknown>);
  const between = {
    async alone<T>(writer: number, act: () => Promise<T>): Promise<T> {
      const turn = turns[writer]!.catch(() => {}).then(act);
      turns[writer] = turn.catch(() => {});
      return turn;
    },
    all: () => Promise.all(turns),
  };
  return between;
}

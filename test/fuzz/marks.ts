/**
 * What the chip's green light is worth: writers type in real browsers, and at a moment at which a chip turns green, studio and
 * browser get a SIGKILL together. Then only Postgres is left to ask, and it must have every word that the page showed at
 * that moment and at each one before. Appending is made slow, so that a light that comes early is seen to.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CDPSession, Page } from "playwright-core";
import { type Db, openPostgres } from "../../src/database.ts";
import { readDocument } from "../../src/documents/log.ts";
import { readChapter } from "../../src/documents/model/rows.ts";
import { complaintsOf } from "../support/browser.ts";
import { type Chromium, spawnChromium } from "../support/chromium.ts";
import { type Client, eventually, MARIAN, signUp } from "../support/client.ts";
import { startCable } from "../support/proxy.ts";
import { administer, freshDatabase, ownNats } from "../support/services.ts";
import { type Random, randomOf } from "./random.ts";
import { newWeb } from "./web.ts";
import { newWords, type Words, wordsIn } from "./words.ts";

export type MarksSettings = {
  seed: number;
  /** How long they write, in milliseconds; the round that is under way then is finished. */
  forMs: number;
  /** Pages in the browser, each with a chapter of its own: a chip speaks for its own page's words. */
  pages: number;
};

export type MarksOutcome = {
  /** How often a chip turned green for words that it had not spoken for; each is held to the database after a SIGKILL. */
  marks: number;
  /** SIGKILLs, each of the studio and of the browser at once. */
  kills: number;
  typed: number;
  /** Of those typed: words a chip called saved. */
  promised: number;
  /** On their way when the SIGKILL came: nobody had said anything of them, and they are not in the database. */
  unsaid: number;
  complaints: string[];
};

/** At most so many green lights of one page before a SIGKILL comes. */
const MARKS_A_ROUND = 12;
/** How long a page may take to open, or a chip to turn green, in milliseconds. */
const WITHIN_MS = 120_000;
/** A page that is not there after so long is asked for again, in milliseconds. */
const OPENS_AGAIN_MS = 20_000;
/** An append takes up to so much longer, in seconds. */
const SLOWER_S = 0.15;
/** A cable stays out for up to so long, in milliseconds. */
const OUT_MS = 400;

const SLOW = `
  create function be_slow() returns trigger language plpgsql as $$
  begin perform pg_sleep(random() * ${SLOWER_S}); return null; end $$;
  create trigger slow before insert on document_updates for each statement execute function be_slow()`;

/** @throws Error that names the seed and the words that were called saved and are not; null without NATS. */
export async function holdMarks(settings: MarksSettings): Promise<MarksOutcome | null> {
  const nats = await ownNats();
  if (!nats) return null;
  const stops: (() => Promise<unknown>)[] = [() => nats.stop()];
  try {
    const database = await freshDatabase();
    const folder = await mkdtemp(join(tmpdir(), "reyna-marks-"));
    stops.push(database.drop, () => rm(folder, { recursive: true, force: true }));
    const variables = { DATABASE_URL: database.url, NATS_URL: nats.url, REYNA_DATA: folder };
    const web = await newWeb(variables);
    stops.push(() => web.kill());
    const marian = await signUp(web.url);
    const chapters = await Promise.all(
      Array.from({ length: settings.pages }, (_, at) => newChapter(marian, `Chapter ${at}`)),
    );
    await administer(database.url, (client) => client.query(SLOW));
    const postgres = await openPostgres(database.url, { connections: 2 });
    stops.push(() => postgres.close());
    const desk = { web, chapters, profile: join(folder, "profile") };
    return await writeAndKill(settings, desk, postgres.db);
  } finally {
    for (const stop of stops.reverse()) await stop().catch(() => {});
  }
}

type Desk = { web: Awaited<ReturnType<typeof newWeb>>; chapters: string[]; profile: string };

async function writeAndKill(
  { seed, forMs }: MarksSettings,
  { web, chapters, profile }: Desk,
  db: Db,
): Promise<MarksOutcome> {
  const random = randomOf(seed);
  const words = newWords();
  const cable = await startCable(web.url);
  const cookies = await signIn(cable.url);
  const complaints = new Set<string>();
  let [marks, kills] = [0, 0];

  async function round(): Promise<void> {
    const isOver = Promise.withResolvers<void>();
    let killed = false;
    let left = 1 + random.below(MARKS_A_ROUND * chapters.length);
    const browser = await spawnChromium(profile);
    const heard = complaintsOf(browser.context);

    /** In the very turn of the loop in which the green light is heard of. */
    function green(text: string): void {
      const news = [...wordsIn(text)].filter((word) => !words.promised.has(word));
      if (news.length === 0) return;
      for (const word of news) words.promised.add(word);
      marks++;
      if (--left > 0 || killed) return;
      killed = true;
      kills++;
      // Both signals are sent before anything is waited for.
      void Promise.all([web.kill(), browser.kill()]).then(() => isOver.resolve());
    }

    try {
      // A page that is open may turn green and end the round while others are still opening.
      const writers = await openPages(browser, cable.url, chapters, cookies, green).catch(
        (error): PageWriter[] => {
          if (killed) return [];
          throw error;
        },
      );
      const late = setTimeout(
        () => isOver.reject(new Error(`seed ${seed}: no chip turned green`)),
        WITHIN_MS * 2,
      );
      const typing = writers.map(async (writer, id) => {
        while (!killed) await write(writer, id, words, random);
      });
      const pulling = (async () => {
        while (!killed) {
          await Bun.sleep(random.below(20 * OUT_MS));
          if (killed) return;
          cable.pull();
          await Bun.sleep(random.below(OUT_MS));
          cable.plugIn();
        }
      })();
      // A page that is gone throws at whoever types in it.
      await Promise.race([isOver.promise, ...typing.map((one) => neverUnless(one, () => !killed))]);
      clearTimeout(late);
      await Promise.allSettled([...typing, pulling]);
    } finally {
      killed = true;
      cable.plugIn();
      await browser.kill();
      for (const one of heard) complaints.add(one);
    }
    await hold();
  }

  /** With studio and browser dead. */
  async function hold(): Promise<Set<string>> {
    const texts = await Promise.all(chapters.map((chapter) => storedText(db, chapter)));
    const there = wordsIn(texts.join(""));
    const lost = words.missing(there, words.promised);
    if (lost.length > 0)
      throw new Error(
        `seed ${seed}: after ${marks} marks and ${kills} kills, called saved and not in the database: ${lost.join(" ")}`,
      );
    return there;
  }

  const end = Date.now() + forMs;
  try {
    do {
      await round();
      if (Date.now() < end) await web.start();
    } while (Date.now() < end);
    const there = await hold();
    return {
      marks,
      kills,
      typed: words.typed.size,
      promised: words.promised.size,
      unsaid: words.missing(there).length,
      complaints: [...complaints],
    };
  } finally {
    await cable.stop();
  }
}

/** Fails with `work` while `isMeant`; otherwise it is for others to say what comes next. */
const neverUnless = (work: Promise<unknown>, isMeant: () => boolean): Promise<never> =>
  new Promise((_, failed) => {
    work.catch((error) => isMeant() && failed(error));
  });

async function newChapter(by: Client, name: string): Promise<string> {
  const draft = { type: "chapter", name, parent: by.book };
  return (await by.post<{ id: string }>("/api/buckets", draft)).body.id;
}

type Cookies = { name: string; value: string; url: string }[];

/** A killed browser may have forgotten its cookies: they are given to it each time. */
async function signIn(url: string): Promise<Cookies> {
  const answer = await fetch(new URL("/api/auth/sign-in/email", url), {
    method: "POST",
    headers: { "content-type": "application/json", origin: new URL(url).origin },
    body: JSON.stringify({ email: MARIAN.email, password: MARIAN.password }),
  });
  return answer.headers.getSetCookie().map((cookie) => {
    const [pair = ""] = cookie.split(";");
    const at = pair.indexOf("=");
    return { name: pair.slice(0, at), value: pair.slice(at + 1), url };
  });
}

type PageWriter = { page: Page; keys: CDPSession };

function openPages(
  { context }: Chromium,
  url: string,
  chapters: string[],
  cookies: Cookies,
  green: (text: string) => void,
): Promise<PageWriter[]> {
  const prepared = (async () => {
    await context.addCookies(cookies);
    await context.exposeBinding("tellGreen", (_source, text: string) => green(text));
    await context.addInitScript(watchChip);
  })();
  return Promise.all(
    chapters.map(async (chapter) => {
      await prepared;
      const page = await context.newPage();
      const keys = await context.newCDPSession(page);
      page.on("dialog", (dialog) => void dialog.accept().catch(() => {}));
      await open(page, new URL(`/chapters/${chapter}`, url).href);
      return { page, keys };
    }),
  );
}

async function open(page: Page, address: string): Promise<void> {
  const ready = page.locator("#passages[data-ready]");
  let problem: unknown;
  const opened = eventually(async () => {
    try {
      await page.goto(address);
      await ready.waitFor({ timeout: OPENS_AGAIN_MS });
      return true;
    } catch (error) {
      problem = error;
      if (page.isClosed()) throw error;
      return false;
    }
  }, WITHIN_MS);
  await opened.catch(async () => {
    const shown = await page.evaluate(() => document.body.textContent ?? "").catch(() => "");
    throw new Error(`${page.url()} did not open: ${problem}\n${shown}`);
  });
}

/** Types a few words; then it waits for the green light, or goes on. */
async function write({ page, keys }: PageWriter, id: number, words: Words, random: Random) {
  await page.evaluate(() => {
    const line = [...document.querySelectorAll('[data-half="prose"] p')].at(-1);
    if (!line) return;
    document.getElementById("passages")!.focus();
    getSelection()!.selectAllChildren(line);
    getSelection()!.collapseToEnd();
  });
  if (random.below(8) === 0) await page.keyboard.press("Enter");
  for (let left = 1 + random.below(4); left > 0; left--) {
    const text = words.next(id);
    if (text === undefined) return;
    await keys.send("Input.dispatchKeyEvent", { type: "keyDown", key: text, text });
    await keys.send("Input.dispatchKeyEvent", { type: "keyUp", key: text });
  }
  if (random.below(3) === 0) await Bun.sleep(random.below(100));
  else
    await page.waitForFunction(
      () => document.getElementById("save-chip")?.dataset.state === "saved",
      undefined,
      { timeout: WITHIN_MS },
    );
}

/** Tells of each green light, with all that the page shows at that moment. Runs in the page. */
function watchChip(): void {
  addEventListener("DOMContentLoaded", () => {
    const chip = document.getElementById("save-chip");
    if (!chip) return;
    const { tellGreen } = globalThis as unknown as { tellGreen(text: string): Promise<void> };
    new MutationObserver(() => {
      if (chip.dataset.state !== "saved") return;
      const halves = document.querySelectorAll("[data-passage] > [data-half]");
      void tellGreen([...halves].map(({ textContent }) => textContent).join(""));
    }).observe(chip, { attributes: true, attributeFilter: ["data-state"] });
  });
}

async function storedText(db: Db, chapter: string): Promise<string> {
  const { doc } = await readDocument(db, chapter);
  return readChapter(doc)
    .children.map(({ textContent }) => textContent)
    .join("");
}

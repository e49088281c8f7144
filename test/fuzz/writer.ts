/** One simulated writer: a real Chromium with a profile, the chapter's page in it, and what a hand does to it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CDPSession, Page } from "playwright-core";
import { complaintsOf } from "../support/browser.ts";
import { type Chromium, spawnChromium } from "../support/chromium.ts";
import { eventually, MARIAN } from "../support/client.ts";
import { type Cable, startCable } from "../support/proxy.ts";
import type { Random } from "./random.ts";
import { type Words, wordsIn } from "./words.ts";

/** How long a page may take to open, in milliseconds. */
const OPENS_WITHIN_MS = 60_000;

/** What a page shows of a passage. */
export type Shown = { id: string; notes: string; prose: string };

export type Writer = {
  readonly id: number;
  readonly cable: Cable;
  readonly complaints: string[];
  /** Does something, and counts what it was. */
  act(): Promise<void>;
  /** Kills the browser; what nothing vouched for may be lost. `together` runs at the same moment. */
  crash(together?: () => Promise<unknown>): Promise<void>;
  /** Whether the chip is green; what was typed until then is promised. */
  look(): Promise<boolean>;
  shown(): Promise<Shown[]>;
  stop(): Promise<void>;
};

const HALVES = "[data-passage] > [data-half]";

const ACTS = {
  type: 34,
  paragraph: 6,
  join: 6,
  erase: 3,
  split: 4,
  merge: 4,
  moveUp: 3,
  moveDown: 3,
  begin: 2,
  undo: 3,
  redo: 1,
  pull: 3,
  plugIn: 6,
  reload: 1,
};
export type Act = keyof typeof ACTS;

export async function newWriter(parts: {
  id: number;
  url: string;
  chapter: string;
  random: Random;
  words: Words;
  counts: { acts: Record<string, number>; marks: number };
}): Promise<Writer> {
  const { id, chapter, random, words, counts } = parts;
  const profile = await mkdtemp(join(tmpdir(), "reyna-writer-"));
  const cable = await startCable(parts.url);
  let chromium: Chromium;
  let page: Page;
  let keys: CDPSession;
  let isPulled = false;

  async function start(): Promise<void> {
    chromium = await spawnChromium(profile);
    const { context } = chromium;
    const heard = complaintsOf(context);
    watched.push(heard);
    await context.addInitScript(rememberTaken);
    // A killed browser may have forgotten its cookie, and the studio may be down at the moment.
    const path = new URL("/api/auth/sign-in/email", cable.url).href;
    const { email, password } = MARIAN;
    const headers = { origin: new URL(path).origin };
    plugIn();
    await eventually(
      () =>
        context.request.post(path, { data: { email, password }, headers, timeout: 5_000 }).then(
          (answer) => answer.ok(),
          () => false,
        ),
      OPENS_WITHIN_MS,
    );
    page = context.pages()[0] ?? (await context.newPage());
    keys = await context.newCDPSession(page);
    page.on("dialog", (dialog) => void dialog.accept().catch(() => {}));
    await eventually(async () => {
      await page.goto(new URL(`/chapters/${chapter}`, cable.url).href).catch(() => {});
      return page
        .locator("#passages[data-ready]")
        .waitFor({ timeout: 5_000 })
        .then(
          () => true,
          () => false,
        );
    }, OPENS_WITHIN_MS);
  }
  const watched: string[][] = [];

  function plugIn(): void {
    isPulled = false;
    cable.plugIn();
  }

  /** Puts the caret at an edge of some line. */
  async function somewhere(edge?: "start" | "end"): Promise<void> {
    const [a, b] = [random.next(), random.next()];
    const where = edge ?? random.pick(["start", "end", "end"] as const);
    await page.evaluate(
      ([halves, x, y, at]) => {
        const cells = [...document.querySelectorAll(halves)];
        const cell = cells[Math.floor(x * cells.length)];
        const lines = cell ? [...cell.querySelectorAll("p, h1, h2, h3, h4")] : [];
        const line = lines[Math.floor(y * lines.length)];
        if (!line) return;
        document.getElementById("passages")!.focus();
        const range = document.createRange();
        range.selectNodeContents(line);
        range.collapse(at === "start");
        const selection = getSelection()!;
        selection.removeAllRanges();
        selection.addRange(range);
      },
      [HALVES, a, b, where] as const,
    );
    // The editor takes a selection in with its own event, which comes before the next frame.
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
  }

  const visible = () =>
    page.evaluate(
      (halves) =>
        [...document.querySelectorAll(halves)].map(({ textContent }) => textContent).join("\n"),
      HALVES,
    );

  async function collectTaken(): Promise<void> {
    const taken = await page.evaluate(() => {
      const here = globalThis as unknown as { taken?: string[] };
      return here.taken?.splice(0) ?? [];
    });
    for (const word of taken.flatMap((text) => [...wordsIn(text)])) words.taken.add(word);
  }

  /** Keys of a keyboard that has them all. */
  async function word(count: number, before = ""): Promise<void> {
    for (let i = 0; i < count; i++) {
      const text = words.next(id);
      if (text === undefined) return;
      if (before) await page.keyboard.press("Space");
      await keys.send("Input.dispatchKeyEvent", { type: "keyDown", key: text, text });
      await keys.send("Input.dispatchKeyEvent", { type: "keyUp", key: text });
    }
  }

  async function press(...keys: string[]): Promise<void> {
    for (const key of keys) await page.keyboard.press(key);
  }

  /** Takes back what this writer did last, or does it again. */
  async function withdraw(key: string): Promise<void> {
    const before = wordsIn(await visible());
    await press(key);
    const after = wordsIn(await visible());
    for (const word of before)
      if (!after.has(word) && words.typed.get(word) === id) words.taken.add(word);
  }

  const acts: Record<Act, () => Promise<void>> = {
    async type() {
      await somewhere();
      await word(1 + random.below(4), " ");
    },
    async paragraph() {
      await somewhere();
      await press("Enter");
      await word(1);
    },
    async join() {
      await somewhere("start");
      await press("Backspace");
    },
    async erase() {
      await somewhere("end");
      await press("ControlOrMeta+Shift+ArrowLeft", "Backspace");
    },
    async split() {
      await somewhere();
      await press("ControlOrMeta+Shift+Enter");
    },
    async merge() {
      await somewhere();
      await press("ControlOrMeta+Shift+M");
    },
    async moveUp() {
      await somewhere();
      await press("Alt+Shift+ArrowUp");
    },
    async moveDown() {
      await somewhere();
      await press("Alt+Shift+ArrowDown");
    },
    async begin() {
      await page.locator("[data-new-passage]").first().click();
      await word(1);
    },
    undo: () => withdraw("ControlOrMeta+z"),
    redo: () => withdraw("ControlOrMeta+Shift+z"),
    async pull() {
      isPulled = true;
      cable.pull();
    },
    async plugIn() {
      plugIn();
    },
    async reload() {
      // What nothing vouches for yet is asked for first, as a person is.
      if (!(await look()) && !(await isOnDevice())) return;
      if (isPulled && !(await hasCopy())) return;
      await page.reload();
      await page.locator("#passages[data-ready]").waitFor({ timeout: OPENS_WITHIN_MS });
    },
  };

  const hasCopy = () =>
    page.evaluate(async () => {
      const found = await caches.match(location.href, { ignoreVary: true });
      return found !== undefined && navigator.serviceWorker.controller !== null;
    });

  const state = () => page.locator("#save-chip").getAttribute("data-state");

  async function look(): Promise<boolean> {
    const mine = words.of(id);
    if ((await state()) !== "saved") return false;
    const news = mine.filter((word) => !words.promised.has(word));
    for (const word of news) words.promised.add(word);
    if (news.length > 0) counts.marks++;
    return true;
  }

  async function isOnDevice(): Promise<boolean> {
    const mine = words.of(id);
    if ((await state()) !== "reconnecting") return false;
    for (const word of mine) words.onDevice.add(word);
    return true;
  }

  await start();
  return {
    id,
    cable,
    get complaints() {
      return watched.flat();
    },
    look,
    async act() {
      const name = random.weighed(ACTS);
      counts.acts[name] = (counts.acts[name] ?? 0) + 1;
      await acts[name]();
      await collectTaken();
      if (!(await look())) await isOnDevice();
    },
    async crash(together) {
      await collectTaken();
      if (!(await look())) await isOnDevice();
      await Promise.all([chromium.kill(), together?.()]);
      for (const word of words.of(id))
        if (!words.promised.has(word) && !words.onDevice.has(word)) words.unsure.add(word);
      await start();
    },
    shown: () =>
      page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>("[data-passage]")].map((passage) => {
          const half = (name: string) =>
            passage.querySelector(`:scope > [data-half="${name}"]`)?.textContent ?? "";
          return { id: passage.dataset.passage!, notes: half("notes"), prose: half("prose") };
        }),
      ),
    async stop() {
      await chromium.kill();
      await cable.stop();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** Notes what a writer deletes with open eyes, at the moment of the key. Runs in the page. */
function rememberTaken(): void {
  const here = globalThis as unknown as { taken: string[] };
  here.taken = [];
  addEventListener(
    "keydown",
    (event) => {
      const selection = getSelection();
      const { key, ctrlKey } = event as KeyboardEvent;
      const isDeleting = key === "Backspace" || key === "Enter" || (key.length === 1 && !ctrlKey);
      if (!selection || !isDeleting) return;
      if (!selection.isCollapsed) here.taken.push(selection.toString());
      if (key !== "Backspace") return;
      const { anchorNode, anchorOffset } = selection;
      if (!(anchorNode instanceof Text) || !selection.isCollapsed) return;
      here.taken.push(anchorNode.data.slice(Math.max(0, anchorOffset - 1), anchorOffset));
    },
    true,
  );
}

/** From a key going down to its letter being painted, in the middle of a chapter, and in a bare paragraph. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Page } from "playwright-core";
import { type Spread, spread } from "./measure.ts";
import type { BenchBrowser } from "./screen.ts";

const KEYS = 200;
/** Keys before them, of which no time is taken. */
const WARM_UP = 40;
/** Between a painted letter and the next key, in milliseconds: what follows typing has time to run in between. */
const PAUSE_MS = 30;

const LETTERS = "and the fog came in over the ledge where nobody stood ";

export async function benchTyping(
  browser: BenchBrowser,
  chapter: string,
): Promise<{ typed: Spread; floor: Spread }> {
  const before = await typeBare(browser);
  const page = await browser.open(chapter);
  const passages = await page.locator("#passages > [data-passage]").count();
  const middle = `#passages > [data-passage]:nth-of-type(${Math.ceil(passages / 2)}) > [data-half=prose]`;
  await caretInside(page, `${middle} > p:nth-of-type(3)`);
  const typed = await type(page, "#passages", KEYS);
  await page.close();
  return { typed: spread(typed), floor: spread([...before, ...(await typeBare(browser))]) };
}

/** Before and behind what it is compared with: the machine may have become busier. */
async function typeBare({ context }: BenchBrowser): Promise<number[]> {
  const page = await context.newPage();
  const words = "The lamp was burning when she reached the gallery. ".repeat(6);
  await page.setContent(`<p id="bare" contenteditable>${words}</p>`);
  await caretInside(page, "#bare");
  const times = await type(page, "#bare", KEYS / 2);
  await page.close();
  return times;
}

/** In the middle of its text. */
async function caretInside(page: Page, selector: string): Promise<void> {
  await page.evaluate((wanted) => {
    const element = document.querySelector<HTMLElement>(wanted)!;
    element.scrollIntoView({ block: "center" });
    element.closest<HTMLElement>("[contenteditable]")!.focus({ preventScroll: true });
    const text = element.firstChild!;
    getSelection()!.collapse(text, Math.floor(text.textContent!.length / 2));
  }, selector);
  await sleep(500);
}

async function type(page: Page, root: string, keys: number): Promise<number[]> {
  await page.evaluate((wanted) => {
    const { port1, port2 } = new MessageChannel();
    let pressed = 0;
    let isWaiting = false;
    const state = { times: [] as number[] };
    Object.assign(globalThis, { bench: state });
    // A task behind the frame: the letter has been laid out and painted by then.
    port1.onmessage = () => state.times.push(performance.now() - pressed);
    addEventListener(
      "keydown",
      (event) => {
        pressed = event.timeStamp;
        isWaiting = true;
      },
      { capture: true },
    );
    new MutationObserver(() => {
      if (!isWaiting) return;
      isWaiting = false;
      requestAnimationFrame(() => port2.postMessage(null));
    }).observe(document.querySelector(wanted)!, {
      subtree: true,
      childList: true,
      characterData: true,
    });
  }, root);
  const session = await page.context().newCDPSession(page);
  for (let i = 0; i < WARM_UP + keys; i++) {
    await press(session, LETTERS[i % LETTERS.length]!);
    await page.waitForFunction((n) => (globalThis as unknown as Bench).bench.times.length > n, i, {
      polling: 5,
    });
    await sleep(PAUSE_MS);
  }
  const times = await page.evaluate(() => (globalThis as unknown as Bench).bench.times);
  await session.detach();
  return times.slice(WARM_UP);
}

type Bench = { bench: { times: number[] } };

async function press(
  session: Awaited<ReturnType<ReturnType<Page["context"]>["newCDPSession"]>>,
  letter: string,
): Promise<void> {
  const code = letter === " " ? "Space" : `Key${letter.toUpperCase()}`;
  const key = {
    key: letter,
    code,
    windowsVirtualKeyCode: letter.toUpperCase().charCodeAt(0),
  };
  await session.send("Input.dispatchKeyEvent", { type: "keyDown", text: letter, ...key });
  await session.send("Input.dispatchKeyEvent", { type: "keyUp", ...key });
}

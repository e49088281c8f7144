/** Opening a chapter: until it can be read, until it can be written in, beside the same HTML as a static page. */
import type { BrowserContext } from "playwright-core";
import { type Spread, spread } from "./measure.ts";
import type { BenchBrowser } from "./screen.ts";

const OPENINGS = 12;
const WARM_UP = 3;

export type Opening = {
  /** Navigation → first paint of the text. */
  readable: Spread;
  /** Navigation → the editor takes keys. */
  ready: Spread;
  /** Navigation → last byte of the page. */
  answer: Spread;
  /** Navigation → first paint of the static page, and its last byte. */
  floor: Spread;
  answerFloor: Spread;
  /** Of a first visit, which no cache and no service worker serves; as sent. */
  scriptBytes: number;
  htmlBytes: number;
};

type Times = {
  painted: number;
  ready: number;
  answered: number;
  scriptBytes: number;
  htmlBytes: number;
};

export async function benchOpening(browser: BenchBrowser, chapter: string): Promise<Opening> {
  const address = new URL(`/chapters/${chapter}`, browser.url).href;
  const html = await (await browser.context.request.get(address)).text();
  const still = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch({ url }) {
      const { pathname } = new URL(url);
      if (pathname.startsWith("/assets/")) return fetch(new URL(pathname, browser.url));
      const page = html.replaceAll(/<script[^>]*><\/script>|<link rel="modulepreload"[^>]*>/g, "");
      return new Response(page, { headers: { "content-type": "text/html; charset=utf-8" } });
    },
  });
  const opened = await open(browser.context, address, true);
  const floor = await open(browser.context, still.url.href, false);
  await still.stop(true);
  const stranger = await browser.newcomer();
  const [first] = await open(stranger, address, true, 1);
  await stranger.close();
  const of = (times: Times[], name: keyof Times) => spread(times.map((one) => one[name]));
  return {
    readable: of(opened, "painted"),
    ready: of(opened, "ready"),
    answer: of(opened, "answered"),
    floor: of(floor, "painted"),
    answerFloor: of(floor, "answered"),
    scriptBytes: first!.scriptBytes,
    htmlBytes: first!.htmlBytes,
  };
}

async function open(
  context: BrowserContext,
  address: string,
  waits: boolean,
  times = OPENINGS + WARM_UP,
): Promise<Times[]> {
  const page = await context.newPage();
  await page.addInitScript(() => {
    const state = { ready: 0, painted: 0 };
    Object.assign(globalThis, { opening: state });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntriesByName("first-contentful-paint"))
        state.painted = entry.startTime;
    }).observe({ type: "paint", buffered: true });
    new MutationObserver(() => {
      if (!state.ready && document.querySelector("#passages[data-ready]"))
        state.ready = performance.now();
    }).observe(document, { subtree: true, attributeFilter: ["data-ready"] });
  });
  const found: Times[] = [];
  for (let i = 0; i < times; i++) {
    await page.goto(address, { waitUntil: "load" });
    await page.waitForFunction(
      (isWaiting) => {
        const { opening } = globalThis as unknown as {
          opening: { ready: number; painted: number };
        };
        return opening.painted > 0 && (!isWaiting || opening.ready > 0);
      },
      waits,
      { timeout: 60_000 },
    );
    const measured = await page.evaluate((): Times => {
      const { opening } = globalThis as unknown as { opening: { ready: number; painted: number } };
      const [page] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
      const scripts = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
      return {
        painted: opening.painted,
        ready: opening.ready,
        answered: page!.responseEnd,
        scriptBytes: scripts
          .filter(({ name, startTime }) => name.endsWith(".js") && startTime < opening.ready)
          .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
        htmlBytes: page!.encodedBodySize,
      };
    });
    found.push(measured);
  }
  await page.close();
  return found.slice(times > WARM_UP ? WARM_UP : 0);
}

/** The main job, as its user sees it, in both ways a studio is run. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, BrowserContext } from "playwright-core";
import { comeIn, complaintsOf, type Page, ready, startBrowser, write } from "../support/browser.ts";
import { eventually, MARIAN, signIn } from "../support/client.ts";
import { type ModelServer, startModelServer } from "../support/model-server.ts";
import { type Cable, startCable } from "../support/proxy.ts";
import { type Stack, stacks } from "../support/stacks.ts";

const NOTES = "Dusk. Hester climbs to the gallery to light up. It is lit already.";
/** Sixty words and two paragraphs: long enough to be cut in the middle. */
const PARAGRAPHS = [
  "The lamp was burning when she reached the gallery. Hester Tull stood with one hand on the rail and the other still closed on the matches she had carried up a hundred and sixty-two steps.",
  "She went down and measured the oil. The dipstick came up wet to the brass collar, and nobody had been on the rock for nine days.",
];
const PROSE = PARAGRAPHS.join("\n\n");
const SHOWN = PARAGRAPHS.join("\n");
const PAUSE_MS = 40;

for (const [name, start] of stacks)
  describe(name, () => {
    let model: ModelServer;
    let stack: Stack | null;
    let browser: Browser | null;
    let desk: BrowserContext;
    let page: Page;
    let complaints: string[];

    beforeAll(async () => {
      model = await startModelServer();
      model.behave({ kind: "answer", text: PROSE, pauseMs: PAUSE_MS });
      stack = await start({ OPENAI_BASE_URL: model.url, OPENAI_MODEL: "attic-32b" });
      browser = await startBrowser();
      if (!stack || !browser) return;
      desk = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      complaints = complaintsOf(desk);
      page = await comeIn(desk, stack.url);
    });
    afterAll(async () => {
      await browser?.close();
      await stack?.stop();
      await model.stop();
    });

    test("two devices show the same stream, one of them through a cut", async () => {
      if (!stack || !browser) return;
      const cable = await startCable(stack.url);
      const phone = await secondDevice(browser, desk, cable, page);
      await write(page, "Notes", 1, NOTES);
      await page.keyboard.press("Control+Enter");

      await growing(page);
      await growing(phone);
      cable.pull();
      // It goes on for the one, and stands still for the other.
      const atTheCut = await proseOf(phone);
      await eventually(async () => (await proseOf(page)).length > atTheCut.length + 40);
      cable.plugIn();

      for (const device of [page, phone]) await finished(device);
      expect(await proseOf(page)).toBe(SHOWN);
      expect(await proseOf(phone)).toBe(SHOWN);

      // Both show what is stored: a take derived from an ask with these notes.
      const marian = await signIn(stack.url, MARIAN);
      const { body } = await marian.get<{ items: Record<string, never>[] }>(
        "/api/blobs?schema=expanded-text",
      );
      expect(body.items).toHaveLength(1);
      const [take] = body.items;
      expect(take).toMatchObject({ content: { text: PROSE, model: "test-model" } });
      const ask = await marian.get(`/api/blobs/${take!.derivedFrom}`);
      expect(ask.body).toMatchObject({ schema: "text-input-v1", content: { text: NOTES } });
      expect(complaints).toEqual([]);
      await phone.context().close();
      await cable.stop();
    });

    test("the stream outlives the tab it was asked in", async () => {
      if (!stack || !browser) return;
      const tab = await desk.newPage();
      await tab.goto(page.url());
      await ready(tab);
      await tab.getByRole("button", { name: "New passage" }).click();
      await tab.keyboard.type("The oil. She trusts gauges, not ghosts.");
      await tab.keyboard.press("Control+Enter");
      await growing(tab, 2);
      await tab.close();
      const later = await desk.newPage();
      await later.goto(page.url());
      // Found again in mid-stream, and to its end.
      await later.locator("[data-number='2'] [data-run]").waitFor();
      await finished(later, 2);
      expect(await proseOf(later, 2)).toBe(SHOWN);
      await later.close();
    });

    test("Stop keeps what was written", async () => {
      if (!stack || !browser) return;
      await page.getByRole("button", { name: "New passage" }).click();
      await page.keyboard.type("The log. Pryce's hand, no question.");
      await page.keyboard.press("Control+Enter");
      await growing(page, 3);
      await page.locator("[data-number='3']").getByRole("button", { name: "Stop" }).click();
      await finished(page, 3);
      const kept = await proseOf(page, 3);
      expect(kept.length).toBeGreaterThan(0);
      expect(SHOWN.startsWith(kept)).toBe(true);
      await page.locator("[data-number='3'] .takebar", { hasText: "stopped" }).waitFor();
      // The model was told to stop, too.
      await model.until((requests) => requests.some((request) => request.closedByClient));
    });

    test("notes typed here stand there, and say that the take is older", async () => {
      if (!stack || !browser) return;
      const other = await desk.newPage();
      await other.goto(page.url());
      await write(page, "Notes", 1, `${NOTES} The lamp is warm.`);
      await eventually(
        async () =>
          (await other.getByLabel("Notes of passage 1").textContent()) ===
          `${NOTES} The lamp is warm.`,
      );
      for (const tab of [page, other])
        await tab.locator("[data-number='1'] .spine.changed").waitFor();
      await other.reload();
      expect(await other.getByLabel("Notes of passage 1").textContent()).toEndWith("is warm.");
      await other.close();
      expect(complaints).toEqual([]);
    });
  });

/** The same account on another device, behind a cable. */
async function secondDevice(browser: Browser, first: BrowserContext, cable: Cable, page: Page) {
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    storageState: await first.storageState(),
  });
  const phone = await context.newPage();
  await phone.goto(new URL(new URL(page.url()).pathname, cable.url).href);
  return phone;
}

const cell = (page: Page, number = 1) => page.locator(`[data-number='${number}'] .offer`);

/** Paragraphs, a line each. */
async function proseOf(page: Page, number = 1): Promise<string> {
  return (await cell(page, number).locator(".take p").allTextContents()).join("\n");
}

/** Shows the beginning of a stream, and not its end. */
async function growing(page: Page, number = 1): Promise<void> {
  await cell(page, number).locator(".growing").waitFor();
  await eventually(async () => (await proseOf(page, number)).length > 20);
}

async function finished(page: Page, number = 1): Promise<void> {
  await cell(page, number).getByRole("button", { name: "Ask again" }).waitFor();
}

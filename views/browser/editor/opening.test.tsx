/** Opening a chapter again: what the device has is written in before the studio answers, unless the page has newer words. */
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import type { BrowserContext, Page } from "playwright-core";
import { readRows } from "../../../src/documents/model/rows.ts";
import {
  caret,
  cell,
  chip,
  type Desk,
  openDesk,
  rowsIn,
  until,
} from "../../../test/support/desk.ts";

/** As in `sync.ts`. */
const STUDIO_FIRST_MS = 1_500;

let desk: Desk;

beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.stop());
afterEach(() => desk.leave());

const isSaved = async (page: Page) => /^Saved \d\d:\d\d$/.test(await chip(page));

/** A device that has this chapter. */
async function visited(...rows: { notes?: string; prose?: string }[]) {
  const ids = await desk.begin(...rows);
  const context = await desk.device();
  const page = await desk.open({ context });
  await until(() => isSaved(page));
  await page.close();
  return { context, ids };
}

/** From here on the document's own socket gets through when the answer is called. */
async function holdDocument(context: BrowserContext): Promise<() => void> {
  const held = Promise.withResolvers<void>();
  await context.routeWebSocket(/\/documents\//, async (socket) => {
    const early: (string | Buffer)[] = [];
    let send = (message: string | Buffer): void => void early.push(message);
    socket.onMessage((message) => send(message));
    await held.promise;
    const server = socket.connectToServer();
    send = (message) => server.send(message);
    early.forEach(send);
  });
  return held.resolve;
}

test("one writes before the studio answers, and nothing of it is lost", async () => {
  const { context, ids } = await visited(
    { notes: "Dusk.", prose: "Lamp." },
    { notes: "Night.", prose: "Stairs." },
  );
  const [first, second] = ids as [string, string];
  const release = await holdDocument(context);
  // Without the patience after which what the device has is shown, newer or not.
  await context.addInitScript((patience) => {
    const wait = setTimeout;
    const without = (work: () => void, ms?: number) => (ms === patience ? 0 : wait(work, ms));
    Object.assign(globalThis, { setTimeout: without });
  }, STUDIO_FIRST_MS);
  const page = await desk.open({ context });
  await caret(page, first, "prose");
  await page.keyboard.type(" Fog.");
  expect(await chip(page)).toBe("Saving…");
  desk.writer().write("Elsewhere.", second);
  await desk.writer().kept();
  expect(rowsIn(desk.doc())).toEqual(["Dusk. | Lamp.", "Night. | Elsewhere."]);
  release();
  await until(() => rowsIn(desk.doc()).join() === "Dusk. | Lamp. Fog.,Night. | Elsewhere.");
  await until(() => isSaved(page));
  expect(await cell(page, second, "prose").textContent()).toBe("Elsewhere.");
});

test("newer words of the page are never seen to go", async () => {
  const { context, ids } = await visited({ notes: "Dusk.", prose: "Lamp." });
  desk.writer().write("Lamp. Newer.", ids[0]!);
  await desk.writer().kept();
  await context.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(globalThis, { seen });
    new MutationObserver(() => {
      const prose = document.querySelector('#passages [data-half="prose"] p:last-child');
      if (prose?.textContent) seen.push(prose.textContent);
    }).observe(document, { subtree: true, childList: true, characterData: true });
  });
  const page = await desk.open({ context });
  const seen = await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen);
  expect([...new Set(seen)].filter((text) => !"Lamp. Newer.".startsWith(text))).toEqual([]);
  expect(seen.slice(seen.indexOf("Lamp. Newer."))).not.toContain("Lamp.");
  expect(await cell(page, ids[0]!, "prose").textContent()).toBe("Lamp. Newer.");
});

test("what one writes in beside the prose comes when it is asked for, and what is written in it stays", async () => {
  const { context, ids } = await visited({ notes: "Dusk.", prose: "" });
  const [a] = ids as [string];
  await desk.take(a, "One.\n\nTwo.");
  const page = await desk.open({ context });
  const offer = page.locator(`#prose-${a}`);
  expect(await page.locator("#passages :is(form, textarea, input)").count()).toBe(0);
  await offer.getByRole("button", { name: "Ask again…" }).click();
  await page.keyboard.type("Drier.");
  await offer.getByRole("button", { name: "Compare" }).click();
  await offer.getByRole("button", { name: "Compare", pressed: true }).waitFor();
  expect(await page.locator(`#instruction-${a}`).inputValue()).toBe("Drier.");

  // A row that was made here has its own.
  await page.getByRole("button", { name: "New passage" }).click();
  await page.keyboard.type("Fog.");
  await page.keyboard.press("Tab");
  await page.keyboard.type("A horn.");
  await page.keyboard.press("Control+a");
  await page.keyboard.press("Alt+Shift+R");
  await until(() => rowsIn(desk.doc())[1] === "Fog. | A horn.");
  const { id } = readRows(desk.doc())[1]!;
  await page.locator(`#rewriting-how-${id}:focus`).waitFor();
  const form = page.locator(`#rewriting-${id}`);
  expect(await form.getAttribute("hx-post")).toBe(
    `/chapters/${desk.chapter()}/passages/${id}/rewrites`,
  );
});

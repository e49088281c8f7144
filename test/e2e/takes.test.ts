/** A take from the notes to the prose, with a real studio, its runs and its socket. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, BrowserContext } from "playwright-core";
import { comeIn, complaintsOf, type Page, ready, startBrowser, write } from "../support/browser.ts";
import { eventually } from "../support/client.ts";
import { type ModelServer, startModelServer } from "../support/model-server.ts";
import { openTestStudio, type TestStudio } from "../support/studio.ts";

const NOTES = "Dusk. Hester climbs to the gallery.";
const TEXT = "The lamp was burning when she came. It was dated that morning.\n\nNobody was there.";
const LINES = TEXT.split("\n\n");
/** Slow enough to close a tab in the middle. */
const PAUSE_MS = 40;

let model: ModelServer;
let studio: TestStudio;
let browser: Browser | null;
let desk: BrowserContext;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  model = await startModelServer();
  studio = await openTestStudio({
    variables: { OPENAI_BASE_URL: model.url, OPENAI_MODEL: "attic-32b" },
  });
  browser = await startBrowser();
  if (!browser) return;
  desk = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  complaints = complaintsOf(desk);
  page = await comeIn(desk, studio.url);
});
afterAll(async () => {
  await browser?.close();
  await studio?.stop();
  await model?.stop();
});

const offer = (on: Page) => on.locator(".offer").first();
const press = (on: Page, name: string) =>
  offer(on).getByRole("button", { name, exact: true }).click();
const lines = (on: Page) => on.locator(".half.prose").first().locator("p").allTextContents();
const gloss = (on: Page) => on.locator(".spine .gloss").first().textContent();
const shows = (on: Page, wanted: string[]) =>
  eventually(async () => (await lines(on)).join("|") === wanted.join("|"));
const is = (on: Page, mark: string) => eventually(async () => (await gloss(on)) === mark);

test("asked in a tab that is closed, accepted in another, undone and redone", async () => {
  if (!browser) return;
  model.behave({ kind: "answer", text: TEXT, pauseMs: PAUSE_MS });
  await write(page, "Notes", 1, NOTES);
  await page.keyboard.press("Control+Enter");
  await offer(page).locator(".take.growing").filter({ hasText: "The lamp" }).waitFor();
  await offer(page)
    .getByText(/Expanding, \d+ words? in \d+ s/)
    .waitFor();
  const { href } = new URL(page.url());
  await page.close();

  page = await desk.newPage();
  await page.goto(href);
  await ready(page);
  await offer(page).getByRole("button", { name: "Accept" }).waitFor();
  await press(page, "Accept");
  await shows(page, LINES);
  await is(page, "fresh");
  await page.getByLabel("Notes of passage 1", { exact: true }).click();
  await page.keyboard.press("Control+z");
  await shows(page, [""]);
  await is(page, "to write");
  await page.keyboard.press("Control+y");
  await shows(page, LINES);
  await is(page, "fresh");
  expect(complaints).toEqual([]);
});

test("some of it is rewritten, and the take that comes back replaces these words", async () => {
  if (!browser) return;
  model.behave({ kind: "answer", text: "The date was wrong." });
  await page.evaluate(() => {
    const text = document.querySelector(".half.prose p")!.firstChild as Text;
    document.getElementById("passages")!.focus();
    const from = text.data.indexOf("It was dated");
    getSelection()!.setBaseAndExtent(text, from, text, text.data.length);
  });
  await page.locator("[data-rewrite]").first().click();
  await page.keyboard.type("Drier.");
  await page.keyboard.press("Enter");
  await offer(page).locator(".take", { hasText: "The date was wrong." }).waitFor();
  await offer(page).locator("p.when-fits q", { hasText: "It was dated that morning." }).waitFor();
  await press(page, "Compare");
  await offer(page).locator("ins").first().waitFor();
  await press(page, "Accept");
  await shows(page, ["The lamp was burning when she came. The date was wrong.", LINES[1]!]);
  await is(page, "fresh");
  expect(complaints).toEqual([]);
});

test("discarded on one device, it is gone on the other, and comes back on both", async () => {
  if (!browser) return;
  model.behave({ kind: "answer", text: "Another take." });
  const other = await desk.newPage();
  await other.goto(page.url());
  await ready(other);
  await press(page, "Ask again…");
  await page.keyboard.type("Another.");
  await page.keyboard.press("Enter");
  for (const one of [page, other])
    await offer(one).locator(".take", { hasText: "Another take." }).waitFor();
  await press(page, "Discard");
  await offer(page).getByText("Discarded.").waitFor();
  await eventually(async () => (await offer(other).getByText("Another take.").count()) === 0);
  await press(page, "Undo");
  for (const one of [page, other])
    await offer(one).locator(".take", { hasText: "Another take." }).waitFor();
  expect(complaints).toEqual([]);
});

/** The dashboard, the palette and the sheet of shortcuts in a real browser: by keyboard alone, live, for everyone. */
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { expectNothingFound } from "../support/axe.ts";
import { comeIn, complaintsOf, startBrowser, write } from "../support/browser.ts";
import { type Client, MARIAN, signIn } from "../support/client.ts";
import { openTestStudio, type TestStudio } from "../support/studio.ts";

let studio: TestStudio;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let marian: Client;
let complaints: string[];
beforeAll(async () => {
  studio = await openTestStudio({ tuning: { snapshots: { idleMs: 100, everyMs: 500 } } });
  browser = (await startBrowser())!;
  context = await browser.newContext({ timezoneId: "Pacific/Auckland" });
  complaints = complaintsOf(context);
  page = await comeIn(context, studio.url);
  marian = await signIn(studio.url, MARIAN);
});
afterEach(() => {
  expect(complaints).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await studio?.stop();
});

const home = () => page.goto(studio.url);
/** A dialog goes a moment after the key. */
async function leave(): Promise<void> {
  await page.keyboard.press("Escape");
  await page.locator("dialog[open]").waitFor({ state: "hidden" });
}
const focusedId = () => page.evaluate(() => document.activeElement?.id ?? "");

test("what was typed in a chapter stands on the dashboard, as the place to go on from", async () => {
  await write(page, "Notes", 1, "Hester counts.");
  await write(page, "Prose", 1, "Today was the ninth day of fog.");
  await page.locator("#save-chip[data-state=saved]").waitFor();
  await home();
  await page.locator("#stopped", { hasText: "Today was the ninth day of fog." }).waitFor();
  await page.locator("#week", { hasText: "7 typed" }).waitFor();
  // Drawn for where the reader is, which the server was told by then.
  await page.locator("#activity", { hasText: "You wrote 7 words" }).waitFor();
  expect((await context.cookies()).find(({ name }) => name === "zone")?.value).toBe(
    encodeURIComponent("Pacific/Auckland"),
  );
  await page.getByRole("link", { name: "Continue writing" }).press("Enter");
  await page.waitForURL(/\/chapters\/.*#passage-/);
});

test("what happens elsewhere shows on the open page, and the menu one has open stays", async () => {
  await home();
  const menu = page.getByRole("button", { name: "Do with Your first book" });
  await menu.press("Enter");
  const title = page.getByLabel("Title").first();
  await title.fill("The Salt Ledger");
  const edits = [{ edit: "insert", notes: "", prose: "The horn sounded twice." }];
  await marian.post(`/api/documents/${marian.chapter}/edits`, { edits });
  await page.locator("#stopped", { hasText: "The horn sounded twice." }).waitFor();
  expect(await title.inputValue()).toBe("The Salt Ledger");
  await title.press("Enter");
  await page.getByText("It is called “The Salt Ledger” now.").waitFor();
  await page.getByRole("button", { name: "Undo" }).press("Enter");
  await page.locator("#stopped", { hasText: "Your first book" }).waitFor();
});

test("the palette opens anywhere, finds a passage, leads there, and gives the focus back", async () => {
  await home();
  await page.locator("#new-book-button").focus();
  await page.keyboard.press("Control+k");
  await page.getByRole("option", { name: /^Runs/ }).waitFor();
  expect(await focusedId()).toBe("palette-q");
  await page.keyboard.type("horn sound");
  const option = page.getByRole("option", { name: /The horn sounded twice/ });
  await option.waitFor();
  await page.getByText("1 result").waitFor();
  expect(await option.getAttribute("aria-selected")).toBe("true");
  await page.keyboard.press("Escape");
  expect(await focusedId()).toBe("new-book-button");
  await page.keyboard.press("Control+k");
  await option.waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/chapters\/.*#passage-/);

  // In the text the caret stays where it was.
  await write(page, "Prose", 1, "Today was the ninth");
  await page.keyboard.press("Control+k");
  await page.getByText("In this book").waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.type(" day?");
  await page.getByLabel("Prose of passage 1").filter({ hasText: "the ninth day?" }).waitFor();
  expect(await page.locator("dialog[open]").count()).toBe(0);
});

test("a book is begun from the palette without a pointer, and trashed and brought back", async () => {
  await home();
  await page.keyboard.press("Control+k");
  await page.keyboard.type(">sample");
  const sample = page.getByRole("option", { name: "New book from the sample" });
  await sample.and(page.locator('[aria-selected="true"]')).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/chapters\//);
  await home();
  await page.getByRole("button", { name: "Do with The Ferry at Low Water" }).press("Enter");
  await page.getByRole("button", { name: "Move to the trash" }).press("Enter");
  await page.getByText("“The Ferry at Low Water” is in the trash.").waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("“The Ferry at Low Water” is back.").waitFor();
});

test("the question mark opens the sheet, which is filtered and closed by keys", async () => {
  await home();
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Keyboard" });
  await sheet.waitFor();
  await page.keyboard.type("expand");
  expect(await sheet.getByText("Expand the notes").isVisible()).toBe(true);
  expect(await sheet.getByText("Undo").isVisible()).toBe(false);
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "hidden" });
});

test("axe finds nothing on the dashboard, the palette, the sheet, search and the first run", async () => {
  await home();
  await expectNothingFound(page);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("ninth");
  await page.getByRole("option", { name: /ninth/ }).first().waitFor();
  await expectNothingFound(page);
  await leave();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
  await expectNothingFound(page);
  await leave();
  await page.locator("#new-book-button").press("Enter");
  await expectNothingFound(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await home();
  await expectNothingFound(page);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(wide).toBeLessThanOrEqual(390);
  for (const path of ["/search?q=fog", "/begin"]) {
    await page.goto(new URL(path, studio.url).href);
    await expectNothingFound(page);
  }
});

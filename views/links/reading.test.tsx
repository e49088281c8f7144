/** In a real browser: a manuscript becomes a book, a reader reads it, and the link ends while the page is open. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { expectNothingFound } from "../../test/support/axe.ts";
import { comeBack, complaintsOf, ready, startBrowser } from "../../test/support/browser.ts";
import { signUp } from "../../test/support/client.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";

let studio: TestStudio;
let browser: Browser;

beforeAll(async () => {
  studio = await openTestStudio({ tuning: { snapshots: { idleMs: 50 } } });
  await signUp(studio.url);
  browser = (await startBrowser())!;
});
afterAll(async () => {
  await browser?.close();
  await studio?.stop();
});

const MANUSCRIPT = new URL("../../src/imports/libreoffice.docx", import.meta.url).pathname;

test("from a manuscript to a reader whose page ends with its link, by keyboard", async () => {
  const context = await browser.newContext();
  const complaints = complaintsOf(context);
  const page = await context.newPage();
  const at = (path: string) => new URL(path, studio.url).href;
  const press = async (name: string) => {
    await page.getByRole("button", { name, exact: true }).focus();
    await page.keyboard.press("Enter");
  };
  await comeBack(page, studio.url);

  await page.goto(at("/imports/new"));
  await expectNothingFound(page);
  await page.setInputFiles("#file", MANUSCRIPT);
  await press("Read it");
  await page.getByText("2 chapters, 52 words").waitFor();
  await expectNothingFound(page);
  await page.getByLabel("A chapter begins with").focus();
  await page.keyboard.press("ArrowDown");
  await page.getByText("3 chapters").waitFor();
  await page.keyboard.press("ArrowUp");
  await page.getByText("2 chapters").waitFor();
  await page.getByLabel("Title of a new book").fill("The Salt Ledger, again");
  await press("Make the chapters");
  await page.waitForURL(/\/chapters\//);
  await ready(page);
  const writing = page.url();
  await page.getByText("After centred asterisks.").waitFor();

  await page.locator("a[href*='/settings']").first().waitFor({ state: "attached" });
  const settings = await page.locator("a[href*='/books/'][href*='/settings']").first();
  await page.goto(at((await settings.getAttribute("href"))!));
  await page.getByRole("link", { name: "Read-only links" }).click();
  await page.getByLabel("For whom").fill("Aunt Edith");
  await press("Make the link");
  await page.getByRole("button", { name: "Copy" }).waitFor();
  await expectNothingFound(page);
  const url = await page.getByLabel("Address of Aunt Edith").inputValue();

  const outside = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const strange = complaintsOf(outside);
  const reader = await outside.newPage();
  await reader.goto(url);
  await expectNothingFound(reader);
  await reader.getByRole("link", { name: "The Fog Signal" }).press("Enter");
  await reader.getByText("After centred asterisks.").waitFor();
  await expectNothingFound(reader);
  await reader.getByRole("link", { name: /Next/ }).waitFor();

  // Words that come while it is open.
  const words = await context.newPage();
  await words.goto(writing);
  await ready(words);
  await words.getByText("After centred asterisks.").click();
  await words.keyboard.press("End");
  await words.keyboard.type(" Rain.");
  await reader.getByText("After centred asterisks. Rain.").waitFor();

  await press("Revoke");
  await reader.getByText("This link has ended").waitFor();
  expect(await reader.locator("#reading").textContent()).not.toContain("asterisks");
  await expectNothingFound(reader);
  await reader.reload();
  await reader.getByText("This link has ended").waitFor();
  expect(complaints).toEqual([]);
  // The reload is told with the status of what there is not.
  expect(strange.filter((line) => !line.includes("404"))).toEqual([]);
}, 120_000);

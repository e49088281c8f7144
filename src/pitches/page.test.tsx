/** The page of a pitch in a real browser: from a book to an exported pitch by keyboard alone, live, for everyone. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { expectNothingFound } from "../../test/support/axe.ts";
import { complaintsOf, ready, startBrowser } from "../../test/support/browser.ts";
import { type Client, MARIAN, signUp } from "../../test/support/client.ts";
import { type ModelServer, startModelServer } from "../../test/support/model-server.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";

let studio: TestStudio;
let model: ModelServer;
let browser: Browser;
let context: BrowserContext;
let complaints: string[];
let marian: Client;
beforeAll(async () => {
  model = await startModelServer();
  studio = await openTestStudio({
    variables: { OPENAI_BASE_URL: model.url, OPENAI_MODEL: "attic-32b" },
    tuning: { snapshots: { idleMs: 100, everyMs: 500 } },
  });
  marian = await signUp(studio.url);
  await marian.post(`/api/documents/${marian.chapter}/edits`, {
    edits: [{ edit: "insert", prose: "Hester Tull counts the oil on Skerrow Rock." }],
  });
  browser = (await startBrowser())!;
  context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  complaints = complaintsOf(context);
  const { email, password } = MARIAN;
  const path = new URL("/api/auth/sign-in/email", studio.url).href;
  await context.request.post(path, { data: { email, password } });
});
afterAll(async () => {
  await browser?.close();
  await studio?.stop();
  await model?.stop();
  expect(complaints).toEqual([]);
});

const row = (page: Page, title: string) =>
  page.locator(".passage", { has: page.getByRole("heading", { name: title, exact: true }) });

async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null;
      const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : "";
      return `${label} ${element?.getAttribute("aria-label") ?? ""} ${element?.textContent ?? ""}`;
    });
    if (typeof name === "string" ? focused.includes(name) : name.test(focused)) return;
  }
  throw new Error(`The keyboard does not reach ${name}.`);
}

test("from a book to an exported pitch by keyboard alone; what changes meanwhile shows at once", async () => {
  const page = await context.newPage();
  await page.goto(new URL(`/books/${marian.book}/pitches/new`, studio.url).href);
  await expectNothingFound(page);
  await page.getByRole("radio", { name: /^Fiction query/ }).focus();
  await tabTo(page, "Make the pitch");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/pitches\/[0-9a-f-]{36}$/);
  await ready(page);

  // Its text is typed in the editor of chapters, and the meter follows.
  await tabTo(page, "Comparable titles");
  await page.keyboard.press("Enter");
  await page.keyboard.type("For readers of [[a comp, yours]], and few words more.");
  const comps = row(page, "Comparable titles");
  await comps.getByText("7 of at most 120 words").waitFor();
  await comps.getByText("1 blank to fill before export").waitFor();
  await page.locator("#pitch-sections", { hasText: "1 blank" }).waitFor();
  expect(await page.evaluate(() => CSS.highlights.get("blank")?.size)).toBe(1);
  expect(await comps.getAttribute("aria-labelledby")).toStartWith("section-title-");
  await page.locator("#save-chip[data-state=saved]").waitFor();

  // A section is drafted from the chapters, with nothing noted beside it, and accepted.
  await page.getByRole("link", { name: /^Logline/ }).focus();
  await page.keyboard.press("Enter");
  model.behave({
    kind: "answer",
    text: "Hester counts the oil on a rock where nobody lit the lamp.",
  });
  await page.keyboard.press("ControlOrMeta+Enter");
  const logline = row(page, "Logline");
  await logline.locator(".take", { hasText: "nobody lit the lamp." }).waitFor();
  await page.locator("#pitch-built", { hasText: "Built from chapter 1" }).waitFor();
  await logline.getByRole("button", { name: "Accept" }).focus();
  await page.keyboard.press("Enter");
  await logline.getByText("12 of at most 35 words").waitFor();
  await logline.locator(".spine", { hasText: "fresh" }).waitFor();

  // The chapter changes in another tab: it is told here within a second of its snapshot.
  await page.locator("#save-chip[data-state=saved]").waitFor();
  await marian.post(`/api/documents/${marian.chapter}/edits`, {
    edits: [{ edit: "insert", prose: "The fog came." }],
  });
  await page.locator("#pitch-sources", { hasText: "1 changed since" }).waitFor();
  await logline.locator(".spine", { hasText: "chapters changed since" }).waitFor();
  await logline.getByRole("button", { name: "Rebuild as a take" }).waitFor();
  await page.getByRole("button", { name: "Rebuild 1 section" }).waitFor();
  await expectNothingFound(page);

  await page.setViewportSize({ width: 390, height: 844 });
  await expectNothingFound(page);
  const isWider = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  expect(isWider).toBe(false);
  await page.setViewportSize({ width: 1440, height: 900 });

  await page.getByRole("link", { name: "Export" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/export$/);
  await page.getByText("1 blank is still to be filled").waitFor();
  await expectNothingFound(page);
  await page.getByRole("checkbox", { name: /Export with 1 blank/ }).focus();
  await page.keyboard.press("Space");
  await tabTo(page, /^\s*Export$/);
  await page.keyboard.press("Enter");
  const file = page.getByRole("link", { name: /\.docx$/ });
  await file.waitFor();
  const download = page.waitForEvent("download");
  await file.focus();
  await page.keyboard.press("Enter");
  expect((await download).suggestedFilename()).toEndWith(".docx");
  await page.close();
}, 120_000);

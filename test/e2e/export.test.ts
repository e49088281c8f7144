/** In a real browser: an imported manuscript becomes an EPUB on the disk, and a build says that its chapters moved on. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Browser } from "playwright-core";
import { expectNothingFound } from "../support/axe.ts";
import { comeBack, complaintsOf, ready, startBrowser } from "../support/browser.ts";
import { signUp } from "../support/client.ts";
import { openTestStudio, type TestStudio } from "../support/studio.ts";

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
/** EPUBCheck is a Java program that has to start. */
const COMPILED_WITHIN_MS = 60_000;

test("from an imported DOCX to an EPUB on the disk, by keyboard; a changed chapter shows elsewhere", async () => {
  const context = await browser.newContext();
  const complaints = complaintsOf(context);
  const page = await context.newPage();
  const at = (path: string) => new URL(path, studio.url).href;
  const press = async (name: string | RegExp) => {
    await page.getByRole("button", { name }).first().focus();
    await page.keyboard.press("Enter");
  };
  await comeBack(page, studio.url);

  await page.goto(at("/imports/new"));
  await page.setInputFiles("#file", MANUSCRIPT);
  await press("Read it");
  await page.getByText("2 chapters, 52 words").waitFor();
  await press("Make the chapters");
  await page.waitForURL(/\/chapters\//);
  await ready(page);
  const writing = page.url();

  await page.getByRole("link", { name: "Export" }).press("Enter");
  await page.waitForURL(/\/builds$/);
  await expectNothingFound(page);
  await press(/^Compile/);
  const epub = page.getByRole("link", { name: /EPUB/ });
  await epub.waitFor({ timeout: COMPILED_WITHIN_MS });
  await page.getByText("Built from 2 chapters").waitFor();
  await expectNothingFound(page);
  const [download] = await Promise.all([page.waitForEvent("download"), epub.press("Enter")]);
  const bytes = await Bun.file(await download.path()).bytes();
  expect(new TextDecoder().decode(bytes.subarray(30, 58))).toBe("mimetypeapplication/epub+zip");

  const words = await context.newPage();
  await words.goto(writing);
  await ready(words);
  await words.getByText("After centred asterisks.").click();
  await words.keyboard.press("End");
  await words.keyboard.type(" Rain.");
  await page.getByText("1 changed since").waitFor();

  await page.getByRole("link", { name: /^Settings of/ }).press("Enter");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await expectNothingFound(page);
  expect(complaints).toEqual([]);
}, 180_000);

/** Chapters open without a network, for whoever is signed in and nobody else. */
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import type { BrowserContext, Page } from "playwright-core";
import { signUp, TOM } from "../../test/support/client.ts";
import { caret, cell, chip, type Desk, openDesk, rowsIn, until } from "../../test/support/desk.ts";
import { pagesOf } from "./offline.ts";

let desk: Desk;

beforeAll(async () => {
  desk = await openDesk();
}, 60_000);
afterAll(() => desk.stop());
afterEach(() => desk.leave());

const SAVED = /^Saved \d\d:\d\d$/;
const isSaved = async (page: Page) => SAVED.test(await chip(page));
const ready = (page: Page) => page.locator("#passages[data-ready]").waitFor();
const address = (path: string) => new URL(path, desk.cable.url).href;
const here = () => address(`/chapters/${desk.chapter()}`);

const cacheNames = (page: Page) => page.evaluate(() => caches.keys());
const kept = (page: Page, account = desk.marian.account) =>
  page.evaluate(async (name) => {
    const pages = await caches.open(name);
    return (await pages.keys()).map(({ url }) => url);
  }, pagesOf(account));

/** The chapter's page, of which the device has a copy. */
async function open(context?: BrowserContext): Promise<{ page: Page; a: string }> {
  const [a] = await desk.begin({ notes: "Dusk.", prose: "Lamp." });
  const page = await desk.open({ context });
  await until(() => isSaved(page));
  await until(async () => (await kept(page)).includes(here()));
  return { page, a: a! };
}

test("a reload without network shows the chapter, in which one writes on; it is merged on return", async () => {
  const { page, a } = await open();
  desk.cable.pull();
  await caret(page, a, "prose");
  await page.keyboard.type(" Before.");
  await until(async () => (await chip(page)) === "Saved on this device, reconnecting");
  await page.reload();
  await ready(page);
  expect(await cell(page, a, "prose").textContent()).toBe("Lamp. Before.");
  await caret(page, a, "prose");
  await page.keyboard.type(" After.");
  await until(async () => (await chip(page)) === "Saved on this device, reconnecting");
  // Pressing the chip needs a script that was not used before.
  await page.locator("#save-chip").click();
  await page.locator("#waiting:popover-open").waitFor();
  expect(await page.locator("#waiting [data-words]").textContent()).toBe(
    "Dusk.\n\nLamp. Before. After.",
  );
  desk.writer().write("Lamp. Elsewhere.", a);
  await desk.writer().kept();
  desk.cable.plugIn();
  await until(() => isSaved(page));
  const [row] = rowsIn(desk.doc());
  for (const words of ["Before.", "After.", "Elsewhere."]) expect(row).toContain(words);
  await until(async () => `Dusk. | ${await cell(page, a, "prose").textContent()}` === row);
});

test("a pitch that was opened is there without network too", async () => {
  const { page } = await open();
  await page.goto(address(`/books/${desk.marian.book}/pitches/new`));
  await page.getByRole("radio", { name: /^Fiction query/ }).check();
  await page.locator("main form button[type=submit]").click();
  await ready(page);
  await until(async () => (await kept(page)).includes(page.url()));
  desk.cable.pull();
  await page.locator("#passages .prose p").first().click();
  await page.keyboard.type("A lamp that nobody lights.");
  await until(async () => (await chip(page)) === "Saved on this device, reconnecting");
  await page.reload();
  await ready(page);
  await page.getByText("A lamp that nobody lights.").waitFor();
});

test("a page that was never opened here says so; the first page leads to the last chapter", async () => {
  const { page } = await open();
  desk.cable.pull();
  await page.goto(address("/chapters/0199aaaa-0000-7000-8000-000000000000"));
  expect(await page.locator("h1").textContent()).toContain("never opened on this device");
  await page.getByRole("link", { name: "To your last chapter" }).click();
  await page.waitForURL(here());
  await ready(page);
});

test("signing out leaves no page on the device", async () => {
  const { page } = await open();
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(/sign-in/);
  const names = await cacheNames(page);
  expect(names.filter((name) => !name.startsWith("reyna-build:"))).toEqual([]);
  desk.cable.pull();
  await page.goto(here());
  expect(await page.content()).not.toContain("Lamp.");
  expect(await page.locator("h1").textContent()).toContain("never opened on this device");
});

test("without network the pages are of who was signed in last, not of who was before", async () => {
  const { page } = await open();
  const tom = await signUp(desk.studio.url, TOM);
  const context = page.context();
  // What the page still asks for is not asked for as somebody else.
  await page.goto("about:blank");
  await context.clearCookies();
  const { email, password } = TOM;
  const path = address("/api/auth/sign-in/email");
  await context.request.post(path, { data: { email, password } });
  await page.goto(address(`/chapters/${tom.chapter}`));
  await ready(page);
  await until(async () => (await kept(page, tom.account)).length === 1);
  desk.cable.pull();
  await page.goto(here());
  expect(await page.locator("h1").textContent()).toContain("never opened on this device");
});

test("where browsers have no service workers, as over plain HTTP, writing is as ever", async () => {
  const context = await desk.device();
  await context.addInitScript(() => {
    delete (Navigator.prototype as { serviceWorker?: unknown }).serviceWorker;
    delete (globalThis as { caches?: unknown }).caches;
    delete (Crypto.prototype as { randomUUID?: unknown }).randomUUID;
  });
  const [a] = await desk.begin({ prose: "Lamp." });
  const page = await desk.open({ context });
  await caret(page, a!, "prose");
  await page.keyboard.type(" Plain.");
  await until(() => rowsIn(desk.doc())[0] === " | Lamp. Plain.");
  await until(() => isSaved(page));
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(/sign-in/);
});

/** The outline under a writer's hands, on two devices at once, in a real browser. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import type { Locator, Page } from "playwright-core";
import { makeBucket, namesOf, treeOf } from "../../test/support/buckets.ts";
import {
  caret,
  chip,
  type Desk,
  holdScripts,
  openDesk,
  until,
  whereIs,
} from "../../test/support/desk.ts";

let desk: Desk;
let book: string;
let ids: Record<string, string>;

beforeAll(async () => {
  desk = await openDesk({ tuning: { snapshots: { idleMs: 50, everyMs: 200 } } });
}, 60_000);
afterAll(() => desk?.stop());
afterEach(() => desk.leave());

/** A book of its own for each test, open at its second chapter. */
beforeEach(async () => {
  book = (await makeBucket(desk.marian, { type: "book", name: "The Salt Ledger" })).id;
  ids = {};
  for (const name of ["one", "two", "three"])
    ids[name] = (await makeBucket(desk.marian, { type: "chapter", name, parent: book })).id;
});

async function open(chapter = ids.two!, options: Parameters<Desk["device"]>[0] = {}) {
  const context = await desk.device(options);
  const page = await context.newPage();
  await page.goto(new URL(`/chapters/${chapter}`, desk.cable.url).href);
  await page.locator("#passages[data-ready]").waitFor();
  return page;
}

const link = (page: Page, name: string): Locator => page.locator(`#chapter-link-${ids[name]}`);
const titles = (page: Page) => page.locator(".outline .title").allTextContents();
const shows = (page: Page, ...names: string[]) =>
  until(async () => (await titles(page)).join() === names.join());
const said = (page: Page) => page.locator("#outline-said").textContent();
const kept = async () =>
  namesOf(await treeOf(desk.marian, book))
    .slice(1)
    .flat();
const focused = (page: Page) => page.evaluate(() => document.activeElement?.id);

test("a chapter is added and named without a mouse, and stands on the other device at once", async () => {
  const [page, other] = [await open(), await open(ids.one)];
  await page.getByRole("button", { name: "New chapter", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.locator("#chapter-rename input:focus").waitFor();
  await page.keyboard.type("The Fog Signal");
  await page.keyboard.press("Enter");
  await shows(page, "one", "two", "three", "The Fog Signal");
  await shows(other, "one", "two", "three", "The Fog Signal");
  expect(await kept()).toEqual(["one", "two", "three", "The Fog Signal"]);
});

test("a name is changed in its row, in the menu and at the head of the page; Escape takes it back", async () => {
  const [page, other] = [await open(), await open()];
  await link(page, "one").focus();
  await page.keyboard.press("F2");
  await page.locator("#chapter-rename input:focus").waitFor();
  await page.keyboard.type("half a na");
  await page.keyboard.press("Escape");
  expect(await focused(page)).toBe(`chapter-link-${ids.one}`);
  await page.keyboard.press("F2");
  await page.keyboard.type("The Relief Boat");
  await page.keyboard.press("Enter");
  await shows(other, "The Relief Boat", "two", "three");
  expect(await focused(page)).toBe(`chapter-link-${ids.one}`);

  const title = page.getByRole("textbox", { name: "Title of this chapter" });
  await title.focus();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("The Fog Signal");
  // Somebody else's change of the book leaves what is being written alone.
  await desk.marian.post("/api/buckets", { type: "chapter", name: "four", parent: book });
  await shows(page, "The Relief Boat", "two", "three", "four");
  expect(await title.textContent()).toBe("The Fog Signal");
  await page.keyboard.press("Enter");
  await shows(other, "The Relief Boat", "The Fog Signal", "three", "four");
  await until(async () => (await other.locator("h1").textContent()) === "The Fog Signal");
  expect(await other.title()).toBe("The Fog Signal, The Salt Ledger");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("passages");
});

test("a title that the studio did not answer for stays as it was written, says so, and is sent again", async () => {
  const page = await open(ids.two!, { worker: false });
  const title = page.getByRole("textbox", { name: "Title of this chapter" });
  const release = await holdScripts(page);
  const retitle = async (more: string) => {
    await title.focus();
    await page.keyboard.press("End");
    await page.keyboard.type(more);
    await page.keyboard.press("Enter");
  };
  // What takes it to the studio is still on its way.
  await retitle(" lamps");
  await page.keyboard.type("Fog.");
  release();
  await shows(page, "one", "two lamps", "three");
  expect(await page.locator("#passages").textContent()).toContain("Fog.");
  desk.cable.pull();
  await retitle(" and");
  await until(async () => (await title.getAttribute("data-refused"))?.includes("did not answer"));
  desk.cable.plugIn();
  await desk.marian.post("/api/buckets", { type: "chapter", name: "four", parent: book });
  await shows(page, "one", "two lamps", "three", "four");
  expect(await title.textContent()).toBe("two lamps and");
  await retitle("");
  await shows(page, "one", "two lamps and", "three", "four");
  expect(await title.getAttribute("data-refused")).toBeNull();

  // Nor does what is told of others take it out of one's hands before it is answered.
  const told = Promise.withResolvers<void>();
  await page.route("**/chapters/*", async (route) => {
    if (route.request().method() !== "PATCH") return route.fallback();
    await told.promise;
    await route.abort();
  });
  await retitle(" oil");
  await desk.marian.post("/api/buckets", { type: "chapter", name: "five", parent: book });
  await shows(page, "one", "two lamps and", "three", "four", "five");
  expect(await title.textContent()).toBe("two lamps and oil");
  told.resolve();
  await until(async () => (await title.getAttribute("data-refused"))?.includes("did not answer"));
  await page.unroute("**/chapters/*");
  await retitle("");
  await shows(page, "one", "two lamps and oil", "three", "four", "five");
  // Escape goes back to what the studio has.
  await title.focus();
  await page.keyboard.type("x");
  await page.keyboard.press("Escape");
  expect(await title.textContent()).toBe("two lamps and oil");
});

test("a move is taken back also before its answer came, and not the one before", async () => {
  const page = await open();
  await link(page, "one").focus();
  await page.keyboard.press("Alt+Shift+ArrowDown");
  await shows(page, "two", "one", "three");
  await page.locator("[data-undo]").waitFor();
  let told = Promise.withResolvers<void>();
  await page.route("**/chapters/*", async (route) => {
    const response = await route.fetch();
    await told.promise;
    await route.fulfill({ response });
  });
  await page.keyboard.press("Alt+Shift+ArrowDown");
  await shows(page, "two", "three", "one");
  await page.keyboard.press("ControlOrMeta+z");
  told.resolve();
  await shows(page, "two", "one", "three");
  expect(await kept()).toEqual(["two", "one", "three"]);

  told = Promise.withResolvers<void>();
  await page.keyboard.press("Alt+Shift+ArrowDown");
  await shows(page, "two", "three", "one");
  await page.locator("[data-undo] button").dblclick();
  told.resolve();
  await shows(page, "two", "one", "three");
});

test("rows are moved by chord, carried by keyboard, dragged by mouse, and each move is taken back", async () => {
  const page = await open(ids.two!, { worker: false });
  const release = await holdScripts(page);
  await link(page, "three").focus();
  // What the chord does is still on its way.
  await page.keyboard.press("Alt+Shift+ArrowUp");
  release();
  await shows(page, "one", "three", "two");
  expect(await focused(page)).toBe(`chapter-link-${ids.three}`);
  await page.keyboard.press("ControlOrMeta+z");
  await shows(page, "one", "two", "three");

  await page.keyboard.press("Space");
  for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowUp");
  await until(async () => (await page.locator("#announcements").textContent()) === "Before one.");
  await page.keyboard.press("Escape");
  expect(await titles(page)).toEqual(["one", "two", "three"]);
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowUp");
  // An update of the rows does not end what one is in the middle of.
  await desk.marian.post("/api/buckets", { type: "chapter", name: "four", parent: book });
  await shows(page, "one", "two", "three", "four");
  for (let i = 0; i < 2; i++) await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await shows(page, "three", "one", "two", "four");
  expect(await kept()).toEqual(["three", "one", "two", "four"]);

  const [from, to] = await Promise.all([
    link(page, "three").boundingBox(),
    link(page, "two").boundingBox(),
  ]);
  await page.mouse.move(from!.x + 60, from!.y + 12);
  await page.mouse.down();
  await page.mouse.move(from!.x + 60, from!.y + 30, { steps: 4 });
  // Nor here.
  await desk.marian.post("/api/buckets", { type: "chapter", name: "five", parent: book });
  await shows(page, "three", "one", "two", "four", "five");
  await page.mouse.move(to!.x + 60, to!.y + 25, { steps: 4 });
  await page.mouse.up();
  await shows(page, "one", "two", "three", "four", "five");
  expect(await said(page)).toContain("Moved “three”.");
  expect(new URL(page.url()).pathname).toBe(`/chapters/${ids.two}`);
  await page.locator("#outline-said button").click();
  await shows(page, "three", "one", "two", "four", "five");
});

test("a chapter goes to the trash and comes back; whoever has it open is told and reads on", async () => {
  const [page, other] = [await open(), await open(ids.one)];
  await link(page, "one").hover();
  await page.locator(`#chapter-more-${ids.one}`).click();
  await page.getByRole("button", { name: "Put in the trash" }).click();
  await shows(page, "two", "three");
  const notice = other.locator("#chapter-trashed");
  await notice.getByText("This chapter is in the trash.").waitFor();
  await page.locator("#outline-said button").click();
  await shows(page, "one", "two", "three");
  await notice.waitFor({ state: "hidden" });
  await page.locator(`#chapter-more-${ids.three}`).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Put in the trash" }).press("Enter");
  await shows(page, "one", "two");
  await page.locator(".trash summary").press("Enter");
  await page.getByRole("button", { name: "Restore three" }).press("Enter");
  await shows(page, "one", "two", "three");
});

test("status and target are set in the menu, and the words follow what is typed", async () => {
  const page = await open();
  await page.locator(`#chapter-more-${ids.two}`).focus();
  await page.keyboard.press("Enter");
  const menu = page.locator(".chapter-menu:popover-open");
  await menu.getByLabel("Revised").check({ force: true });
  await page.locator(`#chapter-${ids.two} .mark.revised`).waitFor();
  await menu.getByLabel("Target, in words").fill("8");
  await page.keyboard.press("Enter");
  await page.locator(`#chapter-${ids.two} .target`).waitFor();
  await page.keyboard.press("Escape");
  expect(await focused(page)).toBe(`chapter-more-${ids.two}`);
  const passage = await page.locator("[data-passage]").first().getAttribute("data-passage");
  const today = async () => Number.parseInt((await page.locator("#today").textContent())!, 10);
  const before = await today();
  const link = (name: string) => page.getByRole("link", { name, exact: true }).waitFor();
  await link("2 two revised");
  await caret(page, passage!, "prose");
  await page.keyboard.type("Four words of fog");
  const counts = page.locator("#chapter-counts");
  await until(async () => (await counts.textContent())?.startsWith("4 of 8 in chapter"));
  const row = page.locator(`#chapter-${ids.two}`);
  await link("2 two 4 words, revised");
  await until(async () => (await row.locator("[data-row-share]").getAttribute("width")) === "50");
  await until(async () => (await page.locator("[data-book-words]").textContent()) === "4 words");
  await until(async () => (await today()) === before + 4);
});

test("going to another chapter and back, the caret is where it was", async () => {
  const page = await open();
  const passage = await page.locator("[data-passage]").first().getAttribute("data-passage");
  await caret(page, passage!, "prose");
  await page.keyboard.type("She went down.");
  for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowLeft");
  await until(async () => (await chip(page)).startsWith("Saved"));
  const before = await whereIs(page);
  for (const name of ["three", "two"]) {
    await link(page, name).click();
    await page.waitForURL(`**/${ids[name]}`);
    await page.locator("#passages[data-ready]").waitFor();
  }
  await until(async () => (await whereIs(page)).offset === before.offset);
  expect(await whereIs(page)).toEqual(before);
  await page.keyboard.type("!");
  await until(async () => {
    const text = await page.locator(`[data-passage="${passage}"] > .prose`).textContent();
    return text === "She went !down.";
  });
});

test("a finger holds a row and carries it; a tap opens the menu", async () => {
  const context = await desk.browser.newContext({
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    storageState: await (await desk.device()).storageState(),
  });
  const page = await context.newPage();
  await page.goto(new URL(`/chapters/${ids.two}`, desk.cable.url).href);
  await page.locator("#passages[data-ready]").waitFor();
  await page.getByRole("button", { name: "Chapters" }).tap();
  await page.locator(`#chapter-more-${ids.one}`).tap();
  await page.locator(".chapter-menu:popover-open").getByRole("button", { name: "Move down" }).tap();
  await shows(page, "two", "one", "three");
  const [from, to] = await Promise.all([
    link(page, "two").boundingBox(),
    link(page, "three").boundingBox(),
  ]);
  expect(from!.height).toBeGreaterThanOrEqual(40);
  const touch = await context.newCDPSession(page);
  const at = (y: number) => ({ touchPoints: [{ x: 100, y }] });
  await touch.send("Input.dispatchTouchEvent", { type: "touchStart", ...at(from!.y + 20) });
  await page.locator(".outline.lifting").waitFor();
  await touch.send("Input.dispatchTouchEvent", { type: "touchMove", ...at(to!.y + 30) });
  await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await shows(page, "one", "three", "two");
  expect(new URL(page.url()).pathname).toBe(`/chapters/${ids.two}`);
  await context.close();
});

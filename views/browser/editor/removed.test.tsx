/** What was removed comes back, on a real page: words that somebody typed meanwhile, and whole passages. */
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { removePassage } from "../../../src/documents/model/commands.ts";
import {
  caret,
  cell,
  chip,
  type Desk,
  openDesk,
  rowsIn,
  until,
} from "../../../test/support/desk.ts";

let desk: Desk;

beforeAll(async () => {
  desk = await openDesk();
});
afterEach(() => desk?.leave());
afterAll(() => desk?.stop());

test("words typed in a paragraph that somebody removed are offered where they were, put back, undone, discarded", async () => {
  const [first] = (await desk.begin({ notes: "the fog", prose: "One.\n\nTwo." })) as [string];
  const page = await desk.open();
  // Away, somebody writes in the second paragraph; here it is joined to nothing and deleted.
  desk.writer().disconnect();
  await cell(page, first, "prose").locator("p").nth(1).waitFor();
  const fragment = desk
    .doc()
    .getMap<import("yjs").Map<unknown>>("passages")
    .get(first)!
    .get("prose");
  const second = (fragment as import("yjs").XmlFragment).get(1) as import("yjs").XmlElement;
  (second.get(0) as import("yjs").XmlText).insert(4, " The horn.");
  await caret(page, first, "prose");
  for (let presses = 0; presses < 5; presses++) await page.keyboard.press("Backspace");
  await until(async () => (await chip(page)).startsWith("Saved"));
  desk.writer().connect();

  const offer = page.locator(`[data-passage="${first}"] .recovered`);
  await offer.waitFor();
  expect(await offer.locator("[data-words]").textContent()).toBe(" The horn.");
  await offer.getByRole("button", { name: "Put back" }).click();
  await until(() => rowsIn(desk.doc()).join() === "the fog | One.\n\nThe horn.");
  await offer.waitFor({ state: "detached" });
  await page.keyboard.press("Control+z");
  await until(() => rowsIn(desk.doc()).join() === "the fog | One.");
  await offer.waitFor();
  await offer.getByRole("button", { name: "Discard" }).press("Enter");
  await offer.waitFor({ state: "detached" });
  expect(rowsIn(desk.doc())).toEqual(["the fog | One."]);
  expect(await page.locator("#announcements").textContent()).toBe("Discarded.");
});

test("a removed passage is listed at the foot and comes back by keyboard; Undo removes it again", async () => {
  const [, second] = (await desk.begin(
    { notes: "one", prose: "First." },
    { notes: "two", prose: "Second." },
  )) as [string, string];
  const page = await desk.open();
  expect(await page.locator("#removed").isVisible()).toBe(false);
  removePassage(desk.doc(), second, new Date());
  await page.locator("#removed summary").waitFor();
  expect(await page.locator("#removed summary").textContent()).toBe("Removed passages, 1");
  await page.locator("#removed summary").press("Enter");
  expect(await page.locator("#removed li .words > p").allTextContents()).toEqual([
    "two",
    "Second.",
  ]);
  await page.locator("#removed li button").press("Enter");
  await until(() => rowsIn(desk.doc()).join() === "one | First.,two | Second.");
  await page.locator("#removed").waitFor({ state: "hidden" });
  await page.keyboard.press("Control+z");
  await until(() => rowsIn(desk.doc()).join() === "one | First.");
  await page.locator("#removed li").waitFor();
});

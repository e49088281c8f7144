/** Typing in a real browser: what reaches the document, what other pages see, what the chip says. */
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
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
afterAll(() => desk.stop());
afterEach(() => desk.leave());

test("what is typed is in the document, and in its own half", async () => {
  const [a] = await desk.begin({ notes: "Dusk.", prose: "The lamp." });
  const page = await desk.open();
  await caret(page, a!, "notes");
  await page.keyboard.type(" Hester climbs.");
  await caret(page, a!, "prose");
  await page.keyboard.type(" It was lit.");
  await until(() => rowsIn(desk.doc())[0] === "Dusk. Hester climbs. | The lamp. It was lit.");
  await until(async () => /^Saved \d\d:\d\d$/.test(await chip(page)));
});

test("a chapter can be read before any script runs", async () => {
  await desk.begin({ notes: "Dusk.", prose: "The *lamp*.\n\nIt was lit." });
  const page = await desk.open({ script: false });
  expect(await page.locator(".half.prose").textContent()).toBe("The lamp.It was lit.");
  expect(await page.locator(".half.prose em").textContent()).toBe("lamp");
  expect(await page.locator(".half.notes").textContent()).toBe("Dusk.");
});

test("two pages typing in one paragraph converge", async () => {
  const [a] = await desk.begin({ prose: "middle" });
  const [one, two] = [await desk.open(), await desk.open()];
  await caret(one, a!, "prose", "start");
  await caret(two, a!, "prose", "end");
  await Promise.all([
    one.keyboard.type("The first writer. ", { delay: 7 }),
    two.keyboard.type(" The second writer.", { delay: 5 }),
  ]);
  const wanted = "The first writer. middle The second writer.";
  for (const page of [one, two])
    await until(async () => (await cell(page, a!, "prose").textContent()) === wanted);
  expect(rowsIn(desk.doc())).toEqual([` | ${wanted}`]);
});

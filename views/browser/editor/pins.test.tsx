/** Two people at one spot: each goes on behind their own words. */
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import type * as Y from "yjs";
import { fragmentOf, passagesOf } from "../../../src/documents/model/document.ts";
import { caret, cell, type Desk, openDesk, rowsIn, until } from "../../../test/support/desk.ts";

let desk: Desk;

beforeAll(async () => {
  desk = await openDesk();
}, 60_000);
afterAll(() => desk.stop());
afterEach(() => desk.leave());

/** The second writer puts characters between others, as a hand does. */
function insert(passage: string, at: number, words: string): void {
  const prose = fragmentOf(passagesOf(desk.doc()).get(passage), "prose")!;
  ((prose.get(0) as Y.XmlElement).get(0) as Y.XmlText).insert(at, words);
}

test.each([
  // What the other one types where the caret is, is behind it…
  [" one", 9, " two", "Lamp. onemore two"],
  // …and what is typed before one's own words stays before them, also when it looks like them.
  [" z", 5, " zbbb", "Lamp. zbbb zmore"],
])("typing %j while %i gets %j", async (own, at, others, wanted) => {
  const [a] = await desk.begin({ prose: "Lamp." });
  const page = await desk.open();
  await caret(page, a!, "prose");
  await page.keyboard.type(own);
  await until(() => rowsIn(desk.doc())[0] === ` | Lamp.${own}`);
  insert(a!, at, others);
  const shown = `Lamp.${own}`.length + others.length;
  await until(async () => (await cell(page, a!, "prose").textContent())?.length === shown);
  await page.keyboard.type("more");
  await until(async () => (await cell(page, a!, "prose").textContent()) === wanted);
  await until(() => rowsIn(desk.doc())[0] === ` | ${wanted}`);
  expect(await cell(page, a!, "prose").textContent()).toBe(wanted);
});

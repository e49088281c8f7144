/** Whole passages: chosen, carried, merged, removed; by keyboard, mouse and finger. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import {
  caret,
  cell,
  type Desk,
  holdScripts,
  openDesk,
  rowsIn,
  until,
  whereIs,
} from "../../../test/support/desk.ts";
import { query } from "../../../test/support/rows.ts";

let desk: Desk;
let ids: string[];

beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.stop());
afterEach(() => desk.leave());

const ROWS = ["one", "two", "three", "four", "five"].map((name) => ({
  notes: `${name}.`,
  prose: `Prose ${name}.\n\nMore of ${name}.`,
}));

async function open(
  rows: { notes?: string; prose?: string }[] = ROWS,
  options: { worker?: boolean } = {},
): Promise<Page> {
  ids = await desk.begin(...rows);
  return desk.open(options);
}

/** The first word of the notes of each row. */
const order = () => rowsIn(desk.doc()).map((row) => row.slice(0, row.indexOf(" |")));
const orderIs = (wanted: string) =>
  until(() => order().join(" ").replaceAll("\n\n", "+") === wanted).catch(() => {
    expect(order().join(" ")).toBe(wanted);
  });
const said = (page: Page) => page.locator("#announcements").textContent();
const says = (page: Page, sentence: string) =>
  until(async () => (await said(page)) === sentence).catch(async () => {
    expect(await said(page)).toBe(sentence);
  });
const press = async (page: Page, ...keys: string[]) => {
  for (const key of keys) await page.keyboard.press(key);
};
const chosen = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>(".passage.chosen")].map(
      ({ dataset }) => dataset.passage,
    ),
  );
const onGrip = (page: Page, row: number) =>
  until(() => page.evaluate((id) => document.activeElement?.id === id, `grip-${ids[row]}`));

/** Esc out of the text of a row. */
async function stepOut(page: Page, row: number): Promise<void> {
  await caret(page, ids[row]!, "prose");
  await press(page, "Escape");
  await onGrip(page, row);
}

describe("by keyboard", () => {
  test("Esc steps out of the text, arrows go from passage to passage, Enter goes back to where one was", async () => {
    const page = await open(ROWS, { worker: false });
    const release = await holdScripts(page);
    await caret(page, ids[1]!, "prose", "start");
    // A key behind it is no more for the text, though what it does is still on its way.
    await press(page, "ArrowRight", "Escape", "x", "ArrowDown", "ArrowUp");
    await onGrip(page, 1);
    release();
    await until(async () => (await chosen(page)).length > 0);
    await onGrip(page, 1);
    expect(await chosen(page)).toEqual([ids[1]]);
    await press(page, "Enter");
    await page.keyboard.type("+");
    await until(() => rowsIn(desk.doc())[1]!.includes("P+rose two."));
    await press(page, "Escape", "ArrowDown", "ArrowDown");
    await onGrip(page, 3);
    await press(page, "End", "ArrowDown", "Home", "ArrowUp", "ArrowDown");
    await onGrip(page, 1);
    await press(page, "ArrowDown", "Enter");
    expect(await whereIs(page)).toMatchObject({ passage: ids[2], half: "prose" });
    expect(await chosen(page)).toEqual([]);
  });

  test("Space grabs, arrows carry, Enter drops as one step of undo, Esc restores", async () => {
    const page = await open();
    await stepOut(page, 2);
    await press(page, "Space");
    await says(page, "Passage 3, grabbed.");
    await press(page, "ArrowUp", "ArrowUp");
    await says(page, "Before passage 1.");
    expect(await page.locator(".drops-before").getAttribute("data-passage")).toBe(ids[0]!);
    await press(page, "Enter");
    await says(page, "Moved before passage 1.");
    await orderIs("three. one. two. four. five.");
    await onGrip(page, 2);
    await press(page, "Space", "End");
    await says(page, "At the end.");
    await press(page, "Escape");
    await says(page, "Where it was.");
    expect(order()[0]).toBe("three.");
    await press(page, "Control+z");
    await orderIs("one. two. three. four. five.");
    await press(page, "Control+Shift+z");
    await orderIs("three. one. two. four. five.");
  });

  test("Shift chooses several, which move, are copied, merge and go together", async () => {
    const page = await open();
    await stepOut(page, 1);
    await press(page, "Shift+ArrowDown");
    await says(page, "2 passages chosen.");
    expect(await chosen(page)).toEqual([ids[1], ids[2]]);
    await press(page, "Space", "ArrowDown", "Enter");
    await orderIs("one. four. two. three. five.");
    await press(page, "Control+c");
    const text = await page.evaluate(() => navigator.clipboard.readText());
    expect(text).toBe("Prose two.\n\nMore of two.\n\nProse three.\n\nMore of three.");
    await press(page, "m");
    await orderIs("one. four. two.+three. five.");
    await press(page, "Delete");
    await orderIs("one. four. five.");
    await onGrip(page, 4);
    await press(page, "Control+z", "Control+z", "Control+z");
    await orderIs("one. two. three. four. five.");
  });

  test("what is copied and cut before any of this has come is copied and cut", async () => {
    const page = await open(ROWS, { worker: false });
    const release = await holdScripts(page);
    await stepOut(page, 1);
    await press(page, "Shift+ArrowDown", "Control+c", "ArrowDown", "Control+x");
    expect(order()).toHaveLength(5);
    release();
    await orderIs("one. two. three. five.");
    const text = () => page.evaluate(() => navigator.clipboard.readText());
    expect(await text()).toBe("Prose four.\n\nMore of four.");
    await caret(page, ids[4]!, "prose");
    await press(page, "Enter", "Control+v");
    await until(() =>
      rowsIn(desk.doc())[3]!.endsWith("More of five.\n\nProse four.\n\nMore of four."),
    );
  });

  test("what was pressed for a passage before any of this has come is not done once one writes elsewhere", async () => {
    const page = await open(ROWS, { worker: false });
    const release = await holdScripts(page);
    await stepOut(page, 1);
    await press(page, "Delete");
    await caret(page, ids[3]!, "prose");
    await page.keyboard.type(" Here");
    release();
    await page.keyboard.type(" and there.");
    await until(() => rowsIn(desk.doc())[3]?.endsWith("More of four. Here and there."));
    await press(page, "Escape");
    await until(async () => (await chosen(page)).length > 0);
    expect(await chosen(page)).toEqual([ids[3]]);
    expect(order()).toHaveLength(5);
  });

  test("M merges into the passage above; a merged row moves whole, and arrows skip its parts", async () => {
    const page = await open();
    await stepOut(page, 1);
    await press(page, "m");
    await says(page, "Passage 2 merged into passage 1.");
    await orderIs("one.+two. three. four. five.");
    await onGrip(page, 0);
    expect(await chosen(page)).toEqual([ids[0], ids[1]]);
    await press(page, "ArrowDown");
    await onGrip(page, 2);
    await press(page, "ArrowUp", "Space", "ArrowDown", "Enter");
    await orderIs("three. one.+two. four. five.");
    await caret(page, ids[1]!, "notes");
    await press(page, "Escape");
    await onGrip(page, 0);
    await press(page, "Alt+Shift+ArrowDown");
    await orderIs("three. four. one.+two. five.");
  });

  test("all passages can be removed; one to write in is left", async () => {
    const page = await open(ROWS.slice(0, 2));
    await stepOut(page, 0);
    await press(page, "Control+a", "Delete");
    await until(() => rowsIn(desk.doc()).join() === " | ");
    // Undo takes the one that was left, too, and the focus with it.
    await press(page, "Control+z");
    await orderIs("one. two.");
    await onGrip(page, 0);
    await press(page, "Control+Shift+z");
    await until(() => rowsIn(desk.doc()).join() === " | ");
    await until(() => page.evaluate(() => document.activeElement?.matches(".grip")));
    await press(page, "Enter");
    await page.keyboard.type("New");
    await until(() => rowsIn(desk.doc()).join().replace(" | ", "") === "New");
    await press(page, "Escape", "Control+z", "Control+z");
    await until(() => order().includes("one.") && order().includes("two."));
  });

  test("letters press what is beside the passage; a click into the text ends it", async () => {
    const page = await open([{ notes: "Dusk." }, ...ROWS]);
    await desk.take(ids[0]!, "The lamp was lit.\n\nShe stood still.");
    await page.locator("[data-accept]:visible").waitFor();
    await caret(page, ids[0]!, "notes");
    await press(page, "Escape");
    await onGrip(page, 0);
    await press(page, "p");
    await page.locator('[data-beside][aria-pressed="true"]').waitFor();
    await press(page, "c");
    await page.locator("[data-beside]").waitFor({ state: "detached" });
    await onGrip(page, 0);
    await press(page, "a");
    await until(() => rowsIn(desk.doc())[0] === "Dusk. | The lamp was lit.\n\nShe stood still.");
    await onGrip(page, 0);
    await press(page, "d");
    await says(page, "There is nothing to discard here.");
    await cell(page, ids[1]!, "prose").click();
    expect(await chosen(page)).toEqual([]);
    await press(page, "d");
    await until(() => rowsIn(desk.doc())[1]!.match(/d/g)!.length === 1);
  });
});

describe("others", () => {
  test("changing the chapter meanwhile do not break what is carried", async () => {
    const page = await open();
    const other = await desk.open();
    await stepOut(page, 3);
    await press(page, "Space", "ArrowUp", "ArrowUp");
    await says(page, "Before passage 2.");
    // Another moves the row beside it, types in what is carried, and removes a third.
    await stepOut(other, 0);
    await press(other, "Space", "End", "Enter");
    await orderIs("two. three. four. five. one.");
    await caret(other, ids[3]!, "prose");
    await other.keyboard.type(" Typed.");
    await stepOut(other, 2);
    await press(other, "Delete");
    await orderIs("two. four. five. one.");
    await until(async () =>
      (await cell(page, ids[3]!, "prose").textContent())!.endsWith(" Typed."),
    );
    await onGrip(page, 3);
    await press(page, "Enter");
    // The row it stood behind is the last now.
    await orderIs("two. five. one. four.");
  });

  test("removing the passage that has the focus leave it to the one beside", async () => {
    const page = await open();
    const other = await desk.open();
    await stepOut(page, 4);
    await stepOut(other, 4);
    await press(other, "Delete");
    await onGrip(page, 3);
    expect(await chosen(page)).toEqual([ids[3]]);
  });
});

describe("by pointer", () => {
  const grip = async (page: Page, row: number) => {
    const box = (await page.locator(`#grip-${ids[row]}`).boundingBox())!;
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  };
  const topOf = async (page: Page, row: number) =>
    (await page.locator(`#passage-${ids[row]}`).boundingBox())!.y;

  test("a grip is dragged to between rows, and a line shows where", async () => {
    const page = await open();
    const { x, y } = await grip(page, 3);
    await page.mouse.move(x, y);
    expect(await page.locator(`#grip-${ids[3]}`).evaluate((e) => getComputedStyle(e).opacity)).toBe(
      "1",
    );
    await page.mouse.down();
    await page.mouse.move(x, (await topOf(page, 1)) + 5, { steps: 8 });
    await page.locator(`#passage-${ids[0]}.drops-after`).waitFor();
    await page.mouse.up();
    await orderIs("one. four. two. three. five.");
    await says(page, "Moved before passage 2.");
    await press(page, "Control+z");
    await orderIs("one. two. three. four. five.");
  });

  test("several that were chosen go together; Esc lets go of them", async () => {
    const page = await open();
    await page.locator(`#grip-${ids[0]}`).click();
    await page.locator(`#grip-${ids[2]}`).click({ modifiers: ["Control"] });
    await until(async () => String(await chosen(page)) === `${[ids[0], ids[2]]}`);
    const { x, y } = await grip(page, 2);
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x, (await topOf(page, 4)) + 4, { steps: 6 });
    await page.locator(`#passage-${ids[3]}.drops-after`).waitFor();
    await press(page, "Escape");
    await page.mouse.up();
    expect(order().join(" ")).toBe("one. two. three. four. five.");
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x, (await topOf(page, 4)) + 4, { steps: 6 });
    await page.mouse.up();
    await orderIs("two. four. one. three. five.");
  });

  test("what is done before the part for it has come is done then, unless one has gone on to something else", async () => {
    const page = await open(ROWS, { worker: false });
    const release = await holdScripts(page);
    const drag = async (from: number, to: number) => {
      const { x, y } = await grip(page, from);
      await page.mouse.move(x, y);
      await page.mouse.down();
      await page.mouse.move(x, (await topOf(page, to)) + 5, { steps: 8 });
      await page.mouse.up();
    };
    await drag(3, 1);
    await page.locator(`#grip-${ids[1]}`).click();
    await page.locator(`#grip-${ids[4]}`).click({ modifiers: ["Control"] });
    release();
    await orderIs("one. four. two. three. five.");
    await until(async () => String(await chosen(page)) === `${[ids[1], ids[4]]}`);

    const again = await desk.open({ worker: false });
    const releaseAgain = await holdScripts(again);
    await again.locator(`#grip-${ids[0]}`).click();
    await caret(again, ids[4]!, "prose");
    await again.keyboard.type(" Here");
    releaseAgain();
    await again.locator(`#grip-${ids[2]}`).hover();
    await again.keyboard.type(" and there.");
    await until(() => rowsIn(desk.doc())[4]!.endsWith("More of five. Here and there."));
    expect(await chosen(again)).toEqual([]);
  });

  test("the page scrolls at its edge while a passage is dragged", async () => {
    const page = await open(
      Array.from({ length: 40 }, (_, i) => ({ notes: `n${i}`, prose: `p${i}\n\nq${i}` })),
    );
    const { x, y } = await grip(page, 0);
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x, 500, { steps: 4 });
    await page.mouse.move(x, 895, { steps: 4 });
    await page.locator(`#passage-${ids[39]}.drops-after`).waitFor();
    await page.mouse.up();
    await until(() => order().at(-1) === "n0");
  });

  test("a finger holds the grip before it carries", async () => {
    ids = await desk.begin(...ROWS);
    const context = await desk.device({ width: 390, touch: true });
    const page = await desk.open({ context });
    const touch = await context.newCDPSession(page);
    const send = (type: "touchStart" | "touchMove" | "touchEnd", x = 0, y = 0) =>
      touch.send("Input.dispatchTouchEvent", {
        type,
        touchPoints: type === "touchEnd" ? [] : [{ x, y }],
      });
    const { x, y } = await grip(page, 1);
    await send("touchStart", x, y);
    await page.locator(".passages.carrying").waitFor();
    await send("touchMove", x, y - 40);
    await send("touchMove", x, (await topOf(page, 0)) + 2);
    await page.locator(".drops-before").waitFor();
    await send("touchEnd");
    await orderIs("two. one. three. four. five.");
  });
});

test("whoever only reads has no grips and moves nothing", async () => {
  ids = await desk.begin(...ROWS);
  const role = (name: string) =>
    query(desk.studio.databaseUrl, "update members set role = $1 where root = $2", [
      name,
      desk.marian.book,
    ]);
  await role("viewer");
  const page = await desk.open();
  expect(await page.locator(".grip:visible").count()).toBe(0);
  await page.locator(`#passage-${ids[1]} > .prose`).click();
  await press(page, "Escape", "Space", "ArrowUp", "Enter", "Delete", "Alt+Shift+ArrowUp");
  await page.locator(`#grip-${ids[1]}`).dispatchEvent("pointerdown", { button: 0 });
  expect(await chosen(page)).toEqual([]);
  expect(order().join(" ")).toBe("one. two. three. four. five.");
  await role("owner");
});

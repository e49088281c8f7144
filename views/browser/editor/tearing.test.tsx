/** Further ways in which a passage could be torn, and words that are more than a letter each. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import {
  caret,
  cell,
  type Desk,
  openDesk,
  rowsIn,
  until,
  whereIs,
} from "../../../test/support/desk.ts";

let desk: Desk;
let ids: string[];
let page: Page;

beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.stop());
afterEach(() => desk.leave());

const ROWS = [
  { notes: "Notes one.", prose: "Prose one." },
  { notes: "Notes two.", prose: "Prose two.\n\nSecond line." },
  { notes: "Notes three.", prose: "Prose three." },
];

async function open(rows: { notes?: string; prose?: string }[] = ROWS): Promise<void> {
  ids = await desk.begin(...rows);
  page = await desk.open();
}

const press = async (...keys: string[]) => {
  for (const key of keys) await page.keyboard.press(key);
};
const rows = () => rowsIn(desk.doc());
async function becomes(row: number, wanted: string): Promise<void> {
  await until(() => rows()[row] === wanted).catch(() => {
    expect(rows()[row]).toBe(wanted);
  });
}
async function says(...wanted: string[]): Promise<void> {
  await until(() => JSON.stringify(rows()) === JSON.stringify(wanted)).catch(() => {
    expect(rows()).toEqual(wanted);
  });
  // The page shows the same.
  const shown = () =>
    page.evaluate(() =>
      [...document.querySelectorAll(".passage > [data-half]")].map((half) => half.textContent),
    );
  const inDocument = wanted.join(" | ").replaceAll(/[\s|]+/g, "");
  await until(async () => (await shown()).join("").replaceAll(/\s+/g, "") === inDocument);
}
const line = (row: number, half: string) =>
  page.locator(`[data-passage="${ids[row]}"] > .${half} > *`);
const middle = async (row: number, half: string, at = 0) => {
  const box = (await line(row, half).nth(at).boundingBox())!;
  return { x: box.x + 14, y: box.y + box.height / 2, box };
};

describe("a selection", () => {
  test("by a triple click is a line of its cell, also the last one", async () => {
    await open();
    const { x, y } = await middle(1, "prose", 1);
    await page.mouse.click(x, y, { clickCount: 3 });
    await press("Delete");
    await says("Notes one. | Prose one.", "Notes two. | Prose two.", "Notes three. | Prose three.");
    const notes = await middle(0, "notes");
    await page.mouse.click(notes.x, notes.y, { clickCount: 3 });
    await page.keyboard.type("N");
    await says("N | Prose one.", "Notes two. | Prose two.", "Notes three. | Prose three.");
  });

  test("by Shift and a click in another cell ends at the edge of its own", async () => {
    await open();
    await caret(page, ids[0]!, "prose", "start");
    await press("ArrowRight");
    const down = await middle(2, "prose");
    await page.mouse.move(down.x, down.y);
    await page.keyboard.down("Shift");
    await page.mouse.click(down.x, down.y);
    await page.keyboard.up("Shift");
    await page.keyboard.type("X");
    await says(
      "Notes one. | PX",
      "Notes two. | Prose two.\n\nSecond line.",
      "Notes three. | Prose three.",
    );
    await caret(page, ids[2]!, "prose");
    const across = await middle(2, "notes");
    await page.keyboard.down("Shift");
    await page.mouse.click(across.x, across.y);
    await page.keyboard.up("Shift");
    await press("Backspace");
    await says("Notes one. | PX", "Notes two. | Prose two.\n\nSecond line.", "Notes three. | ");
  });

  test("with Shift and arrows goes no further than its cell, in every direction", async () => {
    await open();
    await caret(page, ids[1]!, "prose", "start");
    await press("Shift+ArrowUp", "Shift+ArrowLeft", "Shift+Control+ArrowLeft", "Shift+Home");
    await press("Delete");
    await caret(page, ids[1]!, "prose", "end");
    await press(
      "Shift+ArrowDown",
      "Shift+ArrowRight",
      "Shift+Control+ArrowRight",
      "Shift+PageDown",
    );
    await press("Control+b");
    await page.keyboard.type("Z");
    await until(() => rows()[1]!.endsWith("Z"));
    expect([rows()[0], rows()[2]]).toEqual([
      "Notes one. | Prose one.",
      "Notes three. | Prose three.",
    ]);
  });

  test("by the browser's own menus over cells changes nothing in them", async () => {
    await open();
    const menu = await page.context().newCDPSession(page);
    for (const command of ["delete", "deleteForward", "insertNewline", "cut", "bold"]) {
      await caret(page, ids[0]!, "prose");
      await page.evaluate(
        ([from, to]) => {
          const half = (id: string) =>
            document.querySelector(`[data-passage="${id}"] > .prose > p`)!.firstChild!;
          getSelection()!.setBaseAndExtent(half(from), 3, half(to), 3);
        },
        [ids[0]!, ids[2]!] as const,
      );
      await menu.send("Input.dispatchKeyEvent", { type: "rawKeyDown", commands: [command] });
    }
    await caret(page, ids[1]!, "notes");
    await page.keyboard.type("+");
    await until(() => rows()[1]!.startsWith("Notes two.+"));
    expect(rows().length).toBe(3);
    expect(rows()[2]).toBe("Notes three. | Prose three.");
    expect(rows()[1]).toBe("Notes two.+ | Prose two.\n\nSecond line.");
  });

  test("is set in bold by the browser's own menu, and its undo is the editor's", async () => {
    await open();
    const menu = await page.context().newCDPSession(page);
    const choose = (command: string) =>
      menu.send("Input.dispatchKeyEvent", { type: "rawKeyDown", commands: [command] });
    await caret(page, ids[0]!, "prose");
    await press("Control+a");
    await choose("bold");
    const bold = line(0, "prose").locator("strong");
    await bold.waitFor();
    await page.keyboard.type("New");
    await becomes(0, "Notes one. | New");
    await choose("undo");
    await choose("undo");
    await says(...ROWS.map(({ notes, prose }) => `${notes} | ${prose}`));
  });
});

describe("words that are dragged", () => {
  async function dragWord(to: { x: number; y: number }, by: { x: number; y: number }[] = []) {
    const from = await middle(0, "prose");
    await page.mouse.dblclick(from.x, from.y);
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    for (const point of [{ x: from.x + 20, y: from.y + 2 }, ...by, to])
      await page.mouse.move(point.x, point.y, { steps: 6 });
    await page.mouse.up();
  }
  const sorted = () => rows().join(" ").match(/\w+/g)!.sort().join(" ");

  test("over rows and onto what stands beside the text tear nothing and lose nothing", async () => {
    await open([...ROWS, { notes: "To write." }]);
    await until(() => rows().length === 4);
    const words = sorted();
    const spine = (await page.locator(`#spine-${ids[1]}`).boundingBox())!;
    const beside = (await page.locator(`#prose-${ids[3]}`).boundingBox())!;
    const edge = (await page.locator(`#passage-${ids[1]}`).boundingBox())!;
    const grip = (await page.locator(`#grip-${ids[2]}`).boundingBox())!;
    const places = [
      { x: spine.x + spine.width / 2, y: spine.y + 20 },
      { x: beside.x + 60, y: beside.y + 12 },
      { x: edge.x + edge.width - 40, y: edge.y + 1 },
      { x: grip.x + 6, y: grip.y + 6 },
      { x: edge.x + edge.width / 2, y: 30 },
    ];
    for (const place of places) {
      await dragWord(place, [{ x: edge.x + 30, y: edge.y + 20 }]);
      await caret(page, ids[2]!, "notes");
      await press("End");
      await page.keyboard.type(".");
      await until(() => /^Notes three\.\.+ /.test(rows()[2]!));
      expect(rows()).toHaveLength(4);
      expect(sorted()).toBe(words);
      await press("Backspace");
      await until(() => rows()[2]!.startsWith("Notes three. "));
      // Where it went somewhere, back.
      while (!rows()[0]!.includes("Prose one.")) {
        const before = rows().join();
        await press("Control+z");
        await until(() => rows().join() !== before);
      }
    }
  });
});

describe("merged rows", () => {
  test("keep their parts apart at every edge", async () => {
    await open();
    await caret(page, ids[1]!, "notes");
    await press("Control+Shift+M");
    await until(() => rows().length === 2);
    const merged = "Notes one.\n\nNotes two. | Prose one.\n\nProse two.\n\nSecond line.";
    for (const half of ["notes", "prose"] as const) {
      await caret(page, ids[1]!, half, "start");
      await press("Backspace", "Control+Backspace", "Shift+ArrowLeft", "Backspace");
      await caret(page, ids[0]!, half, "end");
      await press("Delete", "Control+Delete", "Shift+ArrowRight", "Delete");
      await press("Shift+ArrowDown", "Delete");
    }
    const rest = "Notes three. | Prose three.";
    await until(() => rows().join() === [merged, rest].join());
    // What is left of an emptied part goes alone.
    await caret(page, ids[1]!, "notes");
    await press("Control+a", "Backspace");
    await caret(page, ids[1]!, "prose");
    await press("Control+a", "Backspace");
    await becomes(0, "Notes one. | Prose one.");
    await press("Backspace");
    await until(async () => (await page.locator(".passage").count()) === 2);
    expect(await whereIs(page)).toMatchObject({ passage: ids[0], half: "prose" });
    while (rows().join() !== [merged, rest].join()) {
      const before = JSON.stringify(rows());
      const parts = await page.locator(".passage").count();
      await press("Control+z");
      await until(
        async () =>
          JSON.stringify(rows()) !== before || (await page.locator(".passage").count()) !== parts,
      );
      expect(rows()).toHaveLength(2);
    }
    expect(await page.locator(".passage").count()).toBe(3);
  });
});

describe("structure", () => {
  test("is undone and done again with the caret where it was", async () => {
    await open();
    await caret(page, ids[1]!, "prose", "start");
    for (let i = 0; i < 6; i++) await press("ArrowRight");
    await press("Control+Shift+Enter");
    await until(() => rows().length === 4);
    const split = [
      "Notes one. | Prose one.",
      "Notes two. | Prose ",
      " | two.\n\nSecond line.",
      "Notes three. | Prose three.",
    ];
    await says(...split);
    await press("Control+z");
    await says(...ROWS.map(({ notes, prose }) => `${notes} | ${prose}`));
    expect(await whereIs(page)).toMatchObject({ passage: ids[1], half: "prose", offset: 6 });
    await press("Control+Shift+z");
    await says(...split);
    await press("Control+z");
    await caret(page, ids[1]!, "prose");
    await press("Enter", "Enter", "Enter");
    await until(() => rows().length === 4);
    await page.keyboard.type("New.");
    await becomes(2, " | New.");
    await press("Control+z", "Control+z");
    await until(() => rows().length === 3);
    expect(await whereIs(page)).toMatchObject({ passage: ids[1], half: "prose" });
    await page.keyboard.type("+");
    await until(() => rows()[1]!.includes("Second line.") && rows()[1]!.endsWith("+"));
  });
});

describe("input methods", () => {
  test("compose while others write in the same paragraph and move the passage", async () => {
    await open();
    const other = await desk.open();
    await caret(page, ids[1]!, "prose", "end");
    const ime = await page.context().newCDPSession(page);
    const compose = (text: string) =>
      ime.send("Input.imeSetComposition", {
        text,
        selectionStart: text.length,
        selectionEnd: text.length,
      });
    await compose("に");
    await compose("にほ");
    // Elsewhere, and in another paragraph of the same cell.
    await caret(other, ids[1]!, "prose", "start");
    await other.keyboard.type("Theirs. ");
    await caret(other, ids[0]!, "notes");
    await other.keyboard.type(" More.");
    await until(
      async () => (await cell(page, ids[0]!, "notes").textContent()) === "Notes one. More.",
    );
    await compose("にほん");
    await ime.send("Input.insertText", { text: "日本" });
    await becomes(1, "Notes two. | Theirs. Prose two.\n\nSecond line.日本");
    // In the very same paragraph.
    await compose("ご");
    await caret(other, ids[1]!, "prose", "end");
    await press("Shift");
    await other.keyboard.press("Home");
    await other.keyboard.type("Before. ");
    await until(() => rows()[1]!.includes("Before. "));
    await ime.send("Input.insertText", { text: "語" });
    await until(() => /Before\. Second line\.日本.*語/.test(rows()[1]!));
    expect(rows()[1]).toBe("Notes two. | Theirs. Prose two.\n\nBefore. Second line.日本語");
    expect(rows()[0]).toBe("Notes one. More. | Prose one.");
    await until(async () => (await cell(page, ids[1]!, "prose").textContent())!.endsWith("日本語"));
  });

  test("and spelling replace a word as one step", async () => {
    await open();
    await caret(page, ids[0]!, "prose", "start");
    await page.evaluate((id) => {
      const text = document.querySelector(`[data-passage="${id}"] > .prose > p`)!.firstChild!;
      getSelection()!.setBaseAndExtent(text, 0, text, 5);
    }, ids[0]!);
    await page.evaluate(() => document.execCommand("insertText", false, "Verse"));
    await becomes(0, "Notes one. | Verse one.");
    await press("Control+z");
    await says(...ROWS.map(({ notes, prose }) => `${notes} | ${prose}`));
  });
});

describe("letters", () => {
  test("of several parts are deleted as one, and never torn by two who write around them", async () => {
    await open([{ notes: "n", prose: "a👩‍👩‍👧b" }]);
    const other = await desk.open();
    await caret(page, ids[0]!, "prose", "end");
    await caret(other, ids[0]!, "prose", "start");
    await other.keyboard.press("ArrowRight");
    await Promise.all([
      page.keyboard.type("xyz", { delay: 9 }),
      other.keyboard.type("123", { delay: 7 }),
    ]);
    await becomes(0, "n | a123👩‍👩‍👧bxyz");
    for (let i = 0; i < 4; i++) await press("ArrowLeft");
    await press("Backspace");
    await becomes(0, "n | a123bxyz");
    await page.keyboard.insertText("🏴‍☠️");
    await other.keyboard.insertText("é");
    await until(() => /^n \| a123(é🏴‍☠️|🏴‍☠️é)bxyz$/.test(rows()[0]!));
    await press("Control+z");
    await until(() => !rows()[0]!.includes("🏴"));
    expect(rows()[0]!.isWellFormed()).toBe(true);
  });

  test("that run from right to left make the line run so, and arrows follow it", async () => {
    await open([
      { notes: "n", prose: "שלום עולם" },
      { notes: "m", prose: "Left.\n\n- אחת\n- שתיים" },
    ]);
    const direction = (row: number, at: number) =>
      line(row, "prose")
        .nth(at)
        .evaluate((element) => getComputedStyle(element).direction);
    expect(await direction(0, 0)).toBe("rtl");
    expect(await direction(1, 0)).toBe("ltr");
    expect(await direction(1, 1)).toBe("ltr");
    await caret(page, ids[0]!, "prose", "end");
    await press("ArrowLeft");
    expect(await whereIs(page)).toMatchObject({ passage: ids[1], half: "prose", offset: 0 });
    await press("ArrowLeft");
    expect(await whereIs(page)).toMatchObject({ passage: ids[0], half: "prose" });
    await page.keyboard.type("!");
    await becomes(0, "n | שלום עולם!");
  });
});

/** A passage cannot be torn: not by a selection, a paste, a drag, Mod-A, Backspace or Delete. */
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
const AS_IT_WAS = [
  "Notes one. | Prose one.",
  "Notes two. | Prose two.\n\nSecond line.",
  "Notes three. | Prose three.",
];

async function open(rows: { notes?: string; prose?: string }[] = ROWS): Promise<Page> {
  ids = await desk.begin(...rows);
  return desk.open();
}

const press = async (page: Page, ...keys: string[]) => {
  for (const key of keys) await page.keyboard.press(key);
};

/** The document says this, and the page shows the same rows. */
async function says(page: Page, ...rows: string[]): Promise<void> {
  await until(() => JSON.stringify(rowsIn(desk.doc())) === JSON.stringify(rows));
  const shown = () =>
    page.evaluate(() =>
      [...document.querySelectorAll(".passage")].map((row) =>
        [...row.querySelectorAll(":scope > [data-half]")]
          .map((half) => [...half.children].map((line) => line.textContent).join("\n\n"))
          .join(" | "),
      ),
    );
  await until(async () => JSON.stringify(await shown()) === JSON.stringify(rows));
}

async function drag(page: Page, from: string, to: string): Promise<void> {
  const [a, b] = [
    (await page.locator(from).boundingBox())!,
    (await page.locator(to).boundingBox())!,
  ];
  await page.mouse.move(a.x + 20, a.y + 8);
  await page.mouse.down();
  await page.mouse.move(b.x + 60, b.y + b.height - 8, { steps: 12 });
  await page.mouse.up();
}
const at = (row: number, half: string) => `[data-passage="${ids[row]}"] > .${half} > p`;

describe("a selection", () => {
  test("by mouse from notes into prose takes nothing of the prose when deleted", async () => {
    const page = await open();
    await drag(page, at(0, "notes"), at(0, "prose"));
    await press(page, "Delete");
    await until(() => rowsIn(desk.doc())[0]!.endsWith(" | Prose one."));
    expect(rowsIn(desk.doc()).slice(1)).toEqual(AS_IT_WAS.slice(1));
  });

  test("by mouse over several rows stays in the cell it began in, also when typed over", async () => {
    const page = await open();
    await drag(page, at(0, "prose"), at(2, "prose"));
    await page.keyboard.type("X");
    await until(() => /^Notes one\. \| P?r?.*X$/.test(rowsIn(desk.doc())[0]!));
    expect(rowsIn(desk.doc()).slice(1)).toEqual(AS_IT_WAS.slice(1));
  });

  test("that the browser puts over everything is not followed", async () => {
    const page = await open();
    await caret(page, ids[0]!, "prose");
    await page.evaluate(() => {
      getSelection()!.selectAllChildren(document.getElementById("passages")!);
    });
    await page.waitForTimeout(50);
    await press(page, "Backspace");
    await page.keyboard.type("y");
    await until(() => rowsIn(desk.doc()).some((row) => row.includes("y")));
    expect(rowsIn(desk.doc())).toHaveLength(3);
    const untouched = rowsIn(desk.doc()).filter((row) => AS_IT_WAS.includes(row));
    expect(untouched.length).toBeGreaterThanOrEqual(2);
  });

  test("with Mod-A is the cell, however often it is pressed", async () => {
    const page = await open();
    await caret(page, ids[1]!, "prose");
    await press(page, "Control+a", "Control+a");
    expect(await page.evaluate(() => String(getSelection()))).toBe("Prose two.\n\nSecond line.");
    await press(page, "Backspace");
    await says(page, AS_IT_WAS[0]!, "Notes two. | ", AS_IT_WAS[2]!);
  });

  test("with Shift and arrows ends at the edge of the cell", async () => {
    const page = await open();
    await caret(page, ids[0]!, "notes", "start");
    for (let i = 0; i < 30; i++) await press(page, "Shift+ArrowRight");
    await press(page, "Shift+ArrowDown", "Shift+Control+End", "Delete");
    await says(page, " | Prose one.", AS_IT_WAS[1]!, AS_IT_WAS[2]!);
  });
});

describe("deleting", () => {
  test.each(["Backspace", "Control+Backspace", "Shift+Backspace"])(
    "with %s at the start of a cell does nothing",
    async (key) => {
      const page = await open();
      for (const half of ["notes", "prose"] as const) {
        await caret(page, ids[1]!, half, "start");
        await press(page, key, key);
      }
      await page.keyboard.type("+");
      await says(page, AS_IT_WAS[0]!, "Notes two. | +Prose two.\n\nSecond line.", AS_IT_WAS[2]!);
    },
  );

  test.each(["Delete", "Control+Delete"])(
    "with %s at the end of a cell does nothing",
    async (key) => {
      const page = await open();
      for (const half of ["notes", "prose"] as const) {
        await caret(page, ids[1]!, half, "end");
        await press(page, key, key);
      }
      await page.keyboard.type("+");
      await says(page, AS_IT_WAS[0]!, "Notes two. | Prose two.\n\nSecond line.+", AS_IT_WAS[2]!);
    },
  );

  test("joins paragraphs inside a cell", async () => {
    const page = await open();
    await caret(page, ids[1]!, "prose", "end");
    await press(page, "Home", "Backspace");
    await says(page, AS_IT_WAS[0]!, "Notes two. | Prose two.Second line.", AS_IT_WAS[2]!);
  });

  test("a whole list, or a scene break, leaves the caret in its cell; so does a click beneath one", async () => {
    const page = await open([{ notes: "- a\n- b", prose: "- c\n- d" }, { prose: "***" }, ROWS[2]!]);
    for (const [half, key] of [
      ["notes", "Backspace"],
      ["prose", "Control+x"],
    ] as const) {
      await cell(page, ids[0]!, half).locator("p").last().click();
      await press(page, "Control+a", key);
      await page.keyboard.type("X");
    }
    await cell(page, ids[1]!, "prose").locator("hr").click();
    await press(page, "Backspace");
    await page.keyboard.type("X");
    await says(page, "X | X", " | X", AS_IT_WAS[2]!);
    const other = await open([{ prose: "One.\n\n***" }, ROWS[2]!]);
    const half = (await cell(other, ids[0]!, "prose").boundingBox())!;
    await other.mouse.click(half.x + half.width / 2, half.y + half.height - 2);
    await other.keyboard.type("X");
    await until(() => rowsIn(desk.doc())[0] === " | One.X\n\n***");
    await press(other, "ArrowRight");
    await other.keyboard.type("Y");
    await until(() => rowsIn(desk.doc())[0] === " | One.X\n\n***\n\nY");
  });

  test("in an empty passage takes it away, and undo brings it back", async () => {
    const page = await open([ROWS[0]!, {}, ROWS[2]!]);
    await caret(page, ids[1]!, "prose");
    await press(page, "Backspace");
    await says(page, AS_IT_WAS[0]!, AS_IT_WAS[2]!);
    expect(await whereIs(page)).toMatchObject({ passage: ids[0], half: "prose", offset: 10 });
    await press(page, "Control+z");
    await says(page, AS_IT_WAS[0]!, " | ", AS_IT_WAS[2]!);
  });

  test("the only passage is not possible", async () => {
    const page = await open([{}]);
    await caret(page, ids[0]!, "notes");
    await press(page, "Backspace", "Delete");
    await says(page, " | ");
  });
});

describe("the clipboard", () => {
  /** As a browser hands it over; writing to the clipboard first would have the browser clean it. */
  const paste = (page: Page, html: string) =>
    page.evaluate((source) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/html", source);
      const options = { clipboardData, bubbles: true, cancelable: true };
      document.getElementById("passages")!.dispatchEvent(new ClipboardEvent("paste", options));
    }, html);

  test("gives whole passages as the blocks that are in them", async () => {
    const page = await open();
    await caret(page, ids[0]!, "prose");
    await paste(
      page,
      '<section data-passage="x"><div data-half="notes"><p>N</p></div><div data-half="prose"><p>P</p></div></section><section data-passage="y"><div data-half="notes"><p>M</p></div><div data-half="prose"><p>Q</p></div></section>',
    );
    await until(() => rowsIn(desk.doc())[0]!.includes("Q"));
    expect(rowsIn(desk.doc())).toHaveLength(3);
    expect(rowsIn(desk.doc())[0]).toBe("Notes one. | Prose one.\n\nN\n\nP\n\nM\n\nQ");
  });

  test("from one cell into another moves words, not cells", async () => {
    const page = await open();
    await caret(page, ids[1]!, "prose");
    await press(page, "Control+a", "Control+x");
    await says(page, AS_IT_WAS[0]!, "Notes two. | ", AS_IT_WAS[2]!);
    await caret(page, ids[2]!, "notes");
    await press(page, "Control+v");
    await says(
      page,
      AS_IT_WAS[0]!,
      "Notes two. | ",
      "Notes three.Prose two.\n\nSecond line. | Prose three.",
    );
  });
});

describe("a drag", () => {
  test("of words into another cell moves the words", async () => {
    const page = await open();
    await page.locator(at(0, "prose")).dblclick({ position: { x: 10, y: 12 } });
    expect((await page.evaluate(() => String(getSelection()))).trim()).toBe("Prose");
    const [a, b] = [
      (await page.locator(at(0, "prose")).boundingBox())!,
      (await page.locator(at(2, "notes")).boundingBox())!,
    ];
    await page.mouse.move(a.x + 12, a.y + 12);
    await page.mouse.down();
    await page.mouse.move(a.x + 30, a.y + 14, { steps: 4 });
    await page.mouse.move(b.x + 2, b.y + 10, { steps: 12 });
    await page.mouse.up();
    await until(() => rowsIn(desk.doc())[2]!.includes("Prose"));
    // Where exactly it falls is the browser's affair; no letter is lost, and none is there twice.
    const letters = (rows: string[]) => rows.join("").match(/\w/g)!.sort();
    expect(letters(rowsIn(desk.doc()))).toEqual(letters(AS_IT_WAS));
    expect(rowsIn(desk.doc())).toHaveLength(3);
    expect(rowsIn(desk.doc())[1]).toBe(AS_IT_WAS[1]!);
  });
});

describe("arrows", () => {
  test("up and down stay in their column", async () => {
    const page = await open();
    await caret(page, ids[0]!, "notes", "start");
    await press(page, "ArrowDown");
    expect(await whereIs(page)).toMatchObject({ passage: ids[1], half: "notes", offset: 0 });
    await press(page, "ArrowDown");
    expect(await whereIs(page)).toMatchObject({ passage: ids[2], half: "notes" });
    await caret(page, ids[2]!, "prose", "start");
    await press(page, "ArrowUp");
    expect(await whereIs(page)).toMatchObject({
      passage: ids[1],
      half: "prose",
      line: "Second line.",
    });
    await press(page, "ArrowUp");
    expect(await whereIs(page)).toMatchObject({ passage: ids[1], line: "Prose two." });
    await press(page, "ArrowUp");
    expect(await whereIs(page)).toMatchObject({ passage: ids[0], half: "prose" });
    await press(page, "ArrowUp");
    expect(await whereIs(page)).toMatchObject({ passage: ids[0], half: "prose" });
  });

  test("left and right go on in the same column", async () => {
    const page = await open();
    await caret(page, ids[0]!, "notes", "end");
    await press(page, "ArrowRight");
    expect(await whereIs(page)).toMatchObject({ passage: ids[1], half: "notes", offset: 0 });
    await press(page, "ArrowLeft");
    expect(await whereIs(page)).toMatchObject({ passage: ids[0], half: "notes", offset: 10 });
  });

  test("to the ends, and whole pages, stay in their column where rows are off the screen", async () => {
    const prose = "Long prose. ".repeat(60);
    ids = await desk.begin(...Array.from({ length: 60 }, (_, i) => ({ notes: `N${i}.`, prose })));
    const page = await desk.open();
    await caret(page, ids[1]!, "prose", "start");
    await press(page, "Control+End");
    expect(await whereIs(page)).toMatchObject({ passage: ids[59], half: "prose", offset: 720 });
    await press(page, "Control+Shift+Home", "Delete");
    await page.keyboard.type("End");
    await until(() => rowsIn(desk.doc())[59] === "N59. | End");
    await press(page, "Control+Home");
    expect(await whereIs(page)).toMatchObject({ passage: ids[0], half: "prose", offset: 0 });
    await press(page, "Shift+Tab");
    // The second before the first was put right.
    await Promise.all([press(page, "PageDown"), press(page, "PageDown")]);
    await until(async () => (await whereIs(page)).half === "notes");
    // Before rows are drawn a page may be turned without the caret.
    await until(async () => {
      await press(page, "PageDown");
      return (await whereIs(page)).passage !== ids[0];
    });
    await page.keyboard.type("+");
    await until(() => rowsIn(desk.doc()).some((row) => /^(\+N\d+\.|N\d+\.\+) \| /.test(row)));
  });

  test("reach rows that are far off the screen", async () => {
    const page = await open(
      Array.from({ length: 60 }, (_, i) => ({ notes: `n${i}`, prose: `p${i}` })),
    );
    await caret(page, ids[0]!, "prose", "start");
    for (let i = 0; i < 59; i++) await press(page, "ArrowDown");
    expect(await whereIs(page)).toMatchObject({ passage: ids[59], half: "prose" });
  });
});

describe("Tab", () => {
  test("goes across, over what can be pressed, to the next row and back", async () => {
    const page = await open();
    await caret(page, ids[0]!, "notes");
    await press(page, "Tab");
    expect(await whereIs(page)).toMatchObject({ passage: ids[0], half: "prose" });
    await press(page, "Tab");
    expect(await whereIs(page)).toMatchObject({ passage: ids[1], half: "notes" });
    await press(page, "Shift+Tab");
    expect(await whereIs(page)).toMatchObject({ passage: ids[0], half: "prose" });
  });

  test("reaches the way to a take, and comes out of it again", async () => {
    const page = await open([{ notes: "n" }, { notes: "m", prose: "p" }]);
    await caret(page, ids[0]!, "notes");
    await press(page, "Tab", "Tab");
    const focused = () => page.evaluate(() => document.activeElement?.id);
    expect(await focused()).toBe(`expand-${ids[0]}`);
    await press(page, "Tab");
    expect(await whereIs(page)).toMatchObject({ passage: ids[1], half: "notes" });
    await press(page, "Shift+Tab");
    expect(await focused()).toBe(`expand-${ids[0]}`);
    await press(page, "Shift+Tab");
    await page.keyboard.type("typed");
    await until(() => rowsIn(desk.doc())[0] === "n | typed");
  });
});

describe("Enter", () => {
  test("parts a paragraph, and on an empty last line begins a passage", async () => {
    const page = await open();
    await caret(page, ids[0]!, "prose");
    await press(page, "Enter");
    await page.keyboard.type("More.");
    await press(page, "Enter", "Enter");
    await page.keyboard.type("Next.");
    await says(page, "Notes one. | Prose one.\n\nMore.", " | Next.", AS_IT_WAS[1]!, AS_IT_WAS[2]!);
  });

  test("with Mod and Shift splits the passage where the caret is", async () => {
    const page = await open();
    await caret(page, ids[1]!, "prose", "start");
    for (let i = 0; i < 6; i++) await press(page, "ArrowRight");
    await press(page, "Control+Shift+Enter");
    await page.keyboard.type("=");
    await says(
      page,
      AS_IT_WAS[0]!,
      "Notes two. | Prose ",
      " | =two.\n\nSecond line.",
      AS_IT_WAS[2]!,
    );
  });
});

describe("rows", () => {
  test("move with the caret in them", async () => {
    const page = await open();
    await caret(page, ids[2]!, "prose");
    await press(page, "Alt+Shift+ArrowUp", "Alt+Shift+ArrowUp");
    await page.keyboard.type("+");
    await says(page, "Notes three. | Prose three.+", AS_IT_WAS[0]!, AS_IT_WAS[1]!);
    expect(await page.locator(".passage").first().getAttribute("aria-label")).toBe("Passage 1");
    expect(await cell(page, ids[0]!, "notes").getAttribute("aria-label")).toBe(
      "Notes of passage 2",
    );
  });

  test("merge without a word moving", async () => {
    const page = await open();
    await caret(page, ids[1]!, "notes");
    await press(page, "Control+Shift+m");
    await until(() => rowsIn(desk.doc()).length === 2);
    expect(await page.locator(".passage.under").getAttribute("data-under")).toBeNull();
    expect(await page.locator(".passage").count()).toBe(3);
    await page.keyboard.type("+");
    await until(() => rowsIn(desk.doc())[0]!.startsWith("Notes one.\n\nNotes two.+ | "));
  });

  test("that others move keep the caret and what is being typed", async () => {
    const page = await open();
    const other = await desk.open();
    await caret(page, ids[1]!, "prose");
    await page.keyboard.type("AB");
    await caret(other, ids[1]!, "notes");
    await press(other, "Alt+Shift+ArrowUp");
    await until(() => rowsIn(desk.doc())[0]!.startsWith("Notes two."));
    await until(
      async () => (await page.locator(".passage").first().getAttribute("data-passage")) === ids[1],
    );
    await page.keyboard.type("CD");
    await says(page, "Notes two. | Prose two.\n\nSecond line.ABCD", AS_IT_WAS[0]!, AS_IT_WAS[2]!);
  });

  test("begin with the button at the end", async () => {
    const page = await open();
    await page.getByRole("button", { name: "New passage" }).click();
    await page.keyboard.type("Fresh notes");
    await says(page, ...AS_IT_WAS, "Fresh notes | ");
    await page.locator(`.passage:last-child .act`).waitFor();
  });
});

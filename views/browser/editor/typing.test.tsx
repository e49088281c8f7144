/** Markdown and typography as they are typed, shortcuts, undo. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import {
  caret,
  cell,
  chip,
  type Desk,
  openDesk,
  rowsIn,
  until,
  whereIs,
} from "../../../test/support/desk.ts";

let desk: Desk;
let a: string;
let b: string;

beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.stop());
afterEach(() => desk.leave());

async function open(language?: string, prose = "", notes = "n"): Promise<Page> {
  [a, b] = (await desk.begin({ notes, prose }, { notes: "m", prose: "Second." })) as [
    string,
    string,
  ];
  await desk.speak(language);
  const page = await desk.open();
  await caret(page, a, "prose");
  return page;
}

const html = (page: Page) => cell(page, a, "prose").innerHTML();
const plain = (markup: string) =>
  markup.replaceAll(
    /<br[^>]*>|<img[^>]*>| class="[^"]*"| contenteditable="[^"]*"| dir="auto"/g,
    "",
  );
async function becomes(page: Page, wanted: string): Promise<void> {
  try {
    await until(async () => plain(await html(page)) === wanted);
  } catch {
    expect(plain(await html(page))).toBe(wanted);
  }
}

describe("Markdown", () => {
  test.each([
    ["# Head", "<h1>Head</h1>"],
    ["### Head", "<h3>Head</h3>"],
    ["> said", "<blockquote><p>said</p></blockquote>"],
    ["> said\n\n> again", "<blockquote><p>said</p><p>again</p></blockquote>"],
    ["- one\ntwo", "<ul><li><p>one</p></li><li><p>two</p></li></ul>"],
    ["3. three", '<ol start="3"><li><p>three</p></li></ol>'],
    ["a **b** c", "<p>a <strong>b</strong> c</p>"],
    ["a *b* c", "<p>a <em>b</em> c</p>"],
    ["_b_ snake_case_word", "<p><em>b</em> snake_case_word</p>"],
    ["x\n***y", "<p>x</p><hr><p>y</p>"],
    ["x\n---y", "<p>x</p><hr><p>y</p>"],
    ["x---y", "<p>x–y</p>"],
    ["1. one\n> two", "<ol><li><p>one</p></li><li><p>&gt; two</p></li></ol>"],
    [
      "[so](https://example.com/) x",
      '<p><a href="https://example.com/" rel="noopener noreferrer nofollow">so</a> x</p>',
    ],
    ["[so](javascript:x) x", "<p>[so](javascript:x) x</p>"],
  ])("%j", async (typed, wanted) => {
    const page = await open();
    await page.keyboard.type(typed);
    await becomes(page, wanted);
  });

  test("three stars before words leave the words", async () => {
    const page = await open("en", "Words.");
    await page.keyboard.press("Home");
    await page.keyboard.type("***---");
    await until(() => /^n \| \*\*\*.*Words\.$/.test(rowsIn(desk.doc())[0]!));
  });

  test("is taken back by Backspace", async () => {
    const page = await open();
    await page.keyboard.type("# ");
    await becomes(page, "<h1></h1>");
    await page.keyboard.press("Backspace");
    await becomes(page, "<p># </p>");
  });
});

describe("quotes and dashes", () => {
  test.each([
    ["en", `"Don't," she said--'no.'...`, "“Don’t,” she said—‘no.’…"],
    ["de", `"Geht's 'so'?", sagte sie -- nein`, "„Geht’s ‚so‘?“, sagte sie – nein"],
    ["fr", `"L'eau"`, "«\u202fL’eau\u202f»"],
    [
      "fr",
      "Quoi ? Non! Ah ; si : ou?! https://a",
      "Quoi\u202f? Non\u202f! Ah\u202f; si\u202f: ou\u202f?! https://a",
    ],
    ["fr-CA", `"Quoi?" dit-il : non`, "«\u00a0Quoi?\u00a0» dit-il\u00a0: non"],
    ["de-CH", `"Was 'nun'?"`, "«Was ‹nun›?»"],
    ["en", `"Wait--"`, "“Wait—”"],
    ["en-GB", "so -- no", "so – no"],
    ["pl", `"Tak"`, "„Tak”"],
    ["ja", `"a"--`, `"a"--`],
    ["nonsense tag", `"a"`, "“a”"],
    ["en", "a---b", "a–b"],
  ])("in %s: %s", async (language, typed, wanted) => {
    const page = await open(language);
    await page.keyboard.type(typed);
    await until(async () => (await cell(page, a, "prose").textContent()) === wanted).catch(
      () => {},
    );
    expect(await cell(page, a, "prose").textContent()).toBe(wanted);
  });

  test("are taken back by Backspace, once", async () => {
    const page = await open("en");
    await page.keyboard.type('"');
    await page.keyboard.press("Backspace");
    await becomes(page, '<p>"</p>');
    await page.keyboard.press("Backspace");
    await becomes(page, "<p></p>");
  });
});

test("the usual shortcuts", async () => {
  const page = await open();
  await page.keyboard.press("Control+b");
  await page.keyboard.type("b");
  await page.keyboard.press("Control+b");
  await page.keyboard.press("Control+i");
  await page.keyboard.type("i");
  await page.keyboard.press("Control+Alt+2");
  await becomes(page, "<h2><strong>b</strong><em>i</em></h2>");
  await page.keyboard.press("Control+Alt+0");
  await page.keyboard.press("Control+Shift+8");
  await becomes(page, "<ul><li><p><strong>b</strong><em>i</em></p></li></ul>");
  await page.keyboard.press("Control+[");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("x");
  await until(() => rowsIn(desk.doc())[0] === "n | bi\nx");
});

test("the shortcut of a list or quote takes it away again, and makes one kind of list the other", async () => {
  const page = await open("en", "one\n\ntwo");
  const press = async (keys: string, wanted: string) => {
    await page.keyboard.press(keys);
    await becomes(page, wanted);
  };
  const [bullets, plainly] = [
    "<ul><li><p>one</p></li><li><p>two</p></li></ul>",
    "<p>one</p><p>two</p>",
  ];
  await page.keyboard.press("Control+a");
  await press("Control+Shift+8", bullets);
  // What it would put before the paragraph of an item is an empty line.
  await press("Control+Alt+1", bullets);
  await press("Control+Shift+9", bullets);
  await press("Control+Shift+7", bullets.replaceAll("ul>", "ol>"));
  await press("Control+Shift+7", plainly);
  await press("Control+Shift+9", `<blockquote>${plainly}</blockquote>`);
  await press("Control+Shift+9", plainly);
});

test("what menus and other keyboards write over several paragraphs leaves no styles behind", async () => {
  const page = await open("en", "One **two**.\n\nThree.");
  await cell(page, a, "prose").evaluate((half) => {
    const [first, second] = [...half.children].map((block) => block.firstChild!);
    getSelection()!.setBaseAndExtent(first!, 1, second!, 1);
  });
  await page.keyboard.insertText("X");
  await becomes(page, "<p>OXhree.</p>");
  await page.keyboard.press("Control+z");
  await becomes(page, "<p>One <strong>two</strong>.</p><p>Three.</p>");
});

describe("what comes in", () => {
  test("takes away neither a form that was asked for nor the place, also when it brings nothing new", async () => {
    const page = await open("en", "One");
    await page.keyboard.press("Control+b");
    desk.writer().write("Second, and more.", b);
    await until(async () => (await cell(page, b, "prose").textContent()) === "Second, and more.");
    await page.keyboard.type("!");
    await becomes(page, "<p>One<strong>!</strong></p>");
    desk.cable.pull();
    await page.keyboard.type("?");
    desk.cable.plugIn();
    await until(() => rowsIn(desk.doc())[0] === "n | One!?");
    await until(async () => /^Saved/.test(await chip(page)));
    await page.keyboard.press("Control+i");
    await page.keyboard.type("i");
    // The reader makes something else of a marked break, so that the screen follows.
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("x");
    await until(() => rowsIn(desk.doc())[0] === "n | One!?i\nx");
  });
});

describe("undo", () => {
  test("takes back this person's words, and leaves those of another in the same paragraph", async () => {
    const page = await open("en", "middle");
    const other = await desk.open();
    await page.keyboard.type(" mine");
    await until(async () => (await cell(other, a, "prose").textContent()) === "middle mine");
    await caret(other, a, "prose", "start");
    await other.keyboard.type("theirs ");
    await until(async () => (await cell(page, a, "prose").textContent()) === "theirs middle mine");
    await page.keyboard.press("Control+z");
    await until(() => rowsIn(desk.doc())[0] === "n | theirs middle");
    await page.keyboard.press("Control+Shift+z");
    await until(() => rowsIn(desk.doc())[0] === "n | theirs middle mine");
  });

  test("goes to where the change was", async () => {
    const page = await open("en", "One.");
    await page.keyboard.type(" Typed.");
    await caret(page, b, "notes");
    await page.keyboard.press("Control+z");
    await until(() => rowsIn(desk.doc())[0] === "n | One.");
    expect(await whereIs(page)).toMatchObject({ passage: a, half: "prose", offset: 4 });
  });

  test("takes back what was done at one place at a time, however soon the next followed", async () => {
    const page = await open("en", "One.");
    await page.evaluate(() => navigator.clipboard.writeText("pasted"));
    await page.keyboard.insertText(" Typed.");
    await page.keyboard.press("Control+v");
    await page.keyboard.type("!");
    await page.keyboard.press("Tab");
    await page.keyboard.type("?");
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Delete");
    const undone = async (first: string, second: string) => {
      await page.keyboard.press("Control+z");
      await until(() => rowsIn(desk.doc()).join() === `n | ${first},${second} | Second.`);
    };
    await until(() => rowsIn(desk.doc()).join() === "n | One. Typed.pasted!, | Second.");
    await undone("One. Typed.pasted!", "m?");
    await undone("One. Typed.pasted!", "m");
    await undone("One. Typed.pasted", "m");
    await undone("One. Typed.", "m");
    await undone("One.", "m");
  });

  test("takes back structure and text in their order", async () => {
    const page = await open("en", "One two");
    await page.keyboard.type("!");
    await page.keyboard.press("Alt+Shift+ArrowDown");
    await until(() => rowsIn(desk.doc())[0] === "m | Second.");
    await page.keyboard.type("?");
    await until(() => rowsIn(desk.doc())[1] === "n | One two!?");
    await page.keyboard.press("Control+z");
    await until(() => rowsIn(desk.doc())[1] === "n | One two!");
    await page.keyboard.press("Control+z");
    await until(() => rowsIn(desk.doc())[0] === "n | One two!");
    await page.keyboard.press("Control+z");
    await until(() => rowsIn(desk.doc())[0] === "n | One two");
    expect(await whereIs(page)).toMatchObject({ passage: a, half: "prose" });
  });
});

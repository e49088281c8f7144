/** Takes beside the prose: compared, taken in part, changed before they are accepted; and words that are rewritten. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { setAttributes } from "../../../src/documents/model/commands.ts";
import { readRows } from "../../../src/documents/model/rows.ts";
import { hashOf, hashOfText } from "../../../src/documents/model/text.ts";
import { caret, cell, rowsIn, type StandIn, standIn, until } from "./stand-in.test.tsx";

let studio: StandIn;
let a: string;

beforeAll(async () => {
  studio = await standIn();
});
afterAll(() => studio.stop());
afterEach(() => studio.leave());

const NOTES = "Dusk. The lamp.";
const PROSE = "The lamp was lit.\n\nNobody came.\n\nThe end.";
const TAKE = "The lamp was out.\n\nNobody came.\n\nShe left.\n\nThe end.";

/** A passage whose prose nobody touched since it was accepted, and newer takes of it; the last is shown. */
function begin(prose = PROSE, takes: string[] = [PROSE, TAKE], notes = NOTES): void {
  [a] = studio.begin({ notes: NOTES, prose }, { notes: "m", prose: "Second." }) as [string];
  const ids = takes.map((_, at) => `t${at}`);
  const row = readRows(studio.doc())[0]!;
  if (prose)
    setAttributes(studio.doc(), a, {
      take: "t0",
      askHash: hashOfText(notes),
      proseHash: hashOf(row.prose),
    });
  takes.forEach((text, at) => {
    studio.blobs.set(`t${at}`, { content: { text }, metadata: { passage: a } });
    studio.blobs.set(`ask-t${at}`, { content: { text: notes } });
  });
  studio.set(a, {
    run: null,
    take: { text: takes.at(-1)!, model: "attic-32b" },
    shown: { ids, id: ids.at(-1)!, askHash: hashOfText(notes) },
  });
}

const offer = (page: Page) => page.locator(`#prose-${a}`);
const press = (page: Page, name: string) =>
  offer(page).getByRole("button", { name, exact: true }).click();
const mark = async (page: Page) => (await page.locator(`#spine-${a} .gloss`).textContent()) ?? "";
const proseIn = () => rowsIn(studio.doc())[0]!.split(" | ")[1];
const marked = (page: Page, name: "del" | "ins") => offer(page).locator(name).allTextContents();

describe("comparing", () => {
  test("shows what the take would change, in the place of the prose", async () => {
    begin();
    const page = await studio.open();
    await press(page, "Compare");
    await offer(page).locator("ins").first().waitFor();
    expect(await marked(page, "del")).toEqual(["lit"]);
    expect(await marked(page, "ins")).toEqual(["out", "She left."]);
    expect(await offer(page).locator(".words-changed").textContent()).toBe("+3 −1 words");
    expect(await cell(page, a, "prose").isVisible()).toBe(false);
    expect(await page.locator(`#compare-${a}`).getAttribute("aria-pressed")).toBe("true");
    expect(await page.locator("#announcements").textContent()).toContain("+3 −1 words");

    await press(page, "Side by side");
    await offer(page).locator(".sides").waitFor();
    const [before, after] = await offer(page).locator(".side").allInnerTexts();
    expect(before).toMatch(/^Your prose at \d\d:\d\d\s+The lamp was lit\./);
    expect(after).toStartWith("Take 2 of 2");
    expect(before).not.toContain("She left.");

    await offer(page).getByLabel("Compare with").selectOption("t0");
    await until(async () => (await offer(page).getAttribute("data-against")) === "t0");
    expect(await marked(page, "ins")).toEqual(["out", "She left."]);

    await press(page, "Compare");
    await until(async () => cell(page, a, "prose").isVisible());
    expect(await page.evaluate(() => document.activeElement?.id)).toBe(`compare-${a}`);
  });

  test("follows the prose, and what is accepted is what was shown", async () => {
    begin();
    const [page, other] = [await studio.open(), await studio.open()];
    await press(page, "Compare");
    await offer(page).locator("ins").first().waitFor();
    await caret(other, a, "prose");
    await other.keyboard.type(" Or not.");
    await until(async () => (await marked(page, "del")).includes("Or not."));
    // By hand now: a take goes below, unless it is told to take the place of what it is shown beside.
    await press(page, "Replace my words");
    await until(() => proseIn() === TAKE);
    await until(async () => (await mark(page)) === "fresh");
  });

  test("stays when fragments come in, and gives way to a newer take", async () => {
    begin();
    const page = await studio.open();
    await press(page, "The take before");
    await until(async () => (await offer(page).getAttribute("data-shown")) === "t0");
    await press(page, "Compare");
    await until(async () => (await offer(page).getAttribute("data-compare")) === "inline");
    const shown = { ids: ["t0", "t1"], id: "t1", askHash: hashOfText(NOTES) };
    studio.tell(a, { take: { text: TAKE, model: "attic-32b" }, shown });
    await until(async () => (await offer(page).getAttribute("data-shown")) === "t0");
    await until(async () => (await offer(page).getAttribute("data-compare")) === "inline");
    studio.blobs.set("t2", { content: { text: "A third." }, metadata: { passage: a } });
    studio.tell(a, {
      take: { text: "A third.", model: "attic-32b" },
      shown: { ...shown, ids: ["t0", "t1", "t2"], id: "t2" },
    });
    await until(async () => (await offer(page).locator(".take").textContent()) === "A third.");
    expect(await offer(page).locator("[data-place]").textContent()).toBe("3/3");
  });
});

describe("a paragraph", () => {
  test("is accepted alone, as one step", async () => {
    begin();
    const page = await studio.open();
    await press(page, "Compare");
    await press(page, "Accept paragraph 3 of the take");
    await until(() => proseIn() === "The lamp was lit.\n\nNobody came.\n\nShe left.\n\nThe end.");
    await until(async () => (await marked(page, "ins")).join() === "out");
    await press(page, "Accept paragraph 1 of the take");
    await until(() => proseIn() === TAKE);
    // All of it is in now.
    await until(() => readRows(studio.doc())[0]!.attributes.take === "t1");
    await until(async () => (await mark(page)) === "fresh");
    await caret(page, a, "notes");
    await page.keyboard.press("Control+z");
    await until(() => proseIn()!.startsWith("The lamp was lit."));
    await page.keyboard.press("Control+z");
    await until(() => proseIn() === PROSE);
    await page.keyboard.press("Control+y");
    await page.keyboard.press("Control+y");
    await until(() => proseIn() === TAKE);
  });

  test("of a take for empty prose begins it", async () => {
    begin("", [TAKE]);
    const page = await studio.open();
    await press(page, "Compare");
    await press(page, "Accept paragraph 2 of the take");
    await until(() => proseIn() === "Nobody came.");
    await until(async () => (await mark(page)) === "fresh");
  });
});

describe("a take that is changed first", () => {
  test("is accepted as it was changed, and is fresh", async () => {
    begin("", ["The lamp was out."]);
    const page = await studio.open();
    await press(page, "Edit");
    // What edits is loaded on use.
    await offer(page).locator("textarea:focus").waitFor();
    await page.keyboard.press("Control+End");
    await page.keyboard.type("\n\nMine.");
    // What comes in meanwhile takes nothing away.
    studio.tell(a, {
      run: null,
      take: { text: "The lamp was out.", model: "attic-32b" },
      shown: { ids: ["t0"], id: "t0", askHash: hashOfText(NOTES) },
      discarded: ["t9"],
    });
    await offer(page).getByText("1 discarded take").waitFor();
    expect(await offer(page).locator("textarea").inputValue()).toBe("The lamp was out.\n\nMine.");
    await page.keyboard.press("Escape");
    expect(await offer(page).locator(".take").textContent()).toBe("The lamp was out.");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe(`edit-${a}`);
    await press(page, "Edit");
    await page.keyboard.press("Control+Enter");
    await until(() => proseIn() === "The lamp was out.\n\nMine.");
    await until(async () => (await mark(page)) === "fresh");
    expect(readRows(studio.doc())[0]!.attributes).toMatchObject({
      take: "t0",
      proseHash: hashOfText("The lamp was out.\n\nMine."),
    });
  });
});

describe("notes that have changed", () => {
  test("say which words are new, and the take says that it came before them", async () => {
    begin("", ["The lamp was out."], "Dusk.");
    const page = await studio.open();
    await until(async () => (await mark(page)) === "notes changed since");
    await offer(page).getByText("Your notes have changed since").waitFor();
    await until(
      async () => (await page.locator(".changed-word").allTextContents()).join() === "The lamp",
    );
    await caret(page, a, "notes");
    await page.keyboard.type(" And fog.");
    await until(async () =>
      (await page.locator(".changed-word").allTextContents()).join(" ").includes("And fog"),
    );
    for (let i = 0; i < " The lamp. And fog.".length; i++) await page.keyboard.press("Backspace");
    await until(async () => (await mark(page)) === "to write");
    await until(async () => (await page.locator(".changed-word").count()) === 0);
    expect(await offer(page).getByText("Your notes have changed since").isVisible()).toBe(false);
  });
});

describe("rewriting", () => {
  const OLD = "He saw it. He left at once. He saw it.";
  const rewrites = { text: "He left at once.", before: "He saw it. ", after: " He saw it." };
  const rewritten = {
    run: null,
    take: { text: "He went.", model: "attic-32b" },
    shown: { ids: ["t0", "t1"], id: "t1", askHash: null, rewrites },
  };

  /** Selects in the first line of the prose. */
  const select = (page: Page, from: number, to: number) =>
    page.evaluate(
      ([id, start, end]) => {
        const half = document.querySelector(`[data-passage="${id}"] > [data-half="prose"]`)!;
        document.getElementById("passages")!.focus();
        const text = half.firstElementChild!.firstChild!;
        getSelection()!.setBaseAndExtent(text, start, text, end);
      },
      [a, from, to] as const,
    );

  test("asks with the words that are selected and what stands around them", async () => {
    begin(OLD, [OLD]);
    const page = await studio.open();
    await select(page, 11, 27);
    const command = page.locator(`#rewrite-${a}`);
    await command.waitFor();
    await command.click();
    await page.keyboard.type("Shorter.");
    await page.keyboard.press("Enter");
    await until(() => studio.requests.some(({ path }) => path.endsWith("/rewrites")));
    const ask = studio.requests.find(({ path }) => path.endsWith("/rewrites"))!;
    expect(Object.fromEntries(new URLSearchParams(ask.body))).toEqual({
      ...rewrites,
      instruction: "Shorter.",
    });
    expect(ask.headers.get("idempotency-key")).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("by keyboard begins at the selection and goes back to it", async () => {
    begin(OLD, [OLD]);
    const page = await studio.open();
    await select(page, 11, 27);
    await page.locator(`#rewrite-${a}`).waitFor();
    await page.keyboard.press("Alt+Shift+R");
    await page.locator(`#rewriting-how-${a}:focus`).waitFor();
    await page.keyboard.press("Escape");
    await until(() => page.evaluate(() => getSelection()!.toString() === "He left at once."));
  });

  test("replaces these words and no others, and stays what it was", async () => {
    begin(OLD, [OLD]);
    studio.set(a, rewritten);
    const page = await studio.open();
    await offer(page).getByText("In place of").first().waitFor();
    expect(await mark(page)).toBe("fresh");
    await press(page, "Accept");
    await until(() => proseIn() === "He saw it. He went. He saw it.");
    await until(async () => (await mark(page)) === "fresh");
    expect(await page.locator(`#accept-${a}`).isVisible()).toBe(false);
    await caret(page, a, "notes");
    await page.keyboard.press("Control+z");
    await until(() => proseIn() === OLD);
    await page.locator(`#accept-${a}`).waitFor();
  });

  test("of words that have changed says so, and replaces nothing", async () => {
    begin(OLD, [OLD]);
    studio.set(a, rewritten);
    const page = await studio.open();
    await caret(page, a, "prose", "start");
    for (let i = 0; i < 13; i++) await page.keyboard.press("ArrowRight");
    await page.keyboard.type("!");
    await offer(page).getByText("have changed since. They stay").waitFor();
    await press(page, "Copy");
    await until(() =>
      page.evaluate(async () => (await navigator.clipboard.readText()) === "He went."),
    );
    await press(page, "Accept below");
    await until(() => proseIn() === "He saw it. He! left at once. He saw it.\n\nHe went.");
  });
});

test("typed while it is accepted, in this cell and in another, everything is there", async () => {
  begin("", [TAKE]);
  const [page, other] = [await studio.open(), await studio.open()];
  studio.told.silent = true;
  await caret(page, a, "notes");
  await page.keyboard.type("!");
  await press(page, "Accept");
  await caret(page, a, "prose");
  await page.keyboard.type("Mine.");
  await caret(other, a, "notes");
  await other.keyboard.type("?");
  await until(async () => (await cell(page, a, "notes").textContent())!.endsWith("!?"));
  studio.answerMarks();
  await until(() => rowsIn(studio.doc())[0] === `${NOTES}!? | Mine.\n\n${TAKE}`);
  await until(async () => (await cell(other, a, "prose").textContent())!.includes("She left."));
});

test("accepted on two devices at once it is there once", async () => {
  begin("", [TAKE]);
  const [page, other] = [await studio.open(), await studio.open()];
  await Promise.all([page, other].map((one) => press(one, "Accept")));
  await until(() => proseIn() === TAKE);
  for (const one of [page, other])
    await until(async () => (await cell(one, a, "prose").locator("p").count()) === 4);
  expect(proseIn()).toBe(TAKE);
});

test("who may only read sees takes and decides nothing", async () => {
  begin();
  studio.told.readOnly = true;
  const page = await studio.open();
  await offer(page).locator(".take").waitFor();
  for (const name of ["Accept", "Discard", "Ask again…", "Edit"])
    expect(await offer(page).getByRole("button", { name, exact: true }).count()).toBe(0);
  await press(page, "Compare");
  await offer(page).locator("ins").first().waitFor();
  expect(
    await offer(page)
      .getByRole("button", { name: /Accept/ })
      .count(),
  ).toBe(0);
});

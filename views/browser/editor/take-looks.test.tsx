/** Takes beside the prose: compared, taken in part, changed before they are accepted; and words that are rewritten. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { setAttributes } from "../../../src/documents/model/commands.ts";
import { readRows } from "../../../src/documents/model/rows.ts";
import { hashOf, hashOfText } from "../../../src/documents/model/text.ts";
import {
  caret,
  cell,
  type Desk,
  holdRequests,
  openDesk,
  rowsIn,
  until,
  watchSent,
  withoutClipboard,
} from "../../../test/support/desk.ts";
import { query } from "../../../test/support/rows.ts";
import { discardPath } from "../../chapters/takes-ids.ts";

let desk: Desk;
let a: string;
let ids: string[];

beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.stop());
afterEach(() => desk.leave());

const NOTES = "Dusk. The lamp.";
const PROSE = "The lamp was lit.\n\nNobody came.\n\nThe end.";
const TAKE = "The lamp was out.\n\nNobody came.\n\nShe left.\n\nThe end.";

/** A passage whose prose nobody touched since it was accepted, and newer takes of it; the last is shown. */
async function begin(prose = PROSE, takes: string[] = [PROSE, TAKE], notes = NOTES): Promise<void> {
  [a] = (await desk.begin({ notes: NOTES, prose }, { notes: "m", prose: "Second." })) as [string];
  ids = [];
  for (const text of takes) ids.push(await desk.take(a, text, { notes }));
  const row = readRows(desk.doc())[0]!;
  if (!prose) return;
  setAttributes(desk.doc(), a, {
    take: ids[0]!,
    askHash: hashOfText(notes),
    proseHash: hashOf(row.prose),
  });
  await desk.writer().kept();
}

/** As on another device. */
const discard = (take: string) => desk.marian.request("PUT", discardPath(desk.chapter(), a, take));

const offer = (page: Page) => page.locator(`#prose-${a}`);
const press = (page: Page, name: string) =>
  offer(page).getByRole("button", { name, exact: true }).click();
const mark = async (page: Page) => (await page.locator(`#spine-${a} .gloss`).textContent()) ?? "";
const proseIn = () => rowsIn(desk.doc())[0]!.split(" | ")[1];
const marked = (page: Page, name: "del" | "ins") => offer(page).locator(name).allTextContents();

describe("comparing", () => {
  test("shows what the take would change, in the place of the prose", async () => {
    await begin();
    const page = await desk.open();
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

    await offer(page).getByLabel("Compare with").selectOption(ids[0]!);
    await until(async () => (await offer(page).getAttribute("data-against")) === ids[0]);
    expect(await marked(page, "ins")).toEqual(["out", "She left."]);

    await press(page, "Compare");
    await until(async () => cell(page, a, "prose").isVisible());
    expect(await page.evaluate(() => document.activeElement?.id)).toBe(`compare-${a}`);
  });

  test("follows the prose, and what is accepted is what was shown", async () => {
    await begin();
    const [page, other] = [await desk.open(), await desk.open()];
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
    await begin(PROSE, [PROSE, "Another.", TAKE]);
    const page = await desk.open();
    await press(page, "The take before");
    await until(async () => (await offer(page).getAttribute("data-shown")) === ids[1]);
    await press(page, "The take before");
    await until(async () => (await offer(page).getAttribute("data-shown")) === ids[0]);
    await press(page, "Compare");
    await until(async () => (await offer(page).getAttribute("data-compare")) === "inline");
    await discard(ids[1]!);
    await until(async () => (await offer(page).locator("[data-place]").textContent()) === "1/2");
    expect(await offer(page).getAttribute("data-shown")).toBe(ids[0]!);
    await until(async () => (await offer(page).getAttribute("data-compare")) === "inline");
    await desk.take(a, "A third.");
    await until(async () => (await offer(page).locator(".take").textContent()) === "A third.");
    expect(await offer(page).locator("[data-place]").textContent()).toBe("3/3");
  });
});

describe("a paragraph", () => {
  test("is accepted alone, as one step", async () => {
    await begin();
    const page = await desk.open();
    await press(page, "Compare");
    await press(page, "Accept paragraph 3 of the take");
    await until(() => proseIn() === "The lamp was lit.\n\nNobody came.\n\nShe left.\n\nThe end.");
    await until(async () => (await marked(page, "ins")).join() === "out");
    await press(page, "Accept paragraph 1 of the take");
    await until(() => proseIn() === TAKE);
    // All of it is in now.
    await until(() => readRows(desk.doc())[0]!.attributes.take === ids[1]);
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
    await begin("", [TAKE]);
    const page = await desk.open();
    await press(page, "Compare");
    await press(page, "Accept paragraph 2 of the take");
    await until(() => proseIn() === "Nobody came.");
    await until(async () => (await mark(page)) === "fresh");
  });
});

describe("a take that is changed first", () => {
  test("is accepted as it was changed, and is fresh", async () => {
    await begin("", ["Another.", "The lamp was out."]);
    const page = await desk.open();
    await press(page, "Edit");
    // What edits is loaded on use.
    await offer(page).locator("textarea:focus").waitFor();
    await page.keyboard.press("Control+End");
    await page.keyboard.type("\n\nMine.");
    // What comes in meanwhile takes nothing away.
    await discard(ids[0]!);
    await offer(page).getByText("1 discarded take").waitFor();
    expect(await offer(page).locator("textarea").inputValue()).toBe("The lamp was out.\n\nMine.");
    // It is nowhere else: somebody who leaves now is asked to stay.
    const asked = page.waitForEvent("dialog");
    await page.evaluate(() => setTimeout(() => location.reload(), 0));
    const dialog = await asked;
    expect(dialog.type()).toBe("beforeunload");
    await dialog.dismiss();
    await page.keyboard.press("Escape");
    expect(await offer(page).locator(".take").textContent()).toBe("The lamp was out.");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe(`edit-${a}`);
    await press(page, "Edit");
    await page.keyboard.press("Control+Enter");
    await until(() => proseIn() === "The lamp was out.\n\nMine.");
    await until(async () => (await mark(page)) === "fresh");
    expect(readRows(desk.doc())[0]!.attributes).toMatchObject({
      take: ids[1],
      proseHash: hashOfText("The lamp was out.\n\nMine."),
    });
  });
});

describe("notes that have changed", () => {
  test("say which words are new, and the take says that it came before them", async () => {
    await begin("", ["The lamp was out."], "Dusk.");
    const page = await desk.open();
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
  const rewritten = () => desk.take(a, "He went.", { rewrites });

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
    await begin(OLD, [OLD]);
    const page = await desk.open();
    const [sent, dictation] = [watchSent(page), desk.dictate()];
    await select(page, 11, 27);
    const command = page.locator(`#rewrite-${a}`);
    await command.waitFor();
    await command.click();
    await page.keyboard.type("Shorter.");
    await page.keyboard.press("Enter");
    await offer(page).locator("[data-run]").waitFor({ state: "attached" });
    const ask = sent.find(({ path }) => path.endsWith("/rewrites"))!;
    expect(Object.fromEntries(new URLSearchParams(ask.body))).toEqual({
      ...rewrites,
      instruction: "Shorter.",
    });
    expect(ask.headers["idempotency-key"]).toMatch(/^[0-9a-f-]{36}$/);
    dictation.end();
  });

  test("by keyboard begins at the selection and goes back to it", async () => {
    await begin(OLD, [OLD]);
    const page = await desk.open();
    await select(page, 11, 27);
    await page.locator(`#rewrite-${a}`).waitFor();
    await page.keyboard.press("Alt+Shift+R");
    await page.locator(`#rewriting-how-${a}:focus`).waitFor();
    await page.keyboard.press("Escape");
    await until(() => page.evaluate(() => getSelection()!.toString() === "He left at once."));
  });

  test("replaces these words and no others, and stays what it was", async () => {
    await begin(OLD, [OLD]);
    await rewritten();
    const page = await desk.open();
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
    await begin(OLD, [OLD]);
    await rewritten();
    const page = await desk.open();
    await caret(page, a, "prose", "start");
    for (let i = 0; i < 13; i++) await page.keyboard.press("ArrowRight");
    await page.keyboard.type("!");
    await offer(page).getByText("have changed since. They stay").waitFor();
    await withoutClipboard(page);
    await press(page, "Copy");
    await until(() =>
      page.evaluate(async () => (await navigator.clipboard.readText()) === "He went."),
    );
    await press(page, "Accept below");
    await until(() => proseIn() === "He saw it. He! left at once. He saw it.\n\nHe went.");
  });
});

test("typed while it is accepted, in this cell and in another, everything is there", async () => {
  await begin("", [TAKE]);
  const [page, other] = [await desk.open({ worker: false }), await desk.open()];
  await caret(page, a, "notes");
  await page.keyboard.type("!");
  const release = await holdRequests(page, "/acceptance");
  const asked = page.waitForRequest("**/acceptance");
  await press(page, "Accept");
  await asked;
  await caret(page, a, "prose");
  await page.keyboard.type("Mine.");
  await caret(other, a, "notes");
  await other.keyboard.type("?");
  await until(async () => (await cell(page, a, "notes").textContent())!.endsWith("!?"));
  release();
  await until(() => rowsIn(desk.doc())[0] === `${NOTES}!? | Mine.\n\n${TAKE}`);
  await until(async () => (await cell(other, a, "prose").textContent())!.includes("She left."));
});

test("accepted on two devices at once it is there once", async () => {
  await begin("", [TAKE]);
  const [page, other] = [await desk.open(), await desk.open()];
  await Promise.all([page, other].map((one) => press(one, "Accept")));
  await until(() => proseIn() === TAKE);
  for (const one of [page, other])
    await until(async () => (await cell(one, a, "prose").locator("p").count()) === 4);
  expect(proseIn()).toBe(TAKE);
});

test("who may only read sees takes and decides nothing", async () => {
  await begin();
  const role = (name: string) =>
    query(desk.studio.databaseUrl, "update members set role = $1 where root = $2", [
      name,
      desk.marian.book,
    ]);
  await role("viewer");
  const page = await desk.open();
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
  await role("owner");
});

/** The page as a writer divides it: halves, divider, phone; kept for the account, readable without a script. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { caret, cell, type Desk, openDesk, until, whereIs } from "../../test/support/desk.ts";

let desk: Desk;
let rows: string[];

const NOTES = [
  "The oil. She trusts gauges, not ghosts. Nine nights.",
  "The log. *Pryce’s* hand.",
  "Fog.",
];
const PROSE = ["She went down and measured the oil.", "The log lay open.", "At ten to four."];

beforeAll(async () => {
  desk = await openDesk();
});
afterEach(async () => {
  await desk.leave();
  await put({});
});
afterAll(() => desk.stop());

async function put(content: Record<string, unknown>): Promise<void> {
  const path = "/api/me/state";
  const { body } = await desk.marian.get<{ revision: number }>(path);
  const change = { "if-match": `"${body.revision}"` };
  expect((await desk.marian.request("PUT", path, { content }, change)).status).toBe(200);
}

const kept = async () =>
  (await desk.marian.get<{ content: Record<string, unknown> }>("/api/me/state")).body.content;

async function lay(): Promise<void> {
  rows = await desk.begin(...NOTES.map((notes, at) => ({ notes, prose: PROSE[at]! })));
}

/** The page as the studio sends it. */
async function html(): Promise<string> {
  const { body } = await desk.marian.get<{ text: string }>(`/chapters/${desk.chapter()}`);
  return body.text;
}

const tab = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const box = async (page: Page, selector: string) => (await page.locator(selector).boundingBox())!;

describe("notes, both or prose", () => {
  test("show one half, and are the same on the next device before any script runs", async () => {
    await lay();
    const page = await desk.open();
    expect(await tab(page, "Both").getAttribute("aria-pressed")).toBe("true");
    await tab(page, "Prose").click();
    expect(await cell(page, rows[0]!, "notes").isVisible()).toBe(false);
    expect(await cell(page, rows[0]!, "prose").isVisible()).toBe(true);
    expect(await tab(page, "Prose").getAttribute("aria-pressed")).toBe("true");
    await until(async () => (await kept()).halves === "prose");
    expect(await html()).toContain('data-halves="prose"');

    await tab(page, "Notes").click();
    expect(await cell(page, rows[0]!, "notes").isVisible()).toBe(true);
    expect(await cell(page, rows[0]!, "prose").isVisible()).toBe(false);
    await until(async () => (await kept()).halves === "notes");
    const other = await desk.open();
    expect(await tab(other, "Notes").getAttribute("aria-pressed")).toBe("true");
    expect(await cell(other, rows[0]!, "prose").isVisible()).toBe(false);
  });

  test("the caret steps out of what is hidden, and Tab passes it by", async () => {
    await lay();
    const page = await desk.open();
    await caret(page, rows[1]!, "notes");
    await page.keyboard.press("Alt+Shift+Digit3");
    expect(await cell(page, rows[1]!, "notes").isVisible()).toBe(false);
    await until(async () => (await whereIs(page)).half === "prose");
    expect(await whereIs(page)).toMatchObject({ passage: rows[1], half: "prose" });
    await page.keyboard.type(" Typed.");
    await until(async () =>
      (await cell(page, rows[1]!, "prose").textContent())!.endsWith("The log lay open. Typed."),
    );
    await page.keyboard.press("Shift+Tab");
    expect(await whereIs(page)).toMatchObject({ passage: rows[0], half: "prose" });

    await page.keyboard.press("Alt+Shift+Digit1");
    await until(async () => (await whereIs(page)).half === "notes");
    await page.keyboard.press("Tab");
    expect(await whereIs(page)).toMatchObject({ passage: rows[1], half: "notes" });
    await page.keyboard.press("Tab");
    expect(await whereIs(page)).toMatchObject({ passage: rows[2], half: "notes" });
    await page.keyboard.press("Alt+Shift+Digit2");
    await page.keyboard.press("Tab");
    expect(await whereIs(page)).toMatchObject({ passage: rows[2], half: "prose" });
  });

  test("digits are text in the text, and keys on the tabs", async () => {
    await lay();
    const page = await desk.open();
    await caret(page, rows[2]!, "notes");
    await page.keyboard.type(" 1 2 3");
    expect(await cell(page, rows[2]!, "notes").textContent()).toBe("Fog. 1 2 3");
    await tab(page, "Both").focus();
    await page.keyboard.press("3");
    expect(await cell(page, rows[2]!, "notes").isVisible()).toBe(false);
    await page.keyboard.press("2");
    expect(await cell(page, rows[2]!, "notes").isVisible()).toBe(true);
  });

  test("a new passage is begun in the half that shows", async () => {
    await lay();
    await put({ halves: "prose" });
    const page = await desk.open();
    await tab(page, "New passage").click();
    await until(async () => (await whereIs(page)).half === "prose");
    expect(rows).not.toContain((await whereIs(page)).passage!);
  });

  test("what is chosen without a network shows after a reload, and is kept once there is one", async () => {
    await lay();
    const page = await desk.open({ worker: false });
    await page.route("**/api/me/state", (route) => route.abort());
    await tab(page, "Prose").click();
    await page.reload();
    await page.locator("#passages[data-ready]").waitFor();
    expect(await cell(page, rows[0]!, "notes").isVisible()).toBe(false);
    expect((await kept()).halves).toBeUndefined();
    await page.unroute("**/api/me/state");
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await until(async () => (await kept()).halves === "prose");
  });

  test("two devices that change different things keep both", async () => {
    await lay();
    const page = await desk.open();
    await put({ divider: 40 });
    await tab(page, "Notes").click();
    await until(async () => (await kept()).halves === "notes");
    expect(await kept()).toEqual({ halves: "notes", divider: 40 });
  });
});

describe("the divider", () => {
  const value = async (page: Page) =>
    Number(
      await page
        .getByRole("separator", { name: "Width of the notes" })
        .getAttribute("aria-valuenow"),
    );
  const width = async (page: Page) => (await cell(page, rows[0]!, "notes").boundingBox())!.width;

  test("moves by arrows within its limits, and is as it was left on the next device", async () => {
    await lay();
    const page = await desk.open();
    const divider = page.getByRole("separator", { name: "Width of the notes" });
    const before = await width(page);
    expect(before).toBe(280);
    await divider.focus();
    // What it does comes when somebody comes near.
    await until(async () => {
      await page.keyboard.press("ArrowRight");
      return (await width(page)) > before;
    });
    await page.keyboard.press("Shift+ArrowRight");
    const now = await value(page);
    expect(Math.abs((await width(page)) - (now / 100) * 1120)).toBeLessThan(2);
    await until(async () => (await kept()).divider === now);
    expect(await html()).toContain(`data-divider="${now}"`);
    const other = await desk.open();
    expect(await width(other)).toBe(await width(page));

    await page.keyboard.press("Home");
    expect(await value(page)).toBe(15);
    await page.keyboard.press("End");
    expect(await value(page)).toBe(60);
    expect((await cell(page, rows[0]!, "prose").boundingBox())!.width).toBeGreaterThanOrEqual(300);
    await page.keyboard.press("ArrowRight");
    expect(await value(page)).toBe(60);
    await divider.dblclick();
    expect(await width(page)).toBe(280);
    await until(async () => !("divider" in (await kept())));
  });

  test("follows the pointer, the first press included, and selects nothing", async () => {
    await lay();
    const page = await desk.open();
    const at = await box(page, "#divider");
    const [x, y] = [at.x + at.width / 2, at.y + 60];
    await page.mouse.move(x, y);
    await page.mouse.down();
    // Its script may still be on its way.
    await until(async () => {
      await page.mouse.move(x + 140, y, { steps: 5 });
      return (await width(page)) > 280;
    });
    await page.mouse.move(x + 112, y, { steps: 5 });
    await page.mouse.up();
    expect(Math.abs((await width(page)) - 392)).toBeLessThan(12);
    expect(await page.evaluate(() => String(getSelection()))).toBe("");
    await page.mouse.move(x, y);
    expect(Math.abs((await width(page)) - 392)).toBeLessThan(12);
    await until(async () => typeof (await kept()).divider === "number");
  });
});

describe("on a phone", () => {
  const open = async (width = 390, height = 844) => {
    const context = await desk.device({ width });
    const page = await context.newPage();
    await page.setViewportSize({ width, height });
    await page.goto(new URL(`/chapters/${desk.chapter()}`, desk.cable.url).href);
    await page.locator("#passages[data-ready]").waitFor();
    return page;
  };
  const height = async (page: Page, row: number) =>
    (await cell(page, rows[row]!, "notes").boundingBox())!.height;

  test("the halves are stacked; notes are a line that opens where one writes, and by its chevron", async () => {
    const long = "The oil. ".repeat(20);
    rows = await desk.begin(
      { notes: long, prose: "One." },
      { notes: `${long}\n\nMore.`, prose: "Two." },
    );
    const page = await open();
    const line = await height(page, 0);
    expect(line).toBeLessThan(50);
    const notes = (await cell(page, rows[0]!, "notes").boundingBox())!;
    const prose = (await cell(page, rows[0]!, "prose").boundingBox())!;
    expect(prose.y).toBeGreaterThan(notes.y + notes.height);
    expect(prose.x).toBe(notes.x);

    await cell(page, rows[1]!, "notes").click();
    await until(async () => (await height(page, 1)) > line * 2);
    expect(await height(page, 0)).toBe(line);
    await page.locator(`#spine-${rows[0]} .gloss`).click();
    expect(await height(page, 0)).toBeGreaterThan(line * 2);
    const fold = page.locator(`#spine-${rows[0]} .fold`);
    expect(await fold.getAttribute("aria-expanded")).toBe("true");
    await fold.click();
    expect(await height(page, 0)).toBe(line);
  });

  test("the bar of the take in view docks above the tabs, which are in reach", async () => {
    rows = await desk.begin({ notes: "The oil.", prose: "" }, { notes: "The log." });
    await desk.take(rows[0]!, "She went down and measured the oil. ".repeat(12));
    const page = await open();
    await page.locator(`#passage-${rows[0]}.docked`).waitFor();
    const bar = await box(page, ".docked .takebar");
    const tabs = await box(page, ".tabs");
    expect(bar.y + bar.height).toBeCloseTo(tabs.y, 0);
    expect(tabs.y + tabs.height).toBe(844);
    for (const name of ["Notes", "Both", "Prose", "Words and settings", "Accept"]) {
      const target = (await tab(page, name).boundingBox())!;
      expect(`${name} ${target.height >= 40}`).toBe(`${name} true`);
    }
    await tab(page, "Words and settings").click();
    await page.locator("#foot").waitFor({ state: "visible" });
    expect(await page.locator("#foot").textContent()).toContain("in chapter");
    await page.keyboard.press("Escape");
    // With no passage in view that awaits something, nothing is docked.
    await tab(page, "Accept").click();
    await page.locator(".docked").waitFor({ state: "detached" });
  });

  test("nothing is wider than a small screen", async () => {
    rows = await desk.begin(
      { notes: `The oil. ${"x".repeat(200)}`, prose: "y".repeat(300) },
      { notes: "The log." },
    );
    await desk.take(rows[1]!, "The log lay open in Pryce’s slanting hand.");
    const page = await open(320, 640);
    for (const name of ["Both", "Notes", "Prose"]) {
      await tab(page, name).click();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    }
  });

  test("an on-screen keyboard does not cover the line one writes in", async () => {
    rows = await desk.begin(
      ...Array.from({ length: 12 }, (_, at) => ({ notes: `Note ${at}.`, prose: `Prose ${at}.` })),
    );
    const page = await open();
    const prose = cell(page, rows[8]!, "prose");
    await prose.scrollIntoViewIfNeeded();
    await page.evaluate(
      (id) =>
        document.querySelector(`[data-passage="${id}"] .prose`)!.scrollIntoView({ block: "end" }),
      rows[8],
    );
    await caret(page, rows[8]!, "prose");
    // As `interactive-widget=resizes-content` has it.
    await page.setViewportSize({ width: 390, height: 400 });
    await until(async () => {
      const at = (await prose.boundingBox())!;
      return at.y > 52 && at.y + at.height < 400;
    });
    await page.locator("html.keyboard-up").waitFor();
    expect(await page.locator(".tabs").isVisible()).toBe(false);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.locator(".tabs").waitFor({ state: "visible" });
  });
});

test("without a script the chapter is read in order, and there is nothing to press", async () => {
  await lay();
  await desk.take(rows[2]!, "A take.");
  const page = await desk.open({ script: false });
  const text = (await page.locator("#passages").textContent())!;
  const places = NOTES.flatMap((notes, at) => [notes.replaceAll("*", ""), PROSE[at]!]).map(
    (words) => text.indexOf(words),
  );
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places).not.toContain(-1);
  const controls = page.locator("main :is(button, input, textarea, [contenteditable=true])");
  for (const control of await controls.all()) expect(await control.isVisible()).toBe(false);
  expect(await page.locator(".topbar .tabs, #save-chip").locator("visible=true").count()).toBe(0);
  // The first lines of both halves stand on one line.
  const lines = await page.evaluate((id) => {
    const bottom = (half: string) => {
      const range = document.createRange();
      range.selectNodeContents(document.querySelector(`[data-passage="${id}"] .${half} p`)!);
      return range.getClientRects()[0]!;
    };
    return [bottom("notes"), bottom("prose")].map(({ top, bottom }) => (top + bottom) / 2);
  }, rows[0]);
  expect(Math.abs(lines[0]! - lines[1]!)).toBeLessThan(4);
});

test("with reduced motion nothing turns, blinks or slides; forced colours keep marks and focus", async () => {
  rows = await desk.begin({ notes: "The oil." });
  desk.model.behave({ kind: "answer", text: "word ".repeat(400), pauseMs: 500 });
  const page = await desk.open();
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.locator(`#expand-${rows[0]}`).click();
  await page.locator("[data-run]").waitFor();
  const moving = await page.evaluate(() =>
    [...document.querySelectorAll("*")].flatMap((element) =>
      ["", "::before", "::after"].flatMap((pseudo) => {
        const { animationName, transitionDuration } = getComputedStyle(element, pseudo || null);
        const isStill = animationName === "none" && /^(0s(, )?)+$/.test(transitionDuration);
        return isStill ? [] : [`${element.tagName}.${element.className}${pseudo}`];
      }),
    ),
  );
  expect(moving).toEqual([]);
  await page.emulateMedia({ reducedMotion: null, forcedColors: "active" });
  const ink = await page.evaluate(
    () => getComputedStyle(document.querySelector(".spine .mark")!).color,
  );
  const text = await page.evaluate(() => getComputedStyle(document.body).color);
  expect(ink).toBe(text);
  await tab(page, "Notes").focus();
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Tab");
  expect(await tab(page, "Notes").evaluate((button) => getComputedStyle(button).outlineStyle)).toBe(
    "solid",
  );
  await page.locator("[data-stops]").click();
  await page.locator("[data-run]").waitFor({ state: "detached" });
  await page
    .locator("#announcements", { hasText: "Stopped, passage" })
    .waitFor({ state: "attached" });
});

test("on paper stand the words alone, all of them", async () => {
  const [first] = await desk.begin({ notes: "The oil.\n\nThe rope.", prose: "She measured it." });
  const page = await desk.open();
  await page.emulateMedia({ media: "print" });
  expect(await page.locator(":is(button, nav, aside):visible").count()).toBe(0);
  const paper = 700;
  await page.setViewportSize({ width: paper, height: 900 });
  expect(await page.locator(":is(button, nav, aside):visible").count()).toBe(0);
  await cell(page, first!, "notes").getByText("The rope.").waitFor();
  await cell(page, first!, "prose").getByText("She measured it.").waitFor();
});

/** The head of the writer's page, focus, and the box for links: all of it without a mouse. */
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
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
} from "../../test/support/desk.ts";

let desk: Desk;
let a: string;
let b: string;

beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.stop());
afterEach(() => desk.leave());

async function open(prose: string, options: { worker?: boolean } = {}): Promise<Page> {
  [a, b] = (await desk.begin({ notes: "n", prose }, { notes: "The oil.", prose: "" })) as [
    string,
    string,
  ];
  const page = await desk.open(options);
  await caret(page, a, "prose");
  return page;
}

const isFocusing = (page: Page) =>
  page.evaluate(() => document.documentElement.classList.contains("focusing"));
const html = (page: Page) => cell(page, a, "prose").locator("p").innerHTML();

test("focus leaves the words alone; keys lead in and out, and the caret stays where it was", async () => {
  const page = await open("Lamp");
  const before = await whereIs(page);
  await page.getByRole("button", { name: "Focus", exact: true }).click();
  await until(() => isFocusing(page));
  expect(
    await page.locator(".outline, .tabs, .head, .add, .divider").locator("visible=true").count(),
  ).toBe(0);
  expect(await page.locator("#save-chip").isVisible()).toBe(true);
  await page.keyboard.type("!");
  await until(() => rowsIn(desk.doc())[0] === "n | Lamp!");
  // What is still to write says what it is about; a click there writes.
  const ghost = page.locator(`#passage-${b} > .half.notes`);
  expect(await ghost.evaluate((notes) => getComputedStyle(notes).fontStyle)).toBe("italic");
  const { x, y } = (await ghost.boundingBox())!;
  await page.mouse.click(x + 10, y + 10);
  await page.keyboard.type("Full.");
  await until(() => rowsIn(desk.doc())[1] === "The oil. | Full.");
  await page.keyboard.press("Escape");
  expect(await isFocusing(page)).toBe(false);
  expect(await page.locator(".outline").isVisible()).toBe(true);
  expect(await whereIs(page)).toMatchObject({ passage: b, half: "prose" });
  await caret(page, a, "prose");
  await page.keyboard.press("Alt+Shift+KeyF");
  await until(() => isFocusing(page));
  await page.keyboard.press("Alt+Shift+KeyF");
  await until(async () => !(await isFocusing(page)));
  expect(await whereIs(page)).toMatchObject({ ...before, line: "Lamp!" });
  await page.keyboard.press("Escape");
  await page.locator(`#grip-${a}:focus`).waitFor();
  await page.keyboard.press("f");
  await until(() => isFocusing(page));
});

test("the search button asks for the palette", async () => {
  const page = await open("");
  await page.evaluate(() =>
    document.addEventListener("reyna:palette", () => {
      (window as { asked?: boolean }).asked = true;
    }),
  );
  await page.getByRole("button", { name: "Search" }).press("Enter");
  await until(() => page.evaluate(() => (window as { asked?: boolean }).asked === true));
});

test("what a press needs and what does not come is told; it comes with the next", async () => {
  const page = await open("Lamp", { worker: false });
  desk.cable.pull();
  await page.locator("#open-history").click();
  const notice = page.locator("#refused");
  await notice.filter({ hasText: "did not come" }).waitFor();
  await page.keyboard.press("Shift");
  await notice.waitFor({ state: "hidden" });
  desk.cable.plugIn();
  await until(async () => {
    await page.locator("#open-history").click();
    return page.locator("#history").isVisible();
  });
});

test("a link is set on what is selected, led elsewhere and taken away by keyboard", async () => {
  const page = await open("the lamp", { worker: false });
  const release = await holdScripts(page);
  for (let i = 0; i < 4; i++) await page.keyboard.press("Shift+ArrowLeft");
  // What is typed before the rest is there goes into the box, not over the words.
  await page.keyboard.press("Alt+Shift+KeyK");
  await page.keyboard.type("javascript:alert(1)");
  await page.keyboard.press("Enter");
  release();
  await page.locator("#link-problem").waitFor();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type("example.org/lamp");
  await page.keyboard.press("Enter");
  const set = 'the <a href="https://example.org/lamp" rel="noopener noreferrer nofollow">lamp</a>';
  await until(async () => (await html(page)) === set);
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Alt+Shift+KeyK");
  await until(
    async () => (await page.getByLabel("Leads to").inputValue()) === "https://example.org/lamp",
  );
  await page.keyboard.type("tom@example.org");
  await page.keyboard.press("Enter");
  await until(async () => (await html(page)).includes('href="mailto:tom@example.org"'));
  await page.keyboard.press("Alt+Shift+KeyK");
  await page.getByRole("button", { name: "Remove link" }).press("Enter");
  await until(async () => (await html(page)) === "the lamp");
  // Escape leaves it as it is, and one writes on where one was.
  await page.keyboard.press("Alt+Shift+KeyK");
  await page.locator("#link-editor:popover-open").waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.type("!");
  await until(() => rowsIn(desk.doc())[0]!.replace("!", "") === "n | the lamp");
});

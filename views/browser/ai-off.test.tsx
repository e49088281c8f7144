/** A book without AI, on a real page: nothing offers a model, and writing goes on. */
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { caret, type Desk, openDesk, rowsIn, until } from "../../test/support/desk.ts";
import { query } from "../../test/support/rows.ts";

let desk: Desk;

beforeAll(async () => {
  desk = await openDesk();
});
afterEach(() => desk?.leave());
afterAll(() => desk?.stop());

test("its owner switches AI off in the settings: takes and what asks for them are gone, words stay", async () => {
  const [first, second] = (await desk.begin(
    { notes: "the oil" },
    { notes: "the lamp", prose: "It burned." },
  )) as [string, string];
  await desk.take(second, "It burned all night.");
  const page = await desk.open();
  await page.locator(".take").waitFor();
  await page.getByRole("link", { name: /settings of the book/ }).click();
  await page.getByLabel("A model may be asked in this book").uncheck();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  await page.getByRole("link", { name: "Back to writing" }).first().click();
  await page.locator("#passages[data-ready]").waitFor();

  for (const gone of [".take", ".takebar", ".empty .act", "#expand-all"])
    for (const found of await page.locator(gone).all()) expect(await found.isVisible()).toBe(false);
  expect(await page.locator(".foot .model").textContent()).toStartWith("AI off");
  await caret(page, first, "notes");
  await page.keyboard.press("Control+Enter");
  await caret(page, first, "prose");
  await page.keyboard.type("She measured it.");
  await until(
    () => rowsIn(desk.doc()).join() === "the oil | She measured it.,the lamp | It burned.",
  );
  const asks = await query<{ count: number }>(
    desk.studio.databaseUrl,
    "select count(*)::int as count from blobs where bucket = $1 and schema = 'text-input'",
    [desk.chapter()],
  );
  expect(asks[0]!.count).toBe(1);
});

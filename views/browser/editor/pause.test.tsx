/** Expanding more than one passage, on a real page: all that is stale, and at a pause. */
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { caret, type Desk, openDesk, until } from "../../../test/support/desk.ts";
import { query } from "../../../test/support/rows.ts";
import { PAUSE_MS } from "./pause.ts";

let desk: Desk;

beforeAll(async () => {
  desk = await openDesk();
});
afterEach(() => desk?.leave());
afterAll(() => desk?.stop());

const asks = () =>
  query<{ passage: string; text: string }>(
    desk.studio.databaseUrl,
    `select metadata->>'passage' as passage, content->>'text' as text from blobs
     where bucket = $1 and schema = 'text-input' order by id`,
    [desk.chapter()],
  );

test("the cost is told before, then every passage that awaits it grows its take", async () => {
  const [first, second] = (await desk.begin(
    { notes: "the lamp was lit" },
    { notes: "the oil was low" },
    { notes: "by hand", prose: "My own words." },
  )) as [string, string];
  const page = await desk.open();
  desk.model.behave({ kind: "answer", text: "A take." });
  await caret(page, first, "notes");
  await page.keyboard.type(" already");
  await page.locator("#expand-all").press("Enter");
  await page.locator("#expansion dl").waitFor();
  expect(await page.locator("#expansion dd").allTextContents()).toEqual([
    "2",
    "9",
    "about 10",
    "unknown",
  ]);
  await page.getByRole("button", { name: "Expand 2 passages" }).press("Enter");
  await page.locator("#expansion", { hasText: "Expanding 2 passages." }).waitFor();
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Close");
  for (const id of [first, second])
    await page.locator(`[data-passage="${id}"] .offer[data-take] .take`).waitFor();
  expect((await asks()).map(({ text }) => text)).toEqual([
    "the lamp was lit already",
    "the oil was low",
  ]);
});

test("an answer that comes behind what the socket told since takes nothing of that back", async () => {
  const [id] = (await desk.begin({ notes: "the lamp was lit" })) as [string];
  const page = await desk.open();
  const told = Promise.withResolvers<void>();
  await page.route("**/stale", async (route) => {
    const response = await route.fetch();
    if (route.request().method() === "POST") await told.promise;
    await route.fulfill({ response });
  });
  // It is still written when the answer is.
  desk.model.behave({ kind: "answer", text: "A take.", pauseMs: 300 });
  await page.locator("#expand-all").press("Enter");
  await page.getByRole("button", { name: "Expand 1 passage" }).press("Enter");
  const take = page.locator(`[data-passage="${id}"] .offer[data-take] .take`);
  await take.waitFor();
  told.resolve();
  await page.locator("#expansion", { hasText: "Expanding 1 passage." }).waitFor();
  expect(await take.count()).toBe(1);
});

test("switched on, a pause behind finished notes asks once for each text; in the middle of a word it does not", async () => {
  const [first, second] = (await desk.begin(
    { notes: "" },
    { notes: "by hand", prose: "My own words." },
  )) as [string, string];
  const context = await desk.device();
  await context.clock.install();
  const page = await desk.open({ context });
  /** Nothing is typed for longer than a pause, by the page's own clock. */
  const rest = () => page.clock.fastForward(2 * PAUSE_MS);
  desk.model.behave({ kind: "answer", text: "A take." });
  await page.locator("#expand-all").click();
  await page.getByLabel("Expand when I pause").check();
  await until(async () => {
    const path = `/api/buckets/${desk.chapter()}`;
    const { metadata } = (await desk.marian.get<{ metadata: object }>(path)).body;
    return JSON.stringify(metadata) === '{"expandOnPause":true}';
  });
  await page.keyboard.press("Escape");
  // Prose that is somebody's own is left alone, whatever its notes say.
  await caret(page, second, "notes");
  await page.keyboard.type(" of mine, and more. ");
  await caret(page, first, "notes");
  await page.keyboard.type("The oil was low and the lam");
  await rest();
  expect(await asks()).toEqual([]);
  await page.keyboard.type("p was out.");
  await rest();
  await until(async () => (await asks()).length === 1);
  await page.locator(`[data-passage="${first}"] .offer[data-take] .take`).waitFor();
  await page.keyboard.type("!");
  await page.keyboard.press("Backspace");
  await rest();
  await page.keyboard.type(" Nobody came.");
  await rest();
  await until(async () => (await asks()).length === 2);
  expect(await asks()).toEqual([
    { passage: first, text: "The oil was low and the lamp was out." },
    { passage: first, text: "The oil was low and the lamp was out. Nobody came." },
  ]);
});

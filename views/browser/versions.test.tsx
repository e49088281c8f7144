/** The history of a chapter on a real page: named, compared, restored and undone, by keyboard alone. */
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import {
  caret,
  cell,
  type Desk,
  holdRequests,
  openDesk,
  rowsIn,
  until,
  watchSent,
} from "../../test/support/desk.ts";
import { administer } from "../../test/support/services.ts";

let desk: Desk;

beforeAll(async () => {
  desk = await openDesk({ tuning: { snapshots: { idleMs: 300, everyMs: 1_500 } } });
});
afterEach(() => desk?.leave());
afterAll(() => desk?.stop());

const focused = (page: Page) =>
  page.evaluate(() => {
    const at = document.activeElement as HTMLElement | null;
    return at?.id || at?.getAttribute("aria-label") || at?.textContent?.trim() || "";
  });

/** Presses Tab until the element that has the focus is called so. */
async function tabTo(page: Page, name: RegExp, key = "Tab"): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    if (name.test(await focused(page))) return;
    await page.keyboard.press(key);
  }
  throw new Error(`Tab never came to ${name}; it is at ${await focused(page)}`);
}

test("by keyboard alone a version is named, compared, restored and brought back, word for word", async () => {
  const [first, second] = (await desk.begin(
    { notes: "the lamp", prose: "The lamp was burning.\n\nNobody had lit it." },
    { notes: "the oil", prose: "She measured the *oil*." },
  )) as [string, string];
  const before = rowsIn(desk.doc());
  const page = await desk.open();
  await caret(page, first, "prose");
  await page.keyboard.press("Control+s");
  await until(async () => (await focused(page)) === "version-name");
  await page.keyboard.type("Before the fog");
  await page.keyboard.press("Enter");
  await page.locator(".version", { hasText: "Before the fog" }).waitFor();

  await caret(page, first, "prose");
  await page.keyboard.type(" Not for nine nights.");
  await caret(page, second, "prose", "start");
  await page.keyboard.type("Twice ");
  const typed = [
    "the lamp | The lamp was burning.\n\nNobody had lit it. Not for nine nights.",
    "the oil | Twice She measured the oil.",
  ];
  await until(() => rowsIn(desk.doc()).join() === typed.join());

  await page.locator("#open-history").focus();
  await page.keyboard.press("Enter");
  await page.locator(".history-open").waitFor({ state: "detached" });
  await page.keyboard.press("Enter");
  await page.locator(".version", { hasText: "Before the fog" }).waitFor();
  await tabTo(page, /Before the fog/);
  await page.keyboard.press("Enter");
  await until(async () => (await focused(page)) === "comparison-title");
  expect(await page.locator("#comparison .change.changed").count()).toBe(2);
  expect(await page.locator("#comparison ins").allTextContents()).toContainEqual(
    expect.stringContaining("Not for nine nights."),
  );
  expect(await page.locator("#announcements").textContent()).toBe(
    "2 of 2 passages differ: +5 −0 words of prose.",
  );

  await tabTo(page, /^Restore “Before the fog”$/);
  await page.keyboard.press("Enter");
  await until(async () => (await focused(page)) === "Undo");
  await until(() => rowsIn(desk.doc()).join() === before.join());
  expect(await cell(page, second, "prose").locator("em").textContent()).toBe("oil");
  expect(await page.locator("#restored").textContent()).toContain("Restored.");

  await page.keyboard.press("Enter");
  await page.locator("#restored", { hasText: "Undone" }).waitFor();
  await until(() => rowsIn(desk.doc()).join() === typed.join());
  expect(await cell(page, first, "prose").locator("p").allTextContents()).toEqual([
    "The lamp was burning.",
    "Nobody had lit it. Not for nine nights.",
  ]);
});

test("one passage is restored, taken out, put back; and Undo by its chord brings back the rest", async () => {
  const [first, second] = (await desk.begin(
    { notes: "one", prose: "First." },
    { notes: "two", prose: "Second." },
  )) as [string, string];
  const page = await desk.open();
  const { marian } = desk;
  const path = `/api/documents/${desk.chapter()}`;
  await marian.post(`${path}/versions`, { name: "Early" });
  await marian.post(`${path}/edits`, {
    edits: [
      { edit: "replace", passage: first, prose: "First, again." },
      { edit: "remove", passage: second },
      { edit: "insert", place: "end", notes: "three", prose: "Third." },
    ],
  });
  const compare = async () => {
    await page.locator(".version", { hasText: "Early" }).click();
    await page.locator("#comparison .change").first().waitFor();
  };
  await page.locator("#open-history").click();
  await compare();
  expect(await page.locator("#comparison .gloss").allTextContents()).toEqual([
    "changed",
    "removed since",
    "new since",
  ]);
  await page.getByRole("button", { name: "Put this passage back" }).click();
  await until(
    () => rowsIn(desk.doc()).join() === "one | First, again.,two | Second.,three | Third.",
  );
  await page.locator("[data-undo-chord]").waitFor();
  await page.keyboard.press("Control+z");
  await page.locator("#restored", { hasText: "Undone" }).waitFor();
  await until(() => rowsIn(desk.doc()).join() === "one | First, again.,three | Third.");
  // Pressed once more it means what was done before, of which there is nothing.
  const sent = watchSent(page);
  await page.keyboard.press("Control+z");
  expect(sent).toEqual([]);
  await compare();
  await page.getByRole("button", { name: "Take this passage out" }).click();
  await until(() => rowsIn(desk.doc()).join() === "one | First, again.");
  await page.locator("#restored", { hasText: "The passage is restored." }).waitFor();
  // What was typed since stays where it was typed.
  await caret(page, first, "prose");
  await page.keyboard.type(" And again.");
  await page.locator("#restored").getByRole("button", { name: "Undo" }).click();
  await until(() => rowsIn(desk.doc()).join() === "one | First, again. And again.,three | Third.");
});

test("Undo by its chord takes back what was done since a restoration, and not the restoration", async () => {
  const [first] = (await desk.begin({ notes: "one", prose: "First." })) as [string];
  const page = await desk.open({ worker: false });
  const path = `/api/documents/${desk.chapter()}`;
  await desk.marian.post(`${path}/versions`, { name: "Early" });
  desk.writer().write("Later.", first);
  await desk.writer().kept();
  await page.locator("#open-history").click();
  await page.locator(".version", { hasText: "Early" }).click();
  const release = await holdRequests(page, "/restoration*");
  await page.getByRole("button", { name: "Restore “Early”" }).click();
  // Who goes on in the text before the answer is there stays in it.
  await page.keyboard.press("Escape");
  await caret(page, first, "prose");
  release();
  await page.locator("#restored", { hasText: "Restored." }).waitFor();
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("passages");
  await cell(page, first, "prose")
    .getByText(/^First\.$/)
    .waitFor();
  await caret(page, first, "prose");
  await page.evaluate(() => navigator.clipboard.writeText(" Pasted."));
  await caret(page, first, "prose");
  await page.keyboard.press("Control+v");
  await until(() => rowsIn(desk.doc()).join() === "one | First. Pasted.");
  await page.keyboard.press("Control+z");
  await until(() => rowsIn(desk.doc()).join() === "one | First.");
  await page.locator("#restored").getByRole("button", { name: "Undo" }).click();
  await until(() => rowsIn(desk.doc()).join() === "one | Later.");
});

test("any two versions are compared, further ones come on demand, and who only reads restores nothing", async () => {
  await desk.begin({ notes: "one", prose: "First." });
  const { marian } = desk;
  const path = `/api/documents/${desk.chapter()}`;
  const page = await desk.open();
  for (let n = 1; n <= 52; n++) await marian.post(`${path}/versions`, { name: `Named ${n}` });
  await page.locator("#open-history").click();
  await page.getByRole("button", { name: "Earlier versions" }).click();
  await page
    .locator(".version", { hasText: /^Named 1\d?.*named/ })
    .last()
    .waitFor();
  // The button went with the press; the keyboard goes on where the further ones begin.
  await until(() => page.evaluate(() => document.activeElement?.matches(".version")));
  expect(await page.locator(".version strong").allTextContents()).toContain("Named 1");
  expect(await page.locator(".day h3").allTextContents()).toEqual(["Today"]);
  await page.getByRole("button", { name: /^Named 52 / }).click();
  await page.locator("#comparison-title").waitFor();
  await page.locator("#compare-to").selectOption({ label: await optionOf(page, "Named 51") });
  await page.getByRole("heading", { name: "Between two versions" }).waitFor();
  expect(await page.locator("[data-summary]").textContent()).toBe("Nothing has changed.");
  await page.keyboard.press("Escape");

  await administer(desk.studio.databaseUrl, (sql) =>
    sql.query("update members set role = 'viewer' where root = $1", [marian.book]),
  );
  await page.reload();
  await page.locator("#open-history").click();
  await page.locator(".version").first().waitFor();
  expect(await page.locator("#version-name").count()).toBe(0);
  await page.locator(".version").first().click();
  await page.locator("#comparison-title").waitFor();
  expect(await page.getByRole("button", { name: /^Restore/ }).count()).toBe(0);
  await administer(desk.studio.databaseUrl, (sql) =>
    sql.query("update members set role = 'owner' where root = $1", [marian.book]),
  );
});

/** The whole label of the choice that begins so. */
async function optionOf(page: Page, start: string): Promise<string> {
  const labels = await page.locator("#compare-to option").allTextContents();
  return labels.map((label) => label.trim()).find((label) => label.startsWith(start))!;
}

test("without an answer the drawers say so, keep the way out, and are filled when they are asked for again", async () => {
  const [first] = (await desk.begin({ notes: "the lamp", prose: "Lit." })) as [string];
  const page = await desk.open();
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.route("**/chapters/*/{versions,context}**", (route) => route.abort());
  for (const [name, id] of [
    ["History", "open-history"],
    ["Context", "context-drawer-toggle"],
  ] as const) {
    await caret(page, first, "prose");
    await page.locator(`#${id}`).click();
    const drawer = page.getByRole("complementary", { name, exact: true });
    await drawer.getByRole("alert").getByText("The studio did not answer").waitFor();
    await until(() => drawer.evaluate((element) => element.contains(document.activeElement)));
    await page.keyboard.press("Escape");
    await drawer.waitFor({ state: "hidden" });
  }
  await page.unroute("**/chapters/*/{versions,context}**");
  await page.locator("#open-history").click();
  const history = page.getByRole("complementary", { name: "History" });
  await history.getByLabel("Name this version").waitFor();
  await until(async () => (await history.getByRole("alert").count()) === 0);
});

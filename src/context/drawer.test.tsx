/** The context drawer and the codex in a browser: by keys, in the dark, on a phone. */
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { violations } from "../../test/support/axe.ts";
import { eventually } from "../../test/support/client.ts";
import { caret, type Desk, openDesk } from "../../test/support/desk.ts";
import { query } from "../../test/support/rows.ts";

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk({ tuning: { snapshots: { idleMs: 100 } } });
});
afterEach(() => desk.leave());
afterAll(() => desk.stop());

const DRAWER = "#context-drawer";
/** More than the room that the other parts leave. */
const LONG_SAMPLE = "She went down and measured the oil, twice, as her father had. ".repeat(95);

/** The sample alone would take all the room that directions and notes leave. */
async function narrowContext() {
  await desk.marian.request("PUT", `/api/buckets/${desk.marian.book}/processors/text-expansion`, {
    enabled: true,
    config: { contextTokens: 3_072 },
  });
  await query(desk.studio.databaseUrl, "update buckets set metadata = $1::jsonb where id = $2", [
    JSON.stringify({ voiceSample: LONG_SAMPLE, tone: "dry" }),
    desk.marian.book,
  ]);
}

test("it shows what goes along, follows one, and what it shows of the prompt is what the model gets", async () => {
  await narrowContext();
  await desk.begin({ prose: "The boat came at dawn. Nobody stood on the rock." });
  const rows = await desk.begin(
    { notes: "The log.", prose: "It lay open in Pryce's slanting hand." },
    { notes: "Hester goes to the engine house." },
  );
  const page = await desk.open();

  // The codex is a click away, and needs no script.
  await page.getByRole("link", { name: "Codex" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Hester Tull");
  await page.getByLabel("Also called").fill("Hester, she");
  await page.getByLabel("What is true of it").fill("Relief keeper. Counts when afraid.");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("status").getByText("Saved.").waitFor();
  expect(await page.getByLabel("Pinned").isChecked()).toBe(true);
  expect(await violations(page)).toEqual([]);
  await page.getByLabel("Pinned").uncheck();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("link", { name: "Book", exact: false }).first().waitFor();
  await page.goto(new URL(`/chapters/${desk.chapter()}`, desk.cable.url).href);
  await page.locator("#passages[data-ready]").waitFor();

  // Esc steps out of the text; then the key opens it.
  await caret(page, rows[1]!, "notes");
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.activeElement?.matches(".grip"));
  await page.keyboard.press("]");
  const drawer = page.locator(DRAWER);
  await drawer.getByText("Passage 2 would send to attic-32b").waitFor();
  expect(await page.locator("#context-drawer-toggle").getAttribute("aria-expanded")).toBe("true");
  await drawer.getByRole("heading", { name: "Hester Tull" }).waitFor();
  expect(await drawer.getByText("Passage 1, in full").isVisible()).toBe(true);
  expect(await violations(page)).toEqual([]);

  // It follows the caret, and what is typed.
  await caret(page, rows[0]!, "notes");
  await drawer.getByText("Passage 1 would send").waitFor();
  await page.keyboard.type(" She waits.");
  await drawer.getByText("“she”").waitFor();
  await caret(page, rows[1]!, "notes");
  await drawer.getByText("Passage 2 would send").waitFor();

  // What had no room goes along where one wants it.
  await drawer.getByText("Dropped: no room.").waitFor();
  const anyway = drawer.getByRole("button", { name: /^Include anyway.*Voice sample$/ });
  await anyway.click();
  await drawer.getByText("Goes along whole with this ask.").waitFor();

  await drawer.getByRole("button", { name: "Read the exact prompt" }).click();
  const shown = page.locator("#context-prompt pre");
  await shown.first().waitFor();
  const messages = await shown.allTextContents();
  expect(messages[0]).toContain("<sample>");
  await page.keyboard.press("Escape");
  await shown.first().waitFor({ state: "hidden" });
  expect(await drawer.isVisible()).toBe(true);

  // The ask's own answer may come behind all that the socket told of it.
  const told = Promise.withResolvers<void>();
  await page.route("**/asks", async (route) => {
    const response = await route.fetch();
    await told.promise;
    await route.fulfill({ response });
  });
  desk.model.behave({ kind: "answer", text: "She went." });
  await caret(page, rows[1]!, "notes");
  await page.keyboard.press("ControlOrMeta+Enter");
  await page.locator(".take", { hasText: "She went." }).waitFor();
  told.resolve();
  const got = desk.model.requests.at(-1)!.body!.messages as { content: string }[];
  expect(got.map(({ content }) => content)).toEqual(messages);
  // That was for that ask alone.
  await anyway.waitFor();

  await drawer.focus();
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "hidden" });
  expect(await page.evaluate(() => document.activeElement !== document.body)).toBe(true);

  // The history and it take each other's place.
  const toggle = page.locator("#context-drawer-toggle");
  await toggle.click();
  await page.getByRole("button", { name: "History", exact: true }).click();
  await drawer.waitFor({ state: "hidden" });
  await toggle.click();
  await drawer.waitFor();
  expect(await page.locator(".history-open").count()).toBe(0);
}, 120_000);

test("the summaries that are missing are made by a press, on a phone in the dark too", async () => {
  desk.model.behave({ kind: "answer", text: "A boat lands and finds nobody." });
  await desk.begin({ prose: "The boat came at dawn. Nobody stood on the rock." });
  const rows = await desk.begin({ notes: "Hester goes to the engine house." });
  await eventually(async () => {
    const path = `/chapters/${desk.chapter()}/context`;
    const { text } = (await desk.marian.get<{ text: string }>(path)).body;
    return text.includes("No summary of");
  });
  const page = await desk.open({ dark: true, width: 390 });
  await caret(page, rows[0]!, "notes");
  await page.getByRole("button", { name: "Context", exact: true }).click();
  const drawer = page.locator(DRAWER);
  await drawer.getByRole("button", { name: /^Allow, and make/ }).click();
  await drawer.getByText(/chapters? before ha(s|ve) a summary/).waitFor();
  await drawer
    .getByText(/summar(y|ies)$/)
    .first()
    .waitFor();
  expect(await violations(page)).toEqual([]);
  await drawer.getByRole("button", { name: "Close the context" }).click();
  await drawer.waitFor({ state: "hidden" });

  // What goes wrong says what to do, and its button does it.
  desk.model.behave({ kind: "unauthorized" });
  await caret(page, rows[0]!, "notes");
  await page.keyboard.press("ControlOrMeta+Enter");
  const refused = page.locator(".offer .refused", { hasText: "wants a key and none is set." });
  await refused.waitFor();
  await page.getByRole("link", { name: "Model and budget" }).click();
  await page.getByLabel("Key").first().waitFor();
}, 120_000);

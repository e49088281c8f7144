/** Takes beside the prose: they stream, are decided about, and never take the place of typed words. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { setAttributes } from "../../../src/documents/model/commands.ts";
import { readRows } from "../../../src/documents/model/rows.ts";
import { hashOfText } from "../../../src/documents/model/text.ts";
import type { PassageView } from "../../chapters/passage-view.ts";
import { caret, cell, rowsIn, running, type StandIn, standIn, until } from "./stand-in.test.tsx";

let studio: StandIn;
let a: string;

beforeAll(async () => {
  studio = await standIn();
});
afterAll(() => studio.stop());
afterEach(() => studio.leave());

const NOTES = "Dusk. The lamp.";
const TEXT = "The lamp was lit.\n\nNobody came.";

function begin(prose = "", notes = NOTES): void {
  a = studio.begin({ notes, prose }, { notes: "m", prose: "Second." })[0]!;
}

const taken = (over: Partial<PassageView> = {}): Partial<PassageView> => ({
  run: null,
  take: { text: TEXT, model: "attic-32b" },
  shown: { ids: ["t1"], id: "t1", askHash: hashOfText(NOTES) },
  ...over,
});

const offer = (page: Page) => page.locator(`#prose-${a}`);
const mark = async (page: Page, id = a) =>
  (await page.locator(`#spine-${id} .gloss`).textContent()) ?? "";
const press = (page: Page, name: string) => offer(page).getByRole("button", { name }).click();

describe("a stream", () => {
  test("grows beside the prose while others change the passage, and keeps the focus", async () => {
    begin();
    studio.set(a, { run: running("r1", "The lamp ") });
    const page = await studio.open();
    expect(await mark(page)).toBe("expanding");
    const stop = page.locator(`#stop-${a}`);
    await stop.focus();
    const element = await offer(page).elementHandle();
    const other = await studio.open();
    await caret(other, a, "notes");
    await other.keyboard.type(" More.");
    await other.keyboard.press("Alt+Shift+ArrowDown");
    await other.keyboard.press("Alt+Shift+ArrowUp");
    await until(async () => (await cell(page, a, "notes").textContent()) === `${NOTES} More.`);
    studio.say({ type: "delta", run: "r1", attempt: 1, at: 9, text: "was lit." });
    await until(
      async () => (await offer(page).locator(".take").textContent()) === "The lamp was lit.",
    );
    expect(await element!.evaluate((node) => node.isConnected)).toBe(true);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe(`stop-${a}`);
    expect(rowsIn(studio.doc())[0]).toBe(`${NOTES} More. | `);
  });

  test("that is done says so once, and its spine follows the notes", async () => {
    begin();
    studio.set(a, { run: running("r1", "The lamp ") });
    const page = await studio.open();
    studio.tell(a, taken());
    await offer(page).getByRole("button", { name: "Accept" }).waitFor();
    expect(await page.locator("#announcements").textContent()).toBe("Done, passage 1.");
    await until(async () => (await mark(page)) === "to write");
    await caret(page, a, "notes");
    await page.keyboard.type(" And fog.");
    await until(async () => (await mark(page)) === "notes changed since");
  });

  test("is asked for with the notes as they stand, once", async () => {
    begin();
    const page = await studio.open();
    await caret(page, a, "notes");
    await page.keyboard.type(" Fog.");
    await page.keyboard.press("Control+Enter");
    await page.keyboard.press("Control+Enter");
    await page.locator(`[data-run="run-of-${a}"]`).waitFor();
    const asks = studio.requests.filter(({ path }) => path.endsWith("/asks"));
    expect(asks).toHaveLength(1);
    expect(new URLSearchParams(asks[0]!.body).get("notes")).toBe(`${NOTES} Fog.`);
    expect(asks[0]!.headers.get("idempotency-key")).toMatch(/^[0-9a-f-]{36}$/);
    await until(async () => (await mark(page)) === "expanding");
  });

  test("can be asked for again with an instruction", async () => {
    begin();
    studio.set(a, taken());
    const page = await studio.open();
    await press(page, "Ask again…");
    await page.keyboard.type("Drier.");
    await page.keyboard.press("Enter");
    await page.locator(`[data-run="run-of-${a}"]`).waitFor();
    const [ask] = studio.requests.filter(({ path }) => path.endsWith("/asks"));
    const form = new URLSearchParams(ask!.body);
    expect([form.get("notes"), form.get("instruction")]).toEqual([NOTES, "Drier."]);
  });

  test("can be had for a passage that came to be on this page", async () => {
    begin();
    const page = await studio.open();
    await page.getByRole("button", { name: "New passage" }).click();
    await page.keyboard.type("New notes.");
    await until(() => rowsIn(studio.doc())[2] === "New notes. | ");
    const id = readRows(studio.doc())[2]!.id;
    await page.locator(`#expand-${id}`).click();
    await page.locator(`[data-run="run-of-${id}"]`).waitFor();
  });
});

describe("accepting", () => {
  test("fills empty prose, as one step that undo takes back", async () => {
    begin();
    studio.set(a, taken());
    const page = await studio.open();
    await press(page, "Accept");
    await until(() => rowsIn(studio.doc())[0] === `${NOTES} | ${TEXT}`);
    await until(async () => (await mark(page)) === "fresh");
    expect(readRows(studio.doc())[0]!.attributes).toMatchObject({
      take: "t1",
      askHash: hashOfText(NOTES),
      proseHash: hashOfText(TEXT),
    });
    // A version of the chapter was kept first.
    expect(studio.requests.some(({ path }) => path.endsWith("/versions"))).toBe(true);
    await caret(page, a, "prose");
    await page.keyboard.press("Control+z");
    await until(() => rowsIn(studio.doc())[0] === `${NOTES} | `);
    expect(readRows(studio.doc())[0]!.attributes.take).toBeNull();
    await offer(page).getByRole("button", { name: "Accept" }).waitFor();
  });

  test("marks what is typed afterwards as edited by hand", async () => {
    begin();
    studio.set(a, taken());
    const page = await studio.open();
    await press(page, "Accept");
    await until(async () => (await mark(page)) === "fresh");
    await caret(page, a, "prose");
    await page.keyboard.type("!");
    await until(async () => (await mark(page)) === "edited by hand");
    await page.keyboard.press("Backspace");
    await until(async () => (await mark(page)) === "fresh");
  });

  test("takes the place of an accepted take that nobody touched", async () => {
    begin("The old take.");
    setAttributes(studio.doc(), a, {
      take: "t0",
      askHash: hashOfText("older notes"),
      proseHash: hashOfText("The old take."),
    });
    studio.set(a, taken());
    const page = await studio.open();
    expect(await mark(page)).toBe("notes changed since");
    await press(page, "Accept");
    await until(() => rowsIn(studio.doc())[0] === `${NOTES} | ${TEXT}`);
    await until(async () => (await mark(page)) === "fresh");
  });

  test("puts a take below words that were typed, and says so before", async () => {
    begin("My own words.");
    studio.set(a, taken());
    const page = await studio.open();
    await offer(page).getByText("your words stay").waitFor();
    await press(page, "Accept below");
    await until(() => rowsIn(studio.doc())[0] === `${NOTES} | My own words.\n\n${TEXT}`);
    await until(async () => (await mark(page)) === "edited by hand");
    // The next take does not take the place of them either.
    studio.tell(a, taken({ shown: { ids: ["t1", "t2"], id: "t2", askHash: hashOfText(NOTES) } }));
    await offer(page).getByRole("button", { name: "Accept below" }).waitFor();
  });

  test("looks at what was typed while it was under way", async () => {
    begin();
    studio.set(a, taken());
    const [page, other] = [await studio.open(), await studio.open()];
    // The writer's own words are not kept yet, so accepting waits for them.
    studio.told.silent = true;
    await caret(page, a, "notes");
    await page.keyboard.type("!");
    await press(page, "Accept");
    await caret(other, a, "prose");
    await other.keyboard.type("Typed meanwhile.");
    await until(async () => (await cell(page, a, "prose").textContent()) === "Typed meanwhile.");
    studio.answerMarks();
    await until(() => rowsIn(studio.doc())[0]!.endsWith(`| Typed meanwhile.\n\n${TEXT}`));
  });

  test("waits for the connection, and says so", async () => {
    begin();
    studio.set(a, taken());
    const page = await studio.open();
    studio.cut();
    await offer(page).getByText("Accept and Ask wait for the connection").waitFor();
    await press(page, "Accept");
    await offer(page).locator("[data-problem]:not([hidden])").waitFor();
    expect(rowsIn(studio.doc())[0]).toBe(`${NOTES} | `);
    studio.told.away = false;
  });
});

describe("takes", () => {
  const store = (id: string, text: string) => {
    studio.blobs.set(id, { content: { text }, metadata: { passage: a }, derivedFrom: `ask-${id}` });
    studio.blobs.set(`ask-${id}`, { content: { text: `notes of ${id}` } });
  };
  const ids = ["t1", "t2", "t3"];

  test("can be leafed through, and the one that is shown is accepted", async () => {
    begin();
    studio.set(a, taken({ shown: { ids, id: "t3", askHash: hashOfText(NOTES) } }));
    const page = await studio.open();
    for (const id of ids) store(id, `Text of ${id}.`);
    expect(await offer(page).locator("[data-place]").textContent()).toBe("3/3");
    await press(page, "The take before");
    await until(async () => (await offer(page).locator(".take").textContent()) === "Text of t2.");
    expect(await offer(page).locator("[data-place]").textContent()).toBe("2/3");
    await until(async () => (await mark(page)) === "notes changed since");
    await press(page, "Accept");
    await until(() => rowsIn(studio.doc())[0] === `${NOTES} | Text of t2.`);
    expect(readRows(studio.doc())[0]!.attributes).toMatchObject({
      take: "t2",
      askHash: hashOfText("notes of t2"),
    });
  });

  test("that are discarded are marked so, and the one before is shown", async () => {
    begin();
    studio.set(a, taken({ shown: { ids, id: "t3", askHash: hashOfText(NOTES) } }));
    const page = await studio.open();
    for (const id of ids) store(id, `Text of ${id}.`);
    await press(page, "Discard");
    await until(async () => (await offer(page).locator(".take").textContent()) === "Text of t2.");
    expect(studio.blobs.get("t3")!.metadata).toMatchObject({
      passage: a,
      discardedAt: expect.any(String) as unknown as string,
    });
    expect(await offer(page).locator("[data-place]").textContent()).toBe("2/2");
    await press(page, "The take before");
    await press(page, "1 discarded take");
    await until(async () => (await offer(page).locator(".take").textContent()) === "Text of t3.");
    expect(await offer(page).getByRole("button", { name: "Accept" }).count()).toBe(0);
    await press(page, "Leave it");
    await until(async () => (await offer(page).locator(".take").textContent()) === "Text of t2.");
    await offer(page).locator("[data-discard]").click();
    await press(page, "Undo");
    await until(async () => (await offer(page).locator(".take").textContent()) === "Text of t2.");
    expect(await offer(page).locator("[data-place]").textContent()).toBe("2/2");
  });
});

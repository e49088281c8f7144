/** Takes beside the prose: they stream, are decided about, and never take the place of typed words. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { setAttributes } from "../../../src/documents/model/commands.ts";
import { readRows } from "../../../src/documents/model/rows.ts";
import { hashOfText } from "../../../src/documents/model/text.ts";
import {
  caret,
  cell,
  type Desk,
  holdRequests,
  holdScripts,
  openDesk,
  rowsIn,
  until,
  watchSent,
} from "../../../test/support/desk.ts";
import { query } from "../../../test/support/rows.ts";

let desk: Desk;
let a: string;

beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.stop());
afterEach(() => desk.leave());

const NOTES = "Dusk. The lamp.";
const TEXT = "The lamp was lit.\n\nNobody came.";

async function begin(prose = "", notes = NOTES): Promise<void> {
  [a] = (await desk.begin({ notes, prose }, { notes: "m", prose: "Second." })) as [string];
}

const row = () => rowsIn(desk.doc())[0];
const offer = (page: Page, id = a) => page.locator(`#prose-${id}`);
const takeIn = (page: Page) => offer(page).locator(".take").textContent();
const mark = async (page: Page, id = a) =>
  (await page.locator(`#spine-${id} .gloss`).textContent()) ?? "";
const press = (page: Page, name: string) => offer(page).getByRole("button", { name }).click();

describe("a stream", () => {
  test("grows beside the prose while others change the passage, and keeps the focus", async () => {
    await begin();
    const page = await desk.open();
    const dictation = desk.dictate();
    await desk.ask(a);
    dictation.say("The lamp ");
    await until(async () => (await takeIn(page))?.trim() === "The lamp");
    expect(await mark(page)).toBe("expanding");
    const stop = page.locator(`#stop-${a}`);
    await stop.focus();
    const element = await offer(page).elementHandle();
    const other = await desk.open();
    await caret(other, a, "notes");
    await other.keyboard.type(" More.");
    await other.keyboard.press("Alt+Shift+ArrowDown");
    await other.keyboard.press("Alt+Shift+ArrowUp");
    await until(async () => (await cell(page, a, "notes").textContent()) === `${NOTES} More.`);
    dictation.say("was lit.");
    await until(async () => (await takeIn(page)) === "The lamp was lit.");
    expect(await element!.evaluate((node) => node.isConnected)).toBe(true);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe(`stop-${a}`);
    await until(() => row() === `${NOTES} More. | `);
    dictation.end();
    await page.locator(`#accept-${a}`).waitFor();
  });

  test("that is done says so, and its spine follows the notes", async () => {
    await begin();
    const page = await desk.open();
    const dictation = desk.dictate();
    await desk.ask(a);
    await offer(page).locator("[data-run]").waitFor();
    dictation.say(TEXT);
    dictation.end();
    await page.locator(`#accept-${a}`).waitFor();
    expect(await page.locator("#announcements").textContent()).toBe("Done, passage 1.");
    await until(async () => (await mark(page)) === "to write");
    await caret(page, a, "notes");
    await page.keyboard.type(" And fog.");
    await until(async () => (await mark(page)) === "notes changed since");
  });

  test("is asked for with the notes as they stand, once", async () => {
    await begin();
    const page = await desk.open();
    const sent = watchSent(page);
    const dictation = desk.dictate();
    await caret(page, a, "notes");
    await page.keyboard.type(" Fog.");
    await page.keyboard.press("Control+Enter");
    await page.keyboard.press("Control+Enter");
    await offer(page).locator("[data-run]").waitFor();
    const asks = sent.filter(({ path }) => path.endsWith("/asks"));
    expect(asks).toHaveLength(1);
    expect(new URLSearchParams(asks[0]!.body).get("notes")).toBe(`${NOTES} Fog.`);
    expect(asks[0]!.headers["idempotency-key"]).toMatch(/^[0-9a-f-]{36}$/);
    await until(async () => (await mark(page)) === "expanding");
    dictation.end();
  });

  test("can be asked for again with an instruction", async () => {
    await begin();
    await desk.take(a, TEXT);
    const page = await desk.open({ worker: false });
    const [sent, dictation] = [watchSent(page), desk.dictate()];
    // What else the bar can do is still on its way; one writes at once.
    const release = await holdScripts(page);
    await press(page, "Ask again…");
    await page.keyboard.type("Drier.");
    await offer(page)
      .getByText(/about \d+ tokens/)
      .waitFor();
    await page.keyboard.press("Enter");
    await offer(page).locator("[data-run]").waitFor({ state: "attached" });
    release();
    const [ask] = sent.filter(({ path }) => path.endsWith("/asks"));
    const form = new URLSearchParams(ask!.body);
    expect([form.get("notes"), form.get("instruction")]).toEqual([NOTES, "Drier."]);
    dictation.end();
  });

  test("can be had for a passage that came to be on this page", async () => {
    await begin();
    const page = await desk.open();
    const dictation = desk.dictate();
    await page.getByRole("button", { name: "New passage" }).click();
    await page.keyboard.type("New notes.");
    await until(() => rowsIn(desk.doc())[2] === "New notes. | ");
    const { id } = readRows(desk.doc())[2]!;
    await page.locator(`#expand-${id}`).click();
    await offer(page, id).locator("[data-run]").waitFor({ state: "attached" });
    dictation.end();
  });
});

describe("accepting", () => {
  test("fills empty prose, as one step that undo takes back", async () => {
    await begin();
    const take = await desk.take(a, TEXT);
    const page = await desk.open();
    const sent = watchSent(page);
    await press(page, "Accept");
    await until(() => row() === `${NOTES} | ${TEXT}`);
    await until(async () => (await mark(page)) === "fresh");
    expect(readRows(desk.doc())[0]!.attributes).toMatchObject({
      take,
      askHash: hashOfText(NOTES),
      proseHash: hashOfText(TEXT),
    });
    // A version of the chapter was kept first.
    expect(sent.some(({ path }) => path.endsWith("/acceptance"))).toBe(true);
    await caret(page, a, "prose");
    await page.keyboard.press("Control+z");
    await until(() => row() === `${NOTES} | `);
    expect(readRows(desk.doc())[0]!.attributes.take).toBeNull();
    await page.locator(`#accept-${a}`).waitFor();
  });

  test("marks what is typed afterwards as edited by hand", async () => {
    await begin();
    await desk.take(a, TEXT);
    const page = await desk.open();
    await press(page, "Accept");
    await until(async () => (await mark(page)) === "fresh");
    await caret(page, a, "prose");
    await page.keyboard.type("!");
    await until(async () => (await mark(page)) === "edited by hand");
    await page.keyboard.press("Backspace");
    await until(async () => (await mark(page)) === "fresh");
  });

  test("takes the place of an accepted take that nobody touched", async () => {
    await begin("The old take.");
    const old = await desk.take(a, "The old take.", { notes: "older notes" });
    setAttributes(desk.doc(), a, {
      take: old,
      askHash: hashOfText("older notes"),
      proseHash: hashOfText("The old take."),
    });
    await desk.writer().kept();
    await desk.take(a, TEXT);
    const page = await desk.open();
    expect(await mark(page)).toBe("notes changed since");
    await press(page, "Accept");
    await until(() => row() === `${NOTES} | ${TEXT}`);
    await until(async () => (await mark(page)) === "fresh");
  });

  test("puts a take below words that were typed, and says so before", async () => {
    await begin("My own words.");
    await desk.take(a, TEXT);
    const page = await desk.open();
    await offer(page).getByText("your words stay").waitFor();
    await press(page, "Accept below");
    await until(() => row() === `${NOTES} | My own words.\n\n${TEXT}`);
    await until(async () => (await mark(page)) === "edited by hand");
    // The next take does not take the place of them either.
    await desk.take(a, "Another.");
    await offer(page).getByText("Another.").first().waitFor();
    await offer(page).getByRole("button", { name: "Accept below" }).waitFor();
  });

  test("looks at what was typed while it was under way", async () => {
    await begin();
    await desk.take(a, TEXT);
    const [page, other] = [await desk.open({ worker: false }), await desk.open()];
    const release = await holdRequests(page, "/acceptance");
    const asked = page.waitForRequest("**/acceptance");
    await press(page, "Accept");
    await asked;
    await caret(other, a, "prose");
    await other.keyboard.type("Typed meanwhile.");
    await until(async () => (await cell(page, a, "prose").textContent()) === "Typed meanwhile.");
    release();
    await until(() => row()!.endsWith(`| Typed meanwhile.\n\n${TEXT}`));
  });

  test("what one has changed stays open when the take lands by itself, and takes its place", async () => {
    await begin();
    const take = await desk.take(a, TEXT);
    const page = await desk.open();
    await press(page, "Edit");
    await offer(page).locator("textarea").fill("Mine.");
    await query(
      desk.studio.databaseUrl,
      "insert into take_landings (take, document, passage) values ($1, $2, $3)",
      [take, desk.chapter(), a],
    );
    await page.locator(`[data-passage="${a}"] .take-cell[data-fit="accepted"]`).waitFor();
    await until(() => row() === `${NOTES} | ${TEXT}`);
    await page.keyboard.press("Escape");
    await offer(page).locator("textarea").waitFor({ state: "hidden" });
    await press(page, "Edit");
    expect(await offer(page).locator("textarea").inputValue()).toBe("Mine.");
    await press(page, "Accept");
    await until(() => row() === `${NOTES} | Mine.`);
    await until(async () => (await mark(page)) === "fresh");
    await caret(page, a, "prose");
    await page.keyboard.press("Control+z");
    await until(() => row() === `${NOTES} | ${TEXT}`);
    expect(await mark(page)).toBe("fresh");
  });

  test("waits for the connection, and says so", async () => {
    await begin();
    await desk.take(a, TEXT);
    const page = await desk.open();
    // What decides is here before the network goes.
    await press(page, "Edit");
    await offer(page).locator("textarea:focus").waitFor();
    await page.keyboard.press("Escape");
    desk.cable.pull();
    await offer(page).getByText("Accept and Ask wait for the connection").waitFor();
    await press(page, "Accept");
    await offer(page).locator("[data-problem]:not([hidden])").waitFor();
    expect(row()).toBe(`${NOTES} | `);
  });
});

describe("takes", () => {
  /** The last is of the notes as they stand. */
  async function three(): Promise<string[]> {
    const takes: string[] = [];
    for (const name of ["t1", "t2", "t3"]) {
      const notes = name === "t3" ? NOTES : `notes of ${name}`;
      takes.push(await desk.take(a, `Text of ${name}.`, { notes }));
    }
    return takes;
  }
  const shows = (page: Page, text: string) => until(async () => (await takeIn(page)) === text);
  const place = (page: Page) => offer(page).locator("[data-place]").textContent();

  test("can be leafed through, and the one that is shown is accepted", async () => {
    await begin();
    const [, second] = await three();
    const page = await desk.open();
    expect(await place(page)).toBe("3/3");
    await press(page, "The take before");
    await shows(page, "Text of t2.");
    expect(await place(page)).toBe("2/3");
    await until(async () => (await mark(page)) === "notes changed since");
    await press(page, "Accept");
    await until(() => row() === `${NOTES} | Text of t2.`);
    expect(readRows(desk.doc())[0]!.attributes).toMatchObject({
      take: second,
      askHash: hashOfText("notes of t2"),
    });
  });

  test("that are discarded are marked so, and the one before is shown", async () => {
    await begin();
    const third = (await three())[2]!;
    const page = await desk.open();
    await press(page, "Discard");
    await shows(page, "Text of t2.");
    const { body } = await desk.marian.get<{ metadata: object }>(`/api/blobs/${third}`);
    expect(body.metadata).toMatchObject({
      passage: a,
      discardedAt: expect.any(String) as unknown as string,
    });
    expect(await place(page)).toBe("2/2");
    await press(page, "The take before");
    await shows(page, "Text of t1.");
    await press(page, "1 discarded take");
    await shows(page, "Text of t3.");
    expect(await offer(page).getByRole("button", { name: "Accept" }).count()).toBe(0);
    await press(page, "Leave it");
    await shows(page, "Text of t2.");
    await offer(page).locator("[data-discard]").click();
    await shows(page, "Text of t1.");
    await press(page, "Undo");
    await shows(page, "Text of t2.");
    expect(await place(page)).toBe("2/2");
  });
});

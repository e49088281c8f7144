/** What the chip says is so, and words outlive connections, reloads and sessions. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { REFUSALS } from "../../../src/documents/protocol.ts";
import { chipState } from "../save-chip.ts";
import { caret, cell, chip, rowsIn, type StandIn, standIn, until } from "./stand-in.test.tsx";

let studio: StandIn;

beforeAll(async () => {
  studio = await standIn();
});
afterAll(() => studio.stop());
afterEach(() => studio.leave());

async function open(): Promise<{ page: Page; a: string }> {
  const [a] = studio.begin({ notes: "Dusk.", prose: "Lamp." });
  return { page: await studio.open(), a: a! };
}

const isSaved = async (page: Page) => /^Saved \d\d:\d\d$/.test(await chip(page));
const state = (page: Page) => page.locator("#save-chip").getAttribute("data-state");

describe("the chip", () => {
  const facts = {
    isTogether: true,
    isKept: true,
    isStored: true,
    isBroken: false,
    isAway: false,
    refusal: null,
    mayWrite: true,
  };
  test.each([
    [{}, "saved"],
    [{ isKept: false }, "saving"],
    [{ isKept: false, isTogether: false }, "saving"],
    [{ isKept: false, isAway: true }, "reconnecting"],
    // On its way to the disk is not on the disk.
    [{ isKept: false, isAway: true, isStored: false }, "saving"],
    [{ isKept: false, isAway: true, isStored: false, isBroken: true }, "unsaved"],
    [{ isKept: false, isStored: false, isBroken: true }, "saving"],
    [{ isAway: true }, "reconnecting"],
    [{ isKept: false, refusal: REFUSALS.updateTooLarge }, "unsaved"],
    [{ refusal: REFUSALS.readOnly }, "saved"],
  ] as const)("with %j says %s", (some, says) => {
    expect(chipState({ ...facts, ...some })).toBe(says);
  });

  test("is green only once the studio has answered for what was typed", async () => {
    const { page, a } = await open();
    await until(() => isSaved(page));
    studio.told.silent = true;
    await caret(page, a, "prose");
    await page.keyboard.type(" More");
    await until(() => rowsIn(studio.doc())[0] === "Dusk. | Lamp. More");
    expect(await chip(page)).toBe("Saving…");
    studio.answerMarks();
    await until(() => isSaved(page));
  });

  test("says after a while that it is on this device, and comes back by itself", async () => {
    const { page, a } = await open();
    await until(() => isSaved(page));
    studio.cut();
    await caret(page, a, "prose");
    await page.keyboard.type(" Offline");
    expect(await chip(page)).not.toMatch(/^Saved/);
    await until(async () => (await chip(page)) === "Saved on this device, reconnecting");
    studio.told.away = false;
    await until(() => isSaved(page));
    expect(rowsIn(studio.doc())).toEqual(["Dusk. | Lamp. Offline"]);
  });

  test("says what is refused for good, is not sent again, and gives it to the clipboard", async () => {
    const { page, a } = await open();
    await until(() => isSaved(page));
    studio.told.refusal = REFUSALS.documentTooLarge;
    await caret(page, a, "prose");
    await page.keyboard.type("!");
    await until(async () => (await chip(page)) === "Not saved, copy");
    await page.keyboard.type("?");
    await page.locator("#save-chip").click();
    await until(async () => (await chip(page)) === "Copied, not saved");
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("Dusk.\n\nLamp.!?");
    expect(await page.locator("#announcements").textContent()).toBe("Copied what is not saved.");
  });
});

describe("words", () => {
  test("typed without a connection outlive a closed tab", async () => {
    const { page, a } = await open();
    await until(() => isSaved(page));
    studio.cut();
    await caret(page, a, "prose");
    await page.keyboard.type(" In the dark.");
    await until(async () => (await chip(page)) === "Saved on this device, reconnecting");
    const context = page.context();
    await page.close();
    expect(rowsIn(studio.doc())).toEqual(["Dusk. | Lamp."]);
    studio.told.away = false;
    const later = await studio.open({ context });
    await until(() => rowsIn(studio.doc())[0] === "Dusk. | Lamp. In the dark.");
    expect(await cell(later, a, "prose").textContent()).toBe("Lamp. In the dark.");
    await until(() => isSaved(later));
  });

  test("of two who wrote apart from each other are all there", async () => {
    const { page, a } = await open();
    const other = await studio.open();
    await until(() => isSaved(other));
    studio.cut();
    await caret(page, a, "prose");
    await page.keyboard.type(" One.");
    await caret(other, a, "prose", "start");
    await other.keyboard.type("Two. ");
    studio.told.away = false;
    await until(() => rowsIn(studio.doc())[0] === "Dusk. | Two. Lamp. One.");
    for (const one of [page, other])
      await until(async () => (await cell(one, a, "prose").textContent()) === "Two. Lamp. One.");
  });

  test("go on after the document was closed and the socket stayed open", async () => {
    const { page, a } = await open();
    await until(() => isSaved(page));
    studio.closeDocument();
    await caret(page, a, "prose");
    await page.keyboard.type(" Still.");
    await until(() => rowsIn(studio.doc())[0] === "Dusk. | Lamp. Still.");
    await until(() => isSaved(page));
  });

  test("wait for a session that ended, with a sentence and a way to sign in", async () => {
    const { page, a } = await open();
    await until(() => isSaved(page));
    studio.told.signedOut = true;
    studio.closeSockets(4401);
    const notice = page.locator("#signed-out");
    await notice.waitFor();
    expect(await notice.locator("a").getAttribute("target")).toBe("_blank");
    await caret(page, a, "prose");
    await page.keyboard.type(" Kept.");
    expect(await state(page)).not.toBe("saved");
    studio.told.signedOut = false;
    await until(() => rowsIn(studio.doc())[0] === "Dusk. | Lamp. Kept.");
    await notice.waitFor({ state: "hidden" });
    await until(() => isSaved(page));
  });

  test("of a chapter that one may only read cannot be typed", async () => {
    const [a] = studio.begin({ prose: "Lamp." });
    studio.told.readOnly = true;
    const page = await studio.open();
    await until(
      async () => (await page.locator("#passages").getAttribute("contenteditable")) === "false",
    );
    await cell(page, a!, "prose").click();
    await page.keyboard.type("x");
    expect(await cell(page, a!, "prose").textContent()).toBe("Lamp.");
    expect(rowsIn(studio.doc())).toEqual([" | Lamp."]);
  });

  test("leave the device with the account", async () => {
    const { page, a } = await open();
    await caret(page, a, "prose");
    await page.keyboard.type("!");
    await until(() => isSaved(page));
    const names = () =>
      page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
    expect(await names()).toEqual(["reyna:a1"]);
    await page.getByRole("button", { name: "Account" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(/sign-out/);
    expect(await names()).toEqual([]);
  });
});

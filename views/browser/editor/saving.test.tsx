/** What the chip says is so, and words outlive connections, databases, disks, reloads and sessions. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import type { BrowserContext, Dialog, Page } from "playwright-core";
import { readRecovered } from "../../../src/documents/model/recovered.ts";
import { REFUSALS, UPDATE_LIMIT_BYTES } from "../../../src/documents/protocol.ts";
import { MARIAN, signUp, TOM } from "../../../test/support/client.ts";
import {
  caret,
  cell,
  chip,
  type Desk,
  openDesk,
  rowsIn,
  until,
  withoutClipboard,
} from "../../../test/support/desk.ts";
import { query } from "../../../test/support/rows.ts";
import { administer } from "../../../test/support/services.ts";
import { chipState, type Facts } from "../save-chip.ts";

let desk: Desk;

beforeAll(async () => {
  desk = await openDesk();
}, 60_000);
afterAll(() => desk.stop());
afterEach(() => desk.leave());

async function open(
  options: { context?: BrowserContext; worker?: boolean } = {},
): Promise<{ page: Page; a: string }> {
  const [a] = await desk.begin({ notes: "Dusk.", prose: "Lamp." });
  const page = await desk.open(options);
  await until(() => isSaved(page));
  return { page, a: a! };
}

const SAVED = /^Saved \d\d:\d\d$/;
const isSaved = async (page: Page) => SAVED.test(await chip(page));
const says = (page: Page, words: string) => until(async () => (await chip(page)) === words);
const ON_DEVICE = "Saved on this device, reconnecting";
const panel = (page: Page) => page.locator("#waiting:popover-open");
const rows = () => rowsIn(desk.doc());

async function type(page: Page, passage: string, words: string): Promise<void> {
  await caret(page, passage, "prose");
  await page.keyboard.type(words);
}

describe("the chip", () => {
  const facts: Facts = {
    isTogether: true,
    isKept: true,
    isStored: true,
    isBroken: false,
    isGone: false,
    isAway: false,
    refusal: null,
    mayWrite: true,
  };
  test.each([
    [{}, "saved"],
    [{ isKept: false }, "saving"],
    [{ isKept: false, isTogether: false }, "saving"],
    [{ isKept: false, isAway: true }, "reconnecting"],
    [{ isAway: true }, "reconnecting"],
    // The device has nothing; the database has all of it.
    [{ isAway: true, isStored: false, isBroken: true }, "saved"],
    // On its way to the disk is not on the disk.
    [{ isKept: false, isAway: true, isStored: false }, "saving"],
    [{ isKept: false, isAway: true, isStored: false, isBroken: true }, "unsaved"],
    [{ isKept: false, isStored: false, isBroken: true }, "saving"],
    [{ isKept: false, isGone: true }, "unsaved"],
    [{ isKept: false, mayWrite: false }, "unsaved"],
    [{ mayWrite: false }, "saved"],
    [{ isKept: false, refusal: REFUSALS.updateTooLarge }, "unsaved"],
    [{ refusal: REFUSALS.readOnly }, "saved"],
  ] satisfies [Partial<Facts>, string][])("with %j says %s", (some, shown) => {
    expect(chipState({ ...facts, ...some })).toBe(shown as ReturnType<typeof chipState>);
  });

  test("is green only once the database has what was typed", async () => {
    const { page, a } = await open();
    await administer(desk.studio.databaseUrl, async (client) => {
      await client.query("begin");
      await client.query("lock table document_updates in share row exclusive mode");
      await type(page, a, " More");
      // The others see it; the database has it not.
      await until(() => rows()[0] === "Dusk. | Lamp. More");
      expect(await chip(page)).toBe("Saving…");
      await page.locator("#save-chip").click();
      expect(await panel(page).locator("[data-words]").textContent()).toBe("Dusk.\n\nLamp. More");
      await client.query("commit");
    });
    await until(() => isSaved(page));
    expect(await panel(page).locator("[data-says]").textContent()).toContain("database");
    expect(await panel(page).locator("[data-words]").isHidden()).toBe(true);
  });

  test("says that it is on this device while the database is away, and green when it is back", async () => {
    const { page, a } = await open();
    await administer(desk.studio.databaseUrl, async (client) => {
      await client.query("begin");
      await client.query("lock table document_updates in share row exclusive mode");
      await type(page, a, " Dark");
      await says(page, ON_DEVICE);
      await client.query("commit");
    });
    await until(() => isSaved(page));
    expect(rows()).toEqual(["Dusk. | Lamp. Dark"]);
  });

  test("says after a while that it is on this device, opens what waits, and comes back by itself", async () => {
    const { page, a } = await open();
    desk.cable.pull();
    await type(page, a, " Offline");
    expect(await chip(page)).not.toMatch(/^Saved/);
    await says(page, ON_DEVICE);
    await page.locator("#save-chip").click();
    expect(await panel(page).locator("[data-words]").textContent()).toBe("Dusk.\n\nLamp. Offline");
    await panel(page).getByRole("button", { name: "Copy" }).click();
    await until(async () => (await clipboard(page)) === "Dusk.\n\nLamp. Offline");
    await page.keyboard.press("Escape");
    desk.cable.plugIn();
    await until(() => isSaved(page));
    expect(rows()).toEqual(["Dusk. | Lamp. Offline"]);
  });

  test("says what is refused for good, gives it to the clipboard, and sends again what was made smaller", async () => {
    const { page, a } = await open();
    await withoutClipboard(page);
    await caret(page, a, "prose");
    const huge = `${" a long word".repeat(Math.ceil(UPDATE_LIMIT_BYTES / 12) + 1_000)}.`;
    await page.keyboard.insertText(huge);
    await says(page, "Not saved, copy");
    await page.locator("#save-chip").click();
    await says(page, "Copied, not saved");
    expect(await clipboard(page)).toBe(`Dusk.\n\nLamp.${huge}`);
    expect(await panel(page).locator("[data-says]").textContent()).toBe(
      REFUSALS.updateTooLarge.sentence,
    );
    await page.keyboard.press("Escape");
    expect(rows()).toEqual(["Dusk. | Lamp."]);
    // Nothing else is lost, nor what is typed from here on.
    await page.locator("#passages").focus();
    await page.keyboard.press("ControlOrMeta+z");
    await until(async () => (await cell(page, a, "prose").textContent()) === "Lamp.");
    await type(page, a, " Short.");
    await page.reload();
    await page.locator("#passages[data-ready]").waitFor();
    await until(() => isSaved(page));
    expect(rows()).toEqual(["Dusk. | Lamp. Short."]);
  });
});

const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText());

describe("a disk that refuses", () => {
  for (const [name, break_] of Object.entries({
    "to be opened": () => {
      IDBFactory.prototype.open = () => {
        throw new DOMException("not here", "SecurityError");
      };
    },
    "each write, being full": () => {
      const complete = IDBObjectStore.prototype.add;
      IDBObjectStore.prototype.add = function (...given) {
        const request = complete.apply(this, given);
        this.transaction.abort();
        return request;
      };
    },
  }))
    test(`${name} is never called a place where words are`, async () => {
      const context = await desk.device();
      await context.addInitScript(break_);
      const { page, a } = await open({ context });
      // With the studio it does not matter.
      await type(page, a, " One");
      await until(() => isSaved(page));
      desk.cable.pull();
      await type(page, a, " two");
      await says(page, "Not saved, copy");
      const asked = page.waitForEvent("dialog");
      // Somebody who leaves now is asked to stay.
      await page.evaluate(() => setTimeout(() => location.reload(), 0));
      const dialog = await asked;
      expect(dialog.type()).toBe("beforeunload");
      await dialog.dismiss();
      await page.locator("#save-chip").click();
      await says(page, "Copied, not saved");
      expect(await clipboard(page)).toBe("Dusk.\n\nLamp. One two");
      desk.cable.plugIn();
      await until(() => isSaved(page));
      expect(rows()).toEqual(["Dusk. | Lamp. One two"]);
    });
});

describe("words", () => {
  test("typed without a connection outlive a closed tab", async () => {
    const { page, a } = await open();
    desk.cable.pull();
    await type(page, a, " In the dark.");
    await says(page, ON_DEVICE);
    const context = page.context();
    await page.close();
    expect(rows()).toEqual(["Dusk. | Lamp."]);
    desk.cable.plugIn();
    const later = await desk.open({ context });
    await until(() => rows()[0] === "Dusk. | Lamp. In the dark.");
    expect(await cell(later, a, "prose").textContent()).toBe("Lamp. In the dark.");
    await until(() => isSaved(later));
  });

  test("of two who wrote apart from each other are all there", async () => {
    const { page, a } = await open();
    const other = await desk.open();
    await until(() => isSaved(other));
    desk.cable.pull();
    await type(page, a, " One.");
    await caret(other, a, "prose", "start");
    await other.keyboard.type("Two. ");
    desk.cable.plugIn();
    await until(() => rows()[0] === "Dusk. | Two. Lamp. One.");
    for (const one of [page, other])
      await until(async () => (await cell(one, a, "prose").textContent()) === "Two. Lamp. One.");
  });

  test("typed in two tabs of one device converge, also after the cable was out", async () => {
    const { page, a } = await open();
    const tab = await desk.open({ context: page.context() });
    await type(page, a, " One.");
    await until(async () => (await cell(tab, a, "prose").textContent()) === "Lamp. One.");
    desk.cable.pull();
    await type(tab, a, " Two.");
    await caret(page, a, "prose", "start");
    await page.keyboard.type("Three. ");
    desk.cable.plugIn();
    for (const one of [page, tab]) {
      await until(
        async () => (await cell(one, a, "prose").textContent()) === "Three. Lamp. One. Two.",
      );
      await until(() => isSaved(one));
    }
  });

  test("typed offline into what another removes are kept as recovered", async () => {
    const [a] = await desk.begin({ prose: "Lamp.\n\nSecond." });
    const page = await desk.open();
    await until(() => isSaved(page));
    desk.cable.pull();
    await type(page, a!, " Nobody saw this.");
    await says(page, ON_DEVICE);
    desk.writer().write("Lamp.", a);
    await desk.writer().kept();
    desk.cable.plugIn();
    await until(() => isSaved(page));
    const texts = () => readRecovered(desk.doc()).map(({ text }) => text);
    await until(() => texts().length > 0);
    expect(texts()).toEqual([" Nobody saw this."]);
    expect(rows()).toEqual([" | Lamp."]);
  });

  test("of one tab stay where another removed their place, and both were closed before they could tell", async () => {
    const [a] = await desk.begin({ prose: "Lamp.\n\nSecond." });
    const page = await desk.open();
    const context = page.context();
    const tab = await desk.open({ context });
    for (const one of [page, tab]) await until(() => isSaved(one));
    desk.cable.pull();
    await type(page, a!, " Nobody saw this.");
    await caret(tab, a!, "prose");
    await tab.keyboard.press("Shift+Home");
    await tab.keyboard.press("Backspace");
    await tab.keyboard.press("Backspace");
    await until(async () => (await cell(tab, a!, "prose").textContent()) === "Lamp.");
    for (const one of [page, tab]) {
      await says(one, ON_DEVICE);
      await one.close();
    }
    desk.cable.plugIn();
    const later = await desk.open({ context });
    await until(() => isSaved(later));
    await until(() => rows()[0] === " | Lamp.");
    expect(readRecovered(desk.doc()).map(({ text }) => text)).toEqual([" Nobody saw this."]);
  });

  test("go on while the session is gone, and are saved once one signs in in place", async () => {
    const { page, a } = await open({ worker: false });
    await query(
      desk.studio.databaseUrl,
      // The oldest is of the program beside it.
      "delete from sessions where id not in (select id from sessions order by created_at limit 1)",
    );
    // Whoever ended it tells the studio; here the next look of the page does.
    desk.cable.pull();
    desk.cable.plugIn();
    const notice = page.locator("#signed-out");
    await notice.waitFor();
    expect(await notice.getByRole("link").getAttribute("target")).toBe("_blank");
    await type(page, a, " Kept.");
    expect(await chip(page)).not.toMatch(SAVED);
    const place = "**/api/auth/sign-in/email";
    await page.route(place, (route) => route.abort());
    await notice.getByLabel(/Password of/).fill(MARIAN.password);
    await notice.getByRole("button", { name: "Sign in" }).click();
    await notice.locator("[data-problem]").waitFor();
    await page.unroute(place);
    await type(page, a, " Still.");
    await notice.getByLabel(/Password of/).fill(MARIAN.password);
    await page.keyboard.press("Enter");
    await notice.waitFor({ state: "hidden" });
    await until(() => isSaved(page));
    expect(rows()).toEqual(["Dusk. | Lamp. Kept. Still."]);
  });

  test("are not sent under the session of somebody else who signs in in the same browser", async () => {
    const { page, a } = await open();
    const tom = await signUp(desk.studio.url, TOM);
    // He may write here too, so nothing but his name keeps the words back.
    await query(
      desk.studio.databaseUrl,
      "insert into members (root, account, role) values ($1, $2, 'writer')",
      [desk.marian.book, tom.account],
    );
    desk.cable.pull();
    await type(page, a, " Marian’s.");
    desk.cable.plugIn();
    const context = page.context();
    await context.clearCookies();
    const path = new URL("/api/auth/sign-in/email", desk.cable.url).href;
    const { email, password } = TOM;
    await context.request.post(path, { data: { email, password } });
    desk.cable.pull();
    desk.cable.plugIn();
    const notice = page.locator("#signed-out");
    await until(async () => (await notice.textContent())?.includes("Somebody else"));
    await notice.waitFor();
    expect(rows()).toEqual(["Dusk. | Lamp."]);
    await notice.getByLabel(/Password of/).fill(MARIAN.password);
    await page.keyboard.press("Enter");
    await until(() => rows()[0] === "Dusk. | Lamp. Marian’s.");
    await until(() => isSaved(page));
  });

  test("leave the device with the account, from all of its pages", async () => {
    const { page, a } = await open();
    const tab = await desk.open({ context: page.context() });
    await type(page, a, "!");
    await until(() => isSaved(page));
    const names = (one: Page) =>
      one.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
    expect(await names(page)).toEqual([`reyna:${desk.marian.account}`]);
    await page.getByRole("button", { name: "Account" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    for (const one of [page, tab]) {
      await one.waitForURL(/sign-in/);
      expect(await names(one)).toEqual([]);
    }
    await page.goBack().catch(() => {});
    expect(await page.content()).not.toContain("Lamp.");
  });

  test("that are on this device only are not signed out of unasked", async () => {
    const { page, a } = await open();
    await administer(desk.studio.databaseUrl, async (client) => {
      await client.query("begin");
      await client.query("lock table document_updates in share row exclusive mode");
      await type(page, a, " Only here.");
      await page.getByRole("button", { name: "Account" }).click();
      const asked = page.waitForEvent("dialog");
      await page.getByRole("button", { name: "Sign out" }).click();
      const dialog = await asked;
      expect(dialog.message()).toContain("on this device only");
      await dialog.dismiss();
      await client.query("commit");
    });
    await until(() => isSaved(page));
    expect(rows()).toEqual(["Dusk. | Lamp. Only here."]);
    // A studio that cannot end the session leaves everything as it is; what is typed meanwhile goes nowhere unseen.
    await page.evaluate(refuseSignOut);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForFunction(() => "refuse" in globalThis);
    await caret(page, a, "prose");
    await page.keyboard.type(" Too late.");
    const told = page.waitForEvent("dialog");
    await page.evaluate(() => setTimeout((globalThis as unknown as { refuse(): void }).refuse, 0));
    const alert = await told;
    expect(alert.message()).toContain("still signed in");
    await alert.accept();
    await type(page, a, " Still here.");
    await until(() => isSaved(page));
    expect(rows()).toEqual(["Dusk. | Lamp. Only here. Still here."]);
  });

  test("are not signed out of unasked where the device does not say whether there are any", async () => {
    const context = await desk.device({ worker: false });
    const page = await context.newPage();
    await page.goto(new URL("/settings", desk.cable.url).href);
    await page.getByRole("button", { name: "Account" }).click();
    const told = async (sentence: string): Promise<Dialog> => {
      const [dialog] = await Promise.all([
        page.waitForEvent("dialog"),
        page.getByRole("button", { name: "Sign out" }).click({ noWaitAfter: true }),
      ]);
      expect(dialog.message()).toContain(sentence);
      return dialog;
    };
    // What it takes to sign out does not come.
    await page.route("**/assets/*.js", (route) => route.abort());
    await (await told("did not answer")).accept();
    await page.unroute("**/assets/*.js");
    await page.evaluate(() => {
      IDBFactory.prototype.open = () => new EventTarget() as IDBOpenDBRequest;
    });
    await (await told("does not say")).dismiss();
    expect(page.url()).toContain("/settings");
    await (await told("does not say")).accept();
    await page.waitForURL(/sign-in/);
  });

  test("that a slow disk has not given yet count as unsent until they are sent", async () => {
    const { page, a } = await open();
    const context = page.context();
    desk.cable.pull();
    await type(page, a, " In the dark.");
    await says(page, ON_DEVICE);
    await page.close();
    desk.cable.plugIn();
    const other = await context.newPage();
    await other.goto(new URL("/settings", desk.cable.url).href);
    const name = `reyna:${desk.marian.account}`;
    await other.evaluate(keepBusy, name);
    // The page does without it in the end.
    const later = await desk.open({ context });
    await until(() => isSaved(later));
    await other.evaluate(() => {
      (globalThis as { isFree?: boolean }).isFree = true;
    });
    // What the page tells its disk comes behind what it has read.
    await type(later, a, "!");
    await until(() => isSaved(later));
    await until(async () => (await other.evaluate(countIn, [name, "known"] as const)) > 0);
    expect(rows()).toEqual(["Dusk. | Lamp.!"]);
    expect(await other.evaluate(countIn, [name, "unsent"] as const)).toBeGreaterThan(0);
    await later.reload();
    await until(() => rows()[0]?.includes("In the dark."));
    await until(() => isSaved(later));
    await until(async () => (await other.evaluate(countIn, [name, "unsent"] as const)) === 0);
  });

  test("of a chapter that one may only read cannot be typed", async () => {
    const [a] = await desk.begin({ prose: "Lamp." });
    const set = "update members set role = $1 where root = $2 and account = $3";
    const { book, account } = desk.marian;
    await query(desk.studio.databaseUrl, set, ["viewer", book, account]);
    const page = await desk.open();
    await until(
      async () => (await page.locator("#passages").getAttribute("contenteditable")) === "false",
    );
    await cell(page, a!, "prose").click();
    await page.keyboard.type("x");
    expect(await cell(page, a!, "prose").textContent()).toBe("Lamp.");
    expect(rows()).toEqual([" | Lamp."]);
    expect(await page.getByRole("button", { name: "New passage" }).count()).toBe(0);
    await page.locator("#save-chip").click();
    await page.getByText("You may read this chapter, not change it.").waitFor();
    await query(desk.studio.databaseUrl, set, ["owner", book, account]);
  });

  test("are for who reads as soon as the owner lets them write, with all that writers may do", async () => {
    await desk.begin({ prose: "Lamp." });
    const { book } = desk.marian;
    const email = "iris@example.org";
    const iris = await signUp(desk.studio.url, { ...TOM, email, name: "Iris" });
    const allow = (role: string) =>
      desk.marian.request("PUT", `/api/buckets/${book}/members/${iris.account}`, { role });
    await allow("viewer");
    const context = await desk.device();
    await context.clearCookies();
    const path = new URL("/api/auth/sign-in/email", desk.cable.url).href;
    await context.request.post(path, { data: { email, password: TOM.password } });
    const page = await desk.open({ context });
    const mayType = (is: string) =>
      page.locator(`#passages[data-ready][contenteditable="${is}"]`).waitFor();
    await mayType("false");
    expect(await page.getByRole("button", { name: "New passage" }).isVisible()).toBe(false);
    await allow("editor");
    await page.getByRole("button", { name: "New chapter", exact: true }).waitFor();
    await mayType("true");
    await page.getByRole("button", { name: "New passage" }).click();
    await page.keyboard.type("Fog.");
    await until(() => rows()[1] === "Fog. | ");
    await context.clearCookies();
  });
});

/** Nobody else gets at the account's words on this device until `isFree`. Runs in a page. */
async function keepBusy(name: string): Promise<void> {
  const db = await new Promise<IDBDatabase>((opened) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => opened(request.result);
  });
  const tx = db.transaction(["updates", "unsent", "known"], "readwrite");
  const again = () => {
    const { isFree } = globalThis as { isFree?: boolean };
    if (!isFree) tx.objectStore("unsent").count().onsuccess = again;
  };
  again();
  tx.oncomplete = () => db.close();
}

/** Runs in a page. */
async function countIn([name, store]: readonly [string, string]): Promise<number> {
  const db = await new Promise<IDBDatabase>((opened) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => opened(request.result);
  });
  const count = await new Promise<number>((counted) => {
    const request = db.transaction(store).objectStore(store).count();
    request.onsuccess = () => counted(request.result);
  });
  db.close();
  return count;
}

/** Signing out waits for `refuse`, and then the studio could not. Runs in a page. */
function refuseSignOut(): void {
  const send = globalThis.fetch;
  const refusing = (input: string, init?: RequestInit) =>
    input.endsWith("/sign-out")
      ? new Promise<Response>((answered) => {
          Object.assign(globalThis, {
            refuse: () => answered(new Response(null, { status: 503 })),
          });
        })
      : send(input, init);
  globalThis.fetch = refusing as typeof fetch;
}

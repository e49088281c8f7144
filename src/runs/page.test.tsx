/** The Runs page by its front door: what is on it, for whom, what its buttons do; and in a browser, while a run streams. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { violations } from "../../test/support/axe.ts";
import { type Client, eventually, signUp, TOM } from "../../test/support/client.ts";
import { type Desk, openDesk, until } from "../../test/support/desk.ts";
import { query } from "../../test/support/rows.ts";

const PROSE = "The lamp was burning when she reached the gallery. She went down.";
/** Long enough to be looked at, and stopped, while it is written. */
const LONG = "The fog came in over the rock and stayed there. ".repeat(60);
const PAUSE_MS = 150;

let desk: Desk;
let tom: Client;
let rows: string[];
beforeAll(async () => {
  desk = await openDesk();
  tom = await signUp(desk.studio.url, TOM);
});
afterAll(() => desk.stop());

type Listed = { items: { id: string; status: string }[] };

/** Asks for a passage as another device would; answers the run. */
async function ask(passage: string, text: string): Promise<string> {
  const { body } = await desk.marian.post<{ id: string }>("/api/blobs", {
    schema: "text-input",
    bucket: desk.chapter(),
    content: { text },
    metadata: { passage },
  });
  return eventually(async () => {
    const runs = await desk.marian.get<Listed>(`/api/runs?blob=${body.id}`);
    return runs.body.items[0]?.id;
  });
}

const statusOf = async (run: string) =>
  (await desk.marian.get<{ status: string }>(`/api/runs/${run}`)).body.status;

const ended = (run: string, status: string) =>
  eventually(async () => (await statusOf(run)) === status);

async function askAndFail(passage: string): Promise<string> {
  desk.model.behave({ kind: "unauthorized" });
  const run = await ask(passage, "The log. Pryce's hand.");
  await ended(run, "dead");
  return run;
}

const page = async (path: string, client = desk.marian) => {
  const { status, body } = await client.get<{ text: string }>(path);
  return { status, html: body.text ?? "" };
};

const form = (path: string, fields: Record<string, string> = {}, client = desk.marian) =>
  fetch(new URL(path, desk.studio.url), {
    method: "POST",
    redirect: "manual",
    headers: {
      authorization: `Bearer ${client.token}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams(fields),
  });

describe("without a script", () => {
  let done: string;
  let dead: string;

  test("before the first run the page says how one begins", async () => {
    const { status, html } = await page("/runs", tom);
    expect(status).toBe(200);
    expect(html).toContain("Nothing was asked for yet.");
    expect(html).not.toContain('class="run"');
  });

  test("a run is in the list with its passage, its book and what came of it", async () => {
    rows = await desk.begin({ notes: "Dusk." }, { notes: "The log." }, { notes: "Fog." });
    desk.model.behave({ kind: "answer", text: PROSE });
    done = await ask(rows[0]!, "Dusk. Hester climbs.");
    await ended(done, "succeeded");
    dead = await askAndFail(rows[1]!);
    const { html } = await page("/runs");
    expect(html).toContain(`id="run-${done}"`);
    expect(html).toContain("The Fog Signal, passage 1");
    expect(html).toContain("Pending");
    expect(html).toContain("Failed");
  });

  test("a run's page holds its attempts, what went in, what came out, and where it goes", async () => {
    const { html } = await page(`/runs/${done}`);
    expect(html).toContain("Attempt 1");
    expect(html).toContain("Dusk. Hester climbs.");
    expect(html).toContain(PROSE);
    expect(html).toContain("Notes, passage 1 (revision 1) → ");
    expect(html).toContain("Prose, passage 1 (waits for you), not yet");
    expect(html).not.toMatch(/<[^>]+ style=/);
  });

  test("a prompt that was kept is there word for word, one that was not is not made up", async () => {
    const { html } = await page(`/runs/${done}`);
    expect(html).toContain("<strong>system</strong><pre>You turn a writer&#39;s notes");
    expect(html).toContain(
      "<pre>&lt;notes&gt;\nDusk. Hester climbs.\n&lt;/notes&gt;\n\nWrite about",
    );
    const forget = "update runs set record = null where id = $1";
    await query(desk.studio.databaseUrl, forget, [done]);
    expect((await page(`/runs/${done}`)).html).toContain("kept no prompt");
  });

  test("a dead run says why, in the provider's and then in our words", async () => {
    const { html } = await page(`/runs/${dead}`);
    expect(html).toContain("into Settings, then try again");
    expect(html).toContain(`action="/runs/shown/${dead}/retry"`);
  });

  test("what was discarded says so", async () => {
    const { body } = await desk.marian.get<{ output: string }>(`/api/runs/${done}`);
    const path = `/chapters/${desk.chapter()}/passages/${rows[0]}/takes/${body.output}/discard`;
    expect((await desk.marian.request("PUT", path)).status).toBe(200);
    expect((await page(`/runs/${done}`)).html).toContain("Discarded");
  });

  test("the list is narrowed by state, processor and book, and goes on a page at a time", async () => {
    const shows = async (search: string) => {
      const { html } = await page(`/runs${search}`);
      return [done, dead].map((run) => html.includes(`id="run-${run}"`));
    };
    expect(await shows("?status=dead")).toEqual([false, true]);
    expect(await shows("?status=succeeded&processor=text-expansion")).toEqual([true, false]);
    expect(await shows("?processor=other")).toEqual([false, false]);
    expect(await shows(`?book=${desk.marian.book}`)).toEqual([true, true]);
    // Older than the newer of the two.
    expect(await shows(`?before=${dead}`)).toEqual([true, false]);
    expect((await page("/runs?status=asleep")).status).toBe(422);
  });

  test("to somebody else none of it exists", async () => {
    expect((await page("/runs", tom)).html).not.toContain(done);
    for (const path of [`/runs/${done}`, `/runs?book=${desk.marian.book}`, "/runs/none"])
      expect((await page(path, tom)).status).toBe(404);
    for (const path of [`/runs/shown/${dead}/retry`, `/runs/shown/${dead}/cancellation`])
      expect((await form(path, {}, tom)).status).toBe(404);
    expect(await statusOf(dead)).toBe("dead");
  });

  test("a dead run is tried again, and one that waits is cancelled", async () => {
    desk.model.behave({ kind: "answer", text: PROSE });
    const answer = await form(`/runs/shown/${dead}/retry`);
    expect([answer.status, answer.headers.get("location")]).toEqual([303, `/runs/${dead}`]);
    await ended(dead, "succeeded");
    desk.model.behave({ kind: "answer", text: LONG, pauseMs: PAUSE_MS });
    const running = await ask(rows[2]!, "Fog.");
    expect((await form(`/runs/shown/${running}/cancellation`)).status).toBe(303);
    await ended(running, "cancelled");
  });

  test("one press tries all that failed again, of one book, and says how many", async () => {
    const failed = [await askAndFail(rows[1]!), await askAndFail(rows[2]!)];
    desk.model.behave({ kind: "answer", text: PROSE });
    const answer = await form("/runs/redrive", { book: desk.marian.book });
    expect(answer.status).toBe(303);
    const { html } = await page(answer.headers.get("location")!);
    expect(html).toContain("2 runs are queued again.");
    for (const run of failed) await ended(run, "succeeded");
  });
});

describe("in a browser", () => {
  afterEach(() => desk.leave());

  test("a run comes into the list, counts its words, is stopped, and a dead one is tried again", async () => {
    rows = await desk.begin({ notes: "Fog." }, { notes: "The log." });
    const dead = await askAndFail(rows[1]!);
    const context = await desk.device();
    const tab = await context.newPage();
    await tab.goto(new URL(`/runs/${dead}`, desk.cable.url).href);
    await tab.locator(`#run-detail-${dead}`).waitFor();

    desk.model.behave({ kind: "answer", text: LONG, pauseMs: PAUSE_MS });
    const run = await ask(rows[0]!, "Fog. Ten to four, early.");
    const row = tab.locator(`#run-${run}`);
    await row.waitFor();
    const words = async () =>
      Number.parseInt((await row.locator(".words").textContent()) ?? "", 10);
    await until(async () => (await words()) > 3);
    const before = await words();
    await until(async () => (await words()) > before);
    await tab.locator("#run-count-running", { hasText: "1" }).waitFor();

    // Opened beside the list by the keyboard; the list stays.
    await tab.locator("body").press("ArrowDown");
    await until(() => tab.evaluate(() => document.activeElement?.matches("[data-opens-run]")));
    await tab.locator(`#run-${run}-link`).focus();
    await tab.keyboard.press("ArrowDown");
    expect(await tab.evaluate(() => document.activeElement?.id)).toBe(`run-${dead}-link`);
    await tab.keyboard.press("ArrowUp");
    await tab.keyboard.press("Enter");
    await tab.locator(`#run-detail-${run} .prose.wet`, { hasText: "The fog came" }).waitFor();
    expect(new URL(tab.url()).pathname).toBe(`/runs/${run}`);
    await tab.locator(`#run-${run}-link[aria-current]`).waitFor();
    for (const colorScheme of ["light", "dark"] as const) {
      await tab.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      expect([colorScheme, ...(await violations(tab))]).toEqual([colorScheme]);
    }

    await tab.getByRole("button", { name: "Stop, keep partial" }).click();
    await tab.locator(`#run-${run}[data-state=cancelled]`, { hasText: "Stopped, kept" }).waitFor();
    await tab.locator(`#run-detail-${run} #run-output`, { hasText: "Output" }).waitFor();
    await desk.model.until((requests) => requests.some((request) => request.closedByClient));

    await tab.goBack();
    await tab.locator(`#run-detail-${dead}`).waitFor();
    desk.model.behave({ kind: "answer", text: PROSE });
    await tab.getByRole("button", { name: "Try again" }).click();
    await tab.locator(`#run-${dead}[data-state=succeeded]`).waitFor();
    await tab.locator(`#run-detail-${dead}`, { hasText: PROSE }).waitFor();
    // What had the focus is gone; it is in the same run still.
    await until(() => tab.evaluate(() => document.activeElement?.id === "run-title"));
  });

  test("on a phone the list comes first, and a run is a page of its own", async () => {
    const context = await desk.device({ width: 390 });
    const tab = await context.newPage();
    await tab.goto(new URL("/runs", desk.cable.url).href);
    const link = tab.locator("[data-opens-run]").first();
    await link.waitFor();
    expect(await tab.locator(".run-detail").isVisible()).toBe(false);
    expect(await violations(tab)).toEqual([]);
    await link.click();
    await tab.locator(".run-detail").waitFor();
    // A page whose style is on its way shows all that it has.
    await tab.locator(".runs-table").waitFor({ state: "hidden" });
    expect(await violations(tab)).toEqual([]);
    await tab.locator("a.back").click();
    await link.waitFor();
  });
});

/** The dashboard by its front door: where one stopped, who wrote how much, what happened, and that it hears of it. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Client, eventually, signUp, TOM } from "../../test/support/client.ts";
import { openDocument } from "../../test/support/documents.ts";
import { slow } from "../../test/support/processors.ts";
import { query } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";
import type { ChapterV1 } from "../schemas/types.ts";
import { lastWords } from "./stopped.ts";
import { lastChange, shared } from "./writing.ts";
import { dayLabel, dayOf, zoneIn } from "./zone.ts";

let studio: TestStudio;
let marian: Client;
let tom: Client;
beforeAll(async () => {
  studio = await openTestStudio({
    processors: [slow],
    tuning: { snapshots: { idleMs: 50 } },
  });
  marian = await signUp(studio.url);
  tom = await signUp(studio.url, TOM);
});
afterAll(() => studio?.stop());

/** Other tests may keep the machine busy. In milliseconds. */
const PATIENCE_MS = 40_000;

const page = async (by = marian) => (await by.get<{ text: string }>("/")).body.text;
/** Whether the dashboard says so, without the page in the message of a failure. */
const says = async (words: string, by = marian) =>
  eventually(async () => (await page(by)).includes(words), PATIENCE_MS);

type Row = { account: string; typed: number; accepted: number; passage: string; caret: number };
const written = (): Promise<Row[]> =>
  query(studio.databaseUrl, "select account, typed, accepted, passage, caret from writing");

test("what one typed is counted where it was typed, and the page leads back to it", async () => {
  const writer = await openDocument(marian, marian.chapter);
  writer.write("She was a careful woman, and it gave her hands something to do.");
  await writer.kept();
  await eventually(async () => (await written()).some(({ typed }) => typed === 13), PATIENCE_MS);
  writer.write("She was a careful woman. Today was the ninth day, and it gave her hands work.");
  await writer.kept();
  await eventually(async () => (await written())[0]?.typed === 16, PATIENCE_MS);
  const [row] = await written();
  expect(row).toMatchObject({ account: marian.account, accepted: 0 });
  writer.close();
  await says(`href="/chapters/${marian.chapter}#passage-${row!.passage}"`);
  await says("16</strong> words today");
  await says("16 typed, 0 accepted from takes");
  await says("You wrote 16 words in ");
  expect((await page(tom)).includes("16 typed")).toBe(false);
});

test("a goal for a day is set, shown, and taken away; what is no goal is refused", async () => {
  const set = (words: string) =>
    marian.request("POST", "/dashboard/goal", `words=${words}`, {
      "content-type": "application/x-www-form-urlencoded",
      "hx-request": "true",
    });
  expect((await set("1,000")).status).toBe(200);
  await says("16</strong> of 1,000 today");
  for (const none of ["0", "many", "1e9", "-5"]) expect((await set(none)).status).toBe(422);
  expect((await set("")).status).toBe(200);
  await says("16</strong> words today");
});

test("words that are on their way into the log count for whoever wrote them once they are there", async () => {
  // Appends of what somebody wrote take longer than documents need to rest.
  await query(
    studio.databaseUrl,
    `create function linger() returns trigger language plpgsql as $$ begin
       if exists (select from added where actor <> 'system') then perform pg_sleep(0.3); end if;
       return null; end $$`,
  );
  await query(
    studio.databaseUrl,
    `create trigger linger after insert on document_updates referencing new table as added
     for each statement execute function linger()`,
  );
  const names = Array.from({ length: 6 }, (_, at) => `Chapter ${at + 2}`);
  const chapters = await Promise.all(
    names.map(async (name) => {
      const draft = { type: "chapter", name, parent: marian.book };
      const { id } = (await marian.post<{ id: string }>("/api/buckets", draft)).body;
      const writer = await openDocument(marian, id);
      writer.write("Fog came in.");
      await writer.kept();
      writer.close();
      return id;
    }),
  );
  await query(studio.databaseUrl, "drop trigger linger on document_updates");
  const unread = "select bucket from documents where dirty_since is not null";
  await eventually(async () => (await query(studio.databaseUrl, unread)).length === 0, PATIENCE_MS);
  const typed = await query(
    studio.databaseUrl,
    "select typed from writing where document = any($1) and account = $2",
    [chapters, marian.account],
  );
  expect(typed).toEqual(names.map(() => ({ typed: 3 })));
  await query(studio.databaseUrl, "delete from writing where document = any($1)", [chapters]);
});

test("a book that was copied or begun from the sample is nobody's writing", async () => {
  const before = await written();
  const form = { headers: { "content-type": "application/x-www-form-urlencoded" } };
  await marian.request("POST", "/books", "from=sample", form.headers);
  const unread = "select bucket from documents where dirty_since is not null";
  await eventually(async () => (await query(studio.databaseUrl, unread)).length === 0);
  expect(await written()).toEqual(before);
});

test("a socket that looks hears that something changed, and asks for what its account sees", async () => {
  const live = await marian.live({ view: "dashboard" });
  await marian.post("/api/buckets", { type: "book", name: "Low Water" });
  const frame = await live.until(({ content }) => String(content).includes("dashboard-pulse"));
  expect(frame.type).toBe("event");
  await live.close();
  const changes = (await marian.get<{ text: string }>("/dashboard/changes")).body.text;
  for (const id of ["stopped", "books", "pitches", "week", "running", "activity"])
    expect([id, changes.includes(`hx-target="#${id}"`)]).toEqual([id, true]);
  expect(changes.includes("Low Water")).toBe(true);
});

test("a run is told while it is at work, and Stop ends it", async () => {
  const ask = await marian.ask("The lamp.");
  const { body } = await marian.post<{ id: string }>("/api/runs", {
    processor: "slow",
    blob: ask.id,
    config: { ms: 60_000 },
  });
  await says(`action="/dashboard/runs/${body.id}/cancellation"`);
  const stop = `/dashboard/runs/${body.id}/cancellation`;
  expect((await tom.post(stop, {})).status).toBe(404);
  expect((await marian.request("POST", stop, undefined, { "hx-request": "true" })).status).toBe(
    200,
  );
  await eventually(async () => !(await page()).includes(stop));
});

test("the last change is the end of what differs, in the last passage that does", () => {
  const passage = (id: string, prose: string, notes = "") => ({
    id,
    notes: [{ type: "paragraph", ...(notes ? { content: [{ type: "text", text: notes }] } : {}) }],
    prose: [{ type: "paragraph", content: [{ type: "text", text: prose }] }],
  });
  const chapter = (...passages: ReturnType<typeof passage>[]) =>
    ({ passages, words: { notes: 0, prose: 0 } }) as ChapterV1;
  const before = chapter(passage("a", "The lamp burned."), passage("b", "Fog."));
  const at = (after: ChapterV1) => lastChange(before, after);
  expect(at(before)).toBeUndefined();
  expect(at(chapter(passage("a", "The old lamp burned."), passage("b", "Fog.")))).toEqual({
    passage: "a",
    caret: "The old".length,
  });
  expect(at(chapter(passage("a", "The lamp burned."), passage("b", "Fog.", "More.")))).toEqual({
    passage: "b",
    caret: null,
  });
});

test("what several wrote is shared by how much each did, and no word is lost", () => {
  const authors = [
    { account: "a", bytes: 200 },
    { account: "b", bytes: 100 },
  ];
  expect(shared({ typed: 10, accepted: -4 }, authors)).toEqual([
    { account: "a", typed: 7, accepted: -3 },
    { account: "b", typed: 3, accepted: -1 },
  ]);
});

test("a day is one where its reader is, and the last words begin with a word", () => {
  const late = new Date("2026-11-22T23:30:00Z");
  expect(dayOf(late, zoneIn("Europe/Berlin"))).toBe("2026-11-23");
  expect(dayOf(late, zoneIn("America/New_York"))).toBe("2026-11-22");
  expect(zoneIn("no/such place")).toBe("UTC");
  expect(dayLabel("2026-11-21", "2026-11-22")).toBe("Yesterday");
  expect(dayLabel("2026-11-18", "2026-11-22")).toBe("Wednesday");
  expect(dayLabel("2026-10-02", "2026-11-22")).toBe("2 October");
  const words = lastWords(`${"The horn sounded again. ".repeat(12)}Today was the`);
  expect(words).toMatch(/^…\S.* Today was the$/);
  expect(words.length).toBeLessThan(175);
});

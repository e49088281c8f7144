/** A book's settings and its switch for AI, over HTTP. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Client, signUp, TOM } from "../../test/support/client.ts";
import { query } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";

let studio: TestStudio;
let marian: Client;

beforeAll(async () => {
  studio = await openTestStudio();
  marian = await signUp(studio.url);
});
afterAll(() => studio?.stop());

type Book = { name: string; ai: boolean; revision: number; metadata: Record<string, unknown> };

const book = async () => (await marian.get<Book>(`/api/buckets/${marian.book}`)).body;

async function post(by: Client, path: string, fields: Record<string, string>) {
  return fetch(new URL(path, studio.url), {
    method: "POST",
    redirect: "manual",
    headers: {
      authorization: `Bearer ${by.token}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams(fields).toString(),
  });
}

const save = async (fields: Record<string, string>, by = marian) =>
  post(by, `/books/${marian.book}/settings`, {
    revision: String((await book()).revision),
    title: "The Salt Ledger",
    ...fields,
  });

const pageOf = async (path: string) => (await marian.get<{ text: string }>(path)).body.text;

async function ask(): Promise<Response> {
  const { passages } = (
    await marian.get<{ passages: { id: string }[] }>(`/api/documents/${marian.chapter}`)
  ).body;
  const path = `/chapters/${marian.chapter}/passages/${passages[0]!.id}/asks`;
  return post(marian, path, { notes: "the oil" });
}

test("settings are saved, shown again, and emptied by an empty field", async () => {
  const all = { author: "Marian Oake", language: "en-GB", target: "80,000", ai: "on" };
  const answer = await save({ ...all, intoEmpty: "on", back: `/chapters/${marian.chapter}` });
  expect(answer.status).toBe(303);
  expect(await book()).toMatchObject({
    name: "The Salt Ledger",
    ai: true,
    metadata: { author: "Marian Oake", language: "en-GB", target: 80_000, intoEmpty: true },
  });
  const page = await pageOf(answer.headers.get("location")!);
  expect(page).toContain("Saved.");
  expect(page).toContain('value="Marian Oake"');
  expect(page).toContain(`href="/chapters/${marian.chapter}"`);
  expect((await save({ ai: "on" })).status).toBe(303);
  expect((await book()).metadata).toEqual({});
});

test("what is refused is told beside its field, and a stale form changes nothing", async () => {
  const before = await book();
  const refused = await save({ target: "many", ai: "on" });
  expect(refused.status).toBe(422);
  expect(await refused.text()).toContain("A whole number of words");
  const stale = await save({ revision: "0", title: "Another", ai: "on" });
  expect(stale.status).toBe(412);
  expect(await stale.text()).toContain("Somebody changed this meanwhile");
  expect(await book()).toEqual(before);
});

test("the voice of a book is saved, told where it does not fit, and stays while AI is off", async () => {
  const voice = {
    tense: "past",
    takeWords: "90",
    tone: "dry",
    bannedPhrases: "delve\r\n a testament to \n\ndelve",
  };
  expect(
    (await save({ ...voice, ai: "on", voiceSample: "Winter came.\r\n\r\nIt stayed." })).status,
  ).toBe(303);
  const kept = {
    tense: "past",
    takeWords: 90,
    tone: "dry",
    bannedPhrases: ["delve", "a testament to"],
    voiceSample: "Winter came.\n\nIt stayed.",
  };
  expect((await book()).metadata).toEqual(kept);
  const refused = await save({ ...voice, ai: "on", bannedPhrases: "x".repeat(81) });
  expect(refused.status).toBe(422);
  expect(await refused.text()).toContain("At most 60 phrases");
  const sample = { voiceSample: kept.voiceSample };
  expect((await save({ ...voice, ...sample })).status).toBe(303);
  expect((await save({})).status).toBe(303);
  expect((await book()).metadata).toEqual(kept);
  // Switched on again without what was hidden.
  expect((await save({ ai: "on" })).status).toBe(303);
  expect((await save({ ai: "on" })).status).toBe(303);
  expect((await book()).metadata).toEqual({});
});

test("a way back to another site is no way back", async () => {
  for (const back of ["//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example"])
    expect(
      await pageOf(`/books/${marian.book}/settings?back=${encodeURIComponent(back)}`),
    ).not.toContain("elsewhere");
});

test("with AI off asks are refused, nothing is queued, and the page says so; on again, they go", async () => {
  expect((await save({})).status).toBe(303);
  expect((await book()).ai).toBe(false);
  const refused = await ask();
  expect(refused.status).toBe(409);
  expect(await refused.json()).toMatchObject({ type: "/problems/ai-off" });
  const { status } = await marian.post("/api/blobs", {
    schema: "text-input",
    bucket: marian.chapter,
    content: { text: "the oil" },
  });
  expect(status).toBe(201);
  expect(await query(studio.databaseUrl, "select id from runs")).toEqual([]);
  const page = await pageOf(`/chapters/${marian.chapter}`);
  expect(page).toContain('data-ai="off"');
  expect(page).toContain("AI off");
  expect((await save({ ai: "on" })).status).toBe(303);
  expect((await ask()).status).toBe(201);
  expect(await pageOf(`/chapters/${marian.chapter}`)).not.toContain('data-ai="off"');
});

test("an editor sets the rest and leaves AI as it is; who is no member sees nothing", async () => {
  const tom = await signUp(studio.url, TOM);
  expect((await post(tom, `/books/${marian.book}/settings`, { revision: "1" })).status).toBe(404);
  await query(studio.databaseUrl, "insert into members (root, account, role) values ($1, $2, $3)", [
    marian.book,
    tom.account,
    "editor",
  ]);
  expect((await save({ author: "Tom" }, tom)).status).toBe(303);
  expect(await book()).toMatchObject({ ai: true, metadata: { author: "Tom" } });
  await query(studio.databaseUrl, "update members set role = 'viewer' where account = $1", [
    tom.account,
  ]);
  expect((await save({ author: "Tim" }, tom)).status).toBe(403);
});

/** Expanding what is stale: what is counted, what is asked for, what is left alone. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Client, eventually, signUp } from "../../test/support/client.ts";
import { type ModelServer, startModelServer } from "../../test/support/model-server.ts";
import { query } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";

let studio: TestStudio;
let marian: Client;
let model: ModelServer;

beforeAll(async () => {
  model = await startModelServer();
  studio = await openTestStudio({
    variables: { OPENAI_BASE_URL: model.url, OPENAI_MODEL: "attic-32b" },
  });
  marian = await signUp(studio.url);
});
afterAll(async () => {
  await studio?.stop();
  await model?.stop();
});

const setIntoEmpty = (isOn: boolean) =>
  query(studio.databaseUrl, "update buckets set metadata = $2::jsonb where id = $1", [
    marian.book,
    JSON.stringify({ intoEmpty: isOn }),
  ]);

const edit = async (chapter: string, ...edits: object[]) =>
  (await marian.post<{ passages: string[] }>(`/api/documents/${chapter}/edits`, { edits })).body
    .passages;

/** A chapter with a passage for each way that halves may stand to each other. */
async function newChapter() {
  const draft = { type: "chapter", name: "Oil", parent: marian.book };
  const { id } = (await marian.post<{ id: string }>("/api/buckets", draft)).body;
  const made = await edit(
    id,
    { edit: "insert", place: "end", notes: "to write: the oil" },
    { edit: "insert", place: "end", notes: "fresh" },
    { edit: "insert", place: "end", notes: "changed" },
    { edit: "insert", place: "end", notes: "by hand", prose: "My own words." },
    { edit: "insert", place: "end", prose: "No notes at all." },
  );
  const [toWrite, fresh, changed, byHand] = made as [string, string, string, string];
  await setIntoEmpty(true);
  model.behave({ kind: "answer", text: "Prose." });
  for (const [passage, text] of [
    [fresh, "fresh"],
    [changed, "changed"],
  ]) {
    const content = { text };
    const metadata = { passage };
    await marian.post("/api/blobs", { schema: "text-input", bucket: id, content, metadata });
  }
  await eventually(async () => {
    const landed = await query(
      studio.databaseUrl,
      "select 1 from take_landings where document = $1 and outcome = 'landed'",
      [id],
    );
    return landed.length === 2;
  });
  await setIntoEmpty(false);
  await edit(id, { edit: "replace", passage: changed, notes: "changed since then" });
  return { chapter: id, toWrite, fresh, changed, byHand };
}

async function post(path: string, fields: Record<string, string>, key?: string) {
  const response = await fetch(new URL(path, studio.url), {
    method: "POST",
    headers: {
      authorization: `Bearer ${marian.token}`,
      "content-type": "application/x-www-form-urlencoded",
      ...(key ? { "idempotency-key": key } : {}),
    },
    body: new URLSearchParams(fields).toString(),
  });
  return { status: response.status, text: await response.text() };
}

const asksOf = async (chapter: string) =>
  query<{ passage: string; text: string }>(
    studio.databaseUrl,
    `select metadata->>'passage' as passage, content->>'text' as text from blobs
     where bucket = $1 and schema = 'text-input' order by id`,
    [chapter],
  );

const words = (html: string) => html.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");

test("what is to write or has changed is counted with its cost, by hand is left, then all is asked for once", async () => {
  const { chapter, toWrite, fresh, changed, byHand } = await newChapter();
  const path = `/chapters/${chapter}/stale`;
  const { body } = await marian.get<{ text: string }>(path);
  const told = words(body.text);
  expect(told).toContain("Passages 2 Words of notes 7 Tokens of notes about 9 Price unknown");
  expect(told).toContain("1 passage edited by hand is left as it is.");
  expect(told).toContain("Expand 2 passages");
  const before = await asksOf(chapter);

  const passages = [toWrite, changed, byHand, fresh, Bun.randomUUIDv7()].join(" ");
  model.behave({ kind: "answer", text: "More prose.", pauseMs: 5 });
  const [first, again] = [
    await post(path, { passages }, "all"),
    await post(path, { passages }, "all"),
  ];
  expect(first.status).toBe(201);
  expect(words(first.text)).toContain("Expanding 2 passages.");
  expect(words(first.text)).toContain("1 passage left as it is: edited by hand meanwhile.");
  expect(words(first.text)).toContain("1 passage left as it is: fresh by now.");
  expect(words(first.text)).toContain("1 passage left as it is: removed meanwhile.");
  expect(words(again.text)).toContain("Expanding 2 passages.");
  expect((await asksOf(chapter)).slice(before.length)).toEqual([
    { passage: toWrite, text: "to write: the oil" },
    { passage: changed, text: "changed since then" },
  ]);

  await eventually(async () => {
    const seen = words((await marian.get<{ text: string }>(path)).body.text);
    return seen.includes("Nothing awaits it");
  });
  // Nothing awaits it from the moment it is asked for; its take comes a little later.
  await eventually(async () => {
    const late = words((await post(path, { passages: toWrite })).text);
    return late.includes("1 passage left as it is: with a take that waits for you.");
  });
});

test("with AI off nothing is asked for", async () => {
  const { chapter, toWrite } = await newChapter();
  await query(studio.databaseUrl, "update buckets set ai = false where id = $1", [marian.book]);
  const before = await asksOf(chapter);
  expect((await post(`/chapters/${chapter}/stale`, { passages: toWrite })).status).toBe(409);
  expect(await asksOf(chapter)).toEqual(before);
  await query(studio.databaseUrl, "update buckets set ai = true where id = $1", [marian.book]);
});

test("the switch for pauses is kept with the chapter", async () => {
  const { chapter } = await newChapter();
  const metadata = async () =>
    (await marian.get<{ metadata: object }>(`/api/buckets/${chapter}`)).body.metadata;
  const path = `/chapters/${chapter}/pause`;
  expect((await post(path, { on: "on" })).text).toContain("checked");
  expect(await metadata()).toEqual({ expandOnPause: true });
  expect((await marian.get<{ text: string }>(`/chapters/${chapter}`)).body.text).toMatch(
    /<input[^>]*expand-on-pause[^>]*checked/,
  );
  await post(path, {});
  expect(await metadata()).toEqual({});
});

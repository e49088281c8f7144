/** Summaries of the chapters before: who allows them, when they are made, reused and made again, and where they go. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Client, eventually, signUp, TOM } from "../../test/support/client.ts";
import { query } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";

let studio: TestStudio;
let marian: Client;
let tom: Client;
/** The chapter one writes in, behind the two that are told of. */
let here: string;
let two: string;
beforeAll(async () => {
  studio = await openTestStudio({ tuning: { snapshots: { idleMs: 20 } } });
  marian = await signUp(studio.url);
  tom = await signUp(studio.url, TOM);
  await write(marian.chapter, "The boat came at dawn. Nobody stood on the rock.");
  two = await chapter("Stores");
  await write(two, "Stores ran low. She counted them twice.");
  here = await chapter("The Log");
  await write(here, "", "Hester reads the log.");
  await query(
    studio.databaseUrl,
    "insert into members (root, account, role) values ($1, $2, 'editor')",
    [marian.book, tom.account],
  );
});
afterAll(() => studio?.stop());

const chapter = async (name: string) =>
  (
    await marian.post<{ id: string }>("/api/buckets", {
      type: "chapter",
      name,
      parent: marian.book,
    })
  ).body.id;

async function write(bucket: string, prose: string, notes = "") {
  const edits = [
    { edit: "insert", place: "end", ...(prose && { prose }), ...(notes && { notes }) },
  ];
  const path = `/api/documents/${bucket}`;
  const { status, body } = await marian.post(`${path}/edits`, { edits });
  expect({ status, body }).toMatchObject({ status: 200 });
  const word = (prose || notes).split(" ").at(-1)!;
  await eventually(async () => {
    const { items } = (
      await marian.get<{ items: unknown[] }>(`/api/blobs?schema=chapter&bucket=${bucket}`)
    ).body;
    return JSON.stringify(items).includes(word);
  });
}

async function passageOf(bucket: string): Promise<string> {
  const path = `/api/documents/${bucket}`;
  const { passages } = (await marian.get<{ passages: { id: string }[] }>(path)).body;
  return passages.at(-1)!.id;
}

const drawer = async (by = marian) =>
  (
    await by.get<{ text: string }>(`/chapters/${here}/context?passage=${await passageOf(here)}`)
  ).body.text
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");

async function make(fields: Record<string, string>, by = marian) {
  const answer = await fetch(new URL(`/chapters/${here}/summaries`, studio.url), {
    method: "POST",
    headers: {
      authorization: `Bearer ${by.token}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams(fields).toString(),
  });
  return answer.status;
}

type Summary = { derivedFrom: string; content: { text: string; chapterRevision: number } };
const summaries = async (bucket: string) =>
  (await marian.get<{ items: Summary[] }>(`/api/blobs?schema=chapter-summary&bucket=${bucket}`))
    .body.items;

test("a model reads no chapter before an owner allows it, with the button that makes them", async () => {
  expect(await drawer()).toContain("No summary of chapters 1–2 yet.");
  expect(await drawer()).toContain("Allow, and make all 2");
  expect(await drawer(tom)).toContain("An owner of the book can allow");
  const chapters = `${marian.chapter} ${two}`;
  expect(await make({ chapters }, tom)).toBe(409);
  expect(await make({ chapters, allow: "on" }, tom)).toBe(403);
  expect(await make({ chapters: `${chapters} ${crypto.randomUUID()}`, allow: "on" })).toBe(404);
  expect(await query(studio.databaseUrl, "select id from runs")).toEqual([]);
  expect(await make({ chapters, allow: "on" })).toBe(201);
  await eventually(async () => (await drawer()).includes("The 2 chapters before have a summary."));
  expect(await drawer()).toContain("Chapters 1–2, summaries");
});

test("one stands until its chapter changes; then it is told, and made again of that alone", async () => {
  const [made] = await summaries(marian.chapter);
  const { body: source } = await marian.get<{ revision: number }>(
    `/api/blobs/${made!.derivedFrom}`,
  );
  expect(made!.content).toMatchObject({ chapterRevision: source.revision });
  expect(await make({ chapters: `${marian.chapter} ${two}` }, tom)).toBe(201);
  expect(await query(studio.databaseUrl, "select id from runs")).toHaveLength(2);
  await write(two, "The last tin was gone.");
  expect(await drawer()).toContain("Changed since its summary: chapter 2.");
  expect(await drawer(tom)).toContain("Make it");
  expect(await make({ chapters: `${marian.chapter} ${two}` }, tom)).toBe(201);
  await eventually(async () => (await drawer()).includes("The 2 chapters before have"));
  expect(await summaries(two)).toHaveLength(2);
  expect(await summaries(marian.chapter)).toHaveLength(1);
});

test("they go along with the asks of the chapters behind, in their order", async () => {
  const { body } = await marian.post<{ messages: { content: string }[] }>(
    "/api/processors/text-expansion/preview",
    {
      draft: {
        schema: "text-input",
        bucket: here,
        content: { text: "Hester reads the log." },
        metadata: { passage: await passageOf(here) },
      },
    },
  );
  const [system] = body.messages;
  expect(system!.content).toMatch(
    /<earlier-chapters>\n1[^\n]*: The boat came at dawn\.\n\n2, Stores: .*<\/earlier-chapters>/s,
  );
});

test("with AI off none is made, and one that failed says why with its button", async () => {
  await query(studio.databaseUrl, "update buckets set ai = false where id = $1", [marian.book]);
  await write(two, "She wrote it down.");
  expect(await make({ chapters: two })).toBe(409);
  await query(studio.databaseUrl, "update buckets set ai = true where id = $1", [marian.book]);
  await query(
    studio.databaseUrl,
    "insert into model_settings (id, monthly_limit, updated_by) values ($1, 0, 'test') on conflict (id) do update set monthly_limit = 0",
    [marian.account],
  );
  expect(await make({ chapters: two })).toBe(201);
  await eventually(async () => (await drawer()).includes("Chapter 2: Your budget of $0.00"));
  expect(await drawer()).toContain("Model and budget");
});

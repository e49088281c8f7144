/** Blobs outlive their schemas. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Client, eventually, type Json, signUp } from "../../test/support/client.ts";
import { echo } from "../../test/support/processors.ts";
import { query, rowCounts } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";

const BLOBS = 1_000;

let studio: TestStudio;
let marian: Client;
let folder: string;
/** One with a revision of its own, one whose run still waits. */
let waiting: string;
let run: string;

type Listed = { items: (Json & { id: string; content: Json })[]; next: string | null };

beforeAll(async () => {
  studio = await openTestStudio({ processors: [echo] });
  marian = await signUp(studio.url);
  folder = await made("/api/buckets", { type: "folder", name: "Asks" });
  waiting = await made("/api/blobs", ask("Dusk."));
  await eventually(async () => (await runsOf(waiting))[0]?.status === "succeeded");
  run = Bun.randomUUIDv7();
  await query(
    studio.databaseUrl,
    `insert into runs (id, root, bucket, processor, processor_version, blob, revision, request, config, max_attempts, queued_by, due_at)
     select $1, root, bucket, processor, processor_version, blob, revision, 'again', '{}', 1, 'system', now() + interval '1 hour'
     from runs where blob = $2`,
    [run, waiting],
  );
  await query(
    studio.databaseUrl,
    `insert into blobs (id, root, bucket, schema, schema_version, content, metadata, created_by, updated_by)
     select gen_random_uuid(), $1, $1, 'text-input', 1, jsonb_build_object('text', 'Fog ' || n), '{}', 'system', 'system'
     from generate_series(2, $2::int) n`,
    [folder, BLOBS],
  );
  await query(studio.databaseUrl, "delete from schema_versions where name = 'text-input'");
});
afterAll(() => studio?.stop());

async function made(path: string, body: unknown): Promise<string> {
  const answer = await marian.post<{ id: string }>(path, body);
  expect(answer.status).toBeLessThan(300);
  return answer.body.id;
}

const ask = (text: string) => ({ schema: "text-input-v1", bucket: folder, content: { text } });

const runsOf = async (blob: string) =>
  (await marian.get<{ items: { status: string; error: Json | null }[] }>(`/api/runs?blob=${blob}`))
    .body.items;

async function list(filter: string): Promise<Listed["items"]> {
  const found: Listed["items"] = [];
  for (let cursor = ""; ; ) {
    const { body } = await marian.get<Listed>(`/api/blobs?${filter}&limit=200${cursor}`);
    found.push(...body.items);
    if (body.next === null) return found;
    cursor = `&cursor=${body.next}`;
  }
}

test("a thousand blobs whose schema is gone are listed, found and read, and say so", async () => {
  const all = await list(`bucket=${folder}&schema=text-input`);
  expect(all.length).toBe(BLOBS);
  for (const blob of all)
    expect(blob).toMatchObject({
      schema: "text-input-v1",
      schemaMissing: true,
      content: { text: expect.any(String) },
    });
  expect(await list(`bucket=${folder}&q=fog%20777`)).toHaveLength(1);
  for (const path of ["", "/revisions", "/revisions/1", "/lineage"])
    expect((await marian.get(`/api/blobs/${waiting}${path}`)).status).toBe(200);
  expect((await marian.get(`/api/blobs/${waiting}`)).body).toMatchObject({ schemaMissing: true });
});

test("they can be thrown away and brought back, and say so there too", async () => {
  const [blob] = await list(`bucket=${folder}&q=fog%20500`);
  const trashed = await marian.request("DELETE", `/api/blobs/${blob!.id}`);
  expect(trashed).toMatchObject({ status: 200, body: { schemaMissing: true } });
  const back = await marian.post(`/api/blobs/${blob!.id}/restoration`, null);
  expect(back).toMatchObject({ status: 200, body: { schemaMissing: true } });
});

test("no processor gets them: nothing is queued, and what waited is not begun", async () => {
  const before = await rowCounts(studio.databaseUrl);
  const asked = await marian.post("/api/runs", { processor: "echo", blob: waiting });
  expect(asked).toMatchObject({ status: 409, body: { type: "/problems/schema-missing" } });
  const another = await marian.post("/api/blobs", ask("More."));
  expect(another).toMatchObject({ status: 422, body: { errors: [{ pointer: "/schema" }] } });
  expect(await rowCounts(studio.databaseUrl)).toEqual(before);
  await query(
    studio.databaseUrl,
    "update runs set due_at = now() - interval '1 hour' where id = $1",
    [run],
  );
  const ended = await eventually(async () =>
    (await runsOf(waiting)).find(({ status }) => status === "cancelled"),
  );
  expect(ended).toMatchObject({ error: { type: "schema-gone" } });
  expect((await marian.get(`/api/runs/${run}`)).body).toMatchObject({ output: null });
  const after = await rowCounts(studio.databaseUrl);
  expect([after.blobs, after.runs]).toEqual([before.blobs, before.runs]);
});

test("a deprecated schema is flagged, and no processor gets its blobs either", async () => {
  const source = '{"type":"object"}';
  await query(
    studio.databaseUrl,
    "insert into schema_versions (name, version, source, hash, deprecated_at) values ('text-input', 1, $1, 'again', now())",
    [source],
  );
  const { body: stored } = await marian.post<{ id: string }>("/api/blobs", ask("Again."));
  expect(stored).toMatchObject({ schemaDeprecated: true });
  const { id } = stored;
  expect((await marian.get(`/api/blobs/${id}`)).body).toMatchObject({ schemaDeprecated: true });
  expect(await runsOf(id)).toEqual([]);
  const asked = await marian.post("/api/runs", { processor: "echo", blob: id });
  expect(asked).toMatchObject({ status: 409, body: { type: "/problems/schema-deprecated" } });
});

import { afterAll, beforeAll, expect, test } from "bun:test";
import { makeBucket, namesOf, restoreNow, trashNow, treeOf } from "../../test/support/buckets.ts";
import {
  type Client,
  eventually,
  type Json,
  MARIAN,
  signUp,
  TOM,
} from "../../test/support/client.ts";
import { query } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";
import { defineProcessor, type Processor, RunError } from "../processors/sdk.ts";

let studio: TestStudio;
let marian: Client;
let tom: Client;

beforeAll(async () => {
  studio = await openTestStudio({ processors: [waiting] });
  marian = await signUp(studio.url, MARIAN);
  tom = await signUp(studio.url, TOM);
});
afterAll(() => studio?.stop());

/** Fails at once and then waits for long: its runs are queued. */
const waiting = defineProcessor({
  id: "waiting",
  version: "1.0.0",
  title: "Waiting",
  description: "Is tried again much later.",
  inputs: ["text-input-v1"],
  output: "expanded-text-v1",
  retry: { attempts: 3, backoffMs: 3_600_000 },
  run: async () => {
    throw new RunError("test-failure", "Later.", { retryable: true });
  },
}) as unknown as Processor;

const make = (draft: Json) => makeBucket(marian, draft);

test("a book goes to the trash whole and comes back with its order", async () => {
  const book = await make({ type: "book", name: "book" });
  for (const name of ["one", "two", "three"])
    await make({ type: "chapter", name, parent: book.id });
  const before = await treeOf(marian, book.id);
  const trashed = await trashNow(marian, book.id);
  expect(trashed).toMatchObject({
    status: 200,
    body: { trashedAt: expect.any(String), trashedBy: `account:${marian.account}`, revision: 2 },
  });
  expect((await trashNow(marian, book.id)).body).toEqual(trashed.body);
  const chapter = await marian.get(`/api/buckets/${before.children[0]!.id}`);
  expect(chapter).toMatchObject({
    status: 200,
    body: { trashedAt: expect.any(String), trashedWith: book.id },
  });
  const listed = await marian.get<{ items: unknown[] }>(`/api/buckets?parent=${book.id}`);
  expect(listed.body.items).toEqual([]);
  const inTrash = await marian.get<{ items: unknown[] }>(
    `/api/buckets?parent=${book.id}&trashed=true`,
  );
  expect(inTrash.body.items).toHaveLength(3);
  // In the trash it can still be read.
  expect(namesOf(await treeOf(marian, book.id))).toEqual(namesOf(before));
  expect(await restoreNow(marian, book.id)).toMatchObject({ status: 200, body: { revision: 3 } });
  const after = await treeOf(marian, book.id);
  expect(after.children).toEqual(before.children);
  expect(after).not.toHaveProperty("trashedAt");
});

test("what was in the trash on its own stays there, and says under what it lies", async () => {
  const book = await make({ type: "book", name: "book" });
  const one = await make({ type: "chapter", name: "one", parent: book.id });
  await make({ type: "chapter", name: "two", parent: book.id });
  await trashNow(marian, one.id);
  await trashNow(marian, book.id);
  const refusal = await restoreNow(marian, one.id);
  expect(refusal).toMatchObject({
    status: 409,
    body: {
      type: "/problems/parent-trashed",
      parent: { id: book.id, name: "book", type: "book" },
      detail: expect.stringContaining("“book”"),
    },
  });
  await restoreNow(marian, book.id);
  expect(namesOf(await treeOf(marian, book.id))).toEqual(["book", ["two"]]);
  await restoreNow(marian, one.id);
  expect(namesOf(await treeOf(marian, book.id))).toEqual(["book", ["one"], ["two"]]);
});

test("each is told once, by whom", async () => {
  const book = await make({ type: "book" });
  await make({ type: "chapter", parent: book.id });
  await trashNow(marian, book.id);
  await trashNow(marian, book.id);
  await restoreNow(marian, book.id);
  await restoreNow(marian, book.id);
  const actor = `account:${marian.account}`;
  expect(
    await query(
      studio.databaseUrl,
      "select type, actor, data->'buckets' as buckets from events where subject = $1 order by seq",
      [book.id],
    ),
  ).toEqual([
    { type: "bucket.created", actor, buckets: null },
    { type: "bucket.deleted", actor, buckets: 2 },
    { type: "bucket.restored", actor, buckets: 2 },
  ]);
});

test("runs that wait below it are cancelled and say why", async () => {
  const book = await make({ type: "book" });
  const chapter = await make({ type: "chapter", parent: book.id });
  const ask = { schema: "text-input", bucket: chapter.id, content: { text: "Fog." } };
  const { body: blob } = await marian.post("/api/blobs", ask);
  const runs = () =>
    marian.get<{ items: Json[] }>(`/api/runs?blob=${blob.id}`).then(({ body }) => body.items);
  await eventually(async () => {
    const [run] = await runs();
    return run?.status === "queued" && run.attempt === 1;
  });
  await trashNow(marian, book.id);
  expect(await runs()).toMatchObject([{ status: "cancelled", error: { type: "trashed" } }]);
});

test("an editor trashes what is in a book, its owner alone the book", async () => {
  const book = await make({ type: "book" });
  const chapter = await make({ type: "chapter", parent: book.id });
  expect((await trashNow(tom, chapter.id)).status).toBe(404);
  expect((await restoreNow(tom, chapter.id)).status).toBe(404);
  const as = (role: string) =>
    marian.request("PUT", `/api/buckets/${book.id}/members/${tom.account}`, { role });
  await as("commenter");
  expect((await trashNow(tom, chapter.id)).status).toBe(403);
  await as("editor");
  expect((await trashNow(tom, book.id)).status).toBe(403);
  expect((await trashNow(tom, chapter.id)).status).toBe(200);
  expect((await restoreNow(tom, chapter.id)).status).toBe(200);
});

test("If-Match is honoured where it is sent", async () => {
  const book = await make({ type: "book" });
  const remove = (ifMatch: string) =>
    marian.request("DELETE", `/api/buckets/${book.id}`, undefined, { "if-match": ifMatch });
  expect(await remove('"2"')).toMatchObject({ status: 412, body: { revision: 1 } });
  expect((await remove('"1"')).status).toBe(200);
});

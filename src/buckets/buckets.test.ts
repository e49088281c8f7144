import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  type Answer,
  type Client,
  type Json,
  MARIAN,
  signUp,
  TOM,
} from "../../test/support/client.ts";
import { query, rowCounts } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";
import { MAX_DEPTH } from "./place.ts";

let studio: TestStudio;
let marian: Client;
let tom: Client;

beforeAll(async () => {
  studio = await openTestStudio({ processors: [] });
  marian = await signUp(studio.url, MARIAN);
  tom = await signUp(studio.url, TOM);
});
afterAll(() => studio?.stop());

type Made = Json & { id: string; position: string };

async function make(draft: Json): Promise<Made> {
  const { status, body } = await marian.post<Made>("/api/buckets", { name: "A bucket", ...draft });
  expect({ status, body }).toMatchObject({ status: 201 });
  return body;
}

async function refused(answer: () => Promise<Answer>): Promise<Answer> {
  const before = await rowCounts(studio.databaseUrl);
  const refusal = await answer();
  expect(await rowCounts(studio.databaseUrl)).toEqual(before);
  expect(refusal.headers.get("content-type")).toBe("application/problem+json");
  return refusal;
}

test("a bucket without a parent is a root, and its maker the owner", async () => {
  const book = await make({ type: "book", name: "The Light", metadata: { language: "en" } });
  expect(book).toMatchObject({
    type: "book",
    name: "The Light",
    schema: "bucket-book-v3",
    root: book.id,
    parent: null,
    revision: 1,
    ai: true,
    metadata: { language: "en" },
    createdBy: `account:${marian.account}`,
  });
  const read = await marian.get(`/api/buckets/${book.id}`);
  expect(read).toMatchObject({ status: 200, body: book });
  expect(read.headers.get("etag")).toBe('"1"');
  const [member] = await query(studio.databaseUrl, "select * from members where root = $1", [
    book.id,
  ]);
  expect(member).toMatchObject({ account: marian.account, role: "owner" });
});

test("a child lies under its parent's root, behind its siblings unless it says where", async () => {
  const book = await make({ type: "book" });
  const first = await make({ type: "chapter", parent: book.id });
  const second = await make({ type: "chapter", parent: book.id });
  const placed = await make({ type: "chapter", parent: book.id, position: "a5" });
  expect(first).toMatchObject({ root: book.id, parent: book.id });
  expect(first.position < second.position).toBe(true);
  expect(placed.position).toBe("a5");
  expect(first).not.toHaveProperty("ai");
});

test("making a bucket is told once, with what it is", async () => {
  const book = await make({ type: "book", name: "Told" });
  const events = await query(studio.databaseUrl, "select * from events where subject = $1", [
    book.id,
  ]);
  expect(events).toMatchObject([
    { type: "bucket.created", root: book.id, actor: `account:${marian.account}` },
  ]);
});

test("whoever makes a root hears of what happens in it at once", async () => {
  const live = await marian.live({ types: "blob.>" });
  const folder = await make({ type: "folder" });
  await marian.post("/api/blobs", {
    schema: "text-input",
    bucket: folder.id,
    content: { text: "Heard?" },
  });
  await live.until(
    ({ event }) => (event as Json | undefined)?.type === "blob.created.text-input-v1",
  );
  await live.close();
});

test("a bucket that its parent's type does not allow, or of no type, is 422 and stores nothing", async () => {
  const book = await make({ type: "book" });
  const chapter = await make({ type: "chapter", parent: book.id });
  const drafts: [Json, string][] = [
    [{ type: "book", parent: book.id }, "/type"],
    [{ type: "folder", parent: chapter.id }, "/type"],
    [{ type: "shelf" }, "/type"],
    [{ type: "book-v1" }, "/type"],
    [{ type: "Book" }, "/type"],
    [{ type: "" }, "/type"],
    [{ type: "text-input" }, "/type"],
    [{ type: "book", metadata: { colour: "red" } }, "/metadata/colour"],
    [{ type: "book", metadata: { author: 1 } }, "/metadata/author"],
    [{ type: "book", metadata: [] }, "/metadata"],
    [{ type: "book", name: 1 }, "/name"],
    [{ type: "book", name: "x".repeat(501) }, "/name"],
    [{ type: "book", name: "a\u0000" }, "/name"],
    [{ type: "book", position: "A" }, "/position"],
    [{ type: "book", position: "a0" }, "/position"],
    [{ type: "book", role: "owner" }, "/role"],
  ];
  for (const [draft, pointer] of drafts) {
    const answer = await refused(() => marian.post("/api/buckets", { name: "x", ...draft }));
    expect({ draft, ...answer.body }).toMatchObject({ draft, status: 422, errors: [{ pointer }] });
  }
});

test("a folder holds anything", async () => {
  const folder = await make({ type: "folder" });
  for (const type of ["folder", "book", "chapter"])
    expect(await make({ type, parent: folder.id })).toMatchObject({ root: folder.id });
});

test("a new type is usable as soon as its schema is registered", async () => {
  await query(
    studio.databaseUrl,
    "insert into schema_versions (name, version, source, hash) values ('bucket-shelf', 1, $1, 'shelf')",
    [JSON.stringify({ type: "object", "x-reyna": { childTypes: ["book"] } })],
  );
  const shelf = await make({ type: "shelf", metadata: { any: 1 } });
  expect(await make({ type: "book", parent: shelf.id })).toMatchObject({ root: shelf.id });
  const folder = { type: "folder", name: "x", parent: shelf.id };
  expect((await refused(() => marian.post("/api/buckets", folder))).status).toBe(422);
});

test("a tree has a deepest place", async () => {
  let parent = (await make({ type: "folder" })).id;
  for (let depth = 1; depth < MAX_DEPTH; depth++)
    parent = (await make({ type: "folder", parent })).id;
  const draft = { type: "folder", name: "too deep", parent };
  expect((await refused(() => marian.post("/api/buckets", draft))).body).toMatchObject({
    status: 422,
    errors: [{ pointer: "/parent", rule: "depth" }],
  });
});

test("a parent of another account, or none, is 404; one that may only be read is 403", async () => {
  const folder = await make({ type: "folder" });
  const draft = { type: "folder", name: "Tom's", parent: folder.id };
  expect((await refused(() => tom.post("/api/buckets", draft))).status).toBe(404);
  for (const parent of ["x", Bun.randomUUIDv7()])
    expect((await refused(() => marian.post("/api/buckets", { ...draft, parent }))).status).toBe(
      404,
    );
  for (const [role, status] of Object.entries({ viewer: 403, commenter: 403, editor: 201 })) {
    await query(
      studio.databaseUrl,
      "insert into members (root, account, role) values ($1, $2, $3) on conflict (root, account) do update set role = excluded.role",
      [folder.id, tom.account, role],
    );
    expect((await tom.post("/api/buckets", draft)).status).toBe(status);
    // What is not right about it does not matter where nothing may be made.
    if (status === 403)
      expect((await tom.post("/api/buckets", { ...draft, type: "shelves" })).status).toBe(403);
  }
});

test("a bucket in the trash takes nothing", async () => {
  const folder = await make({ type: "folder" });
  await query(studio.databaseUrl, "update buckets set trashed_at = now() where id = $1", [
    folder.id,
  ]);
  const child = { type: "folder", name: "x", parent: folder.id };
  const blob = { schema: "text-input", bucket: folder.id, content: { text: "x" } };
  expect((await refused(() => marian.post("/api/buckets", child))).status).toBe(409);
  expect((await refused(() => marian.post("/api/blobs", blob))).status).toBe(409);
  const trashed = await marian.get(`/api/buckets/${folder.id}`);
  expect(trashed).toMatchObject({ status: 200, body: { trashedAt: expect.any(String) } });
});

type List = { items: Made[]; next: string | null };

test("buckets are listed by parent and type, newest first, a page at a time", async () => {
  const folder = await make({ type: "folder" });
  const books: string[] = [];
  for (let i = 0; i < 3; i++) books.unshift((await make({ type: "book", parent: folder.id })).id);
  const inner = await make({ type: "folder", parent: folder.id });
  const list = (filter: string) => marian.get<List>(`/api/buckets?parent=${folder.id}${filter}`);
  const all = await list("");
  expect(all.body.items.map(({ id }) => id)).toEqual([inner.id, ...books]);
  const first = await list("&type=book&limit=2");
  expect(first.body).toMatchObject({
    items: [{ id: books[0]! }, { id: books[1]! }],
    next: books[1]!,
  });
  await make({ type: "book", parent: folder.id });
  const second = await list(`&type=book&limit=2&cursor=${first.body.next}`);
  expect(second.body).toMatchObject({ items: [{ id: books[2]! }], next: null });
  const toms = await tom.get<List>("/api/buckets?limit=200");
  expect(toms.body.items.map(({ id }) => id)).not.toContain(folder.id);
  expect((await tom.get(`/api/buckets?parent=${folder.id}`)).status).toBe(404);
  expect((await marian.get<List>("/api/buckets?type=no-such")).body.items).toEqual([]);
  expect((await marian.get("/api/buckets?type=%00")).status).toBe(422);
});

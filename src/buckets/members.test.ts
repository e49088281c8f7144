import { afterAll, beforeAll, expect, test } from "bun:test";
import { makeBucket } from "../../test/support/buckets.ts";
import { type Client, type Json, MARIAN, signUp, TOM } from "../../test/support/client.ts";
import { query } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";

let studio: TestStudio;
let marian: Client;
let tom: Client;

beforeAll(async () => {
  studio = await openTestStudio({ processors: [] });
  marian = await signUp(studio.url, MARIAN);
  tom = await signUp(studio.url, TOM);
});
afterAll(() => studio?.stop());

const path = (root: string, account = "") => `/api/buckets/${root}/members/${account}`;
const put = (client: Client, root: string, account: string, role: unknown) =>
  client.request("PUT", path(root, account), { role });
const remove = (client: Client, root: string, account: string) =>
  client.request("DELETE", path(root, account));

test("a member sees what lies below the root from the moment of the role to its end", async () => {
  const book = await makeBucket(marian, { type: "book" });
  const live = await tom.live({ types: "bucket.>" });
  const seen = async () => (await tom.get(`/api/buckets/${book.id}`)).status;
  expect(await seen()).toBe(404);
  expect(await put(marian, book.id, tom.account, "viewer")).toMatchObject({
    status: 201,
    body: { account: tom.account, role: "viewer" },
  });
  await live.until(({ event }) => (event as Json | undefined)?.type === "bucket.member_added");
  expect(await seen()).toBe(200);
  const members = await tom.get(`/api/buckets/${book.id}/members`);
  expect(members.body).toMatchObject({
    items: [
      { account: marian.account, role: "owner" },
      { account: tom.account, role: "viewer" },
    ],
  });
  expect((await tom.get(path(book.id, marian.account))).body).toMatchObject({ role: "owner" });
  expect((await put(marian, book.id, tom.account, "editor")).status).toBe(200);
  expect((await remove(marian, book.id, tom.account)).status).toBe(204);
  expect(await seen()).toBe(404);
  await live.close();
  const told = await query(
    studio.databaseUrl,
    "select type, actor, data->>'role' as role, data->>'before' as before from events where subject = $1 and type like '%member%' order by seq",
    [book.id],
  );
  const actor = `account:${marian.account}`;
  expect(told).toEqual([
    { type: "bucket.member_added", actor, role: "viewer", before: null },
    { type: "bucket.member_added", actor, role: "editor", before: "viewer" },
    { type: "bucket.member_removed", actor, role: "editor", before: null },
  ]);
});

test("there is always an owner, also when two leave at the same moment", async () => {
  const book = await makeBucket(marian, { type: "book" });
  expect(await remove(marian, book.id, marian.account)).toMatchObject({
    status: 409,
    body: { type: "/problems/last-owner" },
  });
  expect((await put(marian, book.id, marian.account, "editor")).status).toBe(409);
  await put(marian, book.id, tom.account, "owner");
  const answers = await Promise.all([
    remove(marian, book.id, marian.account),
    remove(tom, book.id, tom.account),
  ]);
  expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
});

test("only owners give roles; everybody may leave", async () => {
  const book = await makeBucket(marian, { type: "book" });
  expect((await put(tom, book.id, tom.account, "owner")).status).toBe(404);
  await put(marian, book.id, tom.account, "editor");
  expect((await put(tom, book.id, tom.account, "owner")).status).toBe(403);
  expect((await remove(tom, book.id, marian.account)).status).toBe(403);
  expect((await remove(tom, book.id, tom.account)).status).toBe(204);
  expect((await remove(tom, book.id, tom.account)).status).toBe(404);
});

test("roles are a root's, and of accounts and names that there are", async () => {
  const book = await makeBucket(marian, { type: "book" });
  const chapter = await makeBucket(marian, { type: "chapter", parent: book.id });
  expect(await put(marian, chapter.id, tom.account, "viewer")).toMatchObject({
    status: 409,
    body: { type: "/problems/not-root", detail: expect.stringContaining(book.id) },
  });
  expect((await marian.get(path(chapter.id, marian.account))).status).toBe(409);
  for (const account of ["x", Bun.randomUUIDv7()]) {
    expect((await put(marian, book.id, account, "viewer")).status).toBe(404);
    expect((await marian.get(path(book.id, account))).status).toBe(404);
  }
  for (const role of ["admin", null, undefined])
    expect((await put(marian, book.id, tom.account, role)).status).toBe(422);
});

import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  changeNow,
  type MadeBucket,
  makeBucket,
  namesOf,
  trashNow,
  treeOf,
} from "../../test/support/buckets.ts";
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
import { MAX_CHILDREN, MAX_DEPTH } from "./place.ts";

let studio: TestStudio;
let marian: Client;
let tom: Client;

beforeAll(async () => {
  studio = await openTestStudio({ processors: [] });
  marian = await signUp(studio.url, MARIAN);
  tom = await signUp(studio.url, TOM);
});
afterAll(() => studio?.stop());

const make = (draft: Json) => makeBucket(marian, draft);
const change = (id: string, body: Json) => changeNow(marian, id, body);
const patch = (client: Client, id: string, body: unknown, ifMatch?: string) =>
  client.request("PATCH", `/api/buckets/${id}`, body, ifMatch ? { "if-match": ifMatch } : {});
const putMember = (id: string, account: string, role: string) =>
  marian.request("PUT", `/api/buckets/${id}/members/${account}`, { role });

async function refused(answer: () => Promise<Answer>): Promise<Answer> {
  const before = await rowCounts(studio.databaseUrl);
  const refusal = await answer();
  expect(await rowCounts(studio.databaseUrl)).toEqual(before);
  return refusal;
}

const eventsOf = (id: string) =>
  query<{ type: string; data: Json; actor: string; path: string[] }>(
    studio.databaseUrl,
    "select type, data, actor, path from events where subject = $1 order by seq",
    [id],
  );

test("a bucket is renamed, its metadata patched, and both are told once", async () => {
  const book = await make({ type: "book", name: "Old", metadata: { author: "M. Oake" } });
  const body = { name: "New", metadata: { author: null, language: "en" } };
  const renamed = await patch(marian, book.id, body, '"1"');
  expect(renamed).toMatchObject({
    status: 200,
    body: { name: "New", metadata: { language: "en" }, revision: 2 },
  });
  expect(renamed.headers.get("etag")).toBe('"2"');
  expect((await marian.get(`/api/buckets/${book.id}`)).body).toMatchObject(renamed.body);
  expect((await eventsOf(book.id)).slice(1)).toMatchObject([
    {
      type: "bucket.updated",
      actor: `account:${marian.account}`,
      data: { name: "New", revision: 2, changed: ["name", "metadata"] },
    },
  ]);
});

test("a change that changes nothing is none", async () => {
  const book = await make({ type: "book", name: "Same" });
  for (const body of [{}, { name: "Same" }, { metadata: {} }, { parent: null }, { ai: true }])
    expect(await change(book.id, body)).toMatchObject({ status: 200, body: { revision: 1 } });
  expect(await eventsOf(book.id)).toHaveLength(1);
});

test("metadata is held to the newest version of its type and carried forward to it", async () => {
  const sources = [
    { type: "object", properties: { a: { type: "string" } }, additionalProperties: false },
    { type: "object", properties: { a: { type: "string" }, b: { type: "integer" } } },
  ];
  const register = (version: number, source: object) =>
    query(
      studio.databaseUrl,
      "insert into schema_versions (name, version, source, hash) values ('bucket-drawer', $1, $2, $3)",
      [version, JSON.stringify(source), `drawer ${version}`],
    );
  await register(1, sources[0]!);
  const drawer = await make({ type: "drawer", metadata: { a: "x" } });
  expect(drawer).toMatchObject({ schema: "bucket-drawer-v1" });
  expect((await refused(() => change(drawer.id, { metadata: { b: 1 } }))).status).toBe(422);
  await register(2, {
    ...sources[1],
    properties: { ...sources[1]!.properties, a: { const: "y" } },
  });
  // Metadata that the newest version refuses stays under its own as long as nobody changes it.
  expect((await change(drawer.id, { name: "x" })).body).toMatchObject({
    schema: "bucket-drawer-v1",
  });
  expect((await refused(() => change(drawer.id, { metadata: { b: 1 } }))).body).toMatchObject({
    status: 422,
    errors: [{ pointer: "/metadata/a" }],
  });
  const carried = await change(drawer.id, { metadata: { a: "y", b: 1 } });
  expect(carried.body).toMatchObject({ schema: "bucket-drawer-v2", metadata: { a: "y", b: 1 } });
});

test("only an owner says whether AI is on, and of a root only", async () => {
  const book = await make({ type: "book" });
  const chapter = await make({ type: "chapter", parent: book.id });
  await putMember(book.id, tom.account, "editor");
  expect((await refused(() => patch(tom, book.id, { ai: false }))).status).toBe(403);
  expect((await changeNow(tom, book.id, { name: "Tom was here" })).status).toBe(200);
  expect((await change(book.id, { ai: false })).body).toMatchObject({ ai: false });
  expect((await refused(() => change(chapter.id, { ai: false }))).body).toMatchObject({
    status: 422,
    errors: [{ pointer: "/ai" }],
  });
});

test("what is refused is refused in order: 404, 403, 428, 412, 409, 422", async () => {
  const folder = await make({ type: "folder" });
  const inner = await make({ type: "folder", parent: folder.id });
  const wrong = { name: 1, parent: Bun.randomUUIDv7() };
  const status = async (answer: Promise<Answer>) => (await refused(() => answer)).status;
  expect(await status(patch(tom, folder.id, wrong))).toBe(404);
  expect(await status(patch(marian, "x", wrong))).toBe(404);
  await putMember(folder.id, tom.account, "viewer");
  expect(await status(patch(tom, folder.id, wrong))).toBe(403);
  expect(await status(patch(marian, inner.id, wrong))).toBe(428);
  const stale = await refused(() => patch(marian, inner.id, wrong, '"7"'));
  expect(stale).toMatchObject({ status: 412, body: { revision: 1 } });
  expect(stale.headers.get("etag")).toBe('"1"');
  expect(await status(patch(marian, inner.id, wrong, '"1"'))).toBe(422);
  await trashNow(marian, inner.id);
  expect(await status(patch(marian, inner.id, wrong, '"2"'))).toBe(409);
});

test("two writers with the same revision: one change is made, the other is told the revision", async () => {
  const book = await make({ type: "book" });
  const names = ["a", "b", "c", "d"];
  const answers = await Promise.all(names.map((name) => patch(marian, book.id, { name }, '"1"')));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
});

test("children are placed before, behind, at a position, and keep that order", async () => {
  const book = await make({ type: "book", name: "book" });
  const ids: Record<string, string> = {};
  for (const name of ["a", "b", "c"])
    ids[name] = (await make({ type: "chapter", name, parent: book.id })).id;
  const d = await make({ type: "chapter", name: "d", parent: book.id, before: ids.b });
  const order = async () =>
    (await treeOf(marian, book.id)).children.map(({ name }) => name).join("");
  expect(await order()).toBe("adbc");
  await change(ids.a!, { after: ids.c });
  expect(await order()).toBe("dbca");
  await change(ids.a!, { before: d.id });
  expect(await order()).toBe("adbc");
  await change(ids.c!, { position: "01" });
  expect(await order()).toBe("cadb");
  for (const body of [{ before: book.id }, { after: "x" }, { before: ids.a }])
    expect((await refused(() => change(ids.a!, body))).status).toBe(422);
  const [event] = (await eventsOf(ids.a!)).slice(-1);
  expect(event).toMatchObject({ type: "bucket.moved", data: { from: { parent: book.id } } });
});

test("between siblings that share a position, or have no room left, one still lands in between", async () => {
  const book = await make({ type: "book", name: "book" });
  const made: MadeBucket[] = [];
  for (const name of ["a", "b", "c"])
    made.push(await make({ type: "chapter", name, parent: book.id, position: "i" }));
  await make({ type: "chapter", name: "x", parent: book.id, after: made[0]!.id });
  const long = `1${"0".repeat(150)}1`;
  await make({ type: "chapter", name: "1", parent: book.id, position: "1" });
  await make({ type: "chapter", name: "3", parent: book.id, position: long });
  const [one] = (await treeOf(marian, book.id)).children;
  const two = await make({ type: "chapter", name: "2", parent: book.id, after: one!.id });
  expect(two.position.length).toBeLessThan(10);
  expect(
    namesOf(await treeOf(marian, book.id))
      .flat()
      .join(""),
  ).toBe("book123axbc");
});

test("a move takes the whole subtree along, and is heard where it leaves and where it enters", async () => {
  const folder = await make({ type: "folder", name: "top" });
  const from = await make({ type: "folder", name: "from", parent: folder.id });
  const to = await make({ type: "folder", name: "to", parent: folder.id });
  const book = await make({ type: "book", name: "book", parent: from.id });
  const chapter = await make({ type: "chapter", name: "chapter", parent: book.id });
  expect(await change(book.id, { parent: to.id })).toMatchObject({
    status: 200,
    body: { parent: to.id, root: folder.id },
  });
  expect(namesOf(await treeOf(marian, folder.id))).toEqual([
    "top",
    ["from"],
    ["to", ["book", ["chapter"]]],
  ]);
  const [row] = await query<{ path: string[] }>(
    studio.databaseUrl,
    "select path from buckets where id = $1",
    [chapter.id],
  );
  expect(row!.path).toEqual([folder.id, to.id, book.id, chapter.id]);
  const moved = (await eventsOf(book.id)).at(-1)!;
  expect(moved.path).toEqual([folder.id, from.id, to.id, book.id]);
});

test("no move leaves its root, lies in itself, or goes where it does not belong", async () => {
  const top = await make({ type: "folder" });
  const inner = await make({ type: "folder", parent: top.id });
  const deep = await make({ type: "folder", parent: inner.id });
  const other = await make({ type: "folder" });
  const toms = await makeBucket(tom, { type: "folder" });
  const problem = async (id: string, body: Json) => {
    const answer = await refused(() => change(id, body));
    return [answer.status, String(answer.body.type).replace("/problems/", "")];
  };
  expect(await problem(inner.id, { parent: other.id })).toEqual([409, "other-root"]);
  expect(await problem(inner.id, { parent: null })).toEqual([409, "other-root"]);
  expect(await problem(top.id, { parent: other.id })).toEqual([409, "other-root"]);
  expect(await problem(inner.id, { parent: inner.id })).toEqual([409, "circle"]);
  expect(await problem(inner.id, { parent: deep.id })).toEqual([409, "circle"]);
  expect(await problem(inner.id, { parent: toms.id })).toEqual([404, "not-found"]);
  const book = await make({ type: "book", parent: top.id });
  const chapter = await make({ type: "chapter", parent: book.id });
  expect(await problem(inner.id, { parent: chapter.id })).toEqual([422, "invalid"]);
  await trashNow(marian, deep.id);
  expect(await problem(book.id, { parent: deep.id })).toEqual([409, "trashed"]);
});

test("a move respects how deep and how broad a tree may be", async () => {
  const top = await make({ type: "folder" });
  let deepest = top.id;
  for (let depth = 2; depth < MAX_DEPTH; depth++)
    deepest = (await make({ type: "folder", parent: deepest })).id;
  const pair = await make({ type: "folder", parent: top.id });
  await make({ type: "folder", parent: pair.id });
  const tooDeep = await refused(() => change(pair.id, { parent: deepest }));
  expect(tooDeep.body).toMatchObject({ status: 422, errors: [{ rule: "depth" }] });
  const broad = await make({ type: "folder", parent: top.id });
  await query(
    studio.databaseUrl,
    `insert into buckets (id, root, parent, path, type, type_version, name, position, metadata, created_by)
     select i.id, $1, $2, array[$1, $2, i.id]::uuid[], 'folder', 1, 'x', 'i', '{}', 'system'
     from (select gen_random_uuid() as id from generate_series(1, $3::int)) i`,
    [top.id, broad.id, MAX_CHILDREN],
  );
  const draft = { type: "folder", name: "x", parent: broad.id };
  for (const answer of [
    () => change(pair.id, { parent: broad.id }),
    () => marian.post("/api/buckets", draft),
  ])
    expect((await refused(answer)).body).toMatchObject({
      status: 422,
      errors: [{ pointer: "/parent", rule: "breadth" }],
    });
});

test("a tree is read to the depth that is asked for", async () => {
  const top = await make({ type: "folder", name: "top" });
  const inner = await make({ type: "folder", name: "inner", parent: top.id });
  await make({ type: "folder", name: "deep", parent: inner.id });
  expect(namesOf(await treeOf(marian, top.id, "?depth=0"))).toEqual(["top"]);
  expect(namesOf(await treeOf(marian, top.id, "?depth=1"))).toEqual(["top", ["inner"]]);
  expect(namesOf(await treeOf(marian, inner.id))).toEqual(["inner", ["deep"]]);
  for (const depth of ["", "-1", "1.5", "x", "33"])
    expect((await marian.get(`/api/buckets/${top.id}/tree?depth=${depth}`)).status).toBe(422);
  expect((await tom.get(`/api/buckets/${top.id}/tree?depth=x`)).status).toBe(404);
});

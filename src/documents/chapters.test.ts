/** The outline's own routes and what its pages hear, by the front door. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { makeBucket, namesOf, treeOf } from "../../test/support/buckets.ts";
import {
  type Client,
  eventually,
  type Json,
  MARIAN,
  signUp,
  TOM,
} from "../../test/support/client.ts";
import { openDocument } from "../../test/support/documents.ts";
import { query } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";
import { setAttributes } from "./model/commands.ts";
import { readRows } from "./model/rows.ts";

let studio: TestStudio;
let marian: Client;
let tom: Client;

beforeAll(async () => {
  const snapshots = { idleMs: 50, everyMs: 200 };
  studio = await openTestStudio({ processors: [], tuning: { snapshots } });
  marian = await signUp(studio.url, MARIAN);
  tom = await signUp(studio.url, TOM);
});
afterAll(() => studio?.stop());

/** A form of the outline, as htmx sends it from the page of a chapter. */
async function send(
  method: string,
  path: string,
  fields: Record<string, string> = {},
  { as = marian, on = "", key }: { as?: Client; on?: string; key?: string } = {},
) {
  const answer = await fetch(new URL(path, studio.url), {
    method,
    headers: {
      authorization: `Bearer ${as.token}`,
      "content-type": "application/x-www-form-urlencoded",
      "hx-current-url": new URL(`/chapters/${on}`, studio.url).href,
      ...(key ? { "idempotency-key": key } : {}),
    },
    body: method === "GET" ? undefined : new URLSearchParams(fields),
  });
  return { status: answer.status, html: await answer.text() };
}

async function page(id: string, as = marian): Promise<{ status: number; html: string }> {
  const answer = await fetch(new URL(`/chapters/${id}`, studio.url), {
    headers: { authorization: `Bearer ${as.token}`, accept: "text/html" },
  });
  return { status: answer.status, html: await answer.text() };
}

async function newBook(...names: string[]) {
  const book = await makeBucket(marian, { type: "book", name: "The Salt Ledger" });
  const chapters: string[] = [];
  for (const name of names)
    chapters.push((await makeBucket(marian, { type: "chapter", name, parent: book.id })).id);
  return { book: book.id, chapters };
}

const orderIn = async (book: string) =>
  namesOf(await treeOf(marian, book))
    .slice(1)
    .flat();

/** The titles in the outline, as the page or the fragment has them. */
const titlesIn = (html: string) =>
  [...html.matchAll(/<span class="title">([^<]*)<\/span>/g)].map(([, title]) => title);

test("a chapter is added at the end or right after another, once for each key, and its name asked for", async () => {
  const { book, chapters } = await newBook("one", "two");
  const on = chapters[0]!;
  const end = await send("POST", "/chapters", { book, name: "three" }, { on });
  expect(end).toMatchObject({ status: 201 });
  expect(titlesIn(end.html)).toEqual(["one", "two", "three"]);
  expect(end.html).toMatch(/data-rename-now="[0-9a-f-]{36}"/);
  for (let i = 0; i < 2; i++)
    await send("POST", "/chapters", { after: on }, { on, key: "after one" });
  expect(await orderIn(book)).toEqual(["one", "", "two", "three"]);
});

test("a chapter is renamed, has a status and a target, and loses them again", async () => {
  const { chapters } = await newBook("one");
  const [id] = chapters as [string];
  const path = `/chapters/${id}`;
  const shown = (await send("PATCH", path, { name: "  The Fog Signal " }, { on: id })).html;
  expect(titlesIn(shown)).toEqual(["The Fog Signal"]);
  await send("PATCH", path, { status: "revised" });
  await send("PATCH", path, { target: "3000" });
  expect((await marian.get(`/api/buckets/${id}`)).body).toMatchObject({
    name: "The Fog Signal",
    schema: "bucket-chapter-v2",
    metadata: { status: "revised", target: 3000 },
  });
  expect((await page(id)).html).toContain("of 3,000");
  await send("PATCH", path, { status: "", target: "" });
  expect((await marian.get(`/api/buckets/${id}`)).body.metadata).toEqual({});
  const wrong = { status: "good", target: "0", after: "x" };
  for (const [name, value] of Object.entries(wrong))
    expect((await send("PATCH", path, { [name]: value })).status).toBe(422);
});

test("a moved chapter is where it was put, and its answer says how to take that back", async () => {
  const { book, chapters } = await newBook("one", "two", "three");
  const [one, two, three] = chapters as [string, string, string];
  const moved = await send("PATCH", `/chapters/${three}`, { before: one }, { on: two });
  expect(titlesIn(moved.html)).toEqual(["three", "one", "two"]);
  expect(moved.html).toContain("Moved “three”.");
  expect(moved.html).toContain(`name="after" value="${two}"`);
  await send("PATCH", `/chapters/${three}`, { after: two });
  expect(await orderIn(book)).toEqual(["one", "two", "three"]);
  const nowhere = await send("PATCH", `/chapters/${three}`, { after: two });
  expect(nowhere.html).not.toContain("Moved");
});

test("chapters in folders are parts, numbered through, and one moves from part to part", async () => {
  const { book, chapters } = await newBook("prologue");
  const part = await makeBucket(marian, { type: "folder", name: "One, The Rock", parent: book });
  const draft = { type: "chapter", name: "The Relief Boat", parent: part.id };
  const boat = await makeBucket(marian, draft);
  const [prologue] = chapters as [string];
  const { html } = await page(prologue);
  expect(html).toContain(`<h3 data-part="${part.id}">One, The Rock</h3>`);
  expect(html).toMatch(/<span class="number">2<\/span><span class="title">The Relief Boat/);
  await send("PATCH", `/chapters/${prologue}`, { after: boat.id });
  expect(namesOf(await treeOf(marian, book)).slice(1)).toEqual([
    ["One, The Rock", ["The Relief Boat"], ["prologue"]],
  ]);
});

test("a chapter in the trash is read and restored, from the outline and from its own page", async () => {
  const { book, chapters } = await newBook("one", "two");
  const [one, two] = chapters as [string, string];
  const trashed = await send("DELETE", `/chapters/${one}`, {}, { on: two });
  expect(titlesIn(trashed.html)).toEqual(["two"]);
  expect(trashed.html).toContain("“one” is in the trash.");
  expect(trashed.html).toContain('aria-label="Restore one"');
  const read = await page(one);
  expect(read).toMatchObject({ status: 200 });
  expect(read.html).toContain("This chapter is in the trash.");
  const back = await send("POST", `/chapters/${one}/restoration`, {}, { on: two });
  expect(titlesIn(back.html)).toEqual(["one", "two"]);
  expect(await orderIn(book)).toEqual(["one", "two"]);
});

test("a chapter's page names the rules by which the next one is fetched ahead", async () => {
  const { chapters } = await newBook("one");
  const headers = { authorization: `Bearer ${marian.token}`, accept: "text/html" };
  const answer = await fetch(new URL(`/chapters/${chapters[0]}`, studio.url), { headers });
  const path = JSON.parse(answer.headers.get("speculation-rules")!);
  const rules = await fetch(new URL(path, studio.url));
  expect(rules.headers.get("content-type")).toBe("application/speculationrules+json");
  expect(await rules.json()).toMatchObject({ prefetch: [{ eagerness: "moderate" }] });
});

test("who may not write there changes nothing", async () => {
  const { book, chapters } = await newBook("one");
  const [id] = chapters as [string];
  const tries = async () =>
    Promise.all([
      send("POST", "/chapters", { book }, { as: tom }),
      send("POST", "/chapters", { after: id }, { as: tom }),
      send("PATCH", `/chapters/${id}`, { name: "x" }, { as: tom }),
      send("DELETE", `/chapters/${id}`, {}, { as: tom }),
      send("GET", `/chapters/${id}/menu`, {}, { as: tom }),
    ]).then((answers) => answers.map(({ status }) => status));
  expect(await tries()).toEqual([404, 404, 404, 404, 404]);
  await marian.request("PUT", `/api/buckets/${book}/members/${tom.account}`, { role: "viewer" });
  expect(await tries()).toEqual([403, 403, 403, 403, 403]);
  const { html } = await page(id, tom);
  expect(html).toContain('data-outline="reads"');
  expect(html).not.toContain('hx-post="/chapters"');
  expect(await orderIn(book)).toEqual(["one"]);
});

test("the page of a chapter hears of every change of its book, and of no other", async () => {
  const { book, chapters } = await newBook("one", "two");
  const [one, two] = chapters as [string, string];
  const other = await newBook("elsewhere");
  const live = await marian.live({ view: `chapter/${two}`, types: "bucket.>" });
  const heard = (type: string, name: string) =>
    live
      .until(({ event }) => {
        const told = event as { type?: string; data?: Json } | undefined;
        return told?.type === type && told.data?.name === name;
      })
      .then((frame) => String((frame as Json).content ?? ""));
  await send("PATCH", `/chapters/${other.chapters[0]}`, { name: "unheard" });
  expect(await heard("bucket.updated", "unheard")).toBe("");
  await send("PATCH", `/chapters/${one}`, { name: "first" });
  expect(titlesIn(await heard("bucket.updated", "first"))).toEqual(["first", "two"]);
  await send("PATCH", `/chapters/${one}`, { after: two });
  expect(titlesIn(await heard("bucket.moved", "first"))).toEqual(["two", "first"]);
  await send("DELETE", `/chapters/${two}`);
  expect(await heard("bucket.deleted", "two")).toContain('data-trashed="true"');
  await makeBucket(marian, { type: "chapter", name: "third", parent: book });
  expect(titlesIn(await heard("bucket.created", "third"))).toEqual(["first", "third"]);
  await live.close();
});

test("words are counted by chapter and book, those from takes apart, once they are in a snapshot", async () => {
  const { book, chapters } = await newBook("one", "two");
  const [one, two] = chapters as [string, string];
  await marian.request(
    "PATCH",
    `/api/buckets/${book}`,
    { metadata: { target: 80_000 } },
    {
      "if-match": '"1"',
    },
  );
  const live = await marian.live({ view: `chapter/${two}`, types: "blob.>" });
  const text = "The lamp was burning when she reached the gallery.";
  const ask = { schema: "text-input", bucket: one, content: { text: "Lamp." } };
  const { body: asked } = await marian.post<{ id: string }>("/api/blobs", ask);
  const take = { schema: "expanded-text", bucket: one, content: { text, model: "attic" } };
  const { body: taken } = await marian.post<{ id: string }>("/api/blobs", take);
  expect([asked.id, taken.id].every(Boolean)).toBe(true);
  await acceptedBy(one, taken.id, `It was dusk. ${text}`);
  const heard = await live.until(
    ({ event, content }) =>
      /^blob\.(created|updated)\.chapter-v1$/.test(String((event as Json | undefined)?.type)) &&
      String(content ?? "").includes(">12<"),
  );
  expect(String((heard as Json).content)).toContain(`id="chapter-${one}"`);
  await live.close();
  const { html } = await page(two);
  expect(html).toMatch(/data-book-words[^>]*>12 of 80,000 words</);
  // A snapshot may come between the words and where they came from.
  await eventually(async () => /data-accepted="9"/.test((await page(one)).html));
  const [row] = await query<{ counts: Json }>(
    studio.databaseUrl,
    "select counts from documents where bucket = $1",
    [one],
  );
  expect(row!.counts).toMatchObject({ prose: 12, accepted: 9 });
});

/** Puts prose into the chapter's first passage as if it had come with a take. */
async function acceptedBy(chapter: string, take: string, prose: string): Promise<void> {
  const { body } = await marian.get<{ passages: { id: string }[] }>(`/api/documents/${chapter}`);
  const [passage] = body.passages;
  const edit = { edit: "replace", passage: passage!.id, prose };
  const { status } = await marian.post(`/api/documents/${chapter}/edits`, { edits: [edit] });
  expect(status).toBe(200);
  const writer = await openDocument(marian, chapter);
  await eventually(() => readRows(writer.doc).some(({ id }) => id === passage!.id));
  setAttributes(writer.doc, passage!.id, { take });
  await eventually(async () => {
    const path = `/api/documents/${chapter}`;
    const { body } = await marian.get<{ passages: { take?: string }[] }>(path);
    return body.passages[0]!.take === take;
  });
  writer.close();
}

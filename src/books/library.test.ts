/** Whole books over HTTP: begun, renamed, copied, put aside, trashed and brought back, each with its way back. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Client, signUp, TOM } from "../../test/support/client.ts";
import { query } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";

let studio: TestStudio;
let marian: Client;
let tom: Client;
beforeAll(async () => {
  studio = await openTestStudio({ processors: [] });
  marian = await signUp(studio.url);
  tom = await signUp(studio.url, TOM);
});
afterAll(() => studio?.stop());

const post = (path: string, fields: Record<string, string> = {}, by = marian) =>
  fetch(new URL(path, studio.url), {
    method: "POST",
    redirect: "manual",
    headers: {
      authorization: `Bearer ${by.token}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams(fields).toString(),
  });

const page = async (path: string, by = marian) => (await by.get<{ text: string }>(path)).body.text;

/** Does it, and answers the page that it leads to. */
async function done(path: string, fields: Record<string, string> = {}): Promise<string> {
  const answer = await post(path, fields);
  expect([path, answer.status]).toEqual([path, 303]);
  return page(answer.headers.get("location")!);
}

/** Presses Undo on a page that says what was done. */
async function undo(html: string): Promise<string> {
  const [, form] = /<div class="said"[\s\S]*?<form([\s\S]*?)<\/form>/.exec(html)!;
  const action = /action="([^"]+)"/.exec(form!)![1]!;
  const fields = [...form!.matchAll(/name="([^"]+)" value="([^"]*)"/g)];
  return done(action, Object.fromEntries(fields.map(([, name, value]) => [name, value])));
}

async function begin(fields: Record<string, string>) {
  const answer = await post("/books", fields);
  expect(answer.status).toBe(303);
  const chapter = answer.headers.get("location")!.split("/").at(-1)!;
  const { body } = await marian.get<{ root: string }>(`/api/buckets/${chapter}`);
  return { chapter, book: body.root };
}

type Passages = { passages: { notes: unknown; prose: unknown }[] };
const words = async (chapter: string) =>
  (await marian.get<Passages>(`/api/documents/${chapter}`)).body.passages.map(
    ({ notes, prose }) => ({ notes: JSON.stringify(notes), prose: JSON.stringify(prose) }),
  );
type Listed = { items: { id: string; name: string; parent: string }[] };
const chaptersOf = async (book: string) =>
  (await marian.get<Listed>(`/api/buckets?parent=${book}&type=chapter`)).body.items;

test("a book begins with an empty chapter, and stands on the dashboard with its cover", async () => {
  const { book, chapter } = await begin({ title: "Nine Nights" });
  expect(await words(chapter)).toHaveLength(1);
  const html = await page("/");
  expect(html.includes("Nine Nights")).toBe(true);
  expect(html.includes(`action="/books/${book}/trash"`)).toBe(true);
});

test("a book without a chapter opens on a first one of its own, and on the same the next time", async () => {
  const { body } = await marian.post<{ id: string }>("/api/buckets", {
    type: "book",
    name: "Bare",
  });
  const open = async (by = marian) => {
    const headers = { authorization: `Bearer ${by.token}` };
    const url = new URL(`/?book=${body.id}`, studio.url);
    return (await fetch(url, { headers, redirect: "manual" })).headers.get("location");
  };
  const first = await open();
  const chapters = await chaptersOf(body.id);
  expect(chapters.map(({ id }) => `/chapters/${id}`)).toEqual([first!]);
  expect(await open()).toBe(first);
  expect(await open(tom)).toBeNull();
  const html = await page("/");
  expect(html).not.toMatch(/<strong>1<\/strong> words/);
});

test("the sample book comes with chapters half written and a codex", async () => {
  const { book, chapter } = await begin({ from: "sample" });
  expect((await chaptersOf(book)).map(({ name }) => name).sort()).toEqual([
    "Marrable's Side",
    "The Bell",
  ]);
  const passages = await words(chapter);
  expect(passages[0]!.prose).toContain("The door stood open");
  expect(passages[1]!.prose).not.toContain("text");
  expect(passages[1]!.notes).toContain("tide log");
  expect(await page(`/books/${book}/codex`)).toContain("Ines Carrow");
});

test("renaming, putting aside and trashing are taken back with one press", async () => {
  const { book } = await begin({ title: "Tidewaiter" });
  const name = async () => (await marian.get<{ name: string }>(`/api/buckets/${book}`)).body.name;
  const renamed = await done(`/books/${book}/name`, { title: "The Tidewaiter" });
  expect(renamed.includes("It is called “The Tidewaiter” now.")).toBe(true);
  await undo(renamed);
  expect(await name()).toBe("Tidewaiter");

  const aside = await done(`/books/${book}/shelf`, { archived: "on" });
  expect(aside.includes("Put aside, 1")).toBe(true);
  expect((await undo(aside)).includes("Put aside, ")).toBe(false);

  const trashed = await done(`/books/${book}/trash`);
  for (const says of ["“Tidewaiter” is in the trash.", "In the trash, 1"])
    expect([says, trashed.includes(says)]).toEqual([says, true]);
  const back = await undo(trashed);
  expect(back.includes("“Tidewaiter” is back.")).toBe(true);
  expect(back.includes("In the trash")).toBe(false);
});

test("a copy has every word and the codex, and is a book of its own", async () => {
  const { book } = await begin({ from: "sample", title: "The Ferry" });
  const [first] = await chaptersOf(book);
  await done(`/books/${book}/copies`);
  const { body } = await marian.get<Listed>("/api/buckets?type=book");
  const copy = body.items.find(({ name }) => name === "The Ferry, a copy")!;
  const copies = await chaptersOf(copy.id);
  expect(copies.map(({ name }) => name)).toEqual((await chaptersOf(book)).map(({ name }) => name));
  const copied = copies.find(({ name }) => name === first!.name)!;
  expect(await words(copied.id)).toEqual(await words(first!.id));
  expect(await page(`/books/${copy.id}/codex`)).toContain("Marrable");
  const edits = [{ edit: "insert", notes: "", prose: "Only here." }];
  expect((await marian.post(`/api/documents/${copied.id}/edits`, { edits })).status).toBe(200);
  expect(JSON.stringify(await words(first!.id))).not.toContain("Only here.");
});

test("who may only read a book copies it, and changes nothing of it", async () => {
  await query(studio.databaseUrl, "insert into members (root, account, role) values ($1, $2, $3)", [
    marian.book,
    tom.account,
    "viewer",
  ]);
  for (const deed of ["name", "shelf", "trash", "chapters"])
    expect([deed, (await post(`/books/${marian.book}/${deed}`, {}, tom)).status]).toEqual([
      deed,
      403,
    ]);
  expect((await post(`/books/${marian.book}/copies`, {}, tom)).status).toBe(303);
  expect((await page("/", tom)).includes("Your first book, a copy")).toBe(true);
});

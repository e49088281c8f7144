/** What the log holds when the processes that wrote it died before they heard of each other. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { Transform } from "prosemirror-transform";
import * as Y from "yjs";
import { type Client, eventually, signUp } from "../../test/support/client.ts";
import { openDocument } from "../../test/support/documents.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";
import { type Database, openPostgres, type Postgres } from "../database.ts";
import { appendEntries, readDocument, readLog, shortenLog } from "./log.ts";
import { newDocument } from "./model/document.ts";
import { writeHalf } from "./model/halves.ts";
import { parseMarkdown } from "./model/markdown-read.ts";
import { discardRecovered, readRecovered } from "./model/recovered.ts";
import { readRows } from "./model/rows.ts";
import { schema } from "./model/schema.ts";
import { textOf } from "./model/text.ts";

let studio: TestStudio;
let marian: Client;
let postgres: Postgres;
let db: Database;

beforeAll(async () => {
  studio = await openTestStudio();
  marian = await signUp(studio.url);
  postgres = await openPostgres(studio.databaseUrl, { connections: 2 });
  db = postgres.db;
});

afterAll(async () => {
  await postgres?.close();
  await studio?.stop();
});

async function newChapter(): Promise<string> {
  const draft = { type: "chapter", name: "Another", parent: marian.book };
  const { body } = await marian.post<{ id: string }>("/api/buckets", draft);
  // Made by the first look.
  await marian.get(`/api/documents/${body.id}`);
  return body.id;
}

const proseOf = (doc: Y.Doc) => readRows(doc)[0]!.prose;
const wordsIn = (doc: Y.Doc) => readRecovered(doc).map(({ text }) => text);

/** A replica of what the log has. */
async function replica(chapter: string): Promise<Y.Doc> {
  const doc = newDocument();
  for (const update of (await readLog(db, chapter))!.updates) Y.applyUpdate(doc, update);
  return doc;
}

/**
 * One process logged a joining of two paragraphs, the other words in the second; none of them lived to
 * hear the other.
 */
async function diedApart(order: "join first" | "words first"): Promise<string> {
  const chapter = await newChapter();
  const begin = await replica(chapter);
  const { id } = readRows(begin)[0]!;
  writeHalf(begin, id, "prose", parseMarkdown("one\n\ntwo", "prose"));
  const beginning = Y.encodeStateAsUpdate(begin);
  await appendEntries(db, chapter, [{ update: beginning, actor: "system" }]);
  const [a, b] = [await replica(chapter), await replica(chapter)];
  const since = Y.encodeStateVector(a);
  writeHalf(a, id, "prose", new Transform(proseOf(a)).join(5).doc);
  const prose = proseOf(b);
  const end = prose.content.size - 1;
  writeHalf(b, id, "prose", new Transform(prose).insert(end, schema.text(" more")).doc);
  const updates = [a, b].map((doc) => Y.encodeStateAsUpdate(doc, since));
  if (order === "words first") updates.reverse();
  for (const update of updates) await appendEntries(db, chapter, [{ update, actor: "system" }]);
  return chapter;
}

for (const order of ["join first", "words first"] as const) {
  test(`opening a document rescues what a merge in the log takes away, ${order}`, async () => {
    const chapter = await diedApart(order);
    const writer = await openDocument(marian, chapter);
    expect(writer.prose()).toBe("onetwo");
    expect(wordsIn(writer.doc)).toEqual([" more"]);
    writer.close();
    await eventually(async () => wordsIn(await replica(chapter)).join() === " more");
  });
}

test("reading a document that nobody opened rescues as well, and shortening its log keeps it", async () => {
  const chapter = await diedApart("join first");
  const { doc, seq } = await readDocument(db, chapter);
  expect(wordsIn(doc)).toEqual([" more"]);
  await shortenLog(db, chapter, seq, Y.encodeStateAsUpdate(doc));
  expect(wordsIn((await readDocument(db, chapter)).doc)).toEqual([" more"]);
});

test("a program's edit brings what its reading rescued into the log", async () => {
  const chapter = await diedApart("words first");
  const edits = [{ edit: "insert", prose: "By a program." }];
  const { status } = await marian.post(`/api/documents/${chapter}/edits`, { edits });
  expect(status).toBe(200);
  const doc = await replica(chapter);
  expect(readRows(doc).map(({ prose }) => textOf(prose))).toEqual(["onetwo", "By a program."]);
  expect(wordsIn(doc)).toEqual([" more"]);
});

test("what was discarded is not offered again by a later reading of the same log", async () => {
  const chapter = await diedApart("join first");
  const { doc } = await readDocument(db, chapter);
  discardRecovered(doc, readRecovered(doc)[0]!.id, new Date());
  const update = Y.encodeStateAsUpdate(doc, Y.encodeStateVector(await replica(chapter)));
  await appendEntries(db, chapter, [{ update, actor: "system" }]);
  for (let time = 0; time < 5; time++) {
    const again = (await readDocument(db, chapter)).doc;
    expect(wordsIn(again)).toEqual([]);
    // Nothing was written that could win over the decision.
    expect(Y.encodeStateVector(again)).toEqual(Y.encodeStateVector(await replica(chapter)));
  }
});

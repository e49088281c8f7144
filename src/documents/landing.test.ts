/** Takes that go into empty prose by themselves. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, clientOf, eventually, signUp } from "../../test/support/client.ts";
import { openDocument, type Writer } from "../../test/support/documents.ts";
import { type ModelServer, startModelServer } from "../../test/support/model-server.ts";
import { query } from "../../test/support/rows.ts";
import { administer, freshDatabase, ownNats } from "../../test/support/services.ts";
import { openTestStudio, spawnStudio, type TestStudio } from "../../test/support/studio.ts";
import { heard } from "../../views/browser/editor/heard.ts";
import { acceptTake } from "./model/accept.ts";
import { isUntouched } from "./model/fit.ts";
import { readRows } from "./model/rows.ts";
import { standingOf } from "./model/standing.ts";
import { hashOfText, textOf } from "./model/text.ts";

let studio: TestStudio;
let marian: Client;
let model: ModelServer;
const cleanups: (() => unknown)[] = [];

beforeAll(async () => {
  model = await startModelServer();
  studio = await openTestStudio({
    variables: { OPENAI_BASE_URL: model.url, OPENAI_MODEL: "attic-32b" },
  });
  marian = await signUp(studio.url);
  await switchOn(studio.databaseUrl, marian.book, true);
});

afterAll(async () => {
  for (const clean of cleanups.reverse()) await clean();
  await studio?.stop();
  await model?.stop();
});

const TAKE = "She went down.\n\nThe oil was *fine*.";

const switchOn = (databaseUrl: string, book: string, isOn: boolean) =>
  query(databaseUrl, "update buckets set metadata = $2::jsonb where id = $1", [
    book,
    JSON.stringify({ intoEmpty: isOn }),
  ]);

const LOCKED = "select take from take_landings where take = $1 for update skip locked";
const ACCEPTING = `select pid from pg_stat_activity where datname = current_database()
  and wait_event_type = 'Lock' and query like 'update "take_landings"%'`;

type Row = { notes: string; prose?: string };

async function newChapter(by: Client, ...rows: Row[]) {
  const draft = { type: "chapter", name: "Oil", parent: by.book };
  const { id } = (await by.post<{ id: string }>("/api/buckets", draft)).body;
  const edits = rows.map((row) => ({ edit: "insert", place: "end", ...row }));
  const path = `/api/documents/${id}/edits`;
  const { passages } = (await by.post<{ passages: string[] }>(path, { edits })).body;
  const writer = await openDocument(by, id);
  cleanups.push(() => writer.close());
  return { chapter: id, passages, writer };
}

async function ask(by: Client, chapter: string, passage: string, text: string): Promise<string> {
  const draft = { schema: "text-input", bucket: chapter, content: { text }, metadata: { passage } };
  const { status, body } = await by.post<{ id: string }>("/api/blobs", draft);
  expect(status).toBe(201);
  return body.id;
}

type Landing = { take: string; passage: string; outcome: string | null };

const landingsOf = (databaseUrl: string, chapter: string) =>
  query<Landing>(
    databaseUrl,
    "select take, passage, outcome from take_landings where document = $1 order by created_at",
    [chapter],
  );

const outcomes = async (chapter: string) =>
  (await landingsOf(studio.databaseUrl, chapter)).map(({ outcome }) => outcome);

async function takeOf(asked: string): Promise<string> {
  const path = `/api/blobs?schema=expanded-text&derivedFrom=${asked}`;
  const found = await eventually(
    async () => (await marian.get<{ items: { id: string }[] }>(path)).body.items[0],
  );
  return found.id;
}

const proseOf = (writer: Writer, passage: string): string =>
  textOf(readRows(writer.doc).find(({ passages }) => passages.includes(passage))!.prose);

test("a take lands in empty prose, on the writer's screen, and is fresh; a second one does not", async () => {
  const { chapter, passages, writer } = await newChapter(marian, { notes: "the oil" });
  const passage = passages[0]!;
  model.behave({ kind: "answer", text: TAKE });
  await ask(marian, chapter, passage, "the oil");
  await eventually(() => proseOf(writer, passage) === TAKE);
  const row = readRows(writer.doc).find(({ id }) => id === passage)!;
  const [landing] = await landingsOf(studio.databaseUrl, chapter);
  expect(landing).toMatchObject({ outcome: "landed", take: row.attributes.take! });
  expect(standingOf(row)).toBe("fresh");
  await ask(marian, chapter, passage, "the oil");
  await eventually(async () => (await outcomes(chapter)).join() === "landed,not-empty");
  expect(proseOf(writer, passage)).toBe(TAKE);
});

test("what is typed is never touched: before the take, and at the moment it lands", async () => {
  const rows = Array.from({ length: 8 }, (_, n) => ({ notes: `the oil ${n}` }));
  const { chapter, passages, writer } = await newChapter(marian, ...rows);
  writer.write("My own words.", passages[0]);
  await writer.kept();
  model.behave({ kind: "answer", text: TAKE });
  for (const passage of passages) await ask(marian, chapter, passage, "the oil");
  await eventually(async () => {
    const open = await landingsOf(studio.databaseUrl, chapter);
    // Whatever has come so far, somebody types somewhere.
    const passage = passages[1 + (open.length % 7)]!;
    if (proseOf(writer, passage) === "") writer.write(`Typed ${passage}.`, passage);
    return open.length === 8 && open.every(({ outcome }) => outcome !== null);
  });
  await writer.kept();
  expect(proseOf(writer, passages[0]!)).toBe("My own words.");
  for (const { passage, outcome } of await landingsOf(studio.databaseUrl, chapter)) {
    const prose = proseOf(writer, passage);
    if (outcome === "landed") expect(prose).toContain("The oil was *fine*.");
    else expect(prose).toMatch(/^(Typed [0-9a-f-]+|My own words)\.$/);
  }
});

test("a take that is accepted in the moment it lands is there once", async () => {
  const { chapter, passages, writer } = await newChapter(
    marian,
    { notes: "the oil" },
    { notes: "the wick" },
  );
  const here = await openDocument(marian, chapter);
  cleanups.push(() => here.close());
  // What is done here from now on comes to the studio after the landing, and the other way round.
  here.disconnect();
  model.behave({ kind: "answer", text: TAKE });
  for (const passage of passages) await ask(marian, chapter, passage, "the oil");
  await eventually(async () => (await outcomes(chapter)).join() === "landed,landed");
  for (const { take, passage } of await landingsOf(studio.databaseUrl, chapter)) {
    const askHash = hashOfText("the oil");
    expect(acceptTake(here.doc, passage, { take, text: TAKE, askHash })).toBe("fits");
  }
  here.connect();
  await here.synced();
  await here.kept();
  for (const passage of passages)
    for (const side of [here, writer]) {
      await eventually(() => proseOf(side, passage) !== "");
      expect(proseOf(side, passage)).toBe(TAKE);
      const row = readRows(side.doc).find(({ id }) => id === passage)!;
      expect(isUntouched(row)).toBe(true);
    }
});

test("a take that was changed and is accepted in the moment it lands is there once, as it was changed", async () => {
  const moments = ["landed", "landing", "waiting"] as const;
  await switchOn(studio.databaseUrl, marian.book, false);
  const { chapter, passages, writer } = await newChapter(
    marian,
    ...moments.map((notes) => ({ notes })),
  );
  model.behave({ kind: "answer", text: TAKE });
  const takes: string[] = [];
  for (const [at, passage] of passages.entries())
    takes.push(await takeOf(await ask(marian, chapter, passage, moments[at]!)));
  const here = await openDocument(marian, chapter);
  cleanups.push(() => here.close());
  // It hears of no landing before it asks.
  here.disconnect();
  const plan = (at: number) =>
    query(
      studio.databaseUrl,
      "insert into take_landings (take, document, passage) values ($1, $2, $3)",
      [takes[at], chapter, passages[at]],
    );
  const accept = async (at: number) => {
    const path = `/chapters/${chapter}/passages/${passages[at]}/acceptance`;
    const { status, body } = await marian.post<{ has: string }>(path, {});
    expect(status).toBe(201);
    return body.has;
  };

  await plan(0);
  await eventually(async () => (await outcomes(chapter)).join() === "landed");
  const landed = await accept(0);
  const landing = await administer(studio.databaseUrl, async (client) => {
    await client.query("begin");
    await client.query("lock table documents in exclusive mode");
    await plan(1);
    const isLanding = async () =>
      (await query(studio.databaseUrl, LOCKED, [takes[1]!])).length === 0;
    await eventually(isLanding);
    const accepting = accept(1);
    // Not by this client: within a transaction it would see the same each time.
    await eventually(async () => (await query(studio.databaseUrl, ACCEPTING)).length);
    await client.query("commit");
    return accepting;
  });
  await plan(2);
  const waiting = await accept(2);

  here.connect();
  for (const [at, has] of [landed, landing, waiting].entries()) {
    await heard(here.doc, has, 30_000);
    const changed = { take: takes[at]!, text: "Mine.", askHash: null, isChanged: true };
    expect(acceptTake(here.doc, passages[at]!, changed)).toBe("fits");
  }
  await here.kept();
  await eventually(async () => (await outcomes(chapter)).every((outcome) => outcome !== null));
  expect(await outcomes(chapter)).toEqual(["landed", "landed", expect.any(String)]);
  for (const passage of passages)
    for (const side of [here, writer]) {
      await eventually(() => proseOf(side, passage) === "Mine.");
      expect(isUntouched(readRows(side.doc).find(({ id }) => id === passage)!)).toBe(true);
    }
  await switchOn(studio.databaseUrl, marian.book, true);
});

test("a landing that a crash left behind is made good, once; of a discarded take or a removed passage none", async () => {
  await switchOn(studio.databaseUrl, marian.book, false);
  const names = ["left", "discarded", "removed"] as const;
  const { chapter, passages, writer } = await newChapter(
    marian,
    ...names.map((notes) => ({ notes })),
  );
  model.behave({ kind: "answer", text: TAKE });
  const takes: string[] = [];
  for (const [at, passage] of passages.entries()) {
    takes.push(await takeOf(await ask(marian, chapter, passage, names[at]!)));
  }
  expect(await outcomes(chapter)).toEqual([]);
  await query(
    studio.databaseUrl,
    `update blobs set metadata = metadata || '{"discardedAt": "2026-11-22T00:00:00Z"}' where id = $1`,
    [takes[1]],
  );
  await marian.post(`/api/documents/${chapter}/edits`, {
    edits: [{ edit: "remove", passage: passages[2] }],
  });
  for (const [at, take] of takes.entries())
    await query(
      studio.databaseUrl,
      "insert into take_landings (take, document, passage) values ($1, $2, $3)",
      [take, chapter, passages[at]],
    );
  await eventually(async () => (await outcomes(chapter)).every((outcome) => outcome !== null));
  expect(await outcomes(chapter)).toEqual(["landed", "gone", "gone"]);
  await eventually(() => proseOf(writer, passages[0]!) === TAKE);
  expect(proseOf(writer, passages[1]!)).toBe("");
  await switchOn(studio.databaseUrl, marian.book, true);
});

test("two web processes on one database land each take once", async () => {
  const nats = await ownNats();
  if (!nats) return;
  const database = await freshDatabase();
  const folder = await mkdtemp(join(tmpdir(), "reyna-landing-"));
  cleanups.push(
    () => rm(folder, { recursive: true, force: true }),
    database.drop,
    () => nats.stop(),
  );
  const variables = {
    DATABASE_URL: database.url,
    NATS_URL: nats.url,
    REYNA_DATA: folder,
    OPENAI_BASE_URL: model.url,
    OPENAI_MODEL: "attic-32b",
  };
  const webs = [await spawnStudio(variables), await spawnStudio(variables)];
  cleanups.push(() => Promise.all(webs.map((web) => web.kill())));
  const here = await signUp(webs[0]!.url);
  await switchOn(database.url, here.book, true);
  const rows = Array.from({ length: 10 }, (_, n) => ({ notes: `the oil ${n}` }));
  const { chapter, passages, writer } = await newChapter(here, ...rows);
  const there = await openDocument(await clientOf(webs[1]!.url, here.token, here.account), chapter);
  cleanups.push(() => there.close());
  model.behave({ kind: "answer", text: TAKE });
  await Promise.all(passages.map((passage) => ask(here, chapter, passage, "the oil")));
  await eventually(async () => {
    const all = await landingsOf(database.url, chapter);
    return all.length === 10 && all.every(({ outcome }) => outcome === "landed");
  });
  for (const passage of passages)
    for (const side of [writer, there]) await eventually(() => proseOf(side, passage) === TAKE);
});

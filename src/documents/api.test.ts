/** Documents for programs: reading, edits, versions, snapshots. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Client, eventually, signUp } from "../../test/support/client.ts";
import { openDocument, type Writer } from "../../test/support/documents.ts";
import { administer } from "../../test/support/services.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";
import { insertPassage, removePassage } from "./model/commands.ts";
import { readRows } from "./model/rows.ts";

let studio: TestStudio;
let marian: Client;
const writers: Writer[] = [];

type Passages = { passages: { id: string; prose: unknown }[]; words: { prose: number } };
type Edited = { passages: string[] };
type VersionView = { id: string; name: string | null; reason: string; words: number };
type BlobView = { id: string; revision: number; content: Passages };

beforeAll(async () => {
  studio = await openTestStudio({ tuning: { snapshots: { idleMs: 300, everyMs: 1_500 } } });
  marian = await signUp(studio.url);
});

afterAll(async () => {
  for (const writer of writers) writer.close();
  await studio?.stop();
});

async function newChapter(): Promise<string> {
  const draft = { type: "chapter", name: "Another", parent: marian.book };
  return (await marian.post<{ id: string }>("/api/buckets", draft)).body.id;
}

async function open(chapter: string): Promise<Writer> {
  const writer = await openDocument(marian, chapter);
  writers.push(writer);
  return writer;
}

const edit = (chapter: string, edits: object[], headers?: Record<string, string>) =>
  marian.post<Edited>(`/api/documents/${chapter}/edits`, { edits }, headers);

const read = async (chapter: string) =>
  (await marian.get<Passages>(`/api/documents/${chapter}`)).body;

const proseOf = (passages: Passages) => passages.passages.map(({ prose }) => JSON.stringify(prose));

async function markdown(chapter: string): Promise<string> {
  const { body } = await marian.request<{ text: string }>(
    "GET",
    `/api/documents/${chapter}`,
    undefined,
    { accept: "text/markdown" },
  );
  return body.text;
}

const snapshotsOf = async (chapter: string) =>
  (await marian.get<{ items: BlobView[] }>(`/api/blobs?bucket=${chapter}&schema=chapter`)).body
    .items;

describe("edits", () => {
  test("insert, replace, move and remove passages, live on a writer's screen", async () => {
    const chapter = await newChapter();
    const writer = await open(chapter);
    const [first] = readRows(writer.doc);
    const made = await edit(chapter, [
      { edit: "insert", place: "end", notes: "the stair", prose: "Fog came *up* the stair." },
      { edit: "insert", place: { after: first!.id }, prose: "Before the stair." },
    ]);
    expect(made.status).toBe(200);
    const [stair, before] = made.body.passages as [string, string];
    await eventually(() => writer.prose() === "\nBefore the stair.\nFog came up the stair.");
    await edit(chapter, [
      { edit: "replace", passage: before, prose: "Long before." },
      { edit: "move", passage: stair, place: "start" },
      { edit: "remove", passage: first!.id },
    ]);
    await eventually(() => writer.prose() === "Fog came up the stair.\nLong before.");
    expect((await read(chapter)).passages.map(({ id }) => id)).toEqual([stair, before]);
    expect(await markdown(chapter)).toContain("Fog came *up* the stair.");
  });

  test("see what clients of this process have typed, kept or on its way", async () => {
    const chapter = await newChapter();
    const writer = await open(chapter);
    writer.write("Typed just now.");
    await writer.kept();
    await edit(chapter, [{ edit: "insert", prose: "By a program." }]);
    await eventually(() => writer.prose() === "Typed just now.\nBy a program.");
  });

  test("that cannot be made change nothing, and say which", async () => {
    const chapter = await newChapter();
    const before = await read(chapter);
    const refused = await edit(chapter, [
      { edit: "insert", prose: "Never." },
      { edit: "remove", passage: Bun.randomUUIDv7() },
    ]);
    expect(refused.status).toBe(422);
    expect(refused.body).toMatchObject({ errors: [{ pointer: "/edits/1" }] });
    expect(await read(chapter)).toEqual(before);
    expect((await edit(chapter, [{ edit: "fold" }])).status).toBe(422);
    expect((await edit(chapter, [])).status).toBe(422);
  });

  test("with one Idempotency-Key are made once", async () => {
    const chapter = await newChapter();
    const key = { "idempotency-key": "once" };
    const first = await edit(chapter, [{ edit: "insert", prose: "Once." }], key);
    const again = await edit(chapter, [{ edit: "insert", prose: "Once." }], key);
    expect(again.body).toEqual(first.body);
    expect((await read(chapter)).passages).toHaveLength(2);
    const other = await edit(chapter, [{ edit: "insert", prose: "Twice." }], key);
    expect(other.status).toBe(422);
  });

  test("at once by many all arrive", async () => {
    const chapter = await newChapter();
    const writer = await open(chapter);
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => edit(chapter, [{ edit: "insert", prose: `No ${n}.` }])),
    );
    await eventually(() => readRows(writer.doc).length === 21);
    expect((await read(chapter)).passages).toHaveLength(21);
  });
});

describe("versions", () => {
  test("are kept by name, listed, and come back with what was removed since", async () => {
    const chapter = await newChapter();
    const writer = await open(chapter);
    writer.write("The first draft.");
    await writer.kept();
    const { status, body: version } = await marian.post<VersionView>(
      `/api/documents/${chapter}/versions`,
      { name: "First draft" },
    );
    expect([status, version.name, version.words]).toEqual([201, "First draft", 3]);

    const [row] = readRows(writer.doc);
    const added = insertPassage(writer.doc, "end");
    writer.write("Added since.", added);
    removePassage(writer.doc, row!.id, new Date());
    await writer.kept();
    expect(writer.prose()).toBe("Added since.");

    const restored = await marian.post<{ before: VersionView }>(
      `/api/documents/${chapter}/versions/${version.id}/restoration`,
      {},
    );
    expect(restored.status).toBe(200);
    await eventually(() => writer.prose() === "The first draft.");

    // Undone: what was there before the restoration was kept first.
    await marian.post(
      `/api/documents/${chapter}/versions/${restored.body.before.id}/restoration`,
      {},
    );
    await eventually(() => writer.prose() === "Added since.");
    const { body } = await marian.get<{ items: VersionView[] }>(
      `/api/documents/${chapter}/versions`,
    );
    expect(body.items.some(({ name }) => name === "First draft")).toBe(true);
    expect(body.items.some(({ reason }) => reason === "restore")).toBe(true);
    const { body: whole } = await marian.get<VersionView & { content: Passages }>(
      `/api/documents/${chapter}/versions/${version.id}`,
    );
    expect(proseOf(whole.content).join()).toContain("The first draft.");
  });

  test("give one passage back and leave the others", async () => {
    const chapter = await newChapter();
    const { body } = await edit(chapter, [
      { edit: "insert", prose: "One." },
      { edit: "insert", prose: "Two." },
    ]);
    const [one, two] = body.passages as [string, string];
    const { body: version } = await marian.post<VersionView>(`/api/documents/${chapter}/versions`, {
      name: "Both",
    });
    await edit(chapter, [
      { edit: "replace", passage: one, prose: "One, changed." },
      { edit: "replace", passage: two, prose: "Two, changed." },
    ]);
    const path = `/api/documents/${chapter}/versions/${version.id}/restoration`;
    await marian.post(path, { passage: one });
    const prose = proseOf(await read(chapter)).join();
    expect(prose).toContain("One.");
    expect(prose).toContain("Two, changed.");
    expect((await marian.post(path, { passage: Bun.randomUUIDv7() })).status).toBe(404);
  });
});

describe("snapshots", () => {
  test("follow a document at rest, with their event, and only the studio writes them", async () => {
    const chapter = await newChapter();
    const live = await marian.live({ bucket: chapter, types: "blob.*.chapter-v1" });
    const writer = await open(chapter);
    writer.write("Fog came up the stair.");
    await writer.kept();
    const blob = await eventually(async () =>
      (await snapshotsOf(chapter)).find(({ content }) => content.words.prose === 5),
    );
    await live.until(({ event }) => {
      const { type, data } = (event ?? {}) as { type?: string; data?: { id?: string } };
      return type !== undefined && data?.id === blob.id;
    });
    writer.type(" Nobody spoke.");
    const next = await eventually(async () =>
      (await snapshotsOf(chapter)).find(({ content }) => content.words.prose === 7),
    );
    expect([next.id, next.revision > blob.revision]).toEqual([blob.id, true]);

    const put = await marian.request(
      "PUT",
      `/api/blobs/${blob.id}`,
      { content: blob.content },
      { "if-match": `"${next.revision}"` },
    );
    expect([put.status, put.body.type]).toEqual([409, "/problems/document-owned"]);
    const made = await marian.post("/api/blobs", {
      schema: "chapter-v1",
      bucket: chapter,
      content: blob.content,
    });
    expect([made.status, made.body.type]).toEqual([409, "/problems/document-owned"]);
    await live.close();
  });

  test("are made of any text, also of what Postgres refuses in JSON", async () => {
    const chapter = await newChapter();
    const writer = await open(chapter);
    const odd = "nul \u0000 emoji 🌫 שלום 霧 literal \\u0000";
    writer.write(odd);
    await writer.kept();
    const blob = await eventually(async () =>
      (await snapshotsOf(chapter)).find(({ content }) => content.words.prose > 2),
    );
    const [prose] = proseOf(blob.content);
    expect(JSON.parse(prose!)[0].content[0].text).toBe(odd.replace("\u0000", "\ufffd"));
  });

  test("come now and then while somebody writes without a pause", async () => {
    const chapter = await newChapter();
    const writer = await open(chapter);
    let words = 0;
    await eventually(async () => {
      writer.type(` w${words++}`);
      await writer.kept();
      return (
        words > 5 && (await snapshotsOf(chapter)).some(({ content }) => content.words.prose > 0)
      );
    });
  });

  test("of what did not change make no revision; a long log is shortened and reads the same", async () => {
    const chapter = await newChapter();
    const writer = await open(chapter);
    for (let n = 0; n < 300; n++) writer.type(` ${n}`);
    await writer.kept();
    const expected = writer.prose();
    const logOf = () =>
      administer(studio.databaseUrl, async (client) => {
        const { rows } = await client.query<{ updates: number; dirty: boolean }>(
          "select (select count(*)::int from document_updates where document = $1) as updates, dirty_since is not null as dirty from documents where bucket = $1",
          [chapter],
        );
        return rows[0]!;
      });
    await eventually(async () => {
      const { updates, dirty } = await logOf();
      return updates < 100 && !dirty;
    });
    writer.close();
    expect((await open(chapter)).prose()).toBe(expected);
    const [blob] = await snapshotsOf(chapter);
    const [first] = (await read(chapter)).passages;
    // There and back: the words are what the snapshot has.
    await edit(chapter, [{ edit: "move", passage: first!.id, place: "end" }]);
    await eventually(async () => !(await logOf()).dirty);
    expect((await snapshotsOf(chapter))[0]!.revision).toBe(blob!.revision);
  });
});

/** Documents across processes: what a SIGKILL leaves of what was said to be kept, and two webs on NATS. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Y from "yjs";
import { type Client, clientOf, eventually, signUp } from "../../test/support/client.ts";
import { openDocument } from "../../test/support/documents.ts";
import { freePort } from "../../test/support/nats.ts";
import { administer, freshDatabase, ownNats } from "../../test/support/services.ts";
import { type StudioProcess, spawnStudio } from "../../test/support/studio.ts";
import { insertPassage } from "./model/commands.ts";
import { readRows } from "./model/rows.ts";
import { textOf } from "./model/text.ts";

/** Acknowledged marks that must survive, and kills among them. */
const MARKS = Number(process.env.DOCUMENT_MARKS ?? 60);
const KILLS = Number(process.env.DOCUMENT_KILLS ?? 3);

const cleanups: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const clean of cleanups.reverse()) await clean();
});

async function newPlace() {
  const database = await freshDatabase();
  const folder = await mkdtemp(join(tmpdir(), "reyna-documents-"));
  cleanups.push(database.drop, () => rm(folder, { recursive: true, force: true }));
  return { DATABASE_URL: database.url, REYNA_DATA: folder };
}

async function start(variables: Record<string, string>): Promise<StudioProcess> {
  const studio = await spawnStudio(variables, { snapshots: { idleMs: 2_000 } });
  cleanups.push(() => studio.kill());
  return studio;
}

/** The prose that the database alone has. */
async function storedProse(databaseUrl: string, chapter: string): Promise<string[]> {
  const { rows } = await administer(databaseUrl, (client) =>
    client.query<{ update: Buffer }>(
      "select state as update from document_states where document = $1 union all select update from document_updates where document = $1",
      [chapter],
    ),
  );
  const doc = new Y.Doc();
  for (const { update } of rows) Y.applyUpdate(doc, new Uint8Array(update));
  return readRows(doc).map(({ prose }) => textOf(prose));
}

describe("a server that is killed", () => {
  test(`has what it said was kept: ${MARKS} marks, ${KILLS} kills`, async () => {
    const place = await newPlace();
    const variables = { ...place, PORT: String(await freePort()) };
    let studio = await start(variables);
    const marian = await signUp(studio.url);
    const writer = await openDocument(marian, marian.chapter);
    cleanups.push(async () => writer.close());
    let lies = 0;
    for (let mark = 1; mark <= MARKS; mark++) {
      writer.type(` ${mark}`);
      // In some rounds the words go out while the server dies.
      const dies = mark % Math.ceil(MARKS / KILLS) === 0;
      if (!dies) {
        await writer.kept();
        continue;
      }
      await writer.kept();
      const promised = writer.prose();
      writer.type(` (after ${mark})`);
      await studio.kill("SIGKILL");
      const [stored] = await storedProse(place.DATABASE_URL, marian.chapter);
      if (!stored!.startsWith(promised)) lies++;
      studio = await start(variables);
    }
    await writer.kept();
    expect(lies).toBe(0);
    expect(await storedProse(place.DATABASE_URL, marian.chapter)).toEqual([writer.prose()]);
    const fresh = await openDocument(await clientOf(studio.url, marian.token, ""), marian.chapter);
    expect(fresh.prose()).toBe(writer.prose());
    fresh.close();
  }, 120_000);
});

test("a document that nobody opens again gets its snapshot after a crash", async () => {
  const place = await newPlace();
  const studio = await start(place);
  const marian = await signUp(studio.url);
  const writer = await openDocument(marian, marian.chapter);
  writer.write("Five words before the crash.");
  await writer.kept();
  await studio.kill("SIGKILL");
  writer.close();
  const next = await start(place);
  const again = await clientOf(next.url, marian.token, marian.account);
  await eventually(async () => {
    const { body } = await again.get<{ items: { content: { words: { prose: number } } }[] }>(
      `/api/blobs?bucket=${marian.chapter}&schema=chapter`,
    );
    return body.items.length === 1 && body.items[0]!.content.words.prose === 5;
  });
}, 60_000);

describe("two web processes on one document", () => {
  test("converge, also after NATS was away while both wrote", async () => {
    const nats = await ownNats();
    if (!nats) return;
    cleanups.push(() => nats.stop());
    const variables = { ...(await newPlace()), NATS_URL: nats.url };
    const [near, far] = await Promise.all([start(variables), start(variables)]);
    const marian = await signUp(near.url);
    const there: Client = await clientOf(far.url, marian.token, marian.account);
    const one = await openDocument(marian, marian.chapter);
    const other = await openDocument(there, marian.chapter);
    cleanups.push(async () => [one, other].map((writer) => writer.close()));
    expect(readRows(other.doc).map(({ id }) => id)).toEqual(readRows(one.doc).map(({ id }) => id));

    one.write("Near.");
    await eventually(() => other.prose() === "Near.");
    other.type(" Far.");
    await eventually(() => one.prose() === "Near. Far.");

    // Larger than a signal carries: the other process reads it in the log.
    const long = insertPassage(one.doc, "end");
    one.write("a long word ".repeat(100_000), long);
    await eventually(() => other.prose() === one.prose());

    await nats.kill("SIGKILL");
    const fromNear = insertPassage(one.doc, "end");
    one.write("Written near while nobody heard.", fromNear);
    const fromFar = insertPassage(other.doc, "end");
    other.write("Written far while nobody heard.", fromFar);
    await Promise.all([one.kept(), other.kept()]);
    await nats.restart();
    await eventually(() => one.prose() === other.prose() && readRows(one.doc).length === 4, 60_000);
    expect(await storedProse(variables.DATABASE_URL, marian.chapter)).toEqual(
      readRows(one.doc).map(({ prose }) => textOf(prose)),
    );

    // A program's edit at one process is on the screens of both.
    const { status } = await there.post(`/api/documents/${marian.chapter}/edits`, {
      edits: [{ edit: "insert", prose: "By a program." }],
    });
    expect(status).toBe(200);
    await eventually(() =>
      [one, other].every((writer) => writer.prose().endsWith("By a program.")),
    );
  }, 120_000);
});

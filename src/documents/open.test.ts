/** Documents over real sockets: two writers, marks, refusals, what is left after a crash. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import * as Y from "yjs";
import { type Client, eventually, signUp, TOM } from "../../test/support/client.ts";
import { openDocument, type Writer } from "../../test/support/documents.ts";
import { administer } from "../../test/support/services.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";
import { insertPassage } from "./model/commands.ts";
import { passagesOf } from "./model/document.ts";
import { readRecovered } from "./model/recovered.ts";
import { readRows } from "./model/rows.ts";

let studio: TestStudio;
let marian: Client;
let tom: Client;
const writers: Writer[] = [];

async function open(client: Client, bucket: string, options?: Parameters<typeof openDocument>[2]) {
  const writer = await openDocument(client, bucket, options);
  writers.push(writer);
  return writer;
}

async function newChapter(): Promise<string> {
  const draft = { type: "chapter", name: "Another", parent: marian.book };
  const { body } = await marian.post<{ id: string }>("/api/buckets", draft);
  return body.id;
}

const query = <Row>(text: string, values: unknown[] = []) =>
  administer(
    studio.databaseUrl,
    async (client) => (await client.query(text, values)).rows as Row[],
  );

const join = (role: string) =>
  query(
    "insert into members (root, account, role) values ($1, $2, $3) on conflict (root, account) do update set role = excluded.role",
    [marian.book, tom.account, role],
  );

const leave = () =>
  query("delete from members where root = $1 and account = $2", [marian.book, tom.account]);

/** As the membership verbs will tell it. */
const tell = (type: string) =>
  query(
    "insert into events (id, root, path, type, subject, actor, data) values (gen_random_uuid(), $1, $2, $3, $4, 'system', $5)",
    [marian.book, [marian.book], type, marian.book, JSON.stringify({ account: tom.account })],
  );

beforeAll(async () => {
  studio = await openTestStudio();
  marian = await signUp(studio.url);
  tom = await signUp(studio.url, TOM);
});

afterAll(async () => {
  for (const writer of writers) writer.close();
  await studio?.stop();
});

describe("a document", () => {
  test("begins with one empty passage, also when two open it at the same moment", async () => {
    const chapter = await newChapter();
    const [one, other] = await Promise.all([open(marian, chapter), open(marian, chapter)]);
    expect(readRows(one.doc)).toHaveLength(1);
    expect(readRows(other.doc).map(({ id }) => id)).toEqual(readRows(one.doc).map(({ id }) => id));
    expect(one.prose()).toBe("");
  });

  test("is the same for two writers, whoever types", async () => {
    const chapter = await newChapter();
    const one = await open(marian, chapter);
    const other = await open(marian, chapter);
    one.write("Fog came up the stair.");
    await eventually(() => other.prose() === "Fog came up the stair.");
    other.type(" Nobody spoke.");
    insertPassage(one.doc, "end");
    await eventually(
      () =>
        one.prose() === other.prose() &&
        one.prose() === "Fog came up the stair. Nobody spoke.\n" &&
        readRows(other.doc).length === 2,
    );
  });

  test("merges what two wrote while one of them was away", async () => {
    const chapter = await newChapter();
    const one = await open(marian, chapter);
    const other = await open(marian, chapter);
    one.write("The stair.");
    await eventually(() => other.prose() === "The stair.");
    other.disconnect();
    await eventually(() => !other.provider.synced);
    other.type(" Below.");
    one.write("Above. The stair.");
    await one.kept();
    other.connect();
    await other.kept();
    await eventually(
      () => one.prose() === "Above. The stair. Below." && other.prose() === one.prose(),
    );
  });

  test("is kept word for word: a new client and the API read what was acknowledged", async () => {
    const chapter = await newChapter();
    const one = await open(marian, chapter);
    for (let n = 0; n < 50; n++) {
      one.type(` ${n}`);
      await one.kept();
    }
    const expected = one.prose();
    one.close();
    expect((await open(marian, chapter)).prose()).toBe(expected);
    const { body } = await marian.get<{ passages: { prose: unknown }[] }>(
      `/api/documents/${chapter}`,
    );
    expect(JSON.stringify(body.passages[0]!.prose)).toContain(expected);
  });

  test("keeps what was typed in a paragraph while somebody else removed it", async () => {
    const chapter = await newChapter();
    const one = await open(marian, chapter);
    const other = await open(marian, chapter);
    one.write("The first.\nThe second.");
    await eventually(() => other.prose() === one.prose());
    other.disconnect();
    await eventually(() => !other.provider.synced);
    other.write("The first.\nThe second, and nine nights of fog.");
    one.write("The first.");
    await one.kept();
    other.connect();
    await other.kept();
    await eventually(() => one.prose() === "The first." && other.prose() === one.prose());
    for (const writer of [one, other])
      await eventually(() =>
        readRecovered(writer.doc).some(({ text }) => text.includes("nine nights")),
      );
    const log = await storedDocument(chapter);
    expect(
      readRecovered(log)
        .map(({ text }) => text)
        .join(),
    ).toContain("nine nights of fog");
  });

  test("numbers its updates without gaps, whoever appends them", async () => {
    const chapter = await newChapter();
    const all = await Promise.all([1, 2, 3, 4].map(() => open(marian, chapter)));
    for (let n = 0; n < 25; n++) for (const writer of all) insertPassage(writer.doc, "end");
    await Promise.all(all.map((writer) => writer.kept()));
    const [found] = await query<{ seq: string; most: string; count: string }>(
      "select (select seq from documents where bucket = $1) as seq, max(seq) as most, count(*) as count from document_updates where document = $1",
      [chapter],
    );
    expect(Number(found!.count)).toBeGreaterThan(100);
    expect([found!.most, found!.count]).toEqual([found!.seq, found!.seq]);
  });
});

describe("a mark", () => {
  test("is answered with what it asked, once all before it is in the database", async () => {
    const chapter = await newChapter();
    const one = await open(marian, chapter);
    const [before] = await query<{ seq: string }>("select seq from documents where bucket = $1", [
      chapter,
    ]);
    one.write("Kept.");
    await one.kept();
    const [after] = await query<{ seq: string }>("select seq from documents where bucket = $1", [
      chapter,
    ]);
    expect(Number(after!.seq)).toBeGreaterThan(Number(before!.seq));
  });

  test("waits for a database that is away, and nothing that was typed meanwhile is lost", async () => {
    const chapter = await newChapter();
    const one = await open(marian, chapter);
    const other = await open(marian, chapter);
    one.write("Nine nights");
    for (let round = 0; round < 5; round++) {
      await query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
      );
      one.type(` ${round}`);
      other.type("");
    }
    // Locked out altogether: an append can do nothing but wait.
    const answered = await administer(studio.databaseUrl, async (client) => {
      await client.query("begin");
      await client.query("lock table documents in access exclusive mode");
      one.type(" of fog");
      const early = one.kept(1_000).then(
        () => "kept",
        () => "waiting",
      );
      await eventually(() => other.prose() === one.prose());
      const answer = await early;
      await client.query("rollback");
      return answer;
    });
    expect(answered).toBe("waiting");
    await one.kept();
    const expected = "Nine nights 0 1 2 3 4 of fog";
    expect(one.prose()).toBe(expected);
    expect((await storedRows(chapter)).join("\n")).toBe(expected);
  });
});

/** What the log alone says, read behind the studio's back. */
async function storedRows(chapter: string): Promise<string[]> {
  return readRows(await storedDocument(chapter)).map(({ prose }) => prose.textContent);
}

async function storedDocument(chapter: string): Promise<Y.Doc> {
  const rows = await query<{ update: Buffer }>(
    "select state as update from document_states where document = $1 union all select update from document_updates where document = $1",
    [chapter],
  );
  const doc = new Y.Doc();
  for (const { update } of rows) Y.applyUpdate(doc, new Uint8Array(update));
  return doc;
}

describe("whoever may not write", () => {
  test("is told that it may only read, and changes nothing for anybody", async () => {
    const chapter = await newChapter();
    const one = await open(marian, chapter);
    one.write("As it was.");
    await one.kept();
    await join("viewer");
    const reader = await open(tom, chapter);
    expect([reader.readsOnly(), one.readsOnly()]).toEqual([true, false]);
    expect(reader.prose()).toBe("As it was.");
    reader.write("Mine now.");
    await eventually(() => reader.refusals.length > 0);
    expect(reader.refusals[0]!.type).toBe("read-only");
    const path = `/api/documents/${chapter}`;
    const asked = await Promise.all([
      tom.get(path),
      tom.post(`${path}/edits`, { edits: [{ edit: "insert" }] }),
      tom.post(`${path}/versions`, { name: "Mine" }),
    ]);
    expect(asked.map(({ status }) => status)).toEqual([200, 403, 403]);
    // A mark of a reader is not answered: nothing of theirs is kept.
    expect(await reader.kept(500).catch(() => "not kept")).toBe("not kept");
    one.type(" Still.");
    await one.kept();
    expect(await storedRows(chapter)).toEqual(["As it was. Still."]);
    // Nor does what it carried come in with its next connection.
    reader.disconnect();
    await eventually(() => !reader.provider.synced);
    reader.connect();
    await reader.synced();
    expect(one.prose()).toBe("As it was. Still.");
    await leave();
  });

  test("finds nothing there when it is another's", async () => {
    const chapter = await newChapter();
    const paths = ["", "/versions", `/versions/${Bun.randomUUIDv7()}`];
    const asked = await Promise.all([
      ...paths.map((path) => tom.get(`/api/documents/${chapter}${path}`)),
      tom.post(`/api/documents/${chapter}/edits`, { edits: [{ edit: "insert" }] }),
      tom.post(`/api/documents/${chapter}/versions`, { name: "Mine" }),
      tom.post(`/api/documents/${chapter}/versions/${Bun.randomUUIDv7()}/restoration`, {}),
      tom.request("GET", `/documents/${chapter}`, undefined, UPGRADE),
      marian.get(`/api/documents/${marian.book}`),
    ]);
    expect(asked.map(({ status }) => status)).toEqual(asked.map(() => 404));
  });

  test("is refused before the socket opens: not signed in, a page of another origin", async () => {
    const path = new URL(`/documents/${marian.chapter}`, studio.url);
    const stranger = await fetch(path, { headers: UPGRADE });
    expect(stranger.status).toBe(401);
    const foreign = await marian.request("GET", path.pathname, undefined, {
      ...UPGRADE,
      origin: "https://elsewhere.example",
    });
    expect(foreign.status).toBe(403);
  });

  test("loses the socket at once when it is taken out, and cannot come back", async () => {
    const chapter = await newChapter();
    await join("editor");
    const guest = await open(tom, chapter);
    guest.write("A guest wrote this.");
    await guest.kept();
    await leave();
    await tell("bucket.member_removed");
    await eventually(() => guest.closes.length > 0);
    expect(guest.closes[0]).toBe(4403);
    const { status } = await tom.request("GET", `/documents/${chapter}`, undefined, UPGRADE);
    expect(status).toBe(404);
    guest.close();
  });

  test("loses the socket at once when it signs out", async () => {
    const chapter = await newChapter();
    const again = await signInAgain();
    const writer = await open(again, chapter);
    await again.post("/api/auth/sign-out", {});
    await eventually(() => writer.closes.length > 0);
    expect(writer.closes[0]).toBe(4401);
    writer.close();
  });
});

const UPGRADE = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
  "sec-websocket-version": "13",
};

async function signInAgain(): Promise<Client> {
  const { signIn } = await import("../../test/support/client.ts");
  return signIn(studio.url);
}

describe("what cannot be taken", () => {
  test("bytes that are no update are refused with a sentence and never stored", async () => {
    const chapter = await newChapter();
    const one = await open(marian, chapter);
    one.write("Whole.");
    await one.kept();
    const bad = await open(marian, chapter);
    for (const bytes of [
      new Uint8Array([1, 2, 3, 255, 255, 255]),
      Y.encodeStateAsUpdate(one.doc).slice(0, -9),
      crypto.getRandomValues(new Uint8Array(300)),
    ]) {
      const seen = bad.closes.length;
      await bad.synced();
      sendRaw(bad, bytes);
      await eventually(() => bad.closes.length > seen);
    }
    expect(bad.refusals.map(({ type }) => type)).toContain("not-an-update");
    bad.close();
    one.type(" Still.");
    await one.kept();
    expect(await storedRows(chapter)).toEqual(["Whole. Still."]);
    expect((await open(marian, chapter)).prose()).toBe("Whole. Still.");
  });

  test("more than fits in one piece is refused with a sentence; the others write on", async () => {
    const chapter = await newChapter();
    const one = await open(marian, chapter);
    const big = await open(marian, chapter);
    big.write("x".repeat(3 * 1024 * 1024));
    await eventually(() => big.refusals.length > 0);
    expect(big.refusals[0]).toMatchObject({ type: "update-too-large" });
    big.close();
    one.write("Small.");
    await one.kept();
    expect(await storedRows(chapter)).toEqual(["Small."]);
  });

  test("a chapter over its limit takes no more, and gives room when something is taken out", async () => {
    const chapter = await newChapter();
    const one = await open(marian, chapter);
    const piece = "word ".repeat(300_000);
    let last = "";
    while (one.refusals.length === 0 && passagesOf(one.doc).size < 20) {
      last = insertPassage(one.doc, "end");
      one.write(piece, last);
      await Promise.race([
        one.kept().catch(() => {}),
        eventually(() => one.refusals.length > 0).catch(() => {}),
      ]);
    }
    expect(one.refusals[0]!.type).toBe("document-too-large");
    one.close();
    const fresh = await open(marian, chapter);
    const rows = readRows(fresh.doc);
    expect(rows.length).toBeGreaterThan(5);
    fresh.write("", rows[1]!.id);
    fresh.write("", rows[2]!.id);
    await fresh.kept();
    fresh.write("Room again.", rows[3]!.id);
    await fresh.kept();
    expect(fresh.refusals).toEqual([]);
  });
});

/** A sync update as the provider would send it, with other bytes. */
function sendRaw(writer: Writer, update: Uint8Array): void {
  const name = new TextEncoder().encode(writer.provider.configuration.name);
  const size: number[] = [];
  for (let left = update.length; ; left >>>= 7) {
    size.push(left > 127 ? (left & 127) | 128 : left);
    if (left <= 127) break;
  }
  const [SYNC, UPDATE] = [0, 2];
  const message = new Uint8Array([name.length, ...name, SYNC, UPDATE, ...size, ...update]);
  writer.provider.configuration.websocketProvider.webSocket!.send(message);
}

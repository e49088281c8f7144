/** Files in both stores: what goes up comes down, once, at flat memory, and nothing is left lying about. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Client,
  eventually,
  type Json,
  MARIAN,
  signUp,
  TOM,
} from "../../test/support/client.ts";
import { query } from "../../test/support/rows.ts";
import { type S3Server, startS3 } from "../../test/support/s3.ts";
import { freshDatabase } from "../../test/support/services.ts";
import { type StudioProcess, spawnStudio } from "../../test/support/studio.ts";
import { openPostgres, type Postgres } from "../database.ts";
import { readEnv } from "../env.ts";
import { collectFiles } from "./files.ts";
import { type FileStore, openFolderStore, openS3Store } from "./store.ts";

const MIB = 1024 * 1024;
const FILE_LIMIT = 300 * MIB;
/** Of one large file; the studio may not come to hold more than a part of it. */
const LARGE = 256 * MIB;
const GROWTH = 128 * MIB;

type Setup = {
  studio: StudioProcess;
  databaseUrl: string;
  store: FileStore;
  count(): Promise<number>;
  stop(): Promise<void>;
};

async function setUp(s3?: S3Server): Promise<Setup> {
  const database = await freshDatabase();
  const folder = await mkdtemp(join(tmpdir(), "reyna-files-"));
  const variables = {
    DATABASE_URL: database.url,
    REYNA_DATA: folder,
    REYNA_FILE_LIMIT: String(FILE_LIMIT),
    ...s3?.variables,
  };
  const studio = await spawnStudio(variables);
  const files = join(folder, "files");
  return {
    studio,
    databaseUrl: database.url,
    store: s3 ? openS3Store(readEnv(variables).s3!) : openFolderStore(files),
    count: async () =>
      s3
        ? s3.count()
        : (await readdir(files, { recursive: true, withFileTypes: true }).catch(() => [])).filter(
            (entry) => entry.isFile(),
          ).length,
    async stop() {
      await studio.kill();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const sha256 = (bytes: Uint8Array | string) =>
  new Bun.CryptoHasher("sha256").update(bytes).digest("hex");

for (const kind of ["a folder", "S3"])
  describe(`in ${kind}`, () => {
    let s3: S3Server | undefined;
    let setup: Setup;
    let postgres: Postgres;
    let marian: Client;
    let tom: Client;

    beforeAll(async () => {
      s3 = kind === "S3" ? await startS3() : undefined;
      setup = await setUp(s3);
      postgres = await openPostgres(setup.databaseUrl);
      marian = await signUp(setup.studio.url, MARIAN);
      tom = await signUp(setup.studio.url, TOM);
    });
    afterAll(async () => {
      await postgres?.close();
      await setup?.stop();
      await s3?.stop();
    });

    const headers = (client: Client, more: Record<string, string> = {}) => ({
      authorization: `Bearer ${client.token}`,
      ...more,
    });
    async function upload(
      body: BodyInit,
      { name = "map.png", type = "image/png", client = marian, key = "" } = {},
    ) {
      const path = `/api/files?bucket=${marian.chapter}&name=${encodeURIComponent(name)}`;
      const response = await fetch(new URL(path, setup.studio.url), {
        method: "POST",
        headers: headers(client, {
          ...(type ? { "content-type": type } : {}),
          ...(key ? { "idempotency-key": key } : {}),
        }),
        body,
      });
      const made = (await response.json()) as Json & { id: string; content: Json };
      return { status: response.status, body: made };
    }
    const download = (id: string, more: Record<string, string> = {}, client = marian) =>
      fetch(new URL(`/api/blobs/${id}/file`, setup.studio.url), { headers: headers(client, more) });
    const day = 24 * 60 * 60 * 1_000;
    const sweep = () => collectFiles(postgres.db, setup.store, new Date(Date.now() + 2 * day));

    test("what goes up comes down, whole and in part", async () => {
      const bytes = crypto.getRandomValues(new Uint8Array(60_000));
      const { status, body } = await upload(bytes);
      expect({ status, body }).toMatchObject({
        status: 201,
        body: {
          schema: "file-v1",
          bucket: marian.chapter,
          content: { name: "map.png", mediaType: "image/png", size: 60_000, sha256: sha256(bytes) },
        },
      });
      const whole = await download(body.id);
      expect(new Uint8Array(await whole.arrayBuffer())).toEqual(bytes);
      expect(whole.headers.get("etag")).toBe(`"${sha256(bytes)}"`);
      expect(whole.headers.get("content-disposition")).toStartWith("inline;");
      const parts: [range: string, from: number, to: number][] = [
        ["bytes=0-9", 0, 10],
        ["bytes=100-199", 100, 200],
        ["bytes=59990-", 59_990, 60_000],
        ["bytes=-10", 59_990, 60_000],
        ["bytes=59990-99999", 59_990, 60_000],
        ["bytes=-99999", 0, 60_000],
      ];
      for (const [range, from, to] of parts) {
        const part = await download(body.id, { range });
        expect([range, part.status, part.headers.get("content-range")]).toEqual([
          range,
          206,
          `bytes ${from}-${to - 1}/60000`,
        ]);
        expect(new Uint8Array(await part.arrayBuffer())).toEqual(bytes.slice(from, to));
      }
      for (const range of ["bytes=60000-", "bytes=-0", "bytes=70000-2"]) {
        const { status, headers } = await download(body.id, { range });
        const type = headers.get("content-type");
        expect([range, status, type]).toEqual([range, 416, "application/problem+json"]);
      }
      for (const range of ["bytes=5-1", "lines=1-2", "bytes=0-1,5-6", "bytes=-"])
        expect((await download(body.id, { range })).status).toBe(200);
      const tag = { "if-none-match": `"${sha256(bytes)}"` };
      expect((await download(body.id, tag)).status).toBe(304);
      const stale = { range: "bytes=0-0", "if-range": '"another"' };
      expect((await download(body.id, stale)).status).toBe(200);
      const head = await fetch(new URL(`/api/blobs/${body.id}/file`, setup.studio.url), {
        method: "HEAD",
        headers: headers(marian),
      });
      expect([head.status, head.headers.get("content-length")]).toEqual([200, "60000"]);
    });

    test("the same bytes are kept once, and go with the last blob that names them", async () => {
      const before = await setup.count();
      const bytes = crypto.getRandomValues(new Uint8Array(1_000));
      const both = await Promise.all([upload(bytes), upload(bytes, { name: "again.png" })]);
      const [one, two] = both.map(({ body }) => body.id) as [string, string];
      expect(await setup.count()).toBe(before + 1);
      await query(setup.databaseUrl, "delete from blobs where id = $1", [one]);
      await sweep();
      expect((await download(two)).status).toBe(200);
      await query(setup.databaseUrl, "delete from blobs where id = $1", [two]);
      await sweep();
      expect(await setup.count()).toBe(before);
      const [noted] = await query<{ count: number }>(
        setup.databaseUrl,
        "select count(*)::int as count from file_uploads",
      );
      expect(noted!.count).toBe(0);
    });

    test("a form's file is taken, with the name it has there", async () => {
      const form = new FormData();
      form.append("note", "not this");
      form.append("file", new File(["Fog."], "…\\notes “one”.txt", { type: "text/plain" }));
      const path = `/api/files?bucket=${marian.chapter}`;
      const response = await fetch(new URL(path, setup.studio.url), {
        method: "POST",
        headers: headers(marian),
        body: form,
      });
      const made = (await response.json()) as { id: string; content: Json };
      expect(made.content).toMatchObject({
        name: "notes “one”.txt",
        mediaType: "text/plain",
        size: 4,
      });
      const down = await download(made.id);
      expect(await down.text()).toBe("Fog.");
      const disposition = down.headers.get("content-disposition")!;
      expect(disposition).toBe(
        "attachment; filename=\"notes _one_.txt\"; filename*=UTF-8''notes%20%E2%80%9Cone%E2%80%9D.txt",
      );
      expect(down.headers.get("content-security-policy")).toContain("sandbox");
    });

    test("a form that ends before its file does is refused; its type may be written in any case", async () => {
      const part = `--b\r\ncontent-disposition: form-data; name="f"; filename="a.txt"\r\n\r\nFog.\r\n`;
      const type = "Multipart/Form-Data; boundary=b";
      expect((await upload(part, { type })).body).toMatchObject({ type: "/problems/cut" });
      const whole = await upload(`${part}--b--\r\n`, { type });
      expect(whole).toMatchObject({ status: 201, body: { content: { size: 4 } } });
    });

    test("a file is put in the trash and comes back; what is kept of it needs no strong ETag", async () => {
      const { id } = (await upload("Fog.")).body;
      const path = `/api/blobs/${id}`;
      expect((await marian.request("DELETE", path)).body).toHaveProperty("trashedAt");
      expect((await marian.post(`${path}/restoration`, {})).body).not.toHaveProperty("trashedAt");
      const etag = (await download(id)).headers.get("etag")!;
      expect((await download(id, { "if-none-match": `W/${etag}` })).status).toBe(304);
    });

    test("an empty file is a file", async () => {
      const { status, body } = await upload(new Uint8Array(0), { name: "empty" });
      expect({ status, size: body.content.size }).toEqual({ status: 201, size: 0 });
      expect((await (await download(body.id)).arrayBuffer()).byteLength).toBe(0);
    });

    test("the same key makes one file", async () => {
      const both = [await upload("Fog.", { key: "k1" }), await upload("Fog.", { key: "k1" })];
      expect(both[0]!.body.id).toBe(both[1]!.body.id);
      expect((await upload("Rain.", { key: "k1" })).status).toBe(422);
    });

    test("what is refused leaves nothing", async () => {
      const before = await setup.count();
      expect((await upload("x", { client: tom })).status).toBe(404);
      expect((await upload("x", { client: { ...marian, token: "none" } })).status).toBe(401);
      const toBook = `/api/files?bucket=nowhere`;
      expect((await marian.request("POST", toBook, "x")).status).toBe(404);
      const content = { name: "x", mediaType: "text/plain", size: 1, sha256: "0".repeat(64) };
      const draft = { schema: "file-v1", bucket: marian.chapter, content };
      expect((await marian.post("/api/blobs", draft)).body).toMatchObject({
        type: "/problems/uploaded",
      });
      expect((await upload(large(FILE_LIMIT + MIB) as never)).status).toBe(413);
      expect(await setup.count()).toBe(before);
      const { body } = await upload("Mine.");
      expect((await download(body.id, {}, tom)).status).toBe(404);
      expect((await download((await marian.ask("No file.")).id)).status).toBe(404);
    });

    test("an upload that breaks off leaves nothing", async () => {
      const before = await setup.count();
      const { port, hostname } = new URL(setup.studio.url);
      const socket = connect(Number(port), hostname);
      socket.write(
        `POST /api/files?bucket=${marian.chapter} HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${marian.token}\r\ncontent-length: 1000000\r\n\r\n${"x".repeat(100_000)}`,
      );
      const uploads = () =>
        query<{ key: string }>(setup.databaseUrl, "select key from file_uploads");
      await eventually(async () => (await uploads()).length === 1);
      socket.destroy();
      await eventually(async () => (await uploads()).length === 0);
      expect(await setup.count()).toBe(before);
    });

    test("a crash between the bytes and their row leaves nothing for long", async () => {
      const before = await setup.count();
      await query(setup.databaseUrl, "insert into file_uploads (key) values ('crashed-key')");
      await setup.store.write("crashed-key", chunks([new Uint8Array(10)]));
      expect(await setup.count()).toBe(before + 1);
      await collectFiles(postgres.db, setup.store);
      expect(await setup.count()).toBe(before + 1);
      await sweep();
      expect(await setup.count()).toBe(before);
    });

    test("a large one goes up and down at flat memory", async () => {
      const start = memoryOf(setup.studio.pid);
      const { status, body } = await upload(large(LARGE) as never, { name: "large.bin" });
      expect({ status, size: body.content.size }).toEqual({ status: 201, size: LARGE });
      const peak = peakOf(setup.studio.pid);
      const hash = new Bun.CryptoHasher("sha256");
      const down = await download(body.id);
      for await (const chunk of down.body!) hash.update(chunk);
      expect(hash.digest("hex")).toBe(body.content.sha256 as string);
      const middle = await download(body.id, { range: `bytes=${LARGE / 2}-${LARGE / 2 + 9}` });
      expect((await middle.arrayBuffer()).byteLength).toBe(10);
      for (const most of [peak, peakOf(setup.studio.pid)])
        if (start && most) expect(most - start).toBeLessThan(GROWTH);
    }, 120_000);
  });

async function* chunks(parts: Uint8Array[]) {
  yield* parts;
}

/** A stream of so many bytes, a piece at a time. */
function large(size: number): ReadableStream<Uint8Array> {
  const piece = crypto.getRandomValues(new Uint8Array(64 * 1024));
  let left = size;
  return new ReadableStream({
    pull(controller) {
      const part = piece.subarray(0, Math.min(left, piece.length));
      left -= part.length;
      controller.enqueue(part);
      if (left === 0) controller.close();
    },
  });
}

/** What a process holds in memory, in bytes; 0 where the system does not say. */
const memoryOf = (pid: number) => statusOf(pid, "VmRSS");
const peakOf = (pid: number) => statusOf(pid, "VmHWM");

function statusOf(pid: number, name: string): number {
  try {
    const text = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { and, desc, eq, isNull } from "drizzle-orm";
import { events, members, sessions } from "../../drizzle/tables.ts";
import {
  type Client,
  eventually,
  type Frame,
  type Json,
  type LiveClient,
  MARIAN,
  signIn,
  signUp,
  TOM,
} from "../../test/support/client.ts";
import { slow } from "../../test/support/processors.ts";
import { openRaw, type RawSocket } from "../../test/support/raw-socket.ts";
import { administer, freshDatabase } from "../../test/support/services.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";
import { SYSTEM } from "../access.ts";
import { openPostgres, type Postgres, transact } from "../database.ts";
import { append } from "../events/append.ts";
import { pruneEvents } from "../events/replay.ts";
import { STALLED_MS } from "./socket.ts";

const SECRET = "a-secret-for-tests-that-is-long-enough";

let studio: TestStudio;
let postgres: Postgres;
let marian: Client;
let tom: Client;
const open: (LiveClient | RawSocket)[] = [];

beforeAll(async () => {
  studio = await openTestStudio({ processors: [slow] });
  postgres = await openPostgres(studio.databaseUrl);
  marian = await signUp(studio.url, MARIAN);
  tom = await signUp(studio.url, TOM);
});

afterEach(() => {
  for (const one of open.splice(0)) "destroy" in one ? one.destroy() : one.socket.close();
});

afterAll(async () => {
  await postgres?.close();
  await studio?.stop();
});

/** Opens when all that happened before has been told, so that it does not come to this one. */
async function live(client: Client, query?: Record<string, string>): Promise<LiveClient> {
  if (!query?.since) await eventually(numbered);
  const opened = await client.live(query);
  open.push(opened);
  return opened;
}

async function numbered(): Promise<boolean> {
  const rows = await postgres.db.select().from(events).where(isNull(events.offset)).limit(1);
  return rows.length === 0;
}

async function raw(client: Client | undefined, path: string, headers: Record<string, string> = {}) {
  const opened = await openRaw(studio.url, path, {
    ...(client ? { authorization: `Bearer ${client.token}` } : {}),
    ...headers,
  });
  open.push(opened);
  return opened;
}

const isEvent = (frame: Frame) => frame.type === "event";
const eventOf = (frame: Frame) => frame.event as { type: string; subject: string; data: Json };
const about = (subject: string) => (frame: Frame) =>
  isEvent(frame) && eventOf(frame).subject === subject;
const answerTo = (ref: string) => (frame: Frame) => frame.ref === ref;
const subjects = (client: LiveClient) => client.events().map((event) => event.subject);
const eventOffsets = (client: LiveClient) =>
  client.frames.filter(isEvent).map((frame) => frame.offset!);
const indexOf = (client: LiveClient, fits: (frame: Frame) => boolean) =>
  client.frames.findIndex(fits);

async function makeBucket(client: Client, type: string, parent?: string): Promise<string> {
  const { status, body } = await client.post<{ id: string }>("/api/buckets", {
    type,
    name: `A ${type}`,
    ...(parent ? { parent } : {}),
  });
  expect(status).toBe(201);
  return body.id;
}

async function askIn(client: Client, bucket: string, text = "fog"): Promise<string> {
  const draft = { schema: "text-input", bucket, content: { text } };
  const { status, body } = await client.post<{ id: string }>("/api/blobs", draft);
  expect(status).toBe(201);
  return body.id;
}

/** A run of the processor that streams its input, a word every `ms`. */
async function startSlow(client: Client, text: string, ms: number, metadata?: Json) {
  const blob = await client.ask(text, metadata);
  const { status, body } = await client.post<{ id: string }>("/api/runs", {
    processor: "slow",
    blob: blob.id,
    config: { ms },
  });
  expect(status).toBe(202);
  return body.id;
}

/** The text that a client has by the contract's rules, and whether it ever had a hole. */
function joined(frames: Frame[], run: string) {
  let attempt = 0;
  let text = "";
  let holes = 0;
  for (const frame of frames) {
    if (frame.type !== "delta" || frame.run !== run) continue;
    const delta = frame as unknown as { attempt: number; at: number; text: string };
    if (delta.attempt < attempt) continue;
    if (delta.attempt > attempt) text = "";
    attempt = delta.attempt;
    if (delta.at > text.length) holes++;
    else text = text.slice(0, delta.at) + delta.text;
  }
  return { attempt, text, holes };
}

describe("frames", () => {
  test("welcome comes first, without `recovered` where no since was sent; then the position", async () => {
    const client = await live(marian);
    const position = await client.until((frame) => frame.type === "position");
    expect(client.frames[0]).toEqual({
      type: "welcome",
      epoch: expect.stringMatching(/^[0-9a-f-]{36}$/),
      offset: expect.any(Number),
    });
    expect(position).toEqual({ type: "position", offset: client.frames[0]!.offset! });
  });

  test("an event is {type, offset, event}, a CloudEvent with an actor and the request's trace", async () => {
    const client = await live(marian);
    const trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    const { body } = await marian.post<{ id: string }>(
      "/api/blobs",
      { schema: "text-input", bucket: marian.chapter, content: { text: "fog" } },
      { traceparent: `00-${trace}-00f067aa0ba902b7-01` },
    );
    const frame = await client.until(about(body.id));
    expect(frame).toEqual({
      type: "event",
      offset: expect.any(Number),
      event: {
        specversion: "1.0",
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        source: `/reyna/${marian.book}`,
        type: "blob.created.text-input-v1",
        subject: body.id,
        time: expect.stringMatching(/Z$/),
        datacontenttype: "application/json",
        actor: `account:${marian.account}`,
        traceparent: expect.stringContaining(trace),
        data: expect.objectContaining({ id: body.id, bucket: marian.chapter, revision: 1 }),
      },
    });
  });

  test("ping is answered by pong", async () => {
    const client = await live(marian);
    client.send({ type: "ping" });
    expect(await client.until((frame) => frame.type === "pong")).toEqual({ type: "pong" });
  });

  test("what is no message, or no known one, is answered by an error, and the socket lives on", async () => {
    const client = await live(marian);
    client.socket.send("not json");
    client.socket.send("[1]");
    client.send({ type: "toString", ref: "a" });
    client.send({ type: "subscribe", ref: 7 });
    client.send({ type: "unsubscribe", ref: "b" });
    await client.until(answerTo("b"));
    const errors = client.frames.filter((frame) => frame.type === "error");
    expect(errors.map(({ ref, problem }) => [ref, (problem as Json).type])).toEqual([
      [undefined, "/problems/not-json"],
      [undefined, "/problems/not-a-message"],
      ["a", "/problems/unknown-message"],
      [7, "/problems/invalid"],
    ]);
    expect(errors[3]!.problem).toEqual({
      type: "/problems/invalid",
      title: expect.any(String),
      status: 422,
      errors: [expect.objectContaining({ pointer: "/ref" })],
    });
    expect(await client.until(answerTo("b"))).toEqual({ type: "ack", ref: "b", removed: false });
  });

  test("nothing is answered before the welcome, however early it was asked", async () => {
    const early = await raw(marian, "/live");
    early.send({ type: "ping" });
    early.send({ type: "subscribe", ref: "1" });
    await eventually(() => early.frames().messages.some((text) => text.includes('"ack"')));
    const types = early.frames().messages.map((text) => (JSON.parse(text) as Frame).type);
    expect(types[0]).toBe("welcome");
    expect(types.indexOf("pong")).toBeLessThan(types.indexOf("ack"));
  });

  test("a thousand messages at once are all answered, in their order", async () => {
    const client = await live(marian);
    for (let i = 0; i < 1_000; i++) client.send({ type: "unsubscribe", ref: `m${i}` });
    await client.until(answerTo("m999"));
    const refs = client.frames.filter((frame) => frame.type === "ack").map((frame) => frame.ref);
    expect(refs).toEqual(Array.from({ length: 1_000 }, (_, i) => `m${i}`));
  });
});

describe("who may open it", () => {
  test("who is not signed in gets 401", async () => {
    expect((await raw(undefined, "/live")).status).toBe(401);
    expect((await raw(undefined, "/live?bucket=nothing")).status).toBe(401);
  });

  test("a page of another site is refused, one of ours is not", async () => {
    for (const origin of ["https://evil.example", "null", `${studio.url.slice(0, -1)}9`]) {
      const refused = await raw(marian, "/live", { origin });
      expect([origin, refused.status]).toEqual([origin, 403]);
      expect(JSON.parse(refused.body).type).toBe("/problems/forbidden");
    }
    expect((await raw(marian, "/live", { origin: new URL(studio.url).origin })).status).toBe(101);
  });

  test("a bucket or a page of another account does not exist; an unknown page is refused", async () => {
    const nobodys = Bun.randomUUIDv7();
    for (const bucket of [tom.book, tom.chapter, nobodys, "x"]) {
      expect((await raw(marian, `/live?bucket=${bucket}`)).status).toBe(404);
      expect((await raw(marian, `/live?view=chapter/${bucket}`)).status).toBe(404);
    }
    for (const view of ["nothing", "constructor/x", "__proto__"])
      expect((await raw(marian, `/live?view=${view}`)).status).toBe(422);
  });

  test("without an upgrade it says that it is a WebSocket", async () => {
    const { status, headers } = await marian.get("/live");
    expect([status, headers.get("upgrade")]).toEqual([426, "websocket"]);
  });

  test("a session that is signed out closes with 1008, the account's others stay", async () => {
    const here = await signIn(studio.url, MARIAN);
    const there = await live(marian);
    const closing = await live(here);
    expect((await here.post("/api/auth/sign-out", {})).status).toBe(200);
    expect((await closing.closed).code).toBe(1008);
    there.send({ type: "ping" });
    await there.until((frame) => frame.type === "pong");
  });

  test("a quiet client hears its position at least every 20 s, and one whose session is gone is closed", async () => {
    const here = await signIn(studio.url, MARIAN);
    const closing = await live(here);
    const quiet = await live(marian, { types: "nothing.at.all" });
    await quiet.until((frame) => frame.type === "position");
    const [newest] = await postgres.db
      .select({ id: sessions.id })
      .from(sessions)
      .where(eq(sessions.userId, marian.account))
      .orderBy(desc(sessions.id))
      .limit(1);
    await postgres.db.delete(sessions).where(eq(sessions.id, newest!.id));
    const second = () => quiet.frames.filter((frame) => frame.type === "position").length >= 2;
    await quiet.until(second, 20_000);
    expect((await closing.closed).code).toBe(1008);
  }, 45_000);
});

describe("filters", () => {
  test("of types, only those that fit come", async () => {
    const client = await live(marian, { types: "blob.*.text-input-v1,run.succeeded" });
    const run = await startSlow(marian, "one two", 1);
    await client.until(about(run));
    expect(client.events().map((event) => event.type)).toEqual([
      "blob.created.text-input-v1",
      "run.succeeded",
    ]);
  });

  test("of a bucket, what happens in it and below", async () => {
    const book = await makeBucket(marian, "book");
    const one = await makeBucket(marian, "chapter", book);
    const other = await makeBucket(marian, "chapter", book);
    const ofBook = await live(marian, { bucket: book });
    const ofOne = await live(marian, { bucket: one });
    const blobs = [
      await askIn(marian, one),
      await askIn(marian, other),
      await askIn(marian, marian.chapter),
      await askIn(marian, one),
    ] as const;
    await Promise.all([ofBook.until(about(blobs[3])), ofOne.until(about(blobs[3]))]);
    expect(subjects(ofBook)).toEqual([blobs[0], blobs[1], blobs[3]]);
    expect(subjects(ofOne)).toEqual([blobs[0], blobs[3]]);
  });

  test("after a run of filtered events the position moves", async () => {
    const client = await live(marian, { types: "nothing.at.all" });
    const from = client.frames[0]!.offset!;
    for (let i = 0; i < 12; i++)
      await Promise.all(Array.from({ length: 10 }, () => askIn(marian, marian.chapter)));
    await client.until((frame) => frame.type === "position" && frame.offset! >= from + 100);
    expect(client.events()).toEqual([]);
  });
});

describe("several subscriptions", () => {
  test("each adds what it wants from the offset of its ack on; an event comes once", async () => {
    const book = await makeBucket(marian, "book");
    const chapters = [
      await makeBucket(marian, "chapter", book),
      await makeBucket(marian, "chapter", book),
    ] as const;
    const client = await live(marian, { bucket: chapters[0] });
    const before = await askIn(marian, chapters[1]);
    const seen = await askIn(marian, chapters[0]);
    const { offset: at } = await client.until(about(seen));
    client.send({ type: "subscribe", ref: "second", bucket: chapters[1] });
    client.send({ type: "subscribe", ref: "both", bucket: book, types: ["blob.>"] });
    expect(await client.until(answerTo("second"))).toEqual({
      type: "ack",
      ref: "second",
      offset: expect.any(Number),
    });
    expect((await client.until(answerTo("both"))).offset).toBeGreaterThanOrEqual(at!);
    const after = [await askIn(marian, chapters[1]), await askIn(marian, chapters[0])];
    await client.until(about(after[1]!));
    expect(subjects(client)).toEqual([seen, ...after]);
    expect(subjects(client)).not.toContain(before);

    client.send({ type: "unsubscribe", ref: "both" });
    client.send({ type: "unsubscribe", ref: "0" });
    expect(await client.until(answerTo("0"))).toEqual({ type: "ack", ref: "0", removed: true });
    await askIn(marian, chapters[0]);
    const last = await askIn(marian, chapters[1]);
    await client.until(about(last));
    expect(subjects(client)).toEqual([seen, ...after, last]);
  });

  test("the same ref again replaces the one before", async () => {
    const client = await live(marian, { types: "nothing.at.all" });
    client.send({ type: "subscribe", ref: "0", types: ["blob.>"] });
    await client.until(answerTo("0"));
    const blob = await askIn(marian, marian.chapter);
    await client.until(about(blob));
    expect(subjects(client)).toEqual([blob]);
  });

  test("another account's bucket is refused, and so is one subscription too many", async () => {
    const client = await live(marian);
    client.send({ type: "subscribe", ref: "tom", bucket: tom.book });
    const { problem } = await client.until(answerTo("tom"));
    expect(problem).toEqual(expect.objectContaining({ status: 404, type: "/problems/not-found" }));
    for (let i = 1; i <= 100; i++) client.send({ type: "subscribe", ref: `r${i}` });
    expect((await client.until(answerTo("r99"))).type).toBe("ack");
    expect(await client.until(answerTo("r100"))).toEqual({
      type: "error",
      ref: "r100",
      problem: expect.objectContaining({ status: 409, type: "/problems/too-many" }),
    });
  });

  test("acks and events keep to their order while events pour in", async () => {
    const book = await makeBucket(marian, "book");
    const chapter = await makeBucket(marian, "chapter", book);
    const client = await live(marian, { types: "nothing.at.all" });
    let writing = true;
    const written: string[] = [];
    const writer = (async () => {
      while (writing) written.push(await askIn(marian, chapter));
    })();
    const acked: { ref: string; offset: number }[] = [];
    for (let i = 0; i < 10; i++) {
      await eventually(() => written.length > i * 3);
      client.send({ type: "subscribe", ref: `s${i}`, bucket: chapter });
      const { offset } = await client.until(answerTo(`s${i}`));
      acked.push({ ref: `s${i}`, offset: offset! });
      const ack = indexOf(client, answerTo(`s${i}`));
      await eventually(() => client.frames.slice(ack).filter(isEvent).length >= 2);
      client.send({ type: "unsubscribe", ref: `s${i}` });
      await client.until((frame) => answerTo(`s${i}`)(frame) && "removed" in frame);
    }
    writing = false;
    await writer;
    const offsets = eventOffsets(client);
    expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
    const rows = await postgres.db
      .select({ offset: events.offset })
      .from(events)
      .where(and(eq(events.root, book), eq(events.type, "blob.created.text-input-v1")));
    const all = rows.map((row) => row.offset!).sort((a, b) => a - b);
    for (const [i, { ref, offset }] of acked.entries()) {
      const from = indexOf(client, answerTo(ref));
      const to = indexOf(client, (frame) => answerTo(ref)(frame) && "removed" in frame);
      const between = client.frames.slice(from, to).filter(isEvent);
      const heard = between.map((frame) => frame.offset!);
      // All from the offset of the ack on, without a hole.
      const expected = all.filter((one) => one > offset).slice(0, heard.length);
      expect([i, heard]).toEqual([i, expected]);
      expect(heard.length).toBeGreaterThanOrEqual(2);
    }
  });
});

describe("since", () => {
  test("what was missed is replayed: exactly what the filter wants, in order, once, before what is newer", async () => {
    const book = await makeBucket(marian, "book");
    const chapters = [
      await makeBucket(marian, "chapter", book),
      await makeBucket(marian, "chapter", book),
    ] as const;
    const filter = { bucket: chapters[0], types: "blob.created.*" };
    const first = await live(marian, filter);
    const seen = await askIn(marian, chapters[0]);
    await first.until(about(seen));
    await first.close();
    const since = first.since();
    const missed: string[] = [];
    for (let i = 0; i < 30; i++) {
      const blob = await askIn(marian, chapters[i % 2]!);
      if (i % 2 === 0) missed.push(blob);
    }
    let writing = true;
    const writer = (async () => {
      while (writing) missed.push(await askIn(marian, chapters[0]));
    })();
    const again = await live(marian, { ...filter, since });
    writing = false;
    await writer;
    await again.until(about(missed.at(-1)!));
    expect(again.frames[0]).toEqual({
      type: "welcome",
      epoch: expect.any(String),
      offset: Number(since.split(":")[1]),
      recovered: true,
    });
    expect(again.frames.some((frame) => frame.type === "reset")).toBe(false);
    expect(subjects(again)).toEqual(missed);
    const offsets = eventOffsets(again);
    expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
  });

  test("at the newest offset there is nothing to replay, and that is a recovery", async () => {
    const one = await live(marian);
    const blob = await askIn(marian, marian.chapter);
    await one.until(about(blob));
    const again = await live(marian, { since: one.since() });
    expect(again.frames[0]!.recovered).toBe(true);
    const next = await askIn(marian, marian.chapter);
    await again.until(about(next));
    expect(subjects(again)).toEqual([next]);
  });

  test("more than a batch is replayed whole", async () => {
    const one = await live(marian);
    await transact(postgres.db, (tx) =>
      append(
        tx,
        SYSTEM,
        ...Array.from({ length: 1_700 }, (_, i) => ({
          type: "schema.registered",
          place: null,
          subject: `many-${i}`,
          data: { filler: "x".repeat(1_000) },
        })),
      ),
    );
    await one.until(about("many-1699"));
    const again = await live(marian, { since: `${one.frames[0]!.epoch}:${one.frames[0]!.offset}` });
    await again.until(about("many-1699"));
    expect(again.frames[0]!.recovered).toBe(true);
    expect(eventOffsets(again)).toEqual(eventOffsets(one));
    await one.close();
  });

  test.each([
    ["empty", () => ""],
    ["malformed", () => "42"],
    ["not a number", (epoch: string) => `${epoch}:x`],
    ["beyond the log", (epoch: string) => `${epoch}:999999999`],
    ["of another epoch", () => `${crypto.randomUUID()}:1`],
  ])("one that is %s is not recovered: reset, and on from now", async (_name, since) => {
    const epoch = (await live(marian)).frames[0]!.epoch as string;
    const client = await live(marian, { since: since(epoch) });
    const blob = await askIn(marian, marian.chapter);
    await client.until(about(blob));
    expect(client.frames[0]).toEqual({
      type: "welcome",
      epoch,
      offset: expect.any(Number),
      recovered: false,
    });
    expect(client.frames[1]).toEqual({ type: "reset" });
    expect(subjects(client)).toEqual([blob]);
    expect(eventOffsets(client)[0]).toBeGreaterThan(client.frames[0]!.offset!);
  });
});

describe("streamed text", () => {
  const TEXT = "The lamp was lit already and nobody had been on the rock for nine 🌫️ days. ".repeat(
    4,
  );

  test("deltas join into the whole, without holes; whoever joins late gets all so far in one from 0", async () => {
    const early = await live(marian);
    const run = await startSlow(marian, TEXT, 15);
    await early.until((frame) => frame.type === "delta" && frame.run === run && frame.at !== 0);
    const late = await live(marian);
    await Promise.all(
      [early, late].map((one) =>
        one.until((frame) => about(run)(frame) && eventOf(frame).type === "run.succeeded"),
      ),
    );
    for (const one of [early, late]) {
      expect(joined(one.frames, run)).toEqual({ attempt: 1, text: TEXT, holes: 0 });
      const deltas = one.frames.filter((frame) => frame.type === "delta" && frame.run === run);
      expect(deltas.map((delta) => delta.at === 0)).toEqual(deltas.map((_delta, i) => i === 0));
      for (const delta of deltas)
        expect(delta).toEqual({
          type: "delta",
          run,
          attempt: 1,
          at: expect.any(Number),
          text: expect.any(String),
        });
    }
    const first = late.frames.find((frame) => frame.type === "delta")!;
    expect((first.text as string).split(" ").length).toBeGreaterThan(1);
    const after = await live(marian);
    after.send({ type: "ping" });
    await after.until((frame) => frame.type === "pong");
    expect(after.frames.some((frame) => frame.type === "delta")).toBe(false);
  });

  test("they follow the bucket of a subscription; a new one gets what is written so far behind its ack", async () => {
    const elsewhere = await makeBucket(marian, "book");
    const watching = await live(marian);
    const client = await live(marian, { bucket: elsewhere });
    const run = await startSlow(marian, TEXT, 15);
    await watching.until((frame) => frame.type === "delta" && frame.at !== 0);
    expect(client.frames.some((frame) => frame.type === "delta")).toBe(false);
    client.send({ type: "subscribe", ref: "chapter", bucket: marian.chapter });
    await client.until((frame) => about(run)(frame) && eventOf(frame).type === "run.succeeded");
    const ack = indexOf(client, answerTo("chapter"));
    expect(client.frames[ack + 1]).toEqual(expect.objectContaining({ type: "delta", run, at: 0 }));
    expect(client.frames.filter((frame) => frame.type === "delta" && frame.at === 0)).toHaveLength(
      1,
    );
    expect(joined(client.frames, run)).toEqual({ attempt: 1, text: TEXT, holes: 0 });
  });
});

describe("what an account may see", () => {
  const place = (root: string) => ({ root, path: [root] });
  const change = (type: string, root: string, account: string) =>
    transact(postgres.db, async (tx) => {
      if (type === "bucket.member_added")
        await tx.insert(members).values({ root, account, role: "viewer" });
      else
        await tx.delete(members).where(and(eq(members.root, root), eq(members.account, account)));
      await append(tx, SYSTEM, { type, place: place(root), subject: root, data: { account } });
    });

  test("another account's events and deltas never arrive", async () => {
    const client = await live(tom);
    const run = await startSlow(marian, "one two three four", 5);
    await (await live(marian, { since: client.since() })).until(
      (frame) => about(run)(frame) && eventOf(frame).type === "run.succeeded",
    );
    const own = await askIn(tom, tom.chapter);
    await client.until(about(own));
    expect(subjects(client)).toEqual([own]);
    expect(client.frames.some((frame) => frame.type === "delta")).toBe(false);
  });

  test("a new root of one's own is heard at once", async () => {
    const client = await live(tom);
    const book = await makeBucket(tom, "book");
    const chapter = await makeBucket(tom, "chapter", book);
    const blob = await askIn(tom, chapter);
    await client.until(about(blob));
    expect(subjects(client)).toEqual([book, chapter, blob]);
  });

  test("whoever is added hears from then on, whoever is removed nothing more", async () => {
    const book = await makeBucket(marian, "book");
    const chapter = await makeBucket(marian, "chapter", book);
    const client = await live(tom);
    const since = client.since();
    await askIn(marian, chapter);
    await change("bucket.member_added", book, tom.account);
    await client.until((frame) => isEvent(frame) && eventOf(frame).type === "bucket.member_added");
    const heard = await askIn(marian, chapter);
    await client.until(about(heard));
    await change("bucket.member_removed", book, tom.account);
    const watching = await live(marian, { bucket: book, since });
    await watching.until(
      (frame) => isEvent(frame) && eventOf(frame).type === "bucket.member_removed",
    );
    await askIn(marian, chapter);
    const own = await askIn(tom, tom.chapter);
    await client.until(about(own));
    expect(client.events().map((event) => event.type)).toEqual([
      "bucket.member_added",
      "blob.created.text-input-v1",
      "blob.created.text-input-v1",
    ]);
    expect(subjects(client)).toEqual([book, heard, own]);
    // Nor is it replayed to one who may no longer see it, although he might then.
    const again = await live(tom, { since });
    await again.until(about(own));
    expect(subjects(again)).toEqual([own]);
  });

  test("who is a member again is replayed all of it", async () => {
    const book = await makeBucket(marian, "book");
    const chapter = await makeBucket(marian, "chapter", book);
    const client = await live(tom);
    await change("bucket.member_added", book, tom.account);
    const one = await askIn(marian, chapter);
    await client.until(about(one));
    const since = client.since();
    await change("bucket.member_removed", book, tom.account);
    const two = await askIn(marian, chapter);
    await change("bucket.member_added", book, tom.account);
    const three = await askIn(marian, chapter);
    await client.until(about(three));
    expect(subjects(client)).not.toContain(two);
    const again = await live(tom, { since, types: "blob.>" });
    await again.until(about(three));
    expect(subjects(again)).toEqual([two, three]);
  });
});

describe("commands", () => {
  const draft = (text: string, more: Json = {}) => ({
    schema: "text-input-v1",
    bucket: marian.chapter,
    content: { text },
    ...more,
  });
  const create = (client: LiveClient, ref: string, key: string, body: Json) => {
    client.send({ type: "blob.create", ref, key, ...body });
    return client.until(answerTo(ref));
  };
  const blobOf = (frame: Frame) => frame.blob as Json & { id: string };

  test("blob.create is acknowledged once stored, and answers as HTTP does", async () => {
    const client = await live(marian);
    const ack = await create(client, "1", crypto.randomUUID(), draft("fog"));
    const { status, body } = await marian.get(`/api/blobs/${blobOf(ack).id}`);
    expect(status).toBe(200);
    expect(ack).toEqual({ type: "ack", ref: "1", blob: body });
    await client.until(about(blobOf(ack).id));
  });

  test("the same key again is the same blob, over the socket, over HTTP, and both ways round", async () => {
    const client = await live(marian);
    const other = await live(marian);
    const [one, two] = [crypto.randomUUID(), crypto.randomUUID()];
    const body = draft("fog", { metadata: { passage: "p" } });
    const first = await create(client, "1", one, body);
    expect(blobOf(await create(client, "2", one, body))).toEqual(blobOf(first));
    expect(blobOf(await create(other, "3", one, body))).toEqual(blobOf(first));
    const http = await marian.post("/api/blobs", body, { "idempotency-key": one });
    expect([http.status, http.body]).toEqual([201, blobOf(first)]);
    const begun = await marian.post("/api/blobs", body, { "idempotency-key": two });
    expect(blobOf(await create(client, "4", two, body))).toEqual(begun.body as never);
    const refused = await create(client, "5", two, draft("other words"));
    expect(refused.problem).toEqual(
      expect.objectContaining({ status: 422, type: "/problems/idempotency-key" }),
    );
  });

  test("what does not validate is refused with the place, and nothing is stored", async () => {
    const client = await live(marian, { types: "blob.>" });
    const problemOf = async (ref: string, body: Json) =>
      (await create(client, ref, crypto.randomUUID(), body)).problem as Json;
    expect(await problemOf("1", draft(""))).toEqual(
      expect.objectContaining({
        status: 422,
        errors: [expect.objectContaining({ pointer: "/content/text", rule: "minLength" })],
      }),
    );
    expect((await problemOf("2", draft("x", { schema: "nothing-v1" }))).status).toBe(422);
    expect((await problemOf("3", draft("x", { bucket: tom.chapter }))).status).toBe(404);
    expect((await problemOf("4", { bucket: marian.chapter })).status).toBe(422);
    client.send({ type: "blob.create", ref: "5", ...draft("no key") });
    expect((await client.until(answerTo("5"))).problem).toEqual(
      expect.objectContaining({
        status: 422,
        errors: [expect.objectContaining({ rule: "required" })],
      }),
    );
    expect((await problemOf("6", draft("nul \u0000"))).status).toBe(422);
    const stored = await askIn(marian, marian.chapter);
    await client.until(about(stored));
    expect(subjects(client)).toEqual([stored]);
  });

  test("run.cancel stops a run; what it had written is kept", async () => {
    const client = await live(marian);
    const run = await startSlow(marian, "word ".repeat(500), 20);
    await client.until((frame) => frame.type === "delta" && frame.run === run);
    client.send({ type: "run.cancel", ref: "1", run });
    const ack = await client.until(answerTo("1"));
    expect(ack).toEqual({ type: "ack", ref: "1", run: expect.objectContaining({ id: run }) });
    await client.until((frame) => about(run)(frame) && eventOf(frame).type === "run.cancelled");
    client.send({ type: "run.cancel", ref: "2", run });
    expect((await client.until(answerTo("2"))).run).toEqual(
      expect.objectContaining({ status: "cancelled" }),
    );
    const stranger = await live(tom);
    stranger.send({ type: "run.cancel", ref: "3", run });
    expect((await stranger.until(answerTo("3"))).problem).toEqual(
      expect.objectContaining({ status: 404 }),
    );
  });
});

describe("a page's fragments", () => {
  const passageOf = async (chapter: string) => {
    const document = await marian.get<{ passages: { id: string }[] }>(`/api/documents/${chapter}`);
    return document.body.passages[0]!.id;
  };

  test("events of a passage carry them, other events do not", async () => {
    const chapter = marian.chapter;
    const passage = await passageOf(chapter);
    const elsewhere = await makeBucket(marian, "chapter", marian.book);
    const [one, other, plain] = await Promise.all([
      live(marian, { view: `chapter/${chapter}` }),
      live(marian, { view: `chapter/${chapter}` }),
      live(marian),
    ]);
    const unrelated = await askIn(marian, elsewhere);
    const run = await startSlow(marian, "one two", 1, { passage });
    const ended = (frame: Frame) => about(run)(frame) && eventOf(frame).type === "run.succeeded";
    await Promise.all([one.until(ended), other.until(ended), plain.until(ended)]);
    const after = await askIn(marian, elsewhere);
    await Promise.all([one, other, plain].map((client) => client.until(about(after))));

    expect(eventOffsets(one)).toEqual(eventOffsets(plain));
    for (const client of [one, other]) {
      const carrying = client.frames.filter((frame) => "content" in frame);
      expect(carrying.map((frame) => eventOf(frame).type)).toEqual([
        "run.queued",
        "run.started",
        "run.succeeded",
        "blob.derived.expanded-text-v1",
      ]);
      for (const { content } of carrying) {
        expect(content).toContain("<hx-partial");
        expect(content).toContain(passage);
      }
      expect(client.frames.find(about(unrelated))).not.toHaveProperty("content");
    }
    expect(plain.frames.some((frame) => "content" in frame)).toBe(false);
  });

  test("what is replayed carries them as the page is now", async () => {
    const chapter = marian.chapter;
    const passage = await passageOf(chapter);
    const client = await live(marian);
    const since = client.since();
    const run = await startSlow(marian, "It had rained.", 1, { passage });
    const derived = (frame: Frame) =>
      isEvent(frame) &&
      eventOf(frame).type.startsWith("blob.derived") &&
      eventOf(frame).data.run === run;
    await client.until(derived);
    const again = await live(marian, { view: `chapter/${chapter}`, since });
    const frame = await again.until(derived);
    expect(again.frames[0]!.recovered).toBe(true);
    expect(frame.content).toContain("It had rained.");
    expect(eventOffsets(again)).toEqual(eventOffsets(client));
  });
});

describe("a client that does not keep up", () => {
  test("is closed with 1013, little waits for it, and it recovers all", async () => {
    const healthy = await live(marian, { types: "schema.>" });
    const stuck = await raw(marian, "/live?types=schema.>");
    await eventually(() => stuck.frames().messages.length > 0);
    const welcome = JSON.parse(stuck.frames().messages[0]!) as Frame;
    stuck.pause();
    const filler = "x".repeat(256 * 1024);
    for (let from = 0; from < 100; from += 25)
      await transact(postgres.db, (tx) =>
        append(
          tx,
          SYSTEM,
          ...Array.from({ length: 25 }, (_, i) => ({
            type: "schema.registered",
            place: null,
            subject: `large-${from + i}`,
            data: { filler },
          })),
        ),
      );
    // The request wakes the relay; one that reads takes what comes, however much at once.
    await askIn(marian, marian.chapter);
    await healthy.until(about("large-99"));
    // Not a wait for something: not reading for so long is what this is about.
    await Bun.sleep(STALLED_MS * 1.5);
    stuck.resume();
    await eventually(() => stuck.frames().closed);
    const { closed, messages } = stuck.frames();
    expect(closed).toBe(1013);
    // What the kernels' buffers held, and what waited in the studio.
    expect(stuck.received()).toBeLessThan(16 * 1024 * 1024);
    const heard = messages.map((text) => JSON.parse(text) as Frame).filter(isEvent);
    expect(heard.length).toBeLessThan(100);
    const last = heard.at(-1)?.offset ?? welcome.offset!;
    const again = await live(marian, { types: "schema.>", since: `${welcome.epoch}:${last}` });
    await again.until(about("large-99"));
    expect(again.frames[0]!.recovered).toBe(true);
    expect([...heard.map((frame) => frame.offset!), ...eventOffsets(again)]).toEqual(
      eventOffsets(healthy),
    );
  });

  test("a replay waits for one that reads slowly, and tells it all", async () => {
    const { epoch } = (await live(marian)).frames[0]!;
    const slowly = await raw(marian, `/live?types=schema.>&since=${epoch}:0`);
    slowly.pause();
    slowly.resume();
    await eventually(() => slowly.frames().messages.some((text) => text.includes('"large-99"')));
    const frames = slowly.frames().messages.map((text) => JSON.parse(text) as Frame);
    expect(slowly.frames().closed).toBeUndefined();
    expect(frames[0]!.recovered).toBe(true);
    expect(slowly.received()).toBeGreaterThan(20 * 1024 * 1024);
    const rows = await postgres.db
      .select({ offset: events.offset })
      .from(events)
      .where(eq(events.type, "schema.registered"))
      .orderBy(events.offset);
    expect(frames.filter(isEvent).map((frame) => frame.offset!)).toEqual(
      rows.map((row) => row.offset!),
    );
  });
});

describe("a studio that stops and starts", () => {
  test("closes its sockets with 1012, even those that read nothing", async () => {
    const ending = await openTestStudio({ processors: [slow] });
    try {
      const client = await signUp(ending.url, MARIAN);
      const socket = await client.live();
      const stuck = await openRaw(ending.url, "/live", { authorization: `Bearer ${client.token}` });
      open.push(stuck);
      stuck.pause();
      await ending.stop();
      expect((await socket.closed).code).toBe(1012);
    } finally {
      await ending.stop().catch(() => {});
    }
  });

  test("with another epoch it recovers nothing; nor from before what it has kept", async () => {
    const database = await freshDatabase();
    const options = {
      processors: [slow],
      variables: { REYNA_SECRET: SECRET },
      databaseUrl: database.url,
    };
    const db = await openPostgres(database.url);
    let running: TestStudio | undefined = await openTestStudio(options);
    try {
      const client = await signUp(running.url, MARIAN);
      const before = await client.live();
      const blob = await askIn(client, client.chapter);
      await before.until(about(blob));
      const since = before.since();
      const { epoch, offset } = before.frames[0]!;

      await pruneEvents(db.db, new Date(Date.now() + 31 * 24 * 60 * 60 * 1_000));
      const tooOld = await client.live({ since: `${epoch}:${offset}` });
      expect(tooOld.frames[0]!.recovered).toBe(false);
      await tooOld.until((frame) => frame.type === "reset");
      const newest = await client.live({ since });
      expect(newest.frames[0]!.recovered).toBe(true);
      const next = await askIn(client, client.chapter);
      await Promise.all([tooOld.until(about(next)), newest.until(about(next))]);
      expect(subjects(newest)).toEqual([next]);

      await running.stop();
      running = undefined;
      // As a restored backup has it.
      await administer(database.url, (admin) =>
        admin.query("update studio set epoch = gen_random_uuid()"),
      );
      running = await openTestStudio(options);
      const resumed = await (await signIn(running.url, MARIAN)).live({ since: newest.since() });
      await resumed.until((frame) => frame.type === "reset");
      expect(resumed.frames[0]).toEqual(
        expect.objectContaining({ type: "welcome", recovered: false }),
      );
      expect(resumed.frames[0]!.epoch).not.toBe(epoch);
    } finally {
      await running?.stop();
      await db.close();
      await database.drop();
    }
  });
});

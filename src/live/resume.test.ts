import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { and, asc, eq, gt } from "drizzle-orm";
import { events } from "../../drizzle/tables.ts";
import {
  type Client,
  clientOf,
  eventually,
  type Frame,
  type Json,
  signUp,
} from "../../test/support/client.ts";
import { freePort, type Nats } from "../../test/support/nats.ts";
import { freshDatabase, ownNats } from "../../test/support/services.ts";
import { type StudioProcess, spawnStudio } from "../../test/support/studio.ts";
import { openPostgres } from "../database.ts";

const SECRET = "a-secret-for-tests-that-is-long-enough";

const nats: Nats | null = await ownNats();
let database: { url: string; drop(): Promise<void> };
let folder: string;
const processes: StudioProcess[] = [];
const followers: Follower[] = [];

beforeAll(async () => {
  database = await freshDatabase();
  folder = await mkdtemp(join(tmpdir(), "reyna-test-"));
});

afterEach(async () => {
  for (const follower of followers.splice(0)) follower.stop();
  await Promise.all(processes.splice(0).map((one) => one.kill("SIGKILL")));
});

afterAll(async () => {
  await nats?.stop();
  await database?.drop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function start(variables: Record<string, string>): Promise<StudioProcess> {
  const started = await spawnStudio({
    DATABASE_URL: database.url,
    REYNA_SECRET: SECRET,
    REYNA_DATA: folder,
    ...variables,
  });
  processes.push(started);
  return started;
}

type Follower = {
  heard: { offset: number; subject: string; traceparent: string }[];
  /** One a connection. */
  welcomes: Frame[];
  stop(): void;
};

/** A client that comes back whenever its socket closes, with the last offset that it heard. */
function follow(url: () => string, { token }: Client, query: Record<string, string>): Follower {
  let since: string | undefined;
  let epoch = "";
  let stopped = false;
  let socket: WebSocket | undefined;
  const follower: Follower = {
    heard: [],
    welcomes: [],
    stop() {
      stopped = true;
      socket?.close();
    },
  };
  const open = () => {
    if (stopped) return;
    const address = new URL(
      `/live?${new URLSearchParams({ ...query, ...(since ? { since } : {}) })}`,
      url(),
    );
    address.protocol = "ws:";
    socket = new WebSocket(address, {
      headers: { authorization: `Bearer ${token}` },
    } as unknown as string[]);
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(String(data)) as Frame;
      if (frame.type === "welcome") {
        follower.welcomes.push(frame);
        epoch = frame.epoch as string;
      }
      if (frame.type === "event") {
        const { subject, traceparent } = frame.event as { subject: string; traceparent: string };
        follower.heard.push({ offset: frame.offset!, subject, traceparent });
      }
      if (frame.offset !== undefined) since = `${epoch}:${frame.offset}`;
    };
    socket.onclose = () => setTimeout(open, 30);
  };
  open();
  followers.push(follower);
  return follower;
}

/** Stores an ask, however often it takes; the key makes it one. */
async function askUntilStored(client: Client): Promise<string> {
  const key = crypto.randomUUID();
  const draft = { schema: "text-input", bucket: client.chapter, content: { text: "fog" } };
  return eventually(async () => {
    try {
      const answer = await client.post<Json & { id: string }>("/api/blobs", draft, {
        "idempotency-key": key,
      });
      return answer.status === 201 && answer.body.id;
    } catch {
      return undefined;
    }
  }, 40_000);
}

/** The events of a root that have an offset by now, in order. */
async function logOf(root: string, after: number) {
  const postgres = await openPostgres(database.url);
  try {
    return await postgres.db
      .select({ offset: events.offset, subject: events.subject })
      .from(events)
      .where(and(eq(events.root, root), gt(events.offset, after)))
      .orderBy(asc(events.offset));
  } finally {
    await postgres.close();
  }
}

/** Nothing missing, nothing twice, nothing out of order, in spite of whatever happened. */
async function expectAllOf(follower: Follower, root: string, after: number): Promise<void> {
  const log = await logOf(root, after);
  const newest = log.at(-1)!.offset!;
  await eventually(() => (follower.heard.at(-1)?.offset ?? 0) >= newest, 40_000);
  const heard = follower.heard.filter(({ offset }) => offset <= newest);
  expect(heard.map(({ offset, subject }) => ({ offset, subject }))).toEqual(log as never);
  const [, ...resumed] = follower.welcomes;
  expect(resumed.map((frame) => frame.recovered)).toEqual(resumed.map(() => true));
}

test("a studio killed and started again while events go on: sockets resume, nothing missing, nothing twice", async () => {
  const PORT = String(await freePort());
  let studio = await start({ PORT });
  const client = await signUp(studio.url);
  const url = () => `http://127.0.0.1:${PORT}`;
  const all = follow(url, client, { bucket: client.book });
  const paged = follow(url, client, {
    bucket: client.book,
    view: `chapter/${client.chapter}`,
  });
  await eventually(() => all.welcomes.length > 0 && paged.welcomes.length > 0);
  const from = [all, paged].map((one) => one.welcomes[0]!.offset!);
  let stored = 0;
  let writing = true;
  const writers = Array.from({ length: 3 }, async () => {
    while (writing) {
      await askUntilStored(client);
      stored++;
    }
  });
  for (let kill = 1; kill <= 2; kill++) {
    await eventually(() => stored >= kill * 15, 40_000);
    await studio.kill("SIGKILL");
    studio = await start({ PORT });
    await eventually(() => all.welcomes.length > kill && paged.welcomes.length > kill, 40_000);
  }
  await eventually(() => stored >= 45, 40_000);
  writing = false;
  await Promise.all(writers);
  await expectAllOf(all, client.book, from[0]!);
  await expectAllOf(paged, client.book, from[1]!);
}, 180_000);

describe.skipIf(!nats)("two web processes over NATS", () => {
  test("what happens at one reaches the sockets of both in order, with its trace; also while NATS is away", async () => {
    const variables = { NATS_URL: nats!.url };
    const [one, two] = await Promise.all([
      start({ ...variables, ROLES: "web,relay" }),
      start({ ...variables, ROLES: "web" }),
    ]);
    const here = await signUp(one.url, {
      name: "Tom Reed",
      email: `${crypto.randomUUID()}@reed.example`,
      password: "the-long-stair-down",
    });
    const there = await clientOf(two.url, here.token, here.account);
    const both = [here, there].map((client) =>
      follow(() => client.url, client, { bucket: here.book }),
    );
    await eventually(() => both.every((one) => one.welcomes.length > 0));
    const from = both.map((one) => one.welcomes[0]!.offset!);

    const traced = await here.post<{ id: string }>(
      "/api/blobs",
      { schema: "text-input", bucket: here.chapter, content: { text: "fog" } },
      { traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" },
    );
    for (const follower of both) {
      const heard = await eventually(() =>
        follower.heard.find(({ subject }) => subject === traced.body.id),
      );
      expect(heard.traceparent).toContain("4bf92f3577b34da6a3ce929d0e0e4736");
      // Of the run that it triggered, too.
      await eventually(() => follower.heard.length >= 2);
      expect(follower.heard[1]!.traceparent).toContain("4bf92f3577b34da6a3ce929d0e0e4736");
    }

    const write = (count: number) =>
      Promise.all(
        [here, there].map(async (client) => {
          for (let i = 0; i < count; i++) await askUntilStored(client);
        }),
      );
    await write(20);
    for (const [i, follower] of both.entries()) await expectAllOf(follower, here.book, from[i]!);

    await nats!.kill("SIGKILL");
    await write(10);
    for (const [i, follower] of both.entries()) await expectAllOf(follower, here.book, from[i]!);

    await nats!.restart();
    await write(10);
    for (const [i, follower] of both.entries()) await expectAllOf(follower, here.book, from[i]!);
    // Nobody had to come back for any of it.
    expect(both.map((follower) => follower.welcomes.length)).toEqual([1, 1]);
  }, 120_000);

  test("a run streamed by a worker elsewhere, and a sign-out at the other process, are heard", async () => {
    const variables = { NATS_URL: nats!.url };
    const [one, two] = await Promise.all([
      start({ ...variables, ROLES: "web" }),
      start({ ...variables, ROLES: "web,worker,relay" }),
    ]);
    const here = await signUp(one.url, {
      name: "Ada Pine",
      email: `${crypto.randomUUID()}@pine.example`,
      password: "the-long-stair-down",
    });
    const there = await clientOf(two.url, here.token, here.account);
    const early = await here.live();
    const text = "the fog came in over the harbour wall ".repeat(8);
    const blob = await there.ask(text);
    const run = await there.post<{ id: string }>("/api/runs", {
      processor: "slow",
      blob: blob.id,
      config: { ms: 20 },
    });
    const ofRun = (frame: Frame) => frame.type === "delta" && frame.run === run.body.id;
    await early.until((frame) => ofRun(frame) && frame.at !== 0);
    const late = await here.live();
    for (const client of [early, late]) {
      await client.until((frame) => {
        const { type, subject } = (frame.event ?? {}) as Record<string, string>;
        return type === "run.succeeded" && subject === run.body.id;
      });
      const whole = client.frames.filter(ofRun).reduce((so, frame) => {
        expect(frame.at as number).toBeLessThanOrEqual(so.length);
        return so.slice(0, frame.at as number) + frame.text;
      }, "");
      expect(whole).toBe(text);
      expect(client.frames.find(ofRun)!.at).toBe(0);
    }
    await there.post("/api/auth/sign-out", {});
    expect((await early.closed).code).toBe(1008);
    expect((await late.closed).code).toBe(1008);
  }, 120_000);
});

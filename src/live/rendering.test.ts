/** What happens around a page's fragments, with a page that renders as a test tells it to. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "bun:test";
import type { Frame } from "../../test/support/client.ts";
import { eventually } from "../../test/support/client.ts";
import { freshDatabase, quiet } from "../../test/support/services.ts";
import { SYSTEM } from "../access.ts";
import type { Bus } from "../bus/bus.ts";
import { openInProcess } from "../bus/in-process.ts";
import { DatabaseUnavailable, openPostgres, type Postgres, transact } from "../database.ts";
import { append } from "../events/append.ts";
import { type Feed, openFeed } from "../events/feed.ts";
import { type Relay, startRelay } from "../events/relay.ts";
import { type Live, openLive } from "./live.ts";
import type { LiveSocket } from "./socket.ts";

let database: { url: string; drop(): Promise<void> };
let postgres: Postgres;
let bus: Bus;
let feed: Feed;
let relay: Relay;
let live: Live;
let server: Bun.Server<LiveSocket>;
let make: (offset: number) => Promise<object> | undefined;
let made: number[];
const sockets: WebSocket[] = [];

beforeAll(async () => {
  database = await freshDatabase();
  postgres = await openPostgres(database.url);
  bus = openInProcess({ log: quiet });
  feed = await openFeed({ db: postgres.db, bus, log: quiet });
  const view = {
    async requireSeen() {},
    make(_id: string, { offset }: { offset: number }) {
      made.push(offset);
      return make(offset);
    },
  };
  const parts = { db: postgres.db, bus, feed, log: quiet, processors: [] };
  live = await openLive({ ...parts, views: { page: view } });
  relay = startRelay({ postgres, bus, log: quiet }, feed.offer);
  const account = Bun.randomUUIDv7();
  const session = { id: Bun.randomUUIDv7(), expiresAt: new Date(Date.now() + 60 * 60 * 1_000) };
  server = Bun.serve<LiveSocket>({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request, server) {
      const since = new URL(request.url).searchParams.get("since") ?? undefined;
      const actor = { kind: "account", account, administrator: false } as const;
      const data = await live.connect(actor, session, { since, view: "page/1" });
      server.upgrade(request, { data });
      return new Response(null);
    },
    websocket: {
      open: (ws) => ws.data.open(ws),
      message: (ws, message) => ws.data.receive(String(message)),
      close: (ws) => ws.data.closed(),
    },
  });
});

beforeEach(() => {
  made = [];
});

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

afterAll(async () => {
  await relay?.stop();
  await live?.stop();
  await server?.stop(true);
  await feed?.stop();
  await bus?.close();
  await postgres?.close();
  await database?.drop();
});

async function connect(since?: string) {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/${since ? `?since=${since}` : ""}`);
  sockets.push(socket);
  const frames: Frame[] = [];
  const closed = Promise.withResolvers<number>();
  socket.onmessage = ({ data }) => frames.push(JSON.parse(String(data)) as Frame);
  socket.onclose = ({ code }) => closed.resolve(code);
  await eventually(() => frames.some((frame) => frame.type === "position"));
  // Left are the events that were replayed.
  frames.splice(0, frames.length, ...frames.filter((frame) => frame.type === "event"));
  return { frames, closed: closed.promise };
}

/** Events of that many, each of its own transaction; answers their offsets. */
async function happen(count: number): Promise<number[]> {
  const from = feed.offset;
  for (let i = 0; i < count; i++)
    await transact(postgres.db, (tx) =>
      append(tx, SYSTEM, { type: "schema.registered", place: null, subject: "s", data: {} }),
    );
  relay.wake();
  await eventually(() => feed.offset === from + count);
  return Array.from({ length: count }, (_, i) => from + 1 + i);
}

const shown = (frames: Frame[]) =>
  frames.map(({ type, offset, content }) => [type, offset, content]);

test("one rendering serves all who look; frames keep their order, however long each takes", async () => {
  const gates = new Map<number, PromiseWithResolvers<object>>();
  make = (offset) => {
    gates.set(offset, Promise.withResolvers<object>());
    return gates.get(offset)!.promise;
  };
  const [one, other] = [await connect(), await connect()];
  const [first, second] = (await happen(2)) as [number, number];
  expect(made).toEqual([first, second]);
  gates.get(second)!.resolve({ content: "second" });
  await Bun.sleep(0);
  expect([...one.frames, ...other.frames]).toEqual([]);
  gates.get(first)!.resolve({ content: "first" });
  for (const { frames } of [one, other]) {
    await eventually(() => frames.length === 2);
    expect(shown(frames)).toEqual([
      ["event", first, "first"],
      ["event", second, "second"],
    ]);
  }
});

test("an event without fragments waits behind those that are being made", async () => {
  const gate = Promise.withResolvers<object>();
  const from = feed.offset;
  make = (offset) => (offset === from + 1 ? gate.promise : undefined);
  const { frames } = await connect();
  await happen(3);
  expect(frames).toEqual([]);
  gate.resolve({ content: "first" });
  await eventually(() => frames.length === 3);
  expect(frames.map((frame) => frame.offset)).toEqual([from + 1, from + 2, from + 3]);
});

test("fragments are made anew for a replay: they show the page as it is then", async () => {
  let text = "before";
  make = async () => ({ content: text });
  const since = `${feed.epoch}:${feed.offset}`;
  const early = await connect();
  await happen(1);
  await eventually(() => early.frames.length === 1);
  text = "after";
  const late = await connect(since);
  expect(late.frames.map((frame) => frame.content)).toEqual(["after"]);
});

test("while the database is away the socket closes with 1013, and coming back gets the fragments", async () => {
  let away = true;
  make = async (offset) => {
    if (away) throw new DatabaseUnavailable("It is away.");
    return { content: `${offset}` };
  };
  const since = `${feed.epoch}:${feed.offset}`;
  const { closed, frames } = await connect();
  const offsets = await happen(2);
  expect(await closed).toBe(1013);
  expect(frames).toEqual([]);
  away = false;
  const again = await connect(since);
  expect(shown(again.frames)).toEqual(offsets.map((offset) => ["event", offset, `${offset}`]));
});

test("a page that cannot be rendered at all holds nobody: the event goes without, and a reset", async () => {
  const from = feed.offset;
  make = async (offset) => {
    if (offset === from + 2) throw new Error("as it was told to");
    return { content: `${offset}` };
  };
  const { frames } = await connect();
  await happen(3);
  await eventually(() => frames.length === 4);
  expect(shown(frames)).toEqual([
    ["event", from + 1, `${from + 1}`],
    ["event", from + 2, undefined],
    ["reset", undefined, undefined],
    ["event", from + 3, `${from + 3}`],
  ]);
});

test("renderings that fail before their turn, or after the socket is gone, harm nobody", async () => {
  const gate = Promise.withResolvers<object>();
  const from = feed.offset;
  make = (offset) =>
    offset === from + 1 ? gate.promise : Promise.reject(new Error("as it was told to"));
  const { frames, closed } = await connect();
  await happen(3);
  sockets.at(-1)!.close();
  await closed;
  gate.reject(new Error("as it was told to"));
  make = () => undefined;
  const next = await connect();
  await happen(1);
  await eventually(() => next.frames.length === 1);
  expect(frames).toEqual([]);
});

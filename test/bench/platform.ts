/** The platform's times beside a floor measured in the same run, in both ways a studio is run. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { DELTA_WINDOW_MS } from "../../src/runs/deltas.ts";
import { validate } from "../../src/schemas/validation.ts";
import { type Client, type LiveClient, signUp } from "../support/client.ts";
import { startModelServer } from "../support/model-server.ts";
import { freshDatabase, startSomeNats } from "../support/services.ts";
import { ms, print, ratio, type Spread, spread, start, told } from "./measure.ts";

const SOCKETS = 100;
const POSTS = 400;
const WARM_UP = 100;
const VALIDATIONS = 5_000;
const THROUGHPUT_MS = 4_000;
const CONCURRENCY = 16;
/** Words the model sends, one at a time, further apart than the batching window. */
const WORDS = 120;
const WORD_PAUSE_MS = 70;

const BODY_BYTES = 5 * 1024;
const text = "The lamp was burning when she reached the gallery. ".repeat(120).slice(0, BODY_BYTES);

type Row = [what: string, alone: string, shared: string, floor: string];
/** Figures by what was measured. */
type Mode = { studio: Record<string, string>; floor: Record<string, string> };

/** Prints the table of the platform; Postgres runs, and `TEST_DATABASE_URL` names it. */
export async function benchPlatform(): Promise<void> {
  const validation = validated();
  const starts = await startTimes();
  const alone = await measureMode(null);
  const nats = await startSomeNats();
  const shared: Partial<Mode> = nats ? await measureMode(nats.url) : {};
  await nats?.stop();
  const rows: Row[] = [];
  for (const [what, figure] of Object.entries(alone.studio)) {
    const floors = [alone.floor[what], shared.floor?.[what]].filter(Boolean);
    rows.push([what, figure, shared.studio?.[what] ?? "no NATS", floors.join(" and ")]);
  }
  rows.push(["validation of a 5 KB blob", told(validation), "the same", ""]);
  rows.push(["start to ready, cold and warm", starts, "", ""]);
  print(
    "Milliseconds, p50 / p99.",
    ["one process, in-process bus", "web and worker processes, NATS", "floor (alone and shared)"],
    rows,
  );
}

async function measureMode(natsUrl: string | null): Promise<Mode> {
  const database = await freshDatabase();
  const folder = await mkdtemp(join(tmpdir(), "reyna-bench-"));
  const common = { DATABASE_URL: database.url, NATS_URL: natsUrl ?? undefined, REYNA_DATA: folder };
  const result: Mode = { studio: {}, floor: {} };
  const open = async (variables: Record<string, string | undefined>) => {
    const web = await start("./program.ts", {
      ...common,
      ...variables,
      ...(natsUrl ? { ROLES: "web,relay" } : {}),
    });
    const worker = natsUrl
      ? await start("./program.ts", { ...common, ...variables, ROLES: "worker" })
      : undefined;
    return { web, worker };
  };

  const { web, worker } = await open({});
  const marian = await signUp(web.url);
  result.studio["idle memory, MiB"] = [web, worker]
    .map((one) => one && ms(one.memory()))
    .filter(Boolean)
    .join(" + ");

  const created = await createdToSockets(marian);
  const floor = await start("./floor.ts", common);
  const floorCreated = await floorToSockets(floor.url);
  const what = `POST of a 5 KB blob → its event on ${SOCKETS} sockets`;
  result.studio[what] =
    `${told(created)} (${ratio(created.p50, floorCreated.p50)}, ${ratio(created.p99, floorCreated.p99)} the floor)`;
  result.floor[what] = told(floorCreated);
  result.studio["memory with 100 sockets, MiB"] = ms(web.memory());

  const derived = await createdToDerived(marian);
  result.studio["POST → derived blob on a socket, a processor that does nothing"] = told(derived);

  const perSecond = await blobsPerSecond(marian);
  const bare = await barePerSecond(database.url, marian);
  result.studio[`blobs a second, ${CONCURRENCY} at a time`] =
    `${Math.round(perSecond)} (${Math.round((100 * perSecond) / bare)} % of bare)`;
  result.floor[`blobs a second, ${CONCURRENCY} at a time`] =
    `${Math.round(bare)} bare transactions`;
  await floor.stop();
  await web.stop();
  await worker?.stop();

  const model = await startModelServer();
  const expanding = await open({ OPENAI_BASE_URL: model.url, OPENAI_MODEL: "bench" });
  const { all, first } = await deltas(expanding.web.url, model);
  result.studio[`word from the model → delta on a socket (window ${DELTA_WINDOW_MS})`] =
    `${told(all)}, the first ${ms(first)}`;
  await expanding.web.stop();
  await expanding.worker?.stop();
  await model.stop();

  await database.drop();
  await rm(folder, { recursive: true, force: true });
  return result;
}

function draft(client: Client) {
  return {
    schema: "expanded-text-v1",
    bucket: client.chapter,
    content: { text, model: "bench" },
  };
}

async function createdToSockets(client: Client): Promise<Spread> {
  const arrivals = new Map<string, () => void>();
  const sockets: LiveClient[] = [];
  for (let i = 0; i < SOCKETS; i++) sockets.push(await client.live());
  for (const { socket, frames } of sockets) {
    frames.length = 0;
    socket.onmessage = ({ data }) => {
      const match = /"type":"blob\.created\.[^"]+","subject":"([^"]+)"/.exec(String(data));
      if (match) arrivals.get("")?.();
    };
  }
  const samples: number[] = [];
  for (let i = 0; i < POSTS + WARM_UP; i++) {
    const all = Promise.withResolvers<void>();
    let heard = 0;
    const began = performance.now();
    arrivals.set("", () => {
      heard++;
      if (i >= WARM_UP) samples.push(performance.now() - began);
      if (heard === SOCKETS) all.resolve();
    });
    const { status } = await client.post("/api/blobs", draft(client));
    if (status !== 201) throw new Error(`POST answered ${status}`);
    await all.promise;
  }
  for (const socket of sockets) await socket.close();
  return spread(samples);
}

async function floorToSockets(url: string): Promise<Spread> {
  const sockets = await Promise.all(
    Array.from({ length: SOCKETS }, async () => {
      const socket = new WebSocket(url.replace("http", "ws"));
      await new Promise((opened) => {
        socket.onopen = opened;
      });
      return socket;
    }),
  );
  const samples: number[] = [];
  let arrived = () => {};
  for (const socket of sockets) socket.onmessage = () => arrived();
  for (let i = 0; i < POSTS + WARM_UP; i++) {
    const all = Promise.withResolvers<void>();
    let heard = 0;
    const began = performance.now();
    arrived = () => {
      heard++;
      if (i >= WARM_UP) samples.push(performance.now() - began);
      if (heard === SOCKETS) all.resolve();
    };
    const response = await fetch(url, {
      method: "POST",
      body: JSON.stringify({ text, model: "bench" }),
    });
    await response.json();
    await all.promise;
  }
  for (const socket of sockets) socket.close();
  return spread(samples);
}

async function createdToDerived(client: Client): Promise<Spread> {
  const live = await client.live({ types: "blob.derived.*" });
  const samples: number[] = [];
  let arrived = () => {};
  live.socket.onmessage = ({ data }) => {
    if (String(data).includes('"type":"blob.derived')) arrived();
  };
  for (let i = 0; i < POSTS + WARM_UP; i++) {
    const heard = Promise.withResolvers<void>();
    arrived = heard.resolve;
    const began = performance.now();
    await client.ask(text);
    await heard.promise;
    if (i >= WARM_UP) samples.push(performance.now() - began);
  }
  await live.close();
  return spread(samples);
}

async function deltas(url: string, model: Awaited<ReturnType<typeof startModelServer>>) {
  const client = await signUp(url, {
    name: "Bench",
    email: "bench@oake.example",
    password: "nine-nights-of-fog",
  });
  const words = Array.from({ length: WORDS }, (_, i) => `word${i}`);
  model.behave({ kind: "answer", text: words.join(" "), pauseMs: WORD_PAUSE_MS });
  const live = await client.live();
  const heard = new Map<number, number>();
  let seen = "";
  const done = Promise.withResolvers<void>();
  live.socket.onmessage = ({ data }) => {
    const frame = JSON.parse(String(data)) as {
      type: string;
      at: number;
      text: string;
      event?: { type: string };
    };
    if (frame.type === "delta") {
      seen = seen.slice(0, frame.at) + frame.text;
      for (const match of seen.matchAll(/word(\d+)/g))
        if (!heard.has(Number(match[1]))) heard.set(Number(match[1]), performance.now());
    }
    if (frame.event?.type.startsWith("blob.derived")) done.resolve();
  };
  await client.ask("Dusk.");
  await done.promise;
  await live.close();
  const sentAt = model.requests.at(-1)!.wordTimes;
  const samples = sentAt.map((at, i) => heard.get(i)! - at);
  return { all: spread(samples.slice(1)), first: samples[0]! };
}

async function blobsPerSecond(client: Client): Promise<number> {
  return perSecond(async () => {
    await client.post("/api/blobs", draft(client));
  });
}

/** The same rows in the same transactions, without anything around them. */
async function barePerSecond(url: string, client: Client): Promise<number> {
  const pool = new pg.Pool({ connectionString: url, max: CONCURRENCY });
  const { rows } = await pool.query("select root, path from buckets where id = $1", [
    client.chapter,
  ]);
  const { root, path } = rows[0];
  const content = JSON.stringify(draft(client).content);
  const actor = `account:${client.account}`;
  const result = await perSecond(async () => {
    const connection = await pool.connect();
    const id = Bun.randomUUIDv7();
    await connection.query("begin");
    await connection.query({
      name: "blob",
      text: "insert into blobs (id, root, bucket, schema, schema_version, content, metadata, created_by, updated_by) values ($1, $2, $3, 'expanded-text', 1, $4, '{}', $5, $5) returning *",
      values: [id, root, client.chapter, content, actor],
    });
    await connection.query({
      name: "event",
      text: "insert into events (id, root, path, type, subject, actor, data) values ($1, $2, $3, 'bare', $4, $5, $6)",
      values: [Bun.randomUUIDv7(), root, path, id, actor, JSON.stringify({ id, root })],
    });
    await connection.query("commit");
    connection.release();
  });
  await pool.end();
  return result;
}

async function perSecond(once: () => Promise<void>): Promise<number> {
  let done = 0;
  const began = performance.now();
  const until = began + THROUGHPUT_MS;
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      while (performance.now() < until) {
        await once();
        done++;
      }
    }),
  );
  return (done * 1_000) / (performance.now() - began);
}

function validated(): Spread {
  const source = JSON.stringify({
    type: "object",
    properties: {
      text: { type: "string", minLength: 1, maxLength: 20_000 },
      tags: { type: "array", items: { type: "string", maxLength: 40 }, maxItems: 50 },
    },
    required: ["text"],
    additionalProperties: false,
  });
  const content = { text, tags: Array.from({ length: 40 }, (_, i) => `tag ${i}`) };
  const samples: number[] = [];
  for (let i = 0; i < VALIDATIONS + WARM_UP; i++) {
    const began = performance.now();
    validate(source, content);
    if (i >= WARM_UP) samples.push(performance.now() - began);
  }
  return spread(samples);
}

async function startTimes(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "reyna-bench-"));
  const times: number[] = [];
  for (let i = 0; i < 4; i++) {
    const studio = await start("./program.ts", { REYNA_DATA: folder });
    times.push(studio.readyMs);
    await studio.stop();
  }
  await rm(folder, { recursive: true, force: true });
  const warm = times.slice(1).toSorted((a, b) => a - b)[1]!;
  return `${Math.round(times[0]!)} and ${Math.round(warm)}`;
}

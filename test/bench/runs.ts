/**
 * Queued → begun, and how fast a backlog goes down, beside graphile-worker and pg-boss on the same Postgres in the same
 * run; and how long after a cancellation the model's connection is closed.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeWorkerUtils } from "graphile-worker";
import pg from "pg";
import { PgBoss } from "pg-boss";
import { type Client, eventually, signUp } from "../support/client.ts";
import { startModelServer } from "../support/model-server.ts";
import { freshDatabase, startSomeNats } from "../support/services.ts";
import { print, ratio, type Spread, spread, start, told } from "./measure.ts";

const WARM_UP = 50;
const SAMPLES = 400;
/** Between two of them, in milliseconds: nothing waits for anything. */
const PAUSE_MS = 5;
const BACKLOG = 10_000;
/** Parts of a backlog whose rates are compared: a steady one has equal ones. */
const PARTS = 5;
const CANCELS = 20;
const PATIENCE_MS = 300_000;

type Drain = { perSecond: number; parts: number[] };

/** Prints the table of runs; Postgres runs, and `TEST_DATABASE_URL` names it. */
export async function benchRuns(): Promise<void> {
  const nats = await startSomeNats();
  const database = await freshDatabase();
  const folder = await mkdtemp(join(tmpdir(), "reyna-bench-"));
  const pool = new pg.Pool({ connectionString: database.url, max: 4 });
  const common = {
    DATABASE_URL: database.url,
    NATS_URL: nats?.url,
    REYNA_DATA: folder,
  };
  const open = (roles: string) =>
    start("./runs-program.ts", { ...common, ...(nats ? { ROLES: roles } : {}) });
  try {
    const web = await open("web,relay");
    let worker = nats ? await open("worker") : undefined;
    const client = await signUp(web.url);
    const ours = await begunAfter(client, pool);
    // A backlog that is there when the worker comes, as with the peers.
    await worker?.stop();
    const drained = nats ? await drainOurs(client, pool, () => open("worker")) : undefined;
    worker = undefined;
    await web.stop();

    const graphile = await graphileWorker(database.url, pool, client);
    const boss = await pgBoss(database.url, pool, client);
    const cancelled = await cancelledAfter(folder);
    const rows = [
      [
        "an ask stored and queued, in one transaction → begun",
        `${told(ours)} (${ratio(ours.p50, graphile.begun.p50)} of graphile-worker)`,
        told(graphile.begun),
        told(boss),
      ],
      [
        `${BACKLOG} queued, runs a second`,
        drained
          ? `${Math.round(drained.perSecond)} (${ratio(drained.perSecond, graphile.drain.perSecond)} graphile-worker)`
          : "no NATS",
        String(Math.round(graphile.drain.perSecond)),
        "",
      ],
      [
        "the same, by fifths",
        drained?.parts.map(Math.round).join(", ") ?? "",
        graphile.drain.parts.map(Math.round).join(", "),
        "",
      ],
      ["cancel → the model's connection is closed", told(cancelled), "", ""],
    ];
    print("Milliseconds, p50 / p99.", ["studio", "graphile-worker", "pg-boss"], rows);
  } finally {
    await pool.end();
    await database.drop();
    await nats?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** From the beginning of the statement that stores an ask and its run, to the first line of its processor. */
async function begunAfter(client: Client, pool: pg.Pool): Promise<Spread> {
  for (let at = 0; at < WARM_UP + SAMPLES; at++) {
    await client.ask(`Ask ${at}.`);
    await Bun.sleep(PAUSE_MS);
  }
  const all = await eventually(async () => {
    const { rows } = await pool.query<{ ms: number }>(
      `select (b.content->>'text')::float8 - extract(epoch from r.queued_at)::float8 * 1000 as ms
       from runs r join blobs b on b.run = r.id order by r.id`,
    );
    return rows.length === WARM_UP + SAMPLES && rows;
  }, PATIENCE_MS);
  return spread(all.slice(WARM_UP).map((row) => row.ms));
}

async function drainOurs(
  client: Client,
  pool: pg.Pool,
  open: () => Promise<{ stop(): Promise<void> }>,
): Promise<Drain> {
  for (let at = 0; at < BACKLOG; at += 20)
    await Promise.all(Array.from({ length: 20 }, (_, nr) => client.ask(`Ask ${at + nr}.`)));
  const counting = drain(async () => {
    const { rows } = await pool.query<{ count: number }>(
      "select count(*)::int as count from runs where status = 'queued' or status = 'running'",
    );
    return rows[0]!.count;
  });
  const worker = await open();
  const found = await counting;
  await worker.stop();
  return found;
}

/** Watches what is left; counted from the first that is gone. */
async function drain(left: () => Promise<number>): Promise<Drain> {
  const marks: number[] = [];
  let began = 0;
  await eventually(async () => {
    const now = await left();
    if (began === 0 && now < BACKLOG) began = performance.now();
    while (BACKLOG - now >= ((marks.length + 1) * BACKLOG) / PARTS) marks.push(performance.now());
    return now === 0;
  }, PATIENCE_MS);
  const parts = marks.map(
    (mark, at) => BACKLOG / PARTS / ((mark - (marks[at - 1] ?? began)) / 1_000),
  );
  return { perSecond: BACKLOG / ((marks.at(-1)! - began) / 1_000), parts };
}

const now = () => performance.timeOrigin + performance.now();

function begunIn(said: string): number[] {
  const [, list = "[]"] = /^begun (.*)$/m.exec(said) ?? [];
  return JSON.parse(list) as number[];
}

/**
 * Stores a blob and its two events, and queues a job for it, in one transaction: what the studio does for an ask, as a
 * program over these packages would. Queued is when that began.
 */
async function stored(
  pool: pg.Pool,
  { book, chapter }: Client,
  queue: (tx: pg.PoolClient, queued: number) => Promise<unknown>,
): Promise<void> {
  const tx = await pool.connect();
  const id = Bun.randomUUIDv7();
  await tx.query("begin");
  const queued = now();
  await tx.query(
    `insert into blobs (id, root, bucket, schema, schema_version, content, metadata, created_by, updated_by)
     values ($1, $2, $3, 'text-input', 1, '{"text":"Ask."}', '{}', 'system', 'system')`,
    [id, book, chapter],
  );
  await tx.query(
    `insert into events (id, root, path, type, subject, actor, data)
     values (gen_random_uuid(), $2, array[$2, $3]::uuid[], 'blob.created.text-input-v1', $1, 'system', '{}'),
       (gen_random_uuid(), $2, array[$2, $3]::uuid[], 'run.queued', $1, 'system', '{}')`,
    [id, book, chapter],
  );
  await queue(tx, queued);
  await tx.query("commit");
  tx.release();
}

async function graphileWorker(url: string, pool: pg.Pool, client: Client) {
  const { book, chapter } = client;
  const open = () =>
    start("./runs-peer.ts", { DATABASE_URL: url }, ["graphile-worker", book, chapter]);
  const worker = await open();
  const utils = await makeWorkerUtils({ connectionString: url });
  const add = "select graphile_worker.add_job('clock', json_build_object('queued', $1::float8))";
  for (let at = 0; at < WARM_UP + SAMPLES; at++) {
    await stored(pool, client, (tx, queued) => tx.query(add, [queued]));
    await Bun.sleep(PAUSE_MS);
  }
  await Bun.sleep(500);
  await worker.stop();
  const begun = spread(begunIn(await worker.said()).slice(WARM_UP));
  await utils.addJobs(
    Array.from({ length: BACKLOG }, () => ({ identifier: "clock", payload: { queued: now() } })),
  );
  const counting = drain(async () => {
    const { rows } = await pool.query<{ count: number }>(
      "select count(*)::int as count from graphile_worker.jobs",
    );
    return rows[0]!.count;
  });
  const again = await open();
  const drained = await counting;
  await again.stop();
  await utils.release();
  return { begun, drain: drained };
}

async function pgBoss(url: string, pool: pg.Pool, client: Client): Promise<Spread> {
  const { book, chapter } = client;
  const worker = await start("./runs-peer.ts", { DATABASE_URL: url }, ["pg-boss", book, chapter]);
  const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false });
  await boss.start();
  for (let at = 0; at < WARM_UP + SAMPLES; at++) {
    await stored(pool, client, (tx, queued) =>
      boss.send(
        "clock",
        { queued },
        { db: { executeSql: (text, values) => tx.query(text, values) } },
      ),
    );
    await Bun.sleep(PAUSE_MS);
  }
  await Bun.sleep(2_000);
  await boss.stop();
  await worker.stop();
  return spread(begunIn(await worker.said()).slice(WARM_UP));
}

/** From the request that cancels to the end of the call, as the model's server sees it. */
async function cancelledAfter(folder: string): Promise<Spread> {
  const model = await startModelServer();
  const database = await freshDatabase();
  const studio = await start("./program.ts", {
    DATABASE_URL: database.url,
    REYNA_DATA: join(folder, "cancel"),
    OPENAI_BASE_URL: model.url,
    OPENAI_MODEL: "bench",
  });
  const client = await signUp(studio.url);
  const samples: number[] = [];
  for (let at = 0; at < CANCELS; at++) {
    model.behave({ kind: "answer", text: "word ".repeat(2_000), pauseMs: 10 });
    const calls = model.requests.length;
    const ask = await client.ask(`Ask ${at}.`);
    const { body } = await client.get<{ items: { id: string }[] }>(`/api/runs?blob=${ask.id}`);
    await eventually(() => model.requests.length > calls);
    await Bun.sleep(200);
    const began = performance.now();
    void client.post(`/api/runs/${body.items[0]!.id}/cancellation`, {});
    await model.until((requests) => requests.at(-1)!.closedByClient);
    samples.push(performance.now() - began);
  }
  await studio.stop();
  await model.stop();
  await database.drop();
  return spread(samples);
}

/**
 * A worker of graphile-worker or pg-boss as a process of its own, on the studio's database. Its task does what a run of a
 * processor that does nothing does at the least: an output row and two event rows, in one transaction. It prints when each was
 * begun, once it is told to stop.
 */
import { run } from "graphile-worker";
import pg from "pg";
import { PgBoss } from "pg-boss";

const CONCURRENCY = 16;
const [peer, root, bucket] = process.argv.slice(2) as [string, string, string];
const connectionString = process.env.DATABASE_URL!;
const pool = new pg.Pool({ connectionString, max: CONCURRENCY });
const begun: number[] = [];

async function task(queued: number): Promise<void> {
  begun.push(performance.timeOrigin + performance.now() - queued);
  const client = await pool.connect();
  try {
    await client.query("begin");
    const id = Bun.randomUUIDv7();
    await client.query(
      `insert into blobs (id, root, bucket, schema, schema_version, content, metadata, created_by, updated_by)
       values ($1, $2, $3, 'expanded-text', 1, '{"text":"Done.","model":"peer"}', '{}', 'system', 'system')`,
      [id, root, bucket],
    );
    await client.query(
      `insert into events (id, root, path, type, subject, actor, data)
       values (gen_random_uuid(), $2, array[$2, $3]::uuid[], 'run.succeeded', $1, 'system', '{}'),
         (gen_random_uuid(), $2, array[$2, $3]::uuid[], 'blob.derived.expanded-text-v1', $1, 'system', '{}')`,
      [id, root, bucket],
    );
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    throw error;
  } finally {
    client.release();
  }
}

let stop: () => Promise<void>;
if (peer === "graphile-worker") {
  const runner = await run({
    connectionString,
    concurrency: CONCURRENCY,
    maxPoolSize: CONCURRENCY + 2,
    noHandleSignals: true,
    taskList: { clock: async (payload) => task((payload as { queued: number }).queued) },
  });
  stop = () => runner.stop();
} else {
  const boss = new PgBoss({ connectionString, useListenNotify: true });
  boss.on("error", console.error);
  await boss.start();
  await boss.createQueue("clock", { notify: true });
  const options = { localConcurrency: CONCURRENCY, pollingIntervalSeconds: 0.5 };
  await boss.work<{ queued: number }>("clock", options, async (jobs) => {
    for (const { data } of jobs) await task(data.queued);
  });
  stop = () => boss.stop();
}
console.log("ready http://localhost/");
process.once("SIGTERM", async () => {
  await stop();
  console.log(`begun ${JSON.stringify(begun)}`);
  process.exit(0);
});

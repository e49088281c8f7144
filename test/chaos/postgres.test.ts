/** A database whose connections are cut, and one that is restarted. */
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbedded } from "../../src/embedded-postgres.ts";
import { eventually } from "../support/client.ts";
import { natsServer } from "../support/nats.ts";
import { administer, quiet } from "../support/services.ts";
import { type Asking, startAsking } from "./asking.ts";
import { type Fleet, openFleet } from "./fleet.ts";
import { doneOnce } from "./once.ts";

setDefaultTimeout(180_000);

const WRITERS = 6;
/** Asks that must be acknowledged between two blows: the studio works in between. */
const ASKS_BETWEEN = 3;

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function opened(options: Parameters<typeof openFleet>[0]): Promise<Fleet> {
  const fleet = (await openFleet(options))!;
  closing.push(fleet.stop);
  if (!options?.alone) await Promise.all([fleet.spawn("worker"), fleet.spawn("worker")]);
  return fleet;
}

async function under(fleet: Fleet, blows: number, blow: () => Promise<void>): Promise<Asking> {
  const asking = startAsking(fleet.client, WRITERS);
  for (let at = 0; at < blows; at++) {
    const before = asking.asks.size;
    await eventually(() => asking.asks.size >= before + ASKS_BETWEEN, 60_000);
    await blow();
  }
  const before = asking.asks.size;
  await eventually(() => asking.asks.size >= before + ASKS_BETWEEN, 60_000);
  await asking.stop();
  return asking;
}

/** Each request was answered, with success or with 503; the program is the one that was started. */
async function held(fleet: Fleet, asking: Asking): Promise<void> {
  expect(asking.unanswered).toEqual([]);
  const others = [...asking.statuses].filter(([status]) => ![200, 201, 503].includes(status));
  expect(others).toEqual([]);
  expect(await Promise.race([fleet.web.exited, "alive"])).toBe("alive");
  expect((await fetch(new URL("/ready", fleet.web.url))).status).toBe(200);
  await doneOnce(fleet, asking.asks);
}

const modes = [
  ["in one process", { alone: true }],
  ["over several processes", { alone: false }],
] as const;

for (const [mode, options] of modes)
  describe.skipIf(!options.alone && !natsServer())(`a studio ${mode}`, () => {
    test("whose connections are cut ten times under load answers each request and ends each run once", async () => {
      const fleet = await opened(options);
      const asking = await under(fleet, 10, async () => {
        await fleet.sql(
          "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
        );
      });
      await held(fleet, asking);
    });

    test("whose Postgres is restarted under load answers each request and ends each run once", async () => {
      const folder = await mkdtemp(join(tmpdir(), "reyna-chaos-postgres-"));
      closing.push(() => rm(folder, { recursive: true, force: true }));
      // It is started again on its port and its data whenever it ends.
      const postgres = await startEmbedded(folder, quiet);
      closing.push(postgres.stop);
      const fleet = await opened({ ...options, databaseUrl: postgres.url });
      const asking = await under(fleet, 3, async () => {
        const pid = Number(
          (await readFile(join(folder, "postgres", "postmaster.pid"), "utf8")).split("\n")[0],
        );
        // A fast shutdown, which cuts off whoever is connected.
        process.kill(pid, "SIGINT");
        await eventually(async () => {
          const now = await readFile(join(folder, "postgres", "postmaster.pid"), "utf8").catch(
            () => "",
          );
          return now !== "" && Number(now.split("\n")[0]) !== pid;
        });
        await eventually(() =>
          administer(postgres.url, (db) => db.query("select 1")).catch(() => false),
        );
      });
      expect(asking.statuses.has(503)).toBe(true);
      await held(fleet, asking);
    });
  });

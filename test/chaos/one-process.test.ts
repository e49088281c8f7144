/** A studio in one process that is killed: its bus keeps nothing, its database everything. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { eventually } from "../support/client.ts";
import { type Fleet, openFleet } from "./fleet.ts";
import { doneOnce } from "./once.ts";

setDefaultTimeout(120_000);

let fleet: Fleet;
beforeAll(async () => {
  fleet = (await openFleet({ alone: true }))!;
});
afterAll(() => fleet?.stop());

test("killed with work in hand and in the queue, it does all of it once after the next start", async () => {
  const asks = await Promise.all(
    Array.from({ length: 40 }, (_, at) => fleet.client.ask(`Ask ${at}. The lamp is lit already.`)),
  );
  await eventually(async () => {
    const [row] = await fleet.sql<{ running: number }>(
      "select count(*)::int as running from runs where status = 'running'",
    );
    return row!.running > 0;
  });
  await fleet.web.kill("SIGKILL");
  // What it had sent already is done by the server even so.
  await eventually(async () => {
    const others = await fleet.sql(
      "select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    );
    return others.length === 0;
  });
  const [left] = await fleet.sql<{ open: number; running: number }>(
    `select count(*)::int as open, count(*) filter (where status = 'running')::int as running
     from runs where status in ('queued', 'running')`,
  );
  expect(left!.open).toBeGreaterThan(0);
  await fleet.spawn("");
  await doneOnce(fleet, new Set(asks.map(({ id }) => id)));
  const lost = await fleet.sql("select 1 from run_attempts where outcome = 'lost'");
  expect(lost).toHaveLength(left!.running);
});

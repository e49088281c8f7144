/** Many runs while workers are killed at random and the broker restarts with nothing. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { eventually } from "../support/client.ts";
import { natsServer } from "../support/nats.ts";
import type { StudioProcess } from "../support/studio.ts";
import { type Fleet, openFleet } from "./fleet.ts";
import { doneOnce } from "./once.ts";

/** `CHAOS_RUNS=1000` for the long way. */
const RUNS = Number(process.env.CHAOS_RUNS ?? 80);
const WORKERS = 3;
/** Runs that end between two kills: so many that no run meets more kills than it has attempts. */
const ENDED_BETWEEN = Math.max(15, Math.floor(RUNS / 15));
/** Asks that are sent at once. */
const AT_ONCE = 8;

setDefaultTimeout(60_000 + RUNS * 1_000);

describe.skipIf(!natsServer())("many runs", () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = (await openFleet())!;
  });
  afterAll(() => fleet?.stop());

  const ended = async () =>
    (
      await fleet.sql<{ count: number }>(
        "select count(*)::int as count from runs where status = 'succeeded'",
      )
    )[0]!.count;

  test("end once each, with every attempt told, whatever is killed or wiped", async () => {
    const workers: StudioProcess[] = await Promise.all(
      Array.from({ length: WORKERS }, () => fleet.spawn("worker")),
    );
    const asks = new Set<string>();
    const asking = (async () => {
      for (let at = 0; at < RUNS; at += AT_ONCE) {
        const some = Array.from({ length: Math.min(AT_ONCE, RUNS - at) }, (_, nr) =>
          fleet.client.ask(`Ask ${at + nr}. The lamp is lit already.`),
        );
        for (const { id } of await Promise.all(some)) asks.add(id);
      }
    })();
    let kills = 0;
    let wipes = 0;
    for (let goal = ENDED_BETWEEN; goal < RUNS; goal += ENDED_BETWEEN) {
      await eventually(async () => (await ended()) >= goal, 120_000);
      const at = Math.floor(Math.random() * workers.length);
      await workers[at]!.kill("SIGKILL");
      kills++;
      if (kills % 2 === 0) {
        await fleet.nats!.restart({ wipe: true });
        wipes++;
      }
      workers[at] = await fleet.spawn("worker");
    }
    await asking;
    expect(asks.size).toBe(RUNS);
    await doneOnce(fleet, asks);
    expect([kills > 1, wipes > 0]).toEqual([true, true]);
    const untold = await fleet.sql(
      `select r.id from runs r where r.attempt <> (
         select count(*) from run_attempts a where a.run = r.id and a.outcome is not null and a.ended_at is not null
       ) or 1 <> (select count(*) from run_attempts a where a.run = r.id and a.outcome = 'succeeded')`,
    );
    expect(untold).toEqual([]);
  });
});

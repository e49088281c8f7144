/** A broker that is away, and one that comes back with nothing. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { eventually } from "../support/client.ts";
import { natsServer } from "../support/nats.ts";
import { startAsking } from "./asking.ts";
import { type Fleet, openFleet } from "./fleet.ts";
import { doneOnce } from "./once.ts";

setDefaultTimeout(120_000);

describe.skipIf(!natsServer())("without NATS", () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = (await openFleet())!;
    await Promise.all([fleet.spawn("worker"), fleet.spawn("worker")]);
  });
  afterAll(() => fleet?.stop());

  test("requests succeed, and all is done once it is back", async () => {
    await fleet.nats!.kill();
    const asks = await Promise.all(
      Array.from({ length: 10 }, (_, at) => fleet.client.ask(`Ask ${at} without a broker.`)),
    );
    // One that was on its way to a worker when the broker went comes back.
    await eventually(async () => {
      const { body } = await fleet.client.get<{ items: [] }>("/api/runs?status=queued");
      return body.items.length === asks.length;
    });
    await fleet.nats!.restart();
    await doneOnce(fleet, new Set(asks.map(({ id }) => id)));
  });

  test("wiped in mid-load, nothing is lost and nothing is done twice", async () => {
    const asking = startAsking(fleet.client, 4);
    await eventually(() => asking.asks.size >= 20);
    await fleet.nats!.restart({ wipe: true });
    await eventually(() => asking.asks.size >= 60);
    await asking.stop();
    expect([...asking.statuses.keys()].sort()).toEqual([200, 201]);
    expect(asking.unanswered).toEqual([]);
    await doneOnce(fleet, asking.asks);
  });

  test("the events of all that reach the log in one gap-free order", async () => {
    await eventually(async () => {
      const [row] = await fleet.sql<{ whole: boolean }>(
        `select count(*) = max("offset") and count(*) = count("offset") and
           max("offset") = (select published_offset from studio) as whole from events`,
      );
      return row!.whole;
    });
  });
});

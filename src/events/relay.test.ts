import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { setTimeout as sleep } from "node:timers/promises";
import { asc, sql } from "drizzle-orm";
import { events, studio } from "../../drizzle/tables.ts";
import { eventually } from "../../test/support/client.ts";
import { administer, freshDatabase, quiet } from "../../test/support/services.ts";
import { type Actor, SYSTEM } from "../access.ts";
import { onAnnounce } from "../announce.ts";
import { type Bus, BusUnavailable } from "../bus/bus.ts";
import { openPostgres, type Postgres, transact } from "../database.ts";
import { append, type NewEvent } from "./append.ts";
import type { NumberedEvent } from "./event.ts";
import { type Relay, startRelay } from "./relay.ts";
import { pruneEvents } from "./replay.ts";

type Published = { subject: string; id: string; event: NumberedEvent };

let database: { url: string; drop(): Promise<void> };
let postgres: Postgres;
let relays: Relay[];

beforeEach(async () => {
  relays = [];
  database = await freshDatabase();
  postgres = await openPostgres(database.url);
});

afterEach(async () => {
  await Promise.all(relays.map((relay) => relay.stop()));
  await postgres.close();
  await database.drop();
});

/** A bus that writes down what it took, and refuses what `refuses` says. */
function notingBus(refuses: (offset: number) => Error | undefined = () => undefined) {
  const published: Published[] = [];
  const bus = {
    async publish(subject: string, id: string, body: string) {
      const event = JSON.parse(body) as NumberedEvent;
      await sleep(0);
      const refusal = refuses(event.offset);
      if (refusal) throw refusal;
      published.push({ subject, id, event });
    },
  } as unknown as Bus;
  return { bus, published, offsets: () => published.map(({ event }) => event.offset) };
}

function relayTo(bus: Bus, numbered: NumberedEvent[] = [], over: Postgres = postgres): Relay {
  const relay = startRelay({ postgres: over, bus, log: quiet }, (event) => numbered.push(event));
  relays.push(relay);
  return relay;
}

/** As for a relay that lost its lock and does not know it yet. */
const unlocked = (): Postgres => ({
  ...postgres,
  exclusive: async () => ({ release: async () => {}, lost: new Promise<void>(() => {}) }),
});

const fact = (subject: string): NewEvent => ({
  type: "schema.registered",
  place: null,
  subject,
  data: { subject },
});

const happen = (...subjects: string[]) =>
  transact(postgres.db, (tx) => append(tx, SYSTEM, ...subjects.map(fact)));

const log = () => postgres.db.select().from(events).orderBy(asc(events.offset));
const count = (to: number, from = 1) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const position = async () => (await postgres.db.select().from(studio))[0]!;

const published = (upTo: number) =>
  eventually(async () => (await position()).publishedOffset === upTo);

test("events get offsets from 1 on, without gaps, and the bus gets them as CloudEvents", async () => {
  const { bus, published: taken } = notingBus();
  const relay = relayTo(bus);
  const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const root = Bun.randomUUIDv7();
  const chapter = Bun.randomUUIDv7();
  const actor: Actor = { kind: "system", traceparent };
  await transact(postgres.db, (tx) =>
    append(
      tx,
      actor,
      { ...fact("one"), type: "run.queued", place: { root, path: [root, chapter] } },
      fact("two"),
    ),
  );
  relay.wake();
  await published(2);
  const [one, two] = taken;
  expect(one).toEqual({
    subject: `reyna.events.${root}.run.queued`,
    id: one!.event.event.id,
    event: {
      offset: 1,
      root,
      path: [root, chapter],
      event: {
        specversion: "1.0",
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        source: `/reyna/${root}`,
        type: "run.queued",
        subject: "one",
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        datacontenttype: "application/json",
        actor: "system",
        traceparent,
        data: { subject: "one" },
      },
    },
  });
  expect(two!.subject).toBe("reyna.events.system.schema.registered");
  expect(two!.event.event.source).toBe("/reyna/system");
});

test("what happened while no relay ran is numbered and published by the next", async () => {
  await happen("a", "b");
  await happen("c");
  const { bus, offsets } = notingBus();
  relayTo(bus);
  await published(3);
  expect(offsets()).toEqual([1, 2, 3]);
});

test("what was rolled back is not told and leaves no gap", async () => {
  const { bus, offsets } = notingBus();
  const relay = relayTo(bus);
  let announced = 0;
  onAnnounce(postgres.db, () => announced++);
  await happen("a");
  const failed = transact(postgres.db, async (tx) => {
    await append(tx, SYSTEM, fact("never"));
    throw new Error("as it was told to");
  });
  await expect(failed).rejects.toThrow("as it was told to");
  await happen("b");
  relay.wake();
  await published(2);
  expect(announced).toBe(2);
  expect(offsets()).toEqual([1, 2]);
  expect((await log()).map((row) => row.subject)).toEqual(["a", "b"]);
});

test("a transaction that commits later than one begun after it comes after it", async () => {
  const { bus, published: taken } = notingBus();
  const relay = relayTo(bus);
  const letGo = Promise.withResolvers<void>();
  const appended = Promise.withResolvers<void>();
  const first = transact(postgres.db, async (tx) => {
    await append(tx, SYSTEM, fact("begun first"));
    appended.resolve();
    await letGo.promise;
  });
  await appended.promise;
  await happen("begun second");
  relay.wake();
  await published(1);
  letGo.resolve();
  await first;
  relay.wake();
  await published(2);
  expect(taken.map(({ event }) => event.event.subject)).toEqual(["begun second", "begun first"]);
  const [second, late] = await log();
  expect(second!.seq).toBeGreaterThan(late!.seq);
});

test("many transactions that commit in any order leave no gap and lose nothing", async () => {
  const { bus, offsets } = notingBus();
  const numbered: NumberedEvent[] = [];
  const relay = relayTo(bus, numbered);
  onAnnounce(postgres.db, relay.wake);
  await Promise.all(
    Array.from({ length: 12 }, async (_, loop) => {
      for (let i = 0; i < 10; i++)
        await transact(postgres.db, async (tx) => {
          await append(tx, SYSTEM, fact(`${loop}.${i}`));
          await sleep(Math.random() * 10);
          await append(tx, SYSTEM, fact(`${loop}.${i} again`));
        });
    }),
  );
  await published(240);
  expect(offsets()).toEqual(count(240));
  expect(numbered.map((event) => event.offset)).toEqual(count(240));
  expect(new Set((await log()).map((row) => row.subject)).size).toBe(240);
});

test("more than a batch is told in one go", async () => {
  const { bus, offsets } = notingBus();
  for (let i = 0; i < 3; i++) await happen(...count(500).map(String));
  await happen("the last");
  relayTo(bus);
  await published(1_501);
  expect(offsets()).toEqual(count(1_501));
});

describe("two relays at once", () => {
  test("of two, one waits; it takes over when the other leaves", async () => {
    const one = notingBus();
    const other = notingBus();
    const first = relayTo(one.bus);
    await happen("a");
    first.wake();
    await published(1);
    relayTo(other.bus);
    await happen("b");
    first.wake();
    await published(2);
    await first.stop();
    await happen("c");
    await published(3);
    expect(one.offsets()).toEqual([1, 2]);
    expect(other.offsets()).toEqual([3]);
  });

  test("both believing that they hold the lock, they give no offset twice and leave no gap", async () => {
    const numbered: NumberedEvent[] = [];
    const buses = [notingBus(), notingBus(), notingBus()];
    const three = buses.map(({ bus }) => relayTo(bus, numbered, unlocked()));
    onAnnounce(postgres.db, () => {
      for (const relay of three) relay.wake();
    });
    await Promise.all(
      Array.from({ length: 8 }, async (_, loop) => {
        for (let i = 0; i < 15; i++) await happen(`${loop}.${i}`);
      }),
    );
    await published(120);
    const rows = await log();
    expect(rows.map((row) => row.offset)).toEqual(count(120));
    // Told by whoever numbered it, each once and as it stands.
    await eventually(() => numbered.length >= 120);
    numbered.sort((a, b) => a.offset - b.offset);
    expect(numbered.map(({ offset, event }) => [offset, event.id])).toEqual(
      rows.map((row) => [row.offset!, row.id]),
    );
    for (const { published: taken } of buses)
      for (const { event } of taken) expect(event.event.id).toBe(rows[event.offset - 1]!.id);
    const reached = new Set(buses.flatMap(({ offsets }) => offsets()));
    expect([...reached].sort((a, b) => a - b)).toEqual(count(120));
  });
});

describe("a relay that is killed", () => {
  /** Runs one in a process of its own, which kills itself at that point; answers what it published. */
  async function killedAt(point: "numbered" | "published third" | "published last") {
    const program = `
      import { openPostgres } from ${JSON.stringify(import.meta.resolve("../database.ts"))};
      import { startRelay } from ${JSON.stringify(import.meta.resolve("./relay.ts"))};
      const die = () => process.kill(process.pid, "SIGKILL");
      const log = { warn() {}, error() {} };
      const bus = {
        async publish(subject, id, body) {
          const { offset } = JSON.parse(body);
          require("node:fs").writeSync(1, offset + "\\n");
          if (process.env.POINT === "published " + { 3: "third", 5: "last" }[offset]) die();
        },
      };
      const postgres = await openPostgres(process.env.DATABASE_URL);
      startRelay({ postgres, bus, log }, () => process.env.POINT === "numbered" && die());
    `;
    const child = Bun.spawn(["bun", "-e", program], {
      env: { PATH: process.env.PATH, DATABASE_URL: database.url, POINT: point },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const late = setTimeout(() => child.kill("SIGKILL"), 30_000);
    const said = await new Response(child.stdout).text();
    await child.exited;
    clearTimeout(late);
    expect(child.signalCode).toBe("SIGKILL");
    return said.trim().split("\n").filter(Boolean).map(Number);
  }

  test.each([
    ["numbered", []],
    ["published third", [1, 2, 3]],
    ["published last", [1, 2, 3, 4, 5]],
  ] as const)("%s: the next one repeats the rest, and renumbers nothing", async (point, before) => {
    await happen("a", "b", "c", "d", "e");
    expect(await killedAt(point)).toEqual([...before]);
    const standing = (await log()).map((row) => [row.offset, row.id]);
    expect(standing.map(([offset]) => offset)).toEqual(count(5));
    expect((await position()).publishedOffset).toBe(0);

    await happen("f");
    const { bus, offsets } = notingBus();
    relayTo(bus);
    await published(6);
    expect(offsets()).toEqual(count(6));
    expect((await log()).slice(0, 5).map((row) => [row.offset, row.id])).toEqual(standing);
  });
});

describe("a bus that does not take events", () => {
  test("publishing stops at the first failure and later goes on from there, in order", async () => {
    let broken = true;
    let tries = 0;
    const { bus, offsets } = notingBus((offset) => {
      if (offset < 3 || !broken) return undefined;
      tries++;
      return new BusUnavailable("It is away.");
    });
    relayTo(bus);
    await happen("a", "b", "c", "d");
    await eventually(() => tries >= 2);
    expect(offsets()).toEqual([1, 2]);
    expect((await position()).publishedOffset).toBe(2);
    broken = false;
    await happen("e");
    await published(5);
    expect(offsets()).toEqual(count(5));
  });

  test("numbering goes on meanwhile", async () => {
    const numbered: NumberedEvent[] = [];
    const hanging = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const bus = {
      publish() {
        hanging.resolve();
        return release.promise;
      },
    } as unknown as Bus;
    const relay = relayTo(bus, numbered);
    try {
      await happen("a");
      relay.wake();
      await hanging.promise;
      for (const subject of ["b", "c", "d"]) {
        await happen(subject);
        relay.wake();
        await eventually(() => numbered.at(-1)?.event.subject === subject);
      }
    } finally {
      release.resolve();
    }
    await published(4);
  });

  test("what it never will take is left to the log", async () => {
    const { bus, offsets } = notingBus((offset) =>
      offset === 2 ? new RangeError("It is too large.") : undefined,
    );
    relayTo(bus);
    await happen("a", "b", "c");
    await published(3);
    expect(offsets()).toEqual([1, 3]);
  });

  test("events that were pruned before it could have them do not hold up the rest", async () => {
    let broken = true;
    const { bus, offsets } = notingBus(() => (broken ? new BusUnavailable("Away.") : undefined));
    const numbered: NumberedEvent[] = [];
    relayTo(bus, numbered);
    await happen(...count(600).map(String));
    await eventually(() => numbered.length === 600);
    const later = new Date(Date.now() + 31 * 24 * 60 * 60 * 1_000);
    await pruneEvents(postgres.db, later);
    expect(await log()).toEqual([]);
    expect((await position()).prunedOffset).toBe(600);
    broken = false;
    await happen("after");
    await published(601);
    expect(offsets().at(-1)).toBe(601);
    expect(numbered.at(-1)!.offset).toBe(601);
  });
});

test("losing every connection to the database, it goes on", async () => {
  const { bus, offsets } = notingBus();
  const relay = relayTo(bus);
  await happen("a");
  relay.wake();
  await published(1);
  for (let i = 0; i < 3; i++) {
    await administer(database.url, (client) =>
      client.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
      ),
    );
    await eventually(() =>
      happen(`after ${i}`).then(
        () => true,
        () => false,
      ),
    );
    relay.wake();
  }
  await eventually(async () => {
    const [row] = await postgres.db
      .select({ open: sql<number>`count(*)` })
      .from(events)
      .where(sql`"offset" is null`);
    return Number(row!.open) === 0;
  });
  const rows = await log();
  expect(rows.map((row) => row.offset)).toEqual(count(rows.length));
  await published(rows.length);
  expect([...new Set(offsets())]).toEqual(count(rows.length));
});

describe("pruning", () => {
  const DAY_MS = 24 * 60 * 60 * 1_000;

  test("drops what is older than 30 days, keeps the rest whole, and offsets go on", async () => {
    const { bus } = notingBus();
    relayTo(bus);
    await happen("a", "b", "c", "d");
    await published(4);
    // The third was made in a longer transaction: its time is later than its successor's.
    await postgres.db.execute(
      sql`update events set time = now() - case when subject = 'c' then 29 else 31 end * interval '1 day'`,
    );
    await pruneEvents(postgres.db);
    expect((await log()).map((row) => row.offset)).toEqual([3, 4]);
    expect((await position()).prunedOffset).toBe(2);

    await pruneEvents(postgres.db, new Date(Date.now() + 31 * DAY_MS));
    expect(await log()).toEqual([]);
    await happen("e");
    await published(5);
    expect((await log()).map((row) => row.offset)).toEqual([5]);
    expect((await position()).prunedOffset).toBe(4);
  });

  test("an event without an offset stays, however old", async () => {
    await happen("a");
    await pruneEvents(postgres.db, new Date(Date.now() + 31 * DAY_MS));
    expect(await log()).toHaveLength(1);
    expect((await position()).prunedOffset).toBe(0);
  });
});

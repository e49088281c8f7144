import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { eq, sql } from "drizzle-orm";
import { events, studio } from "../../drizzle/tables.ts";
import { freshDatabase, quiet } from "../../test/support/services.ts";
import type { Bus, Message } from "../bus/bus.ts";
import { openPostgres, type Postgres } from "../database.ts";
import { type NumberedEvent, numbered } from "./event.ts";
import { type Feed, openFeed } from "./feed.ts";

let database: { url: string; drop(): Promise<void> };
let postgres: Postgres;
let ear: (message: Message) => void;
let comeBack: () => void;
let feed: Feed;
let heard: number[];

/** A bus that says what a test tells it to say, in whatever order, or nothing. */
const bus = {
  async tail(_subjects: string[], handler: (message: Message) => void) {
    ear = handler;
    return async () => {};
  },
  onReconnect(handler: () => void) {
    comeBack = handler;
  },
} as unknown as Bus;

beforeAll(async () => {
  database = await freshDatabase();
  postgres = await openPostgres(database.url);
});

afterAll(async () => {
  await postgres?.close();
  await database?.drop();
});

beforeEach(async () => {
  feed = await openFeed({ db: postgres.db, bus, log: quiet });
  heard = [];
  feed.subscribe((event) => heard.push(event.offset));
});

afterEach(() => feed.stop());

/** The next `count` events of the log, numbered; nobody is told. */
async function logged(count: number): Promise<NumberedEvent[]> {
  const { db } = postgres;
  const [row] = await db.select().from(studio);
  const first = row!.lastOffset + 1;
  const rows = await db
    .insert(events)
    .values(
      Array.from({ length: count }, (_, i) => ({
        id: Bun.randomUUIDv7(),
        offset: first + i,
        path: [],
        type: "schema.registered",
        subject: `s${first + i}`,
        actor: "system",
        data: {},
      })),
    )
    .returning();
  await db.update(studio).set({ lastOffset: first + count - 1 });
  return rows.map(numbered);
}

const say = (event: NumberedEvent) => ear({ text: JSON.stringify(event) } as Message);
const offsets = (of: NumberedEvent[]) => of.map((event) => event.offset);

async function hears(expected: number[]): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (heard.length < expected.length && performance.now() < deadline) await Bun.sleep(5);
  expect(heard).toEqual(expected);
}

describe("what the bus does to events", () => {
  test("in order they are delivered at once, without the log", async () => {
    const some = await logged(5);
    for (const event of some) say(event);
    expect(heard).toEqual(offsets(some));
    expect(feed.offset).toBe(some.at(-1)!.offset);
  });

  test("reordered and repeated ones are delivered once, in order", async () => {
    const some = await logged(6);
    for (const at of [2, 1, 1, 0, 5, 4, 0, 3, 5, 2]) say(some[at]!);
    expect(heard).toEqual(offsets(some));
  });

  test("a lost one is read from the log, those after it wait for it", async () => {
    const some = await logged(5);
    for (const at of [0, 2, 3]) say(some[at]!);
    expect(heard).toEqual([some[0]!.offset]);
    await hears(offsets(some));
  });

  test("with a silent bus the log is read", async () => {
    const some = await logged(3);
    await hears(offsets(some));
  });

  test("after the bus came back, what it lost is read without waiting for the next event", async () => {
    const some = await logged(1_201);
    comeBack();
    await hears(offsets(some));
  });

  test("what came before the feed opened, or comes again after, is not delivered", async () => {
    const [row] = await postgres.db.select().from(events).where(eq(events.offset, 1));
    say(numbered(row!));
    const some = await logged(1);
    say(some[0]!);
    expect(heard).toEqual(offsets(some));
  });

  test("events from the bus and from the relay in this process are delivered once", async () => {
    const some = await logged(4);
    feed.offer(some[0]!);
    say(some[0]!);
    say(some[1]!);
    feed.offer(some[1]!);
    feed.offer(some[2]!);
    feed.offer(some[3]!);
    expect(heard).toEqual(offsets(some));
  });
});

test("a subscriber that throws keeps nothing from the others", async () => {
  const stop = feed.subscribe(() => {
    throw new Error("as it was told to");
  });
  const after: number[] = [];
  feed.subscribe((event) => after.push(event.offset));
  const some = await logged(2);
  for (const event of some) say(event);
  stop();
  expect(heard).toEqual(offsets(some));
  expect(after).toEqual(offsets(some));
});

test("one that unsubscribed hears nothing more", async () => {
  const before: number[] = [];
  const stop = feed.subscribe((event) => before.push(event.offset));
  const some = await logged(2);
  say(some[0]!);
  stop();
  say(some[1]!);
  expect(before).toEqual([some[0]!.offset]);
});

test("events that were pruned unheard do not hold up those after them", async () => {
  const some = await logged(1_500);
  await postgres.db.execute(sql`delete from events where "offset" < ${some[900]!.offset}`);
  comeBack();
  await hears(offsets(some.slice(900)));
});

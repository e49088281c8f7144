import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { sql } from "drizzle-orm";
import { freshDatabase } from "../test/support/services.ts";
import { DatabaseUnavailable, type Db, openPostgres, type Postgres, transact } from "./database.ts";
import { grouped, rowsOf } from "./grouped.ts";

let postgres: Postgres;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await freshDatabase();
  drop = database.drop;
  postgres = await openPostgres(database.url);
});

afterAll(async () => {
  await postgres.close();
  await drop();
});

/** A group whose journeys end when they are told to. */
function opened(fails: (items: readonly number[]) => unknown = () => undefined) {
  const journeys: { items: number[]; end(): void; db: Db }[] = [];
  const call = grouped<number, number>(
    async (db, items) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      journeys.push({ items: [...items], end: resolve, db });
      await promise;
      const error = fails(items);
      if (error) throw error;
      return items.map((item) => item * 10);
    },
    { most: 3, atOnce: 1 },
  );
  const endAll = async () => {
    await Bun.sleep(0);
    for (let at = 0; at < journeys.length; at++) {
      journeys[at]!.end();
      await Bun.sleep(0);
    }
  };
  return { journeys, call, endAll };
}

describe("grouped", () => {
  test("one alone goes at once", async () => {
    const { journeys, call, endAll } = opened();
    const answer = call(postgres.db, 1);
    await Bun.sleep(0);
    expect(journeys.map(({ items }) => items)).toEqual([[1]]);
    await endAll();
    expect(await answer).toBe(10);
  });

  test("those that come meanwhile go together, in order, as many as may", async () => {
    const { journeys, call, endAll } = opened();
    const first = call(postgres.db, 1);
    await Bun.sleep(0);
    const others = [2, 3, 4, 5].map((item) => call(postgres.db, item));
    await endAll();
    expect(await Promise.all([first, ...others])).toEqual([10, 20, 30, 40, 50]);
    expect(journeys.map(({ items }) => items)).toEqual([[1], [2, 3, 4], [5]]);
  });

  test("what is wrong with one of a group is its error alone", async () => {
    const { journeys, call, endAll } = opened((items) => items.includes(2) && new Error("two"));
    const all = [1, 2, 3].map((item) => call(postgres.db, item).catch((error) => error.message));
    await endAll();
    expect(await Promise.all(all)).toEqual([10, "two", 30]);
    expect(journeys.map(({ items }) => items)).toEqual([[1, 2, 3], [1], [2], [3]]);
  });

  test("a database that is away is away for all of a group", async () => {
    const { journeys, call, endAll } = opened(() => new DatabaseUnavailable("away"));
    const all = [1, 2].map((item) => call(postgres.db, item).catch((error) => error.message));
    await endAll();
    expect(await Promise.all(all)).toEqual(["away", "away"]);
    expect(journeys).toHaveLength(1);
  });

  test("in a transaction it is done there, alone", async () => {
    const { journeys, call, endAll } = opened();
    const outside = call(postgres.db, 1);
    await Bun.sleep(0);
    await transact(postgres.db, async (tx) => {
      const inside = call(tx, 2);
      await endAll();
      expect(await inside).toBe(20);
      expect(journeys[1]!.db).toBe(tx);
    });
    expect(await outside).toBe(10);
  });
});

test("rows of items have their places and their columns, none of one that holds nothing", async () => {
  const items = [{ text: "a", list: [1] }, { text: "b" }];
  const { rows } = await postgres.db.execute(
    sql`select a.nr, a.text, a.list from ${rowsOf(items, sql`text text, list jsonb`)} a order by a.nr`,
  );
  expect(rows).toEqual([
    { nr: 0, text: "a", list: [1] },
    { nr: 1, text: "b", list: null },
  ]);
});

test("ids that Postgres makes are those of UUIDv7, of this moment", async () => {
  const before = Date.now();
  const { rows } = await postgres.db.execute<{ id: string }>(
    sql`select new_id() as id from generate_series(1, 50)`,
  );
  for (const { id } of rows) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const time = Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);
    expect(Math.abs(time - before)).toBeLessThan(60_000);
  }
  expect(new Set(rows.map(({ id }) => id)).size).toBe(50);
});

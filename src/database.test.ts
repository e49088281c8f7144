import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq, sql } from "drizzle-orm";
import { bigint, jsonb, pgTable, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { halves, type Load, startLoad, until } from "../test/support/load.ts";
import { postgresUrl, quiet } from "../test/support/services.ts";
import {
  afterCommit,
  DatabaseUnavailable,
  isUnavailable,
  isUniqueViolation,
  openPostgres,
  type Postgres,
  transact,
} from "./database.ts";
import { type Embedded, startEmbedded } from "./embedded-postgres.ts";

const things = pgTable("things", {
  id: uuid().primaryKey(),
  fullName: text().notNull().unique("things_full_name_unique"),
  data: jsonb().$type<unknown>().notNull(),
  seenAt: timestamp({ withTimezone: true, precision: 3 }).notNull(),
  path: uuid().array().notNull(),
  size: bigint({ mode: "number" }).notNull(),
});

const CREATE_THINGS = sql`create table things (
  id uuid primary key, full_name text not null constraint things_full_name_unique unique,
  data jsonb not null, seen_at timestamptz(3) not null, path uuid[] not null, size bigint not null)`;

const thing = (fullName: string) => ({
  id: Bun.randomUUIDv7(),
  fullName,
  data: { a: [1, "two", null] },
  seenAt: new Date("2026-02-03T04:05:06.789Z"),
  path: [Bun.randomUUIDv7(), Bun.randomUUIDv7()],
  size: 2 ** 40,
});

/** How long a call may stay unsettled once the database went away. */
const SETTLED_WITHIN_MS = 5_000;
const LOOPS = 8;

const server = await postgresUrl();
const name = `database_test_${crypto.randomUUID().replaceAll("-", "")}`;
const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;

let admin: Postgres;
let studio: Postgres;

beforeAll(async () => {
  admin = await openPostgres(server, { connections: 1, applicationName: "reyna-admin" });
  await admin.db.execute(sql`create database ${sql.identifier(name)}`);
  studio = await openPostgres(url, { applicationName: name });
  await studio.db.execute(CREATE_THINGS);
});

afterAll(async () => {
  await studio.close();
  await admin.db.execute(sql`drop database ${sql.identifier(name)} with (force)`);
  await admin.close();
});

/** Ends every connection of the application; answers how many there were. */
async function terminateAll(): Promise<number> {
  const { rows } = await admin.db.execute(
    sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = ${name}`,
  );
  return rows.length;
}

describe("columns", () => {
  test("what is stored comes back as it was", async () => {
    const stored = thing("round trip");
    await studio.db.insert(things).values(stored);
    expect(await studio.db.select().from(things).where(eq(things.id, stored.id))).toEqual([stored]);
  });

  test("an object in a jsonb column is an object to Postgres", async () => {
    const stored = thing("jsonb");
    await studio.db.insert(things).values(stored);
    const [row] = await studio.db
      .select({ type: sql<string>`jsonb_typeof(${things.data})` })
      .from(things)
      .where(eq(things.id, stored.id));
    expect(row?.type).toBe("object");
  });

  test("raw SQL answers with dates and numbers", async () => {
    const { rows } = await studio.db.execute(
      sql`select count(*) as count, timestamptz '2026-02-03T04:05:06Z' as at, '{"a": 1}'::jsonb as data`,
    );
    expect(rows).toEqual([{ count: 1, at: new Date("2026-02-03T04:05:06Z"), data: { a: 1 } }]);
  });

  test("an array is one parameter when it is marked as one", async () => {
    const ids = [Bun.randomUUIDv7(), Bun.randomUUIDv7()];
    const { rows } = await studio.db.execute(
      sql`select ${ids[1]}::uuid = any(${sql.param(ids)}::uuid[]) as found`,
    );
    expect(rows).toEqual([{ found: true }]);
  });
});

describe("transact", () => {
  const named = (fullName: string) =>
    studio.db.select().from(things).where(eq(things.fullName, fullName));

  test("what throws leaves nothing behind", async () => {
    const work = transact(studio.db, async (tx) => {
      await tx.insert(things).values(thing("thrown"));
      throw new Error("no");
    });
    await expect(work).rejects.toThrow("no");
    expect(await named("thrown")).toEqual([]);
  });

  test("an inner call joins the outer one", async () => {
    await transact(studio.db, async (tx) => {
      await transact(tx, (inner) => inner.insert(things).values(thing("inner")));
      expect(await named("inner")).toEqual([]);
    });
    expect(await named("inner")).toHaveLength(1);
  });

  test("an inner failure fails the whole, caught or not", async () => {
    const work = transact(studio.db, async (tx) => {
      await tx.insert(things).values(thing("doomed"));
      await transact(tx, () => Promise.reject(new Error("inside"))).catch(() => {});
    });
    await expect(work).rejects.toThrow("inside");
    expect(await named("doomed")).toEqual([]);
  });

  test("a swallowed statement error does not look like a commit", async () => {
    const work = transact(studio.db, async (tx) => {
      await tx.insert(things).values(thing("swallowed"));
      await tx.execute(sql`select 1/0`).catch(() => {});
    });
    await expect(work).rejects.toThrow("swallowed");
    expect(await named("swallowed")).toEqual([]);
  });

  test("drizzle's own transaction is ours", async () => {
    const heard: string[] = [];
    await studio.db.transaction(async (tx) => {
      await tx.transaction((inner) => inner.insert(things).values(thing("drizzle")));
      afterCommit(tx, () => heard.push("committed"));
    });
    expect(heard).toEqual(["committed"]);
    expect(await named("drizzle")).toHaveLength(1);
  });

  test("a statement that comes after the end is refused", async () => {
    let late: unknown;
    await transact(studio.db, async (tx) => {
      late = tx;
    });
    const statement = (late as Postgres["db"]).insert(things).values(thing("late"));
    await expect(statement.execute()).rejects.toThrow();
    expect(await named("late")).toEqual([]);
  });

  test("past the deadline the call throws and its lock is free", async () => {
    const hasty = await openPostgres(url, { transactionDeadlineMs: 200 });
    const stored = thing("deadline");
    await studio.db.insert(things).values(stored);
    const work = transact(hasty.db, async (tx) => {
      await tx.update(things).set({ size: 1 }).where(eq(things.id, stored.id));
      await new Promise(() => {});
    });
    expect(isUnavailable(await work.catch((error) => error))).toBe(true);
    await studio.db.update(things).set({ size: 2 }).where(eq(things.id, stored.id));
    expect((await named("deadline"))[0]?.size).toBe(2);
    await hasty.close();
  });

  test("a statement that runs past the deadline throws too", async () => {
    const hasty = await openPostgres(url, { transactionDeadlineMs: 200 });
    const work = transact(hasty.db, (tx) => tx.execute(sql`select pg_sleep(8)`));
    expect(isUnavailable(await work.catch((error) => error))).toBe(true);
    expect(await hasty.ready()).toBe(true);
    await hasty.close();
  });

  test("Postgres cancels a statement that takes too long", async () => {
    const hasty = await openPostgres(url, { statementTimeoutMs: 200 });
    const error = await hasty.db.execute(sql`select pg_sleep(8)`).catch((thrown) => thrown);
    expect(error.cause.code).toBe("57014");
    expect(isUnavailable(error)).toBe(false);
    await hasty.close();
  });

  test("waiting for a connection is bounded", async () => {
    const small = await openPostgres(url, { connections: 1, connectTimeoutMs: 300 });
    const free = Promise.withResolvers<void>();
    const holder = transact(small.db, () => free.promise);
    const started = performance.now();
    const error = await small.db
      .select()
      .from(things)
      .catch((thrown) => thrown);
    expect(isUnavailable(error)).toBe(true);
    expect(performance.now() - started).toBeLessThan(SETTLED_WITHIN_MS);
    free.resolve();
    await holder;
    await small.close();
  });
});

describe("afterCommit", () => {
  test("effects run after the outermost commit, in order", async () => {
    const heard: string[] = [];
    await transact(studio.db, async (tx) => {
      afterCommit(tx, () => heard.push("first"));
      await transact(tx, async (inner) => afterCommit(inner, () => heard.push("second")));
      expect(heard).toEqual([]);
    });
    expect(heard).toEqual(["first", "second"]);
  });

  test("a rolled back transaction has no effects", async () => {
    const heard: string[] = [];
    const work = transact(studio.db, async (tx) => {
      afterCommit(tx, () => heard.push("never"));
      throw new Error("no");
    });
    await work.catch(() => {});
    expect(heard).toEqual([]);
  });

  test("outside a transaction an effect runs at once", () => {
    const heard: string[] = [];
    afterCommit(studio.db, () => heard.push("now"));
    expect(heard).toEqual(["now"]);
  });
});

describe("errors", () => {
  test("a repeated key is a unique violation of its constraint", async () => {
    await studio.db.insert(things).values(thing("twice"));
    const error = await studio.db
      .insert(things)
      .values(thing("twice"))
      .catch((thrown) => thrown);
    expect(isUniqueViolation(error)).toBe(true);
    expect(isUniqueViolation(error, "things_full_name_unique")).toBe(true);
    expect(isUniqueViolation(error, "things_pkey")).toBe(false);
    expect(isUnavailable(error)).toBe(false);
  });

  test("a refused connection elsewhere is not the database's", () => {
    const refused = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
    expect(isUnavailable(refused)).toBe(false);
    expect(isUnavailable(new Error("outer", { cause: new DatabaseUnavailable("inner") }))).toBe(
      true,
    );
  });

  test("a server that never answers is unavailable within the connect timeout", async () => {
    const mute = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const error = await openPostgres(`postgres://a:b@127.0.0.1:${mute.port}/c`, {
      connectTimeoutMs: 300,
    }).catch((thrown) => thrown);
    expect(isUnavailable(error)).toBe(true);
    mute.stop(true);
  });
});

describe("exclusive", () => {
  test("one holds the lock until it lets go", async () => {
    const mine = await studio.exclusive(42n);
    expect(mine).not.toBeNull();
    expect(await studio.exclusive(42n)).toBeNull();
    await mine?.release();
    await mine?.lost;
    const next = await studio.exclusive(42n);
    expect(next).not.toBeNull();
    await next?.release();
  });

  test("a holder whose connection died learns it and another can have the lock", async () => {
    const mine = await studio.exclusive(43);
    await terminateAll();
    await mine?.lost;
    const next = await studio.exclusive(43);
    expect(next).not.toBeNull();
    await next?.release();
  });
});

async function expectWhole(load: Load) {
  expect(load.failures.length).toBeGreaterThan(0);
  expect(load.failures.filter((error) => !isUnavailable(error))).toEqual([]);
  expect(await load.torn()).toEqual({ half: 0, lost: 0 });
}

describe("close", () => {
  test("a running transaction still commits", async () => {
    const closing = await openPostgres(url);
    const begun = Promise.withResolvers<void>();
    const proceed = Promise.withResolvers<void>();
    const work = transact(closing.db, async (tx) => {
      await tx.insert(things).values(thing("closing"));
      begun.resolve();
      await proceed.promise;
    });
    await begun.promise;
    const closed = closing.close();
    proceed.resolve();
    await Promise.all([work, closed]);
    expect(
      await studio.db.select().from(things).where(eq(things.fullName, "closing")),
    ).toHaveLength(1);
    expect(isUnavailable(await transact(closing.db, async () => {}).catch((e) => e))).toBe(true);
  });
});

// bun:test fails a test in which an error or a rejection goes uncaught.
describe("terminated connections", () => {
  test("ten times under transaction load: every call settles, nothing is torn", async () => {
    const load = await startLoad(studio.db, LOOPS);
    for (let kill = 0; kill < 10; kill++) {
      const before = load.succeeded;
      await until(() => load.succeeded > before + 5 * LOOPS);
      expect(await terminateAll()).toBeGreaterThan(0);
    }
    const after = load.succeeded;
    await until(() => load.succeeded > after + 5 * LOOPS);
    expect(await load.stop(SETTLED_WITHIN_MS)).toBe(0);
    await expectWhole(load);
    expect(await studio.ready()).toBe(true);
  }, 60_000);

  test("ten times under plain statements: every call settles", async () => {
    const failures: unknown[] = [];
    let succeeded = 0;
    let stopping = false;
    const loops = Array.from({ length: LOOPS }, async () => {
      while (!stopping) {
        await studio.db
          .select()
          .from(halves)
          .limit(1)
          .then(
            () => succeeded++,
            (error) => failures.push(error),
          );
      }
    });
    for (let kill = 0; kill < 10; kill++) {
      const before = succeeded;
      await until(() => succeeded > before + 5 * LOOPS);
      await terminateAll();
    }
    stopping = true;
    const settled = await Promise.race([Promise.all(loops), Bun.sleep(SETTLED_WITHIN_MS)]);
    expect(settled).toHaveLength(LOOPS);
    expect(failures.filter((error) => !isUnavailable(error))).toEqual([]);
  }, 60_000);
});

describe("a restarted server", () => {
  let folder: string;
  let server: Embedded;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "reyna-restart-"));
    server = await startEmbedded(folder, quiet);
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test("every call settles, nothing is torn, all works afterwards", async () => {
    const database = await openPostgres(server.url);
    const load = await startLoad(database.db, LOOPS);
    for (const signal of ["SIGINT", "SIGQUIT", "SIGINT"] as const) {
      const before = load.succeeded;
      await until(() => load.succeeded > before + 10 * LOOPS);
      const lock = await database.exclusive(44);
      // A fast, an immediate shutdown; the studio's supervision starts it again.
      process.kill(await postmasterOf(folder), signal);
      await lock?.lost;
      await until(() => database.ready());
    }
    const before = load.succeeded;
    await until(() => load.succeeded > before + 10 * LOOPS);
    expect(await load.stop(SETTLED_WITHIN_MS)).toBe(0);
    await expectWhole(load);
    await database.close();
  }, 60_000);
});

async function postmasterOf(folder: string): Promise<number> {
  const file = await readFile(join(folder, "postgres", "postmaster.pid"), "utf8");
  return Number(file.split("\n")[0]);
}

/** Writers at work on one table, for tests that take the database away under them. */
import { sql } from "drizzle-orm";
import { jsonb, pgTable, uuid } from "drizzle-orm/pg-core";
import { type Database, transact } from "../../src/database.ts";

/** Two rows a call, or none: `half` is "left" and "right". */
export const halves = pgTable("load_halves", {
  id: uuid().primaryKey(),
  call: uuid().notNull(),
  data: jsonb().$type<{ half: string }>().notNull(),
});

export type Load = {
  /** Calls of `transact` that resolved so far. */
  readonly succeeded: number;
  /** What the others threw. */
  readonly failures: unknown[];
  /** Lets every loop end its call; answers how many calls were still unsettled after `withinMs`. */
  stop(withinMs: number): Promise<number>;
  /** Calls that left one half, and calls that were acknowledged and left none. */
  torn(): Promise<{ half: number; lost: number }>;
};

/** Each loop runs `begin; select; insert; insert; commit` again and again until `stop`. */
export async function startLoad(db: Database, loops: number): Promise<Load> {
  await db.execute(
    sql`create table if not exists load_halves (id uuid primary key, call uuid not null, data jsonb not null)`,
  );
  const acknowledged = new Set<string>();
  const failures: unknown[] = [];
  let stopping = false;
  let running = loops;

  async function call(): Promise<string> {
    const id = Bun.randomUUIDv7();
    await transact(db, async (tx) => {
      await tx.select().from(halves).limit(5);
      await tx.insert(halves).values({ id: Bun.randomUUIDv7(), call: id, data: { half: "left" } });
      await tx.insert(halves).values({ id: Bun.randomUUIDv7(), call: id, data: { half: "right" } });
    });
    return id;
  }

  async function loop(): Promise<void> {
    while (!stopping) {
      try {
        acknowledged.add(await call());
      } catch (error) {
        failures.push(error);
        await Bun.sleep(FAILED_PAUSE_MS);
      }
    }
    running--;
  }

  const ended = Promise.all(Array.from({ length: loops }, loop));
  return {
    get succeeded() {
      return acknowledged.size;
    },
    failures,
    async stop(withinMs) {
      stopping = true;
      await Promise.race([ended, Bun.sleep(withinMs)]);
      return running;
    },
    async torn() {
      const rows = await db
        .select({ call: halves.call, count: sql<number>`count(*)` })
        .from(halves)
        .groupBy(halves.call);
      const kept = new Set(rows.map((row) => row.call));
      return {
        half: rows.filter((row) => row.count !== 2).length,
        lost: [...acknowledged].filter((id) => !kept.has(id)).length,
      };
    },
  };
}

/** A refused connection fails at once; without a pause a loop would do nothing but fail. */
const FAILED_PAUSE_MS = 20;

/** Resolves as soon as `condition` holds. @throws when it does not within `withinMs`. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  withinMs = 10_000,
): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Not within ${withinMs} ms: ${condition}`);
    await Bun.sleep(UNTIL_STEP_MS);
  }
}

const UNTIL_STEP_MS = 5;

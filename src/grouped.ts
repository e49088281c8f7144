/**
 * Calls that come while others of their kind are under way wait for these and go together: one journey to Postgres
 * and one commit for many. Nobody waits for company: a call that finds a journey free goes at once, alone.
 */
import { type SQL, sql } from "drizzle-orm";
import { type Database, type Db, databaseOf, isUnavailable } from "./database.ts";

/** How many calls go together at most, and how many groups may be under way at once, for each database. */
export type Group = { most: number; atOnce: number };

/** `work` answers each item at its place, in one statement: it is done for all of them or for none. */
type Work<In, Out> = (db: Db, items: readonly In[]) => Promise<Out[]>;

type Waiting<In, Out> = { item: In; resolve(out: Out): void; reject(error: unknown): void };

/**
 * A function of one item that does `work` with those of others. Inside of a transaction it is done there, alone. Where
 * a group fails each of it is tried alone: what is wrong with one is not the others' error.
 */
export function grouped<In, Out>(
  work: Work<In, Out>,
  { most, atOnce }: Group,
): (db: Db, item: In) => Promise<Out> {
  const lines = new WeakMap<Database, (item: In) => Promise<Out>>();

  function line(db: Database): (item: In) => Promise<Out> {
    const waiting: Waiting<In, Out>[] = [];
    let underWay = 0;
    const go = async () => {
      // Whoever calls in the same moment comes along.
      await Promise.resolve();
      while (waiting.length > 0) await together(work, db, waiting.splice(0, most));
      underWay--;
    };
    return (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        if (underWay >= atOnce) return;
        underWay++;
        void go();
      });
  }

  return async (db, item) => {
    const database = databaseOf(db);
    if (database !== db) return (await work(db, [item]))[0]!;
    const known = lines.get(database) ?? line(database);
    lines.set(database, known);
    return known(item);
  };
}

async function together<In, Out>(
  work: Work<In, Out>,
  db: Database,
  group: Waiting<In, Out>[],
): Promise<void> {
  try {
    const answers = await work(
      db,
      group.map(({ item }) => item),
    );
    for (const [at, { resolve }] of group.entries()) resolve(answers[at]!);
  } catch (error) {
    if (group.length === 1 || isUnavailable(error)) for (const { reject } of group) reject(error);
    else await Promise.all(group.map((one) => together(work, db, [one])));
  }
}

/**
 * Items as rows `nr` (from 0) and `columns` (names with types), for SQL's `from`.
 *
 * Postgres takes a list of unknown length for a hundred rows, plans to read whole tables for them while these are
 * small, and keeps the plan when they are not. The condition, always true, has it expect one row and use keys.
 */
export function rowsOf(items: readonly object[], columns: SQL): SQL {
  const rows = JSON.stringify(items.map((item, nr) => ({ ...item, nr, is: "row" })));
  return sql`(select * from jsonb_to_recordset(${rows}::jsonb) as item (nr int, "is" text, ${columns}) where "is" = 'row')`;
}

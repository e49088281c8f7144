/**
 * Brings the database to the shape of drizzle/tables.ts, under a lock: of several processes that
 * start at once one does it and the others wait. On a connection of its own without the limits of
 * ordinary statements, since a migration of a large table takes the time it takes.
 */
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";
import { studio } from "../drizzle/tables.ts";

const FOLDER = new URL("../drizzle/migrations", import.meta.url).pathname;
const MIGRATION_LOCK = 7_203_003;
const CONNECT_TIMEOUT_MS = 10_000;

/** @returns the setup code of this installation. */
export async function migrateDatabase(url: string, newSetupCode: () => string): Promise<string> {
  const client = new pg.Client({
    connectionString: url,
    application_name: "reyna migration",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // Its statements reject when the connection dies; unheard, this would also end the process.
  client.on("error", () => {});
  await client.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    const db = drizzle({ client, casing: "snake_case" });
    await migrate(db, { migrationsFolder: FOLDER });
    await db.insert(studio).values({ setupCode: newSetupCode() }).onConflictDoNothing();
    const [row] = await db.select({ setupCode: studio.setupCode }).from(studio);
    return row!.setupCode;
  } finally {
    await client.end();
  }
}

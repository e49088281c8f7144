/** Which compatibility each schema keeps, and how strictly. */
import { eq, inArray } from "drizzle-orm";
import { schemaConfigs } from "../../drizzle/tables.ts";
import { type AccountActor, requireAdministrator, requireWholeAccount } from "../access.ts";
import { type Db, transact } from "../database.ts";
import type { Level } from "./compatibility/check.ts";
import type { Policy } from "./compatibility/contain.ts";
import { requireStewarded } from "./stewards.ts";

/**
 * `policy`: `lenient` takes it that documents have no properties which only the other version names, so
 * that a new optional property is compatible with an open older version; `strict` takes nothing for granted.
 */
export type SchemaConfig = { compatibility: Level; policy: Policy };

/** Until an administrator sets another. */
const DEFAULT: SchemaConfig = { compatibility: "BACKWARD", policy: "strict" };
/** The row that holds for all schemas without one of their own. */
const ALL = "*";

/** Of one schema, or, without a name, of all that have none of their own. */
export async function configOf(db: Db, name?: string): Promise<SchemaConfig> {
  const rows = await db
    .select()
    .from(schemaConfigs)
    .where(inArray(schemaConfigs.name, name === undefined ? [ALL] : [ALL, name]));
  const row = rows.find((one) => one.name === name) ?? rows.find((one) => one.name === ALL);
  if (!row) return DEFAULT;
  return { compatibility: row.compatibility as Level, policy: row.policy as Policy };
}

/** What a schema has of its own, if it has. */
export async function ownConfigOf(db: Db, name: string): Promise<SchemaConfig | undefined> {
  const [row] = await db.select().from(schemaConfigs).where(eq(schemaConfigs.name, name));
  return row && { compatibility: row.compatibility as Level, policy: row.policy as Policy };
}

/** @throws 403 for who may not, 404 for no such schema */
export async function setConfig(
  db: Db,
  actor: AccountActor,
  name: string | undefined,
  change: Partial<SchemaConfig>,
): Promise<SchemaConfig> {
  return transact(db, async (tx) => {
    await requireConfigures(tx, actor, name);
    const next = { ...(await configOf(tx, name)), ...change };
    const row = { ...next, setBy: actor.account, setAt: new Date() };
    await tx
      .insert(schemaConfigs)
      .values({ name: name ?? ALL, ...row })
      .onConflictDoUpdate({ target: schemaConfigs.name, set: row });
    return next;
  });
}

/** Forgets what a schema has of its own. @throws 403, 404 */
export async function clearConfig(db: Db, actor: AccountActor, name: string): Promise<void> {
  await transact(db, async (tx) => {
    await requireConfigures(tx, actor, name);
    await tx.delete(schemaConfigs).where(eq(schemaConfigs.name, name));
  });
}

/** A schema's owner and administrators configure it, administrators what holds for all. */
async function requireConfigures(
  db: Db,
  actor: AccountActor,
  name: string | undefined,
): Promise<void> {
  if (name !== undefined) await requireStewarded(db, actor, name);
  else {
    requireWholeAccount(actor);
    requireAdministrator(actor);
  }
}

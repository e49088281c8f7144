/** Which compatibility each schema keeps, and how strictly. */
import { eq, inArray } from "drizzle-orm";
import { schemaConfigs } from "../../drizzle/tables.ts";
import { type AccountActor, requireAdministrator, requireWholeAccount } from "../access.ts";
import { type Db, transact } from "../database.ts";
import { forbidden, notFound } from "../problem.ts";
import type { Level } from "./compatibility/check.ts";
import type { Policy } from "./compatibility/contain.ts";
import { isSchemaName } from "./names.ts";
import { findVersion } from "./versions.ts";

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

/** @throws 403 for who may not, 404 for no such schema */
export async function setConfig(
  db: Db,
  actor: AccountActor,
  name: string | undefined,
  change: Partial<SchemaConfig>,
): Promise<SchemaConfig> {
  return transact(db, async (tx) => {
    await requireSteward(tx, actor, name);
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
    await requireSteward(tx, actor, name);
    await tx.delete(schemaConfigs).where(eq(schemaConfigs.name, name));
  });
}

/** A schema's owner and administrators configure it, administrators what holds for all. */
async function requireSteward(
  db: Db,
  actor: AccountActor,
  name: string | undefined,
): Promise<void> {
  requireWholeAccount(actor);
  if (name === undefined) return requireAdministrator(actor);
  const latest = isSchemaName(name) ? await findVersion(db, name, "latest") : undefined;
  if (!latest) throw notFound("This schema");
  if (!latest.owner) throw forbidden("A built-in schema changes only by files.");
  if (latest.owner !== actor.account) requireAdministrator(actor);
}

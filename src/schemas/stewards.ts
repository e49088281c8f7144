/** Who changes a schema: its owner and administrators; nobody, where it is one of the studio's files. */
import { type AccountActor, requireAdministrator, requireWholeAccount } from "../access.ts";
import type { Db } from "../database.ts";
import { forbidden, notFound } from "../problem.ts";
import { isSchemaName } from "./names.ts";
import { findVersion, type SchemaVersion } from "./versions.ts";

/** @throws 403 */
export function requireSteward(actor: AccountActor, { owner }: { owner: string | null }): void {
  if (owner === null) throw forbidden("A built-in schema changes only by files.");
  if (owner !== actor.account) requireAdministrator(actor);
}

/** Before a body is looked at; a name that is free is anybody's. @throws 403 */
export async function requireMayRegister(db: Db, actor: AccountActor, name: string): Promise<void> {
  requireWholeAccount(actor);
  const latest = isSchemaName(name) ? await findVersion(db, name, "latest") : undefined;
  if (latest) requireSteward(actor, latest);
}

/** Its latest version, of those that one may change. @throws 403, 404 */
export async function requireStewarded(
  db: Db,
  actor: AccountActor,
  name: string,
): Promise<SchemaVersion> {
  const latest = isSchemaName(name) ? await findVersion(db, name, "latest") : undefined;
  if (!latest) throw notFound("This schema");
  requireWholeAccount(actor);
  requireSteward(actor, latest);
  return latest;
}

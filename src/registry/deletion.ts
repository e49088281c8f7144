/** Deleting as the registry has it: first so that it can still be read as deleted, then for good. */
import type { AccountActor } from "../access.ts";
import { type Db, transact } from "../database.ts";
import { deleteVersion, forgetDeleted } from "../schemas/deletion.ts";
import { Refusal } from "./refusals.ts";
import { deletedOf, versionOf, versionsOf } from "./subjects.ts";

/** @returns the numbers of what was deleted @throws 40401, 40404, 40405, 42206 */
export async function deleteSubject(
  db: Db,
  actor: AccountActor,
  subject: string,
  isPermanent: boolean,
): Promise<number[]> {
  return transact(db, async (tx) => {
    const all = await versionsOf(tx, subject, true);
    const live = all.filter(({ isDeleted }) => !isDeleted);
    if (!isPermanent) {
      if (live.length === 0)
        throw new Refusal(
          40404,
          `Subject '${subject}' was soft deleted. Set permanent=true to delete permanently`,
        );
      for (const { version } of live) await deleteVersion(tx, actor, subject, String(version));
      return live.map(({ version }) => version);
    }
    if (live.length > 0)
      throw new Refusal(
        40405,
        `Subject '${subject}' was not deleted first before being permanently deleted`,
      );
    for (const { version } of all) await forgetDeleted(tx, actor, subject, version);
    return all.map(({ version }) => version);
  });
}

/** @returns its number @throws 40401, 40402, 40406, 40407, 42206 */
export async function deleteKept(
  db: Db,
  actor: AccountActor,
  subject: string,
  version: string,
  isPermanent: boolean,
): Promise<number> {
  return transact(db, async (tx) => {
    const gone = (await deletedOf(tx, subject)).find((one) => String(one.version) === version);
    if (isPermanent) {
      if (!gone) {
        await versionOf(tx, subject, version);
        throw new Refusal(
          40407,
          `Subject '${subject}' Version ${version} was not deleted first before being permanently deleted`,
        );
      }
      await forgetDeleted(tx, actor, subject, gone.version);
      return gone.version;
    }
    if (gone)
      throw new Refusal(
        40406,
        `Subject '${subject}' Version ${version} was soft deleted. Set permanent=true to delete permanently`,
      );
    const known = await versionOf(tx, subject, version);
    await deleteVersion(tx, actor, subject, String(known.version));
    return known.version;
  });
}

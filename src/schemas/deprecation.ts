/** A version that is not to be used any more: its blobs stay readable and say so, and no processor gets them. */
import { and, eq } from "drizzle-orm";
import { schemaVersions } from "../../drizzle/tables.ts";
import { type AccountActor, nameOf } from "../access.ts";
import { type Db, transact } from "../database.ts";
import { append } from "../events/append.ts";
import { schemaId } from "./names.ts";
import { requireStewarded } from "./stewards.ts";
import { requireVersion, type SchemaVersion } from "./versions.ts";

/** @throws 404, 403 */
export async function deprecateVersion(
  db: Db,
  actor: AccountActor,
  name: string,
  version: string,
): Promise<SchemaVersion> {
  return transact(db, async (tx) => {
    const known = await requireVersion(tx, name, version);
    await requireStewarded(tx, actor, name);
    if (known.deprecatedAt) return known;
    const [deprecated] = await tx
      .update(schemaVersions)
      .set({ deprecatedAt: new Date(), deprecatedBy: nameOf(actor) })
      .where(and(eq(schemaVersions.name, name), eq(schemaVersions.version, known.version)))
      .returning();
    const id = schemaId(name, known.version);
    await append(tx, actor, {
      type: "schema.deprecated",
      place: null,
      subject: id,
      data: { id, name, version: known.version, title: known.title },
    });
    return deprecated!;
  });
}

/**
 * Deleting a version. What is in use stays; an administrator may still delete one that only blobs and
 * their history use: they outlive it, readable and flagged, and no processor gets them. Its number is
 * never given again, so that they never turn into something else.
 */
import { and, eq, isNotNull, sql } from "drizzle-orm";
import { schemaConfigs, schemaDeletions, schemaVersions } from "../../drizzle/tables.ts";
import { type AccountActor, nameOf, requireAdministrator } from "../access.ts";
import { type Db, type Tx, transact } from "../database.ts";
import { append } from "../events/append.ts";
import { notFound, Problem } from "../problem.ts";
import { schemaId } from "./names.ts";
import { lockName } from "./registration.ts";
import { requireStewarded } from "./stewards.ts";
import {
  findVersion,
  forgetSource,
  referrersOf,
  requireVersion,
  type SchemaVersion,
} from "./versions.ts";

/** What a version is used by: how many, or which. */
export type Uses = {
  blobs: number;
  /** Of blobs that have a newer one. */
  revisions: number;
  buckets: number;
  schemas: string[];
  processors: string[];
};

/**
 * @param forced deletes it under its blobs; for administrators
 * @throws 404, 403, 409 `schema-in-use` with `uses`
 */
export async function deleteVersion(
  db: Db,
  actor: AccountActor,
  name: string,
  version: string,
  { forced = false } = {},
): Promise<SchemaVersion> {
  const deleted = await transact(db, async (tx) => {
    await lockName(tx, name);
    const known = await requireVersion(tx, name, version);
    await requireStewarded(tx, actor, name);
    if (forced) requireAdministrator(actor);
    await requireUnused(tx, known, forced);
    const { source, hash, pins, owner, title } = known;
    await tx
      .delete(schemaVersions)
      .where(and(eq(schemaVersions.name, name), eq(schemaVersions.version, known.version)));
    const row = { name, version: known.version, source, hash, pins, owner };
    await tx.insert(schemaDeletions).values({ ...row, deletedBy: nameOf(actor) });
    // Whoever takes the name next begins anew.
    if (!(await findVersion(tx, name, "latest")))
      await tx.delete(schemaConfigs).where(eq(schemaConfigs.name, name));
    const id = schemaId(name, known.version);
    await append(tx, actor, {
      type: "schema.deleted",
      place: null,
      subject: id,
      data: { id, name, version: known.version, title },
    });
    return known;
  });
  forgetSource(db, name, deleted.version);
  return deleted;
}

/** Forgets what a deleted version was; only its number stays. @throws 404, 403 */
export async function forgetDeleted(
  db: Db,
  actor: AccountActor,
  name: string,
  version: number,
): Promise<void> {
  await transact(db, async (tx) => {
    const which = and(eq(schemaDeletions.name, name), eq(schemaDeletions.version, version));
    const [known] = await tx
      .select()
      .from(schemaDeletions)
      .where(and(which, isNotNull(schemaDeletions.source)));
    if (!known) throw notFound("This deleted version");
    if (known.owner !== actor.account) requireAdministrator(actor);
    await tx.update(schemaDeletions).set({ source: null }).where(which);
  });
}

async function requireUnused(tx: Tx, version: SchemaVersion, forced: boolean): Promise<void> {
  const uses = await usesOf(tx, version.name, version.version);
  const outliving = uses.blobs + uses.revisions;
  const bound = uses.buckets + uses.schemas.length + uses.processors.length;
  if (bound === 0 && (forced || outliving === 0)) return;
  throw new Problem(409, "schema-in-use", "This version is in use", {
    detail: sentence(uses),
    members: { uses },
  });
}

export async function usesOf(db: Db, name: string, version: number): Promise<Uses> {
  const id = schemaId(name, version);
  const { rows } = await db.execute<Omit<Uses, "schemas">>(sql`
    select
      (select count(*) from blobs where schema = ${name} and schema_version = ${version})::int as blobs,
      (select count(*) from blob_revisions where schema = ${name} and schema_version = ${version})::int as revisions,
      (select count(*) from buckets where 'bucket-' || type = ${name} and type_version = ${version})::int as buckets,
      array(select p.id from processors p where p.output = ${id} or p.inputs @> array[${id}] order by p.id) as processors`);
  const schemas = await referrersOf(db, name, version);
  return { ...rows[0]!, schemas: schemas.map((one) => schemaId(one.name, one.version)) };
}

function sentence({ blobs, revisions, buckets, schemas, processors }: Uses): string {
  const parts = [
    counted(blobs, "blob"),
    counted(revisions, "older revision"),
    counted(buckets, "bucket"),
    ...(schemas.length > 0 ? [`the schemas ${schemas.join(", ")}`] : []),
    ...(processors.length > 0 ? [`the processors ${processors.join(", ")}`] : []),
  ].filter((part) => part !== "");
  return `Used by ${parts.join(", ")}. Deprecate it instead, so that nothing new is made with it.`;
}

const counted = (count: number, thing: string): string =>
  count === 0 ? "" : `${count} ${thing}${count === 1 ? "" : "s"}`;

/**
 * What has become of schemas: blobs outlive theirs. A blob whose schema is gone or deprecated stays readable and says so,
 * and no processor gets it.
 */
import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import type { Db } from "../database.ts";
import { conflict } from "../problem.ts";
import { schemaId } from "./names.ts";

type Ref = { schema: string; schemaVersion: number };

/** An SQL condition: there is such a version, and it is not deprecated. */
export const isStanding = (name: SQL, version: SQL): SQL =>
  sql`exists (select 1 from schema_versions v where v.name = ${name} and v.version = ${version} and v.deprecated_at is null)`;

/** What has become of a schema that blobs have; null while it stands. */
export type Fallen = "missing" | "deprecated" | null;

/** The same as an SQL value. */
export const fallenAs = (
  name: SQLWrapper,
  version: SQLWrapper,
): SQL<Fallen> => sql<Fallen>`nullif(coalesce((
  select case when v.deprecated_at is null then 'stands' else 'deprecated' end from schema_versions v
  where v.name = ${name} and v.version = ${version}), 'missing'), 'stands')`;

/** Asked anew each time, for another process may have changed it. */
export async function fallenOf(db: Db, { schema, schemaVersion }: Ref): Promise<Fallen> {
  const { rows } = await db.execute<{ fallen: Fallen }>(
    sql`select ${fallenAs(sql`${schema}`, sql`${schemaVersion}`)} as fallen`,
  );
  return rows[0]!.fallen;
}

/** @throws 409 `schema-missing`, `schema-deprecated` */
export async function requireProcessable(db: Db, ref: Ref): Promise<void> {
  const fallen = await fallenOf(db, ref);
  if (fallen)
    throw conflict(
      `schema-${fallen}`,
      fallen === "missing" ? "Its schema is gone" : "Its schema is deprecated",
      `No processor gets a ${schemaId(ref.schema, ref.schemaVersion)} any more.`,
    );
}

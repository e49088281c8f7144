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

/** By id: those of these versions that are gone, and those that are deprecated; asked anew, for another process may have changed it. */
export async function fallenOf(db: Db, refs: readonly Ref[]): Promise<Map<string, Fallen>> {
  const asked = new Map(refs.map((ref) => [schemaId(ref.schema, ref.schemaVersion), ref] as const));
  if (asked.size === 0) return new Map();
  const names = [...asked.values()].map(({ schema }) => schema);
  const versions = [...asked.values()].map(({ schemaVersion }) => schemaVersion);
  const { rows } = await db.execute<{ id: string; missing: boolean }>(sql`
    select a.name || '-v' || a.version as id, v.name is null as missing
    from unnest(${sql.param(names)}::text[], ${sql.param(versions)}::int[]) as a (name, version)
    left join schema_versions v on v.name = a.name and v.version = a.version
    where v.name is null or v.deprecated_at is not null`);
  return new Map(rows.map(({ id, missing }) => [id, missing ? "missing" : "deprecated"]));
}

/** @throws 409 `schema-missing`, `schema-deprecated` */
export async function requireProcessable(db: Db, ref: Ref): Promise<void> {
  const [[id, fallen] = []] = await fallenOf(db, [ref]);
  if (fallen)
    throw conflict(
      `schema-${fallen}`,
      fallen === "missing" ? "Its schema is gone" : "Its schema is deprecated",
      `No processor gets a ${id} any more.`,
    );
}

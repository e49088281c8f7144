/** Types of buckets: the schema `bucket-<type>` says what its metadata is and what it may hold. */
import type { Db } from "../database.ts";
import { requireTemplate } from "../pitches/templates.ts";
import { invalid } from "../problem.ts";
import {
  errorsOf,
  findSchema,
  findSource,
  requireValid,
  type SchemaSource,
} from "../schemas/versions.ts";
import type { Bucket } from "./buckets.ts";

type Typed = Pick<Bucket, "type" | "typeVersion">;

/** The newest version of a type, to which new metadata is held. @throws 422 */
export async function requireType(
  db: Db,
  type: string,
  metadata: Record<string, unknown>,
): Promise<SchemaSource> {
  // By name: `book-v1` would find a schema too, and name a type that there is not.
  const known = await findSchema(db, `bucket-${type}`);
  if (known?.name !== `bucket-${type}`)
    throw refusal("/type", "type", `“${type}” is not a known bucket type`);
  const version = await requireValid(db, `bucket-${type}`, metadata, "/metadata");
  // A pitch without its template would have no sections.
  if (type === "pitch") await requireTemplate(db, metadata.template);
  return version;
}

/** The version that metadata which nobody changed is under from now on: the newest one that takes it. */
export async function carriedForward(
  db: Db,
  { type, typeVersion, metadata }: Bucket,
): Promise<number> {
  const latest = await findSchema(db, `bucket-${type}`);
  const fits = latest && (await errorsOf(db, latest, latest.name, metadata)).length === 0;
  return fits ? Math.max(latest.version, typeVersion) : typeVersion;
}

/** @throws 422 when the parent's type does not hold buckets of this one. */
export async function requireHolds(
  db: Db,
  parent: Typed,
  type: string,
  pointer: "/type" | "/parent",
): Promise<void> {
  const { childTypes } = await hintsOf(db, parent);
  if (childTypes && !childTypes.includes(type))
    throw refusal(pointer, pointer.slice(1), `a ${parent.type} does not hold a ${type}`);
}

/** @throws 422 when the bucket's type takes no blobs of this schema. */
export async function requireTakes(db: Db, bucket: Typed, schemaName: string): Promise<void> {
  const { blobSchemas } = await hintsOf(db, bucket);
  if (blobSchemas && !blobSchemas.includes(schemaName))
    throw refusal(
      "/schema",
      "blobSchemas",
      `a ${bucket.type} takes no ${schemaName}`,
      "This blob cannot be there",
    );
}

async function hintsOf(db: Db, { type, typeVersion }: Typed) {
  return (await findSource(db, `bucket-${type}`, typeVersion))?.hints ?? {};
}

const refusal = (
  pointer: string,
  rule: string,
  message: string,
  title = "This bucket cannot be there",
) => invalid([{ pointer, rule, message }], title);

/** Blobs: JSON values that validate against a version of a schema and lie in a bucket. */
import { eq, type SQL, sql } from "drizzle-orm";
import { blobRevisions, blobs } from "../../drizzle/tables.ts";
import { type AccountActor, type MemberRole, nameOf, requireWriter, roleOf } from "../access.ts";
import { findBucket } from "../buckets/buckets.ts";
import { requireTakes } from "../buckets/types.ts";
import type { Db } from "../database.ts";
import { isId } from "../lists.ts";
import { conflict, type FieldError, invalid, notFound, Problem } from "../problem.ts";
import { schemaId } from "../schemas/names.ts";
import { type Fallen, fallenAs, fallenOf } from "../schemas/standing.ts";
import { errorsOf, findSchema, findVersion, type SchemaSource } from "../schemas/versions.ts";
import { insertBlob } from "./insert.ts";

export type Blob = typeof blobs.$inferSelect;
/** A blob as it is inserted: what Postgres does not fill in. */
export type NewBlob = Omit<Blob, "createdAt" | "updatedAt" | "trashedAt" | "trashedBy">;
/** As it is read, with what has become of its schema. */
export type BlobRead = Blob & { fallen: Fallen };
export type BlobSeen = BlobRead & { role: MemberRole };

export type BlobDraft = {
  /** `text-input-v1`, or `text-input` for its latest version. */
  schema: string;
  bucket: string;
  content: unknown;
  metadata?: Record<string, unknown> | undefined;
};

/** Metadata travels in every event of its blob, and brokers bound their messages. In UTF-16 units of JSON. */
const METADATA_LIMIT = 16 * 1024;

export function metadataErrors(metadata: Record<string, unknown> | undefined): FieldError[] {
  if (!metadata || JSON.stringify(metadata).length <= METADATA_LIMIT) return [];
  const message = `must have at most ${METADATA_LIMIT} characters as JSON`;
  return [{ pointer: "/metadata", rule: "maxLength", message }];
}

function draftErrors(
  db: Db,
  schema: SchemaSource | undefined,
  draft: BlobDraft,
): FieldError[] | Promise<FieldError[]> {
  const unbounded = metadataErrors(draft.metadata);
  return unbounded.length > 0 ? unbounded : errorsOf(db, schema, draft.schema, draft.content);
}

/**
 * Stores a blob with its event and the runs that it triggers.
 * @throws 404, 403 for the bucket; 409 when that is trashed, `document-owned`; 422 for an unknown schema, content
 *   that does not validate, a schema that the bucket does not take.
 */
export async function createBlob(db: Db, actor: AccountActor, draft: BlobDraft): Promise<BlobRead> {
  const schema = await findSchema(db, draft.schema);
  const errors = await draftErrors(db, schema, draft);
  const id = Bun.randomUUIDv7();
  const { bucket, content, metadata = {} } = draft;
  const stored =
    schema && !isStudios(schema) && errors.length === 0 && isId(bucket)
      ? await insertBlob(db, actor, id, { schema, bucket, content, metadata })
      : undefined;
  if (!stored || !schema) throw await refusal(db, actor, draft, schema, errors);
  const { root, createdAt, fallen } = stored;
  const by = nameOf(actor);
  return {
    id,
    root,
    bucket,
    schema: schema.name,
    schemaVersion: schema.version,
    revision: 1,
    content,
    metadata,
    derivedFrom: null,
    run: null,
    createdBy: by,
    createdAt,
    updatedBy: by,
    updatedAt: createdAt,
    trashedAt: null,
    trashedBy: null,
    fallen,
  };
}

/** Why a draft was not stored: what one may not see comes before what is wrong with it. */
async function refusal(
  db: Db,
  actor: AccountActor,
  draft: BlobDraft,
  schema: SchemaSource | undefined,
  errors: FieldError[],
): Promise<Problem> {
  const bucket = await findBucket(db, actor, draft.bucket);
  requireWriter(bucket.role);
  if (bucket.trashedAt) throw conflict("trashed", "The bucket is in the trash");
  if (errors.length > 0)
    return invalid(
      errors,
      schema && `This is not a valid ${schemaId(schema.name, schema.version)}`,
    );
  // Kept in memory here, and gone meanwhile.
  if (schema && !(await findVersion(db, schema.name, schema.version)))
    return invalid(await errorsOf(db, undefined, draft.schema, draft.content));
  if (schema) {
    await requireTakes(db, bucket, schema.name);
    requireNotOwned(schema);
  }
  return conflict("changed", "The bucket changed meanwhile", "Nothing was stored; try again.");
}

/** @throws 404 when the actor may not see it. */
export async function findBlob(db: Db, actor: AccountActor, id: string): Promise<BlobSeen> {
  if (!isId(id)) throw notFound("This blob");
  const [row] = await db
    .select({ blob: blobs, fallen: FALLEN, role: roleOf(actor, blobs.root) })
    .from(blobs)
    .where(eq(blobs.id, id));
  if (!row?.role) throw notFound("This blob");
  return { ...row.blob, fallen: row.fallen, role: row.role };
}

/** What has become of the schema of `blobs`. */
export const FALLEN = fallenAs(blobs.schema, blobs.schemaVersion);

/** A content as SQL: Drizzle takes a null, which is JSON like any other, for none. */
export const contentAsSql = (content: unknown): SQL => sql`${JSON.stringify(content)}::jsonb`;

/** Copies the standing revision aside, before it is replaced. */
export async function keepRevision(tx: Db, blob: Blob): Promise<void> {
  await tx.insert(blobRevisions).values({
    blob: blob.id,
    revision: blob.revision,
    schema: blob.schema,
    schemaVersion: blob.schemaVersion,
    content: contentAsSql(blob.content),
    metadata: blob.metadata,
    createdBy: blob.updatedBy,
    createdAt: blob.updatedAt,
  });
}

/** Whether only the studio makes blobs of it. */
const isStudios = ({ hints }: SchemaSource) => Boolean(hints.documentOwned || hints.uploaded);

/** @throws 409 `document-owned`, `uploaded` */
export function requireNotOwned(schema: SchemaSource): void {
  if (schema.hints.uploaded)
    throw conflict(
      "uploaded",
      "This is made by uploading",
      "Send the bytes to POST /api/files; the blob that describes them comes back.",
    );
  if (schema.hints.documentOwned)
    throw conflict(
      "document-owned",
      "Only the studio writes this",
      "It is the snapshot of a document. Change the document: POST /api/documents/{bucket}/edits.",
    );
}

export const stale = (revision: number, members: Record<string, unknown> = {}) =>
  new Problem(412, "stale", "It was changed meanwhile", {
    detail: `The current revision is ${revision}. Read it again, then repeat the change.`,
    headers: { etag: `"${revision}"` },
    members: { revision, ...members },
  });

export const schemaIdOf = (blob: Pick<Blob, "schema" | "schemaVersion">) =>
  schemaId(blob.schema, blob.schemaVersion);

/** What an event says of a blob: all but its content, which may be large. */
export function blobFacts(blob: NewBlob) {
  return {
    id: blob.id,
    schema: schemaIdOf(blob),
    bucket: blob.bucket,
    root: blob.root,
    revision: blob.revision,
    metadata: blob.metadata,
    derivedFrom: blob.derivedFrom,
    run: blob.run,
  };
}

/** As the API shows a blob that was changed, with what has become of its schema. */
export const changedView = async (db: Db, blob: Blob) =>
  readView({ ...blob, fallen: await fallenOf(db, blob) });

/** As the API shows a blob that was read. */
export function readView(blob: BlobRead) {
  return {
    ...blobFacts(blob),
    content: blob.content,
    createdBy: blob.createdBy,
    createdAt: blob.createdAt,
    updatedBy: blob.updatedBy,
    updatedAt: blob.updatedAt,
    ...(blob.trashedAt ? { trashedAt: blob.trashedAt, trashedBy: blob.trashedBy } : {}),
    ...(blob.fallen && FLAGS[blob.fallen]),
  };
}

const FLAGS = { missing: { schemaMissing: true }, deprecated: { schemaDeprecated: true } };

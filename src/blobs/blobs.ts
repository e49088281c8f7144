/** Blobs: JSON values that validate against a version of a schema and lie in a bucket. */
import { and, desc, eq, isNull, lt, type SQL, sql } from "drizzle-orm";
import { blobRevisions, blobs } from "../../drizzle/tables.ts";
import { type AccountActor, type MemberRole, nameOf, requireWriter, roleOf } from "../access.ts";
import { findBucket, requireTakes } from "../buckets/buckets.ts";
import { type Db, transact } from "../database.ts";
import { append } from "../events/append.ts";
import { badQuery, isId, type Page, type PageRequest, page } from "../lists.ts";
import { conflict, type FieldError, invalid, notFound, Problem } from "../problem.ts";
import { parseSchemaRef, schemaId } from "../schemas/names.ts";
import {
  errorsOf,
  findSchema,
  findSource,
  requireValid,
  type SchemaSource,
} from "../schemas/versions.ts";
import { insertBlob } from "./insert.ts";

export type Blob = typeof blobs.$inferSelect;
/** A blob as it is inserted: what Postgres does not fill in. */
export type NewBlob = Omit<Blob, "createdAt" | "updatedAt" | "trashedAt" | "trashedBy">;
export type BlobSeen = Blob & { role: MemberRole };

export type BlobDraft = {
  /** `text-input-v1`, or `text-input` for its latest version. */
  schema: string;
  bucket: string;
  content: unknown;
  metadata?: Record<string, unknown> | undefined;
};

/** Metadata travels in every event of its blob, and brokers bound their messages. In UTF-16 units of JSON. */
const METADATA_LIMIT = 16 * 1024;

function metadataErrors(metadata: Record<string, unknown> | undefined): FieldError[] {
  if (!metadata || JSON.stringify(metadata).length <= METADATA_LIMIT) return [];
  const message = `must have at most ${METADATA_LIMIT} characters as JSON`;
  return [{ pointer: "/metadata", rule: "maxLength", message }];
}

function draftErrors(schema: SchemaSource | undefined, draft: BlobDraft): FieldError[] {
  const unbounded = metadataErrors(draft.metadata);
  return unbounded.length > 0 ? unbounded : errorsOf(schema, draft.schema, draft.content);
}

/**
 * Stores a blob with its event and the runs that it triggers.
 * @throws 404, 403 for the bucket; 409 when that is trashed, `document-owned`; 422 for an unknown schema, content
 *   that does not validate, a schema that the bucket does not take.
 */
export async function createBlob(db: Db, actor: AccountActor, draft: BlobDraft): Promise<Blob> {
  const schema = await findSchema(db, draft.schema);
  const errors = draftErrors(schema, draft);
  const id = Bun.randomUUIDv7();
  const { bucket, content, metadata = {} } = draft;
  const stored =
    schema && !schema.hints.documentOwned && errors.length === 0 && isId(bucket)
      ? await insertBlob(db, actor, id, { schema, bucket, content, metadata })
      : undefined;
  if (!stored || !schema) throw await refusal(db, actor, draft, schema, errors);
  const { root, createdAt } = stored;
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
    .select({ blob: blobs, role: roleOf(actor, blobs.root) })
    .from(blobs)
    .where(eq(blobs.id, id));
  if (!row?.role) throw notFound("This blob");
  return { ...row.blob, role: row.role };
}

export type BlobFilter = {
  bucket?: string | undefined;
  /** An id for one version, a name for all of them. */
  schema?: string | undefined;
  derivedFrom?: string | undefined;
};

/** Newest first; of what the actor may see, without the trash. */
export async function listBlobs(
  db: Db,
  actor: AccountActor,
  filter: BlobFilter,
  request: PageRequest,
): Promise<Page<Blob>> {
  if (filter.bucket) await findBucket(db, actor, filter.bucket);
  if (filter.derivedFrom) await findBlob(db, actor, filter.derivedFrom);
  const rows = await db
    .select()
    .from(blobs)
    .where(
      and(
        sql`${roleOf(actor, blobs.root)} is not null`,
        isNull(blobs.trashedAt),
        filter.bucket ? eq(blobs.bucket, filter.bucket) : undefined,
        filter.derivedFrom ? eq(blobs.derivedFrom, filter.derivedFrom) : undefined,
        filter.schema ? ofSchema(filter.schema) : undefined,
        request.cursor ? lt(blobs.id, request.cursor) : undefined,
      ),
    )
    .orderBy(desc(blobs.id))
    .limit(request.limit + 1);
  return page(rows, request);
}

function ofSchema(ref: string): SQL | undefined {
  const parsed = parseSchemaRef(ref);
  if (!parsed) throw badQuery("schema", `“${ref}” is not a schema`);
  return and(
    eq(blobs.schema, parsed.name),
    parsed.version === "latest" ? undefined : eq(blobs.schemaVersion, parsed.version),
  );
}

export type BlobChange = {
  content: unknown;
  metadata?: Record<string, unknown> | undefined;
  /** Absent: the version it has. */
  schema?: string | undefined;
};

/**
 * Replaces a blob's content by a new revision; the old one is kept.
 * @throws 404, 403; 412 when `expected` is not its revision; 409 `immutable`, `document-owned`, `trashed`; 422
 */
export async function putBlob(
  db: Db,
  actor: AccountActor,
  id: string,
  expected: number,
  change: BlobChange,
): Promise<Blob> {
  return transact(db, async (tx) => {
    // Locked: two writers with the same revision come one after the other, the second is stale.
    await tx.execute(sql`select 1 from blobs where id = ${isId(id) ? id : null} for update`);
    const blob = await findBlob(tx, actor, id);
    requireWriter(blob.role);
    await requireChangeable(tx, blob, expected);
    const unbounded = metadataErrors(change.metadata);
    if (unbounded.length > 0) throw invalid(unbounded);
    const bucket = await findBucket(tx, actor, blob.bucket);
    const schema = await requireValid(tx, change.schema ?? schemaIdOf(blob), change.content);
    requireNotOwned(schema);
    if (change.schema) await requireTakes(tx, bucket, schema.name);
    await keepRevision(tx, blob);
    const [updated] = await tx
      .update(blobs)
      .set({
        content: change.content,
        metadata: change.metadata ?? blob.metadata,
        schema: schema.name,
        schemaVersion: schema.version,
        revision: blob.revision + 1,
        updatedBy: nameOf(actor),
        updatedAt: new Date(),
      })
      .where(eq(blobs.id, id))
      .returning();
    await append(tx, actor, {
      type: `blob.updated.${schemaIdOf(updated!)}`,
      place: bucket,
      subject: id,
      data: blobFacts(updated!),
    });
    return updated!;
  });
}

/** Copies the standing revision aside, before it is replaced. */
export async function keepRevision(tx: Db, blob: Blob): Promise<void> {
  await tx.insert(blobRevisions).values({
    blob: blob.id,
    revision: blob.revision,
    schema: blob.schema,
    schemaVersion: blob.schemaVersion,
    content: blob.content,
    metadata: blob.metadata,
    createdBy: blob.updatedBy,
    createdAt: blob.updatedAt,
  });
}

/** @throws 412 when `expected` is not its revision; 409 `trashed`, `immutable`, `document-owned` */
export async function requireChangeable(db: Db, blob: Blob, expected: number): Promise<void> {
  if (blob.revision !== expected) throw stale(blob.revision);
  if (blob.trashedAt) throw conflict("trashed", "This blob is in the trash");
  const schema = await findSource(db, blob.schema, blob.schemaVersion);
  if (schema) requireNotOwned(schema);
  if (schema?.hints.immutable)
    throw conflict(
      "immutable",
      "This blob never changes",
      `${schemaIdOf(blob)} is immutable: make a new blob instead.`,
    );
}

/** @throws 409 `document-owned` */
function requireNotOwned(schema: SchemaSource): void {
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

/** As the API shows a blob. */
export function blobView(blob: Blob) {
  return {
    ...blobFacts(blob),
    content: blob.content,
    createdBy: blob.createdBy,
    createdAt: blob.createdAt,
    updatedBy: blob.updatedBy,
    updatedAt: blob.updatedAt,
    ...(blob.trashedAt ? { trashedAt: blob.trashedAt, trashedBy: blob.trashedBy } : {}),
  };
}

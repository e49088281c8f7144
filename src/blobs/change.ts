/** Changing blobs: each change is a new revision, and the one before is kept. */
import { and, desc, eq, lt, sql } from "drizzle-orm";
import { blobRevisions, blobs } from "../../drizzle/tables.ts";
import { type AccountActor, nameOf, requireWriter } from "../access.ts";
import { type BucketSeen, findBucket } from "../buckets/buckets.ts";
import { requireTakes } from "../buckets/types.ts";
import { type Db, type Tx, transact } from "../database.ts";
import { append } from "../events/append.ts";
import { badQuery, isId } from "../lists.ts";
import { mergePatch } from "../merge-patch.ts";
import { conflict, invalid, notFound } from "../problem.ts";
import { schemaId } from "../schemas/names.ts";
import { findSource, requireValid } from "../schemas/versions.ts";
import {
  type Blob,
  type BlobSeen,
  blobFacts,
  contentAsSql,
  findBlob,
  keepRevision,
  metadataErrors,
  requireNotOwned,
  schemaIdOf,
  stale,
} from "./blobs.ts";

export type BlobChange = {
  content: unknown;
  metadata?: Record<string, unknown> | undefined;
  /** Absent: the version it has. */
  schema?: string | undefined;
};

/** A merge patch over content, metadata and bucket. */
export type BlobPatch = { content?: unknown; metadata?: unknown; bucket?: unknown };

/**
 * Replaces a blob's content by a new revision.
 * @throws 404, 403; 412 when `expected` is not its revision; 409 `immutable`, `document-owned`, `trashed`; 422
 */
export async function putBlob(
  db: Db,
  actor: AccountActor,
  id: string,
  expected: number,
  change: BlobChange,
): Promise<Blob> {
  return changing(db, actor, id, expected, (tx, blob) =>
    revise(tx, actor, blob, {
      content: change.content,
      metadata: change.metadata ?? blob.metadata,
      schema: change.schema ?? schemaIdOf(blob),
      bucket: blob.bucket,
    }),
  );
}

/**
 * Merges a patch into a blob, as a new revision (RFC 7396: null removes a member).
 * @throws as putBlob; 409 `other-root` for a bucket below another root
 */
export async function patchBlob(
  db: Db,
  actor: AccountActor,
  id: string,
  expected: number,
  patch: BlobPatch,
): Promise<Blob> {
  return changing(db, actor, id, expected, (tx, blob) => {
    const { content, metadata, bucket } = blob;
    const merged = mergePatch({ content, metadata, bucket }, patch) as BlobPatch;
    if (typeof merged.bucket !== "string")
      throw invalid([{ pointer: "/bucket", rule: "type", message: "must be the id of a bucket" }]);
    const { metadata: after = {} } = merged;
    if (after === null || typeof after !== "object" || Array.isArray(after))
      throw invalid([{ pointer: "/metadata", rule: "type", message: "must be an object" }]);
    return revise(tx, actor, blob, {
      content: "content" in merged ? merged.content : null,
      metadata: after as Record<string, unknown>,
      schema: schemaIdOf(blob),
      bucket: merged.bucket,
    });
  });
}

/** A revision that was replaced, or the one that stands. */
export type Revision = typeof blobRevisions.$inferSelect;

/** Newest first, from before `cursor`; without their content. @throws 404, 422 */
export async function listRevisions(
  db: Db,
  actor: AccountActor,
  id: string,
  request: { limit: number; cursor?: string | undefined },
): Promise<{ items: Omit<Revision, "content">[]; next: string | null }> {
  const blob = await findBlob(db, actor, id);
  const before = revisionNumber(request.cursor) ?? blob.revision + 1;
  if (request.cursor !== undefined && revisionNumber(request.cursor) === undefined)
    throw badQuery("cursor", "must be the `next` of an earlier page");
  const { content: _, ...standing } = asRevision(blob);
  const kept = await db
    .select({
      blob: blobRevisions.blob,
      revision: blobRevisions.revision,
      schema: blobRevisions.schema,
      schemaVersion: blobRevisions.schemaVersion,
      metadata: blobRevisions.metadata,
      createdBy: blobRevisions.createdBy,
      createdAt: blobRevisions.createdAt,
    })
    .from(blobRevisions)
    .where(and(eq(blobRevisions.blob, id), lt(blobRevisions.revision, before)))
    .orderBy(desc(blobRevisions.revision))
    .limit(request.limit + 1);
  const all = before > blob.revision ? [standing, ...kept] : kept;
  const items = all.slice(0, request.limit);
  return {
    items,
    next: all.length > request.limit ? String(items.at(-1)!.revision) : null,
  };
}

/** @throws 404 */
export async function readRevision(
  db: Db,
  actor: AccountActor,
  id: string,
  n: string,
): Promise<Revision> {
  const blob = await findBlob(db, actor, id);
  const revision = revisionNumber(n);
  if (revision === blob.revision) return asRevision(blob);
  const [kept] =
    revision === undefined
      ? []
      : await db
          .select()
          .from(blobRevisions)
          .where(and(eq(blobRevisions.blob, id), eq(blobRevisions.revision, revision)));
  if (!kept) throw notFound("This revision");
  return kept;
}

/**
 * Writes an old revision's content and metadata back, as a new revision; `expected` is held to if given.
 * @throws 404, 403, 412, 409 as putBlob
 */
export async function restoreRevision(
  db: Db,
  actor: AccountActor,
  id: string,
  expected: number | undefined,
  n: string,
): Promise<Blob> {
  return changing(db, actor, id, expected, async (tx, blob) => {
    const { content, metadata, schema, schemaVersion } = await readRevision(tx, actor, id, n);
    return revise(tx, actor, blob, {
      content,
      metadata,
      schema: schemaId(schema, schemaVersion),
      bucket: blob.bucket,
    });
  });
}

export function revisionView({ blob, schema, schemaVersion, ...revision }: Partial<Revision>) {
  return { blob, schema: schemaId(schema!, schemaVersion!), ...revision };
}

/** Revisions are counted from 1. */
function revisionNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

const asRevision = (blob: Blob): Revision => ({
  blob: blob.id,
  revision: blob.revision,
  schema: blob.schema,
  schemaVersion: blob.schemaVersion,
  content: blob.content,
  metadata: blob.metadata,
  createdBy: blob.updatedBy,
  createdAt: blob.updatedAt,
});

/** Of two who change one revision, the second waits and is stale. */
async function changing(
  db: Db,
  actor: AccountActor,
  id: string,
  expected: number | undefined,
  change: (tx: Tx, blob: BlobSeen) => Promise<Blob>,
): Promise<Blob> {
  return transact(db, async (tx) => {
    await lockBlob(tx, id);
    const blob = await findBlob(tx, actor, id);
    requireWriter(blob.role);
    await requireChangeable(tx, blob, expected);
    return change(tx, blob);
  });
}

export async function lockBlob(tx: Tx, id: string): Promise<void> {
  await tx.execute(sql`select 1 from blobs where id = ${isId(id) ? id : null} for update`);
}

type Next = {
  content: unknown;
  metadata: Record<string, unknown>;
  /** An id, or a name for its latest version. */
  schema: string;
  bucket: string;
};

async function revise(tx: Tx, actor: AccountActor, blob: Blob, next: Next): Promise<Blob> {
  const bucket = await placeOf(tx, actor, blob, next.bucket);
  const unbounded = metadataErrors(next.metadata);
  if (unbounded.length > 0) throw invalid(unbounded);
  const schema = await requireValid(tx, next.schema, next.content);
  requireNotOwned(schema);
  if (schema.name !== blob.schema || bucket.id !== blob.bucket)
    await requireTakes(tx, bucket, schema.name);
  await keepRevision(tx, blob);
  const [updated] = await tx
    .update(blobs)
    .set({
      content: contentAsSql(next.content),
      metadata: next.metadata,
      schema: schema.name,
      schemaVersion: schema.version,
      bucket: bucket.id,
      revision: blob.revision + 1,
      updatedBy: nameOf(actor),
      updatedAt: new Date(),
    })
    .where(eq(blobs.id, blob.id))
    .returning();
  await append(tx, actor, {
    type: `blob.updated.${schemaIdOf(updated!)}`,
    place: bucket,
    subject: blob.id,
    data: {
      ...blobFacts(updated!),
      ...(bucket.id === blob.bucket ? {} : { from: { bucket: blob.bucket } }),
    },
  });
  return updated!;
}

/** The bucket it will lie in. @throws 404, 403; 409 `other-root`, `trashed` */
async function placeOf(tx: Tx, actor: AccountActor, blob: Blob, id: string): Promise<BucketSeen> {
  const bucket = await findBucket(tx, actor, id);
  if (id === blob.bucket) return bucket;
  requireWriter(bucket.role);
  if (bucket.root !== blob.root)
    throw conflict(
      "other-root",
      "A blob stays below its root",
      "Who may see it is decided there. Make a new blob below the other root instead.",
    );
  if (bucket.trashedAt) throw conflict("trashed", "The place it should go to is in the trash");
  return bucket;
}

/** @throws 412 when `expected` is given and not its revision; 409 `trashed`, `immutable`, `document-owned` */
export async function requireChangeable(
  db: Db,
  blob: Blob,
  expected: number | undefined,
): Promise<void> {
  requireRevision(blob, expected);
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

/** @throws 412 */
export function requireRevision({ revision }: Blob, expected: number | undefined): void {
  if (expected !== undefined && expected !== revision) throw stale(revision);
}

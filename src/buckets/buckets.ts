/** Buckets: the tree that organises content. Roles are held on roots. */
import { and, desc, eq, isNull, lt, sql } from "drizzle-orm";
import { buckets, members } from "../../drizzle/tables.ts";
import { type AccountActor, type MemberRole, nameOf, requireWriter, roleOf } from "../access.ts";
import { type Db, transact } from "../database.ts";
import { append } from "../events/append.ts";
import { isId, type Page, type PageRequest, page } from "../lists.ts";
import { positionBetween } from "../position.ts";
import { conflict, invalid, notFound } from "../problem.ts";
import { schemaId } from "../schemas/names.ts";
import { findSource, findVersion, requireValid, type SchemaSource } from "../schemas/versions.ts";

export type Bucket = typeof buckets.$inferSelect;
export type BucketSeen = Bucket & { role: MemberRole };

export type BucketDraft = {
  type: string;
  name: string;
  parent?: string | undefined;
  metadata?: Record<string, unknown> | undefined;
  position?: string | undefined;
};

/** The deepest a tree goes, in buckets from its root. */
export const MAX_DEPTH = 32;

/** @throws 404 when the actor may not see it. */
export async function findBucket(db: Db, actor: AccountActor, id: string): Promise<BucketSeen> {
  if (!isId(id)) throw notFound("This bucket");
  const [row] = await db
    .select({ bucket: buckets, role: roleOf(actor, buckets.root) })
    .from(buckets)
    .where(eq(buckets.id, id));
  if (!row?.role) throw notFound("This bucket");
  return { ...row.bucket, role: row.role };
}

/** Newest first; of what the actor may see. */
export async function listBuckets(
  db: Db,
  actor: AccountActor,
  filter: { parent?: string | undefined; type?: string | undefined },
  request: PageRequest,
): Promise<Page<Bucket>> {
  if (filter.parent) await findBucket(db, actor, filter.parent);
  const rows = await db
    .select()
    .from(buckets)
    .where(
      and(
        sql`${roleOf(actor, buckets.root)} is not null`,
        isNull(buckets.trashedAt),
        filter.parent ? eq(buckets.parent, filter.parent) : undefined,
        filter.type ? eq(buckets.type, filter.type) : undefined,
        request.cursor ? lt(buckets.id, request.cursor) : undefined,
      ),
    )
    .orderBy(desc(buckets.id))
    .limit(request.limit + 1);
  return page(rows, request);
}

/** The children of a bucket in their order. */
export async function childrenOf(db: Db, parent: string): Promise<Bucket[]> {
  return db
    .select()
    .from(buckets)
    .where(and(eq(buckets.parent, parent), isNull(buckets.trashedAt)))
    .orderBy(buckets.position, buckets.id);
}

/**
 * Makes a bucket; one without a parent is a root, and its maker the owner.
 * @throws 404, 403 for the parent; 409 when that is trashed; 422 for an unknown type, metadata that
 *   does not validate, a place its parent's type does not allow.
 */
export async function createBucket(
  db: Db,
  actor: AccountActor,
  draft: BucketDraft,
): Promise<Bucket> {
  return transact(db, async (tx) => {
    const parent = draft.parent ? await findBucket(tx, actor, draft.parent) : undefined;
    if (parent) {
      requireWriter(parent.role);
      if (parent.trashedAt) throw conflict("trashed", "The place it should go to is in the trash");
    }
    const type = await requireType(tx, draft, parent);
    const id = Bun.randomUUIDv7();
    const path = [...(parent?.path ?? []), id];
    if (path.length > MAX_DEPTH)
      throw invalid([
        { pointer: "/parent", rule: "depth", message: `is ${MAX_DEPTH} buckets deep already` },
      ]);
    const [bucket] = await tx
      .insert(buckets)
      .values({
        id,
        root: parent?.root ?? id,
        parent: parent?.id ?? null,
        path,
        type: draft.type,
        typeVersion: type.version,
        name: draft.name,
        position: draft.position ?? positionBetween(await lastPosition(tx, parent?.id), null),
        metadata: draft.metadata ?? {},
        createdBy: nameOf(actor),
      })
      .returning();
    if (!parent)
      await tx.insert(members).values({ root: id, account: actor.account, role: "owner" });
    await append(tx, actor, {
      type: "bucket.created",
      place: bucket!,
      subject: id,
      data: {
        id,
        type: draft.type,
        name: draft.name,
        parent: draft.parent ?? null,
        root: bucket!.root,
      },
    });
    return bucket!;
  });
}

async function requireType(tx: Db, draft: BucketDraft, parent?: Bucket): Promise<SchemaSource> {
  const refuse = (message: string) =>
    invalid([{ pointer: "/type", rule: "type", message }], "This bucket cannot be made");
  // By name: `book-v1` would find a schema too, and name a type that there is not.
  if (!(await findVersion(tx, `bucket-${draft.type}`, "latest")))
    throw refuse(`“${draft.type}” is not a known bucket type`);
  if (parent) {
    const { childTypes } = await hintsOfType(tx, parent);
    if (childTypes && !childTypes.includes(draft.type))
      throw refuse(`a ${parent.type} does not hold a ${draft.type}`);
  }
  return requireValid(tx, `bucket-${draft.type}`, draft.metadata ?? {}, "/metadata");
}

/** @throws 422 when the bucket's type takes no blobs of this schema. */
export async function requireTakes(db: Db, bucket: Bucket, schemaName: string): Promise<void> {
  const { blobSchemas } = await hintsOfType(db, bucket);
  if (blobSchemas && !blobSchemas.includes(schemaName))
    throw invalid([
      {
        pointer: "/schema",
        rule: "blobSchemas",
        message: `a ${bucket.type} takes no ${schemaName}`,
      },
    ]);
}

async function hintsOfType(db: Db, bucket: Bucket) {
  const type = await findSource(db, `bucket-${bucket.type}`, bucket.typeVersion);
  return type?.hints ?? {};
}

async function lastPosition(tx: Db, parent: string | undefined): Promise<string | null> {
  if (!parent) return null;
  const [last] = await tx
    .select({ position: buckets.position })
    .from(buckets)
    .where(eq(buckets.parent, parent))
    .orderBy(desc(buckets.position))
    .limit(1);
  return last?.position ?? null;
}

/** As the API shows a bucket. */
export function bucketView(bucket: Bucket) {
  const { path: _path, typeVersion, trashedAt, trashedBy, ai, ...rest } = bucket;
  return {
    ...rest,
    schema: schemaId(`bucket-${bucket.type}`, typeVersion),
    ...(bucket.parent === null ? { ai } : {}),
    ...(trashedAt ? { trashedAt, trashedBy } : {}),
  };
}

/** What of a bucket its writers change: its name, its metadata, its place; and its owner, whether AI is on. */
import { eq, sql } from "drizzle-orm";
import { buckets } from "../../drizzle/tables.ts";
import { type AccountActor, requireOwner, requireWriter } from "../access.ts";
import { metadataErrors, stale } from "../blobs/blobs.ts";
import { type Db, type Tx, transact } from "../database.ts";
import { append } from "../events/append.ts";
import { canonicalJson } from "../json.ts";
import { mergePatch } from "../merge-patch.ts";
import { conflict, invalid } from "../problem.ts";
import {
  type Bucket,
  type BucketSeen,
  bucketFacts,
  findBucket,
  requireStanding,
} from "./buckets.ts";
import { lockTree, positionAt, requireBreadth, requireDepth, type Spot } from "./place.ts";
import { carriedForward, requireHolds, requireType } from "./types.ts";

export type BucketChange = Spot & {
  name?: string;
  /** A merge patch: null removes a member. */
  metadata?: Record<string, unknown>;
  /** Of a root, by its owner: whether processors that use a model may run below it. */
  ai?: boolean;
  /** The bucket to move to. */
  parent?: string | null;
};

/**
 * Changes a bucket as far as the change differs from what it is; one that differs in nothing is no
 * change. `expected` absent: whatever its revision is.
 * @throws 404, 403; 412 when `expected` is not its revision; 409 `trashed`, `other-root`, `circle`; 422
 */
export async function changeBucket(
  db: Db,
  actor: AccountActor,
  id: string,
  expected: number | undefined,
  change: BucketChange,
): Promise<Bucket> {
  return transact(db, async (tx) => {
    const bucket = await findChangeable(tx, actor, id, expected, change);
    const place = await placeAfter(tx, actor, bucket, change);
    const content = await contentAfter(tx, bucket, change);
    const changed = (Object.keys(content) as (keyof typeof content)[]).filter(
      (name) => canonicalJson(content[name]) !== canonicalJson(bucket[name]),
    );
    const parent = place.parent?.id ?? null;
    const isMoved = place.position !== bucket.position || parent !== bucket.parent;
    if (changed.length === 0 && !isMoved) return bucket;
    const path = [...(place.parent?.path ?? []), id];
    const [after] = await tx
      .update(buckets)
      .set({
        ...content,
        parent,
        position: place.position,
        revision: bucket.revision + 1,
        updatedAt: new Date(),
      })
      .where(eq(buckets.id, id))
      .returning();
    if (parent !== bucket.parent) await rewritePaths(tx, bucket, path);
    const told = changed.filter((name) => name !== "typeVersion");
    if (told.length > 0 || !isMoved)
      await append(tx, actor, {
        type: "bucket.updated",
        place: { root: bucket.root, path },
        subject: id,
        data: { ...bucketFacts(after!), changed: told },
      });
    if (isMoved)
      await append(tx, actor, {
        type: "bucket.moved",
        place: { root: bucket.root, path: heardAlong(bucket.path, path) },
        subject: id,
        data: {
          ...bucketFacts(after!),
          from: { parent: bucket.parent, position: bucket.position },
        },
      });
    return { ...after!, path };
  });
}

/**
 * What may be changed as wanted, in a tree that nobody else changes until the transaction ends.
 * @throws 404, 403, 412, 409 `trashed`
 */
async function findChangeable(
  tx: Tx,
  actor: AccountActor,
  id: string,
  expected: number | undefined,
  { ai }: BucketChange,
): Promise<BucketSeen> {
  const { root, role } = await findBucket(tx, actor, id);
  requireWriter(role);
  if (ai !== undefined) requireOwner(role);
  await lockTree(tx, root);
  const bucket = await findBucket(tx, actor, id);
  requireRevision(bucket, expected);
  requireStanding(bucket);
  return bucket;
}

/** @throws 412 */
export function requireRevision({ revision }: Bucket, expected: number | undefined): void {
  if (expected !== undefined && expected !== revision) throw stale(revision);
}

async function contentAfter(tx: Tx, bucket: Bucket, change: BucketChange) {
  if (change.ai !== undefined && bucket.parent !== null)
    throw invalid([{ pointer: "/ai", rule: "root", message: "is said of a root only" }]);
  const content = { name: change.name ?? bucket.name, ai: change.ai ?? bucket.ai };
  if (!change.metadata)
    return {
      ...content,
      metadata: bucket.metadata,
      typeVersion: await carriedForward(tx, bucket),
    };
  const metadata = mergePatch(bucket.metadata, change.metadata) as Bucket["metadata"];
  const unbounded = metadataErrors(metadata);
  if (unbounded.length > 0) throw invalid(unbounded);
  const { version } = await requireType(tx, bucket.type, metadata);
  return { ...content, metadata, typeVersion: version };
}

type Place = { parent: Bucket | undefined; position: string };

/** Where it lies after the change. */
async function placeAfter(
  tx: Tx,
  actor: AccountActor,
  bucket: Bucket,
  change: BucketChange,
): Promise<Place> {
  const { parent: wanted = bucket.parent, position, before, after } = change;
  const parent = wanted === null ? undefined : await findBucket(tx, actor, wanted);
  if (wanted !== bucket.parent) await requireMovable(tx, bucket, parent);
  const isPlaced = position !== undefined || before !== undefined || after !== undefined;
  if (!isPlaced && wanted === bucket.parent) return { parent, position: bucket.position };
  const spot = {
    ...(position !== undefined && { position }),
    ...(before && { before }),
    ...(after && { after }),
  };
  return { parent, position: await positionAt(tx, wanted, spot, bucket.id) };
}

/** @throws 409 `other-root`, `circle`, `trashed`; 422 when the parent does not take it */
async function requireMovable(tx: Tx, bucket: Bucket, parent: Bucket | undefined): Promise<void> {
  if (bucket.parent === null || parent?.root !== bucket.root)
    throw conflict(
      "other-root",
      "A bucket stays below its root",
      "Who may see it is decided there. Make a copy below the other root instead.",
    );
  if (parent.path.includes(bucket.id))
    throw conflict("circle", "A bucket cannot lie in itself", "The new parent lies below it.");
  if (parent.trashedAt) throw conflict("trashed", "The place it should go to is in the trash");
  await requireHolds(tx, parent, bucket.type, "/parent");
  requireDepth(parent, await heightOf(tx, bucket));
  await requireBreadth(tx, parent.id);
}

/** In buckets, itself counted. */
async function heightOf(tx: Tx, { id, path }: Bucket): Promise<number> {
  const [deepest] = await tx
    .select({ depth: sql<number>`max(cardinality(${buckets.path}))::int` })
    .from(buckets)
    .where(sql`${buckets.path} @> array[${id}]::uuid[]`);
  return deepest!.depth - path.length + 1;
}

async function rewritePaths(tx: Tx, { id, path: old }: Bucket, path: string[]): Promise<void> {
  await tx.execute(sql`
    update buckets set path = ${sql.param(path)}::uuid[] || path[${old.length + 1}::int:]
    where path @> array[${id}]::uuid[]`);
}

/** A move is heard of below every bucket that it leaves or enters. */
function heardAlong(old: string[], path: string[]): string[] {
  const [root, ...rest] = path;
  return [root!, ...old.filter((id) => !path.includes(id)), ...rest];
}

/**
 * The trash of the tree. What lies below a bucket goes to the trash with it and comes back with it, in its
 * places; what was in the trash before, on its own, stays there.
 */
import { and, eq, isNull, sql } from "drizzle-orm";
import { buckets, runs } from "../../drizzle/tables.ts";
import { type AccountActor, nameOf, requireOwner, requireWriter } from "../access.ts";
import { type Db, type Tx, transact } from "../database.ts";
import { append } from "../events/append.ts";
import { Problem } from "../problem.ts";
import type { Processor } from "../processors/sdk.ts";
import { settleCancelled } from "../runs/settle.ts";
import { type Bucket, bucketFacts, findBucket } from "./buckets.ts";
import { requireRevision } from "./change.ts";
import { lockTree, requireBreadth } from "./place.ts";

/**
 * Puts a bucket and what lies below it in the trash; of a root only its owner may. Runs that wait there
 * are cancelled. What is in the trash stays as it is.
 * @throws 404, 403; 412 when `expected` is given and not its revision
 */
export async function trashBucket(
  db: Db,
  actor: AccountActor,
  catalogue: readonly Processor[],
  id: string,
  expected?: number,
): Promise<Bucket> {
  return transact(db, async (tx) => {
    const bucket = await findTrashable(tx, actor, id);
    requireRevision(bucket, expected);
    if (bucket.trashedAt) return bucket;
    const { rowCount } = await tx
      .update(buckets)
      .set({ trashedAt: new Date(), trashedBy: nameOf(actor), trashedWith: id })
      .where(and(isBelow(id), isNull(buckets.trashedAt)));
    await cancelQueued(tx, actor, catalogue, id);
    return raised(tx, actor, bucket, "bucket.deleted", rowCount);
  });
}

/**
 * Brings a bucket back, and all that went to the trash with it. What is not in the trash stays as it is.
 * @throws 404, 403; 409 `parent-trashed`, which names the parent; 422 when there is no room any more
 */
export async function restoreBucket(db: Db, actor: AccountActor, id: string): Promise<Bucket> {
  return transact(db, async (tx) => {
    const bucket = await findTrashable(tx, actor, id);
    if (!bucket.trashedAt) return bucket;
    const parent = bucket.parent ? await findBucket(tx, actor, bucket.parent) : undefined;
    if (parent?.trashedAt) throw parentTrashed(parent);
    if (parent) await requireBreadth(tx, parent.id);
    const { rowCount } = await tx
      .update(buckets)
      .set({ trashedAt: null, trashedBy: null, trashedWith: null })
      .where(sql`${buckets.id} = ${id} or (${isBelow(id)} and ${buckets.trashedWith} = ${id})`);
    return raised(tx, actor, bucket, "bucket.restored", rowCount);
  });
}

/** @throws 404, 403 */
async function findTrashable(tx: Tx, actor: AccountActor, id: string): Promise<Bucket> {
  const { root, role } = await findBucket(tx, actor, id);
  requireWriter(role);
  if (id === root) requireOwner(role);
  await lockTree(tx, root);
  return findBucket(tx, actor, id);
}

const isBelow = (id: string) => sql`${buckets.path} @> array[${id}]::uuid[]`;

async function raised(
  tx: Tx,
  actor: AccountActor,
  { id }: Bucket,
  type: "bucket.deleted" | "bucket.restored",
  count: number | null,
): Promise<Bucket> {
  const [bucket] = await tx
    .update(buckets)
    .set({ revision: sql`${buckets.revision} + 1`, updatedAt: new Date() })
    .where(eq(buckets.id, id))
    .returning();
  const data = { ...bucketFacts(bucket!), buckets: count };
  await append(tx, actor, { type, place: bucket!, subject: id, data });
  return bucket!;
}

async function cancelQueued(
  tx: Tx,
  actor: AccountActor,
  catalogue: readonly Processor[],
  id: string,
): Promise<void> {
  const waiting = await tx
    .select({ id: runs.id, attempt: runs.attempt, processor: runs.processor })
    .from(runs)
    .innerJoin(buckets, eq(buckets.id, runs.bucket))
    .where(and(eq(runs.status, "queued"), isBelow(id)));
  for (const { id: run, attempt, processor } of waiting)
    await settleCancelled(
      tx,
      actor,
      { run, attempt, status: "queued" },
      catalogue.find((one) => one.id === processor),
      { why: TRASHED },
    );
}

const TRASHED = { type: "trashed", sentence: "The place it belongs to was put in the trash." };

const parentTrashed = ({ id, name, type }: Bucket) =>
  new Problem(409, "parent-trashed", "What it lies in is in the trash", {
    detail: `Restore “${name}” first.`,
    members: { parent: { id, name, type } },
  });

/** The trash of single blobs. What lies in a trashed bucket is in the trash with it (`src/buckets/trash.ts`). */
import { and, eq } from "drizzle-orm";
import { blobs, runs } from "../../drizzle/tables.ts";
import { type AccountActor, nameOf, requireWriter } from "../access.ts";
import { type Bucket, findBucket } from "../buckets/buckets.ts";
import { type Db, type Tx, transact } from "../database.ts";
import { append } from "../events/append.ts";
import { Problem } from "../problem.ts";
import type { Processor } from "../processors/sdk.ts";
import { settleCancelled } from "../runs/settle.ts";
import { findSource } from "../schemas/versions.ts";
import {
  type Blob,
  type BlobSeen,
  blobFacts,
  findBlob,
  requireNotOwned,
  schemaIdOf,
} from "./blobs.ts";
import { lockBlob, requireRevision } from "./change.ts";

/**
 * Puts a blob in the trash; its runs that wait are cancelled. What is there already stays as it is.
 * @throws 404, 403; 412 when `expected` is given and not its revision; 409 `document-owned`
 */
export async function trashBlob(
  db: Db,
  actor: AccountActor,
  catalogue: readonly Processor[],
  id: string,
  expected?: number,
): Promise<Blob> {
  return transact(db, async (tx) => {
    const blob = await findTrashable(tx, actor, id);
    requireRevision(blob, expected);
    const schema = await findSource(tx, blob.schema, blob.schemaVersion);
    // What was uploaded is its writer's to put away.
    if (schema && !schema.hints.uploaded) requireNotOwned(schema);
    if (blob.trashedAt) return blob;
    await cancelQueued(tx, actor, catalogue, id);
    return mark(tx, actor, blob, { trashedAt: new Date(), trashedBy: nameOf(actor) });
  });
}

/**
 * Brings a blob back. What is not in the trash stays as it is.
 * @throws 404, 403; 409 `parent-trashed`, which names the bucket
 */
export async function restoreBlob(db: Db, actor: AccountActor, id: string): Promise<Blob> {
  return transact(db, async (tx) => {
    const blob = await findTrashable(tx, actor, id);
    if (!blob.trashedAt) return blob;
    const bucket = await findBucket(tx, actor, blob.bucket);
    if (bucket.trashedAt) throw parentTrashed(bucket);
    return mark(tx, actor, blob, { trashedAt: null, trashedBy: null });
  });
}

async function findTrashable(tx: Tx, actor: AccountActor, id: string): Promise<BlobSeen> {
  await lockBlob(tx, id);
  const blob = await findBlob(tx, actor, id);
  requireWriter(blob.role);
  return blob;
}

async function mark(
  tx: Tx,
  actor: AccountActor,
  { id, bucket }: Blob,
  change: Pick<Blob, "trashedAt" | "trashedBy">,
): Promise<Blob> {
  const [blob] = await tx.update(blobs).set(change).where(eq(blobs.id, id)).returning();
  await append(tx, actor, {
    type: `blob.${change.trashedAt ? "deleted" : "restored"}.${schemaIdOf(blob!)}`,
    place: await findBucket(tx, actor, bucket),
    subject: id,
    data: blobFacts(blob!),
  });
  return blob!;
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
    .where(and(eq(runs.status, "queued"), eq(runs.blob, id)));
  for (const { id: run, attempt, processor } of waiting)
    await settleCancelled(
      tx,
      actor,
      { run, attempt, status: "queued" },
      catalogue.find((one) => one.id === processor),
      { why: { type: "trashed", sentence: "What it was to work on was put in the trash." } },
    );
}

const parentTrashed = ({ id, name, type }: Bucket) =>
  new Problem(409, "parent-trashed", "What it lies in is in the trash", {
    detail: `Restore “${name}” first.`,
    members: { parent: { id, name, type } },
  });

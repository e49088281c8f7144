import { buckets, members } from "../../drizzle/tables.ts";
import { type AccountActor, nameOf, requireWholeAccount, requireWriter } from "../access.ts";
import { metadataErrors } from "../blobs/blobs.ts";
import { type Db, transact } from "../database.ts";
import { append } from "../events/append.ts";
import { conflict, invalid } from "../problem.ts";
import { type Bucket, bucketFacts, findBucket } from "./buckets.ts";
import { lockTree, positionAt, requireBreadth, requireDepth, type Spot } from "./place.ts";
import { requireHolds, requireType } from "./types.ts";

export type BucketDraft = Spot & {
  type: string;
  name: string;
  parent?: string | undefined;
  metadata?: Record<string, unknown> | undefined;
};

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
    const parent = draft.parent ? await findParent(tx, actor, draft.parent) : undefined;
    if (!parent) requireWholeAccount(actor);
    const metadata = draft.metadata ?? {};
    const unbounded = metadataErrors(metadata);
    if (unbounded.length > 0) throw invalid(unbounded);
    const type = await requireType(tx, draft.type, metadata);
    if (parent) await requireHolds(tx, parent, draft.type, "/type");
    requireDepth(parent, 1);
    if (parent) await requireBreadth(tx, parent.id);
    const id = Bun.randomUUIDv7();
    const [bucket] = await tx
      .insert(buckets)
      .values({
        id,
        root: parent?.root ?? id,
        parent: parent?.id ?? null,
        path: [...(parent?.path ?? []), id],
        type: draft.type,
        typeVersion: type.version,
        name: draft.name,
        position: await positionAt(tx, parent?.id ?? null, draft),
        metadata,
        createdBy: nameOf(actor),
      })
      .returning();
    if (!parent)
      await tx.insert(members).values({ root: id, account: actor.account, role: "owner" });
    await append(tx, actor, {
      type: "bucket.created",
      place: bucket!,
      subject: id,
      data: bucketFacts(bucket!),
    });
    return bucket!;
  });
}

/** A place that may be written to, which nobody moves or trashes until the transaction ends. */
export async function findParent(tx: Db, actor: AccountActor, id: string): Promise<Bucket> {
  const { root, role } = await findBucket(tx, actor, id);
  requireWriter(role);
  await lockTree(tx, root);
  const parent = await findBucket(tx, actor, id);
  if (parent.trashedAt) throw conflict("trashed", "The place it should go to is in the trash");
  return parent;
}

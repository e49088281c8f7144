/** What has been in the trash for long enough is gone for good. */
import { inArray, sql } from "drizzle-orm";
import { blobs, buckets } from "../../drizzle/tables.ts";
import { SYSTEM } from "../access.ts";
import { bucketFacts } from "../buckets/buckets.ts";
import { type Database, type Tx, transact } from "../database.ts";
import { append, type NewEvent } from "../events/append.ts";
import { type Blob, blobFacts, schemaIdOf } from "./blobs.ts";

/** How long things stay in the trash, in days. */
export const TRASH_DAYS = 30;
/** Blobs, or buckets, purged in one transaction. */
const BATCH = 500;

/**
 * Purges blobs and buckets that went to the trash more than {@link TRASH_DAYS} before `now`. Whoever
 * runs it twice at once purges each thing once.
 */
export async function purgeTrash(db: Database, now = new Date()): Promise<void> {
  const before = new Date(now.getTime() - TRASH_DAYS * 24 * 60 * 60 * 1_000);
  while ((await purgeBlobs(db, before)) === BATCH);
  while ((await purgeBuckets(db, before)) === BATCH);
}

/** Those that lie there themselves, and those in buckets that do; answers how many there were. */
function purgeBlobs(db: Database, before: Date): Promise<number> {
  return transact(db, async (tx) => {
    const { rows } = await tx.execute<{ id: string }>(sql`
      (select id from blobs where trashed_at < ${before} limit ${BATCH})
      union
      (select b.id from blobs b join buckets k on k.id = b.bucket
        where k.trashed_at < ${before} limit ${BATCH})
      limit ${BATCH}`);
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) return 0;
    const gone = await tx.delete(blobs).where(inArray(blobs.id, ids)).returning();
    // None where another process was quicker.
    if (gone.length > 0) await append(tx, SYSTEM, ...(await purgedFacts(tx, gone)));
    return gone.length;
  });
}

async function purgedFacts(tx: Tx, gone: Blob[]): Promise<NewEvent[]> {
  const places = await tx
    .select({ id: buckets.id, root: buckets.root, path: buckets.path })
    .from(buckets)
    .where(
      inArray(
        buckets.id,
        gone.map(({ bucket }) => bucket),
      ),
    );
  const placeOf = new Map(places.map((place) => [place.id, place]));
  return gone.map((blob) => ({
    type: `blob.purged.${schemaIdOf(blob)}`,
    place: placeOf.get(blob.bucket)!,
    subject: blob.id,
    data: blobFacts(blob),
  }));
}

/** What lies below went to the trash with them or earlier, so it is among them: the deepest go first. */
function purgeBuckets(db: Database, before: Date): Promise<number> {
  return transact(db, async (tx) => {
    const { rows } = await tx.execute<{ id: string }>(sql`
      select id from buckets k where trashed_at < ${before}
        and not exists (select 1 from blobs where bucket = k.id)
        and not exists (select 1 from buckets where path @> array[k.id] and trashed_at >= ${before})
      order by cardinality(path) desc limit ${BATCH} for update skip locked`);
    const ids = rows.map(({ id }) => id);
    if (ids.length === 0) return 0;
    const gone = await tx.delete(buckets).where(inArray(buckets.id, ids)).returning();
    const facts = gone.map((bucket) => ({
      type: "bucket.purged",
      place: bucket,
      subject: bucket.id,
      data: bucketFacts(bucket),
    }));
    await append(tx, SYSTEM, ...facts);
    return gone.length;
  });
}

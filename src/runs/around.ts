/** What a processor may look at around its input: blobs of the same root, and the places that its input lies in. */
import { and, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import { blobs, buckets } from "../../drizzle/tables.ts";
import { schemaIdOf } from "../blobs/blobs.ts";
import type { Db } from "../database.ts";
import { chaptersIn, readOutline } from "../documents/chapters.ts";
import { isId } from "../lists.ts";
import { type BlobIn, type Place, type RunContext, RunError } from "../processors/sdk.ts";
import { parseSchemaRef } from "../schemas/names.ts";

/** What was looked at, with its revision. */
export type Read = { id: string; revision: number }[];

/** Blobs that one `find` gives at most. */
const FIND_LIMIT = 500;

/** Without what is in the trash, by itself or with its bucket. */
export async function findBlobs(
  db: Db,
  { root }: { root: string },
  read: Read,
  { schema, bucket, limit = FIND_LIMIT }: Parameters<RunContext["find"]>[0],
): Promise<BlobIn[]> {
  const ref = parseSchemaRef(schema);
  if (!ref || ref.version === "latest") return [];
  const rows = await db
    .select({ blob: blobs })
    .from(blobs)
    .innerJoin(buckets, and(eq(buckets.id, blobs.bucket), isNull(buckets.trashedAt)))
    .where(
      and(
        eq(blobs.root, root),
        eq(blobs.schema, ref.name),
        eq(blobs.schemaVersion, ref.version),
        isNull(blobs.trashedAt),
        bucket === undefined ? undefined : eq(blobs.bucket, isId(bucket) ? bucket : root),
      ),
    )
    .orderBy(desc(blobs.id))
    .limit(Math.min(limit, FIND_LIMIT));
  for (const { blob } of rows) noteRead(read, blob);
  return rows.map(({ blob }) => blobIn(blob));
}

/** @param path of the bucket of the input: the root first, itself last. */
export async function placesOf(db: Db, { path }: { path: string[] }): Promise<Place[]> {
  const rows = await db
    .select({ bucket: buckets, depth: sql<number>`cardinality(${buckets.path})` })
    .from(buckets)
    .where(inArray(buckets.id, path));
  return Promise.all(
    rows
      .sort((a, b) => b.depth - a.depth)
      .map(async ({ bucket }) => {
        const { id, type, name, metadata } = bucket;
        if (type !== "book") return { id, type, name, metadata };
        const chapters = chaptersIn(await readOutline(db, bucket));
        return {
          id,
          type,
          name,
          metadata,
          chapters: chapters.map(({ id, name }) => ({ id, name })),
        };
      }),
  );
}

const blobIn = (blob: typeof blobs.$inferSelect): BlobIn =>
  ({ ...blob, schema: schemaIdOf(blob), content: blob.content }) as BlobIn;

function noteRead(read: Read, { id, revision }: { id: string; revision: number }): void {
  if (!read.some((one) => one.id === id && one.revision === revision)) read.push({ id, revision });
}

/** @throws RunError for one that is not of this root */
export async function readBlob(
  db: Db,
  { root }: { root: string },
  read: Read,
  id: string,
): Promise<BlobIn> {
  const [blob] = isId(id) ? await db.select().from(blobs).where(eq(blobs.id, id)) : [];
  if (!blob || blob.root !== root)
    throw new RunError(
      "not-found",
      `The processor asked for a blob (${id}) that is not in this book.`,
      { retryable: false },
    );
  noteRead(read, blob);
  return blobIn(blob);
}

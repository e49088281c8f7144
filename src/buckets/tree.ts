import { and, isNull, or, sql } from "drizzle-orm";
import { buckets } from "../../drizzle/tables.ts";
import type { AccountActor } from "../access.ts";
import type { Db } from "../database.ts";
import { badQuery } from "../lists.ts";
import { type Bucket, findBucket } from "./buckets.ts";
import { MAX_DEPTH } from "./place.ts";

/** Buckets that one answer holds. */
export const MAX_TREE = 10_000;

export type Tree = { bucket: Bucket; children: Tree[] };

/**
 * A bucket and what lies below it, in order, `depth` levels down; of a bucket in the trash, what went
 * there with it. @throws 404; 422 when it is more than fits in one answer
 */
export async function readTree(
  db: Db,
  actor: AccountActor,
  id: string,
  depth = MAX_DEPTH,
): Promise<Tree> {
  const top = await findBucket(db, actor, id);
  const rows = await db
    .select()
    .from(buckets)
    .where(
      and(
        sql`${buckets.path} @> array[${id}]::uuid[]`,
        sql`cardinality(${buckets.path}) <= ${top.path.length + depth}`,
        or(
          sql`${buckets.id} = ${id}`,
          top.trashedAt
            ? sql`${buckets.trashedWith} = ${top.trashedWith}`
            : isNull(buckets.trashedAt),
        ),
      ),
    )
    .orderBy(sql`cardinality(${buckets.path})`, buckets.position, buckets.id)
    .limit(MAX_TREE + 1);
  if (rows.length > MAX_TREE)
    throw badQuery("depth", `takes more than ${MAX_TREE} buckets; ask for less of it`);
  const trees = new Map<string, Tree>();
  for (const bucket of rows) {
    const tree = { bucket, children: [] };
    trees.set(bucket.id, tree);
    if (bucket.id !== id && bucket.parent) trees.get(bucket.parent)?.children.push(tree);
  }
  return trees.get(id)!;
}

/** Reads `?depth`. @throws 422 */
export function depthOf(query: string | undefined): number {
  const depth = query === undefined ? MAX_DEPTH : Number(query);
  if (query === "" || !Number.isInteger(depth) || depth < 0 || depth > MAX_DEPTH)
    throw badQuery("depth", `must be a whole number from 0 to ${MAX_DEPTH}`);
  return depth;
}

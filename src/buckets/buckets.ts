/** Buckets: the tree that organises content. Roles are held on roots. */
import { and, desc, eq, isNotNull, isNull, lt, sql } from "drizzle-orm";
import { buckets } from "../../drizzle/tables.ts";
import { type AccountActor, type MemberRole, roleOf } from "../access.ts";
import type { Db } from "../database.ts";
import { isId, type Page, type PageRequest, page } from "../lists.ts";
import { conflict, invalid, notFound } from "../problem.ts";
import { schemaId } from "../schemas/names.ts";

export type Bucket = typeof buckets.$inferSelect;
export type BucketSeen = Bucket & { role: MemberRole };

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

/** Newest first; of what the actor may see. In the trash, or without it. */
export async function listBuckets(
  db: Db,
  actor: AccountActor,
  filter: { parent?: string | undefined; type?: string | undefined; trashed?: boolean },
  request: PageRequest,
): Promise<Page<Bucket>> {
  if (filter.parent) await findBucket(db, actor, filter.parent);
  const rows = await db
    .select()
    .from(buckets)
    .where(
      and(
        sql`${roleOf(actor, buckets.root)} is not null`,
        filter.trashed ? isNotNull(buckets.trashedAt) : isNull(buckets.trashedAt),
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

/** @throws 409 `trashed` */
export function requireStanding(bucket: Bucket): void {
  if (bucket.trashedAt) throw conflict("trashed", "This is in the trash", "Restore it first.");
}

export const badPlace = (pointer: string, rule: string, message: string) =>
  invalid([{ pointer, rule, message }], "This bucket cannot be there");

/** What an event says of a bucket. */
export function bucketFacts({ id, type, name, parent, root, position, revision }: Bucket) {
  return { id, type, name, parent, root, position, revision };
}

/** As the API shows a bucket. */
export function bucketView({
  role: _role,
  path: _path,
  ...bucket
}: Bucket & { role?: MemberRole }) {
  const { typeVersion, trashedAt, trashedBy, trashedWith, ai, ...rest } = bucket;
  return {
    ...rest,
    schema: schemaId(`bucket-${bucket.type}`, typeVersion),
    ...(bucket.parent === null ? { ai } : {}),
    ...(trashedAt ? { trashedAt, trashedBy, trashedWith } : {}),
  };
}

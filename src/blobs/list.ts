/**
 * Lists of blobs. Whatever they are asked by, an index gives the newest ids first and stops at the end of the page:
 * of a million blobs a list of fifty reads about fifty.
 */
import { inArray, type SQL, sql } from "drizzle-orm";
import { blobs } from "../../drizzle/tables.ts";
import { type AccountActor, rootsOf } from "../access.ts";
import { findBucket } from "../buckets/buckets.ts";
import type { Db } from "../database.ts";
import { badQuery, type Page, type PageRequest, page } from "../lists.ts";
import { parseSchemaRef } from "../schemas/names.ts";
import { type Blob, findBlob } from "./blobs.ts";

/** Longer keys of metadata are not indexed, in characters. */
export const KEY_LIMIT = 100;
/** Words of a search, in characters. */
const SEARCH_LIMIT = 1_000;
/** Above so many buckets the tree's own index of ids is read, and what lies elsewhere passed over. */
const BUCKETS_LIMIT = 200;

export type BlobFilter = {
  bucket?: string | undefined;
  /** A bucket: what lies in it or below it. */
  subtree?: string | undefined;
  /** An id for one version, a name for all of them. */
  schema?: string | undefined;
  derivedFrom?: string | undefined;
  /** Strings that members of the metadata equal. */
  metadata?: Record<string, string> | undefined;
  /** Words that its text holds, as a search engine takes them: "quoted", or, -not. */
  q?: string | undefined;
  /** `true`: what is in the trash, and nothing else. */
  trashed?: string | undefined;
};

/** Newest first; of what the actor may see. @throws 404, 422 */
export async function listBlobs(
  db: Db,
  actor: AccountActor,
  filter: BlobFilter,
  request: PageRequest,
): Promise<Page<Blob>> {
  const scope = await scopeOf(db, actor, filter);
  const { rows } = await db.execute<{ id: string }>(
    newest(filter, scope, request.cursor, request.limit + 1),
  );
  const ids = rows.map(({ id }) => id);
  const found = ids.length ? await db.select().from(blobs).where(inArray(blobs.id, ids)) : [];
  const byId = new Map(found.map((blob) => [blob.id, blob]));
  return page(
    ids.flatMap((id) => byId.get(id) ?? []),
    request,
  );
}

/** Where to look: in trees of the actor's, and in which of their buckets; undefined, all. */
type Scope = { roots: string[]; buckets: string[] | undefined };

async function scopeOf(db: Db, actor: AccountActor, filter: BlobFilter): Promise<Scope> {
  if (filter.derivedFrom) await findBlob(db, actor, filter.derivedFrom);
  const bucket = filter.bucket && (await findBucket(db, actor, filter.bucket));
  const subtree = filter.subtree ? await findBucket(db, actor, filter.subtree) : undefined;
  if (subtree && subtree.id !== subtree.root) {
    const { rows } = await db.execute<{ id: string }>(
      sql`select id from buckets where path @> array[${subtree.id}]::uuid[]`,
    );
    const below = rows.map(({ id }) => id);
    const within = bucket ? below.filter((id) => id === bucket.id) : below;
    return { roots: [subtree.root], buckets: within };
  }
  if (bucket) return { roots: [bucket.root], buckets: [bucket.id] };
  return { roots: subtree ? [subtree.root] : await rootsOf(db, actor), buckets: undefined };
}

function newest(filter: BlobFilter, scope: Scope, cursor: string | undefined, limit: number): SQL {
  const roots = sql`${sql.param(scope.roots)}::uuid[]`;
  const buckets = scope.buckets && sql`${sql.param(scope.buckets)}::uuid[]`;
  const fits = fitting(filter, cursor);
  const inScope = buckets ? sql`b.bucket = any(${buckets})` : sql`b.root = any(${roots})`;
  const last = sql`order by b.id desc limit ${limit}`;

  if (filter.derivedFrom)
    return sql`select b.id from blobs b where b.derived_from = ${filter.derivedFrom} and ${inScope} and ${fits} ${last}`;
  const [entry] = Object.entries(filter.metadata ?? {});
  if (entry) {
    const keys = sql`select k.blob as id from blob_keys k join blobs b on b.id = k.blob
      where k.root = r.root and k.key = ${entry[0]} and k.value = hashtextextended(${entry[1]}, 0)
        and ${cursor ? sql`k.blob < ${cursor}` : sql`true`} and ${inScope} and ${fits}
      order by k.blob desc limit ${limit}`;
    return sql`select b.id from unnest(${roots}) as r (root) cross join lateral (${keys}) b ${last}`;
  }
  if (filter.q !== undefined)
    return sql`select b.id from blobs b where ${inScope} and ${fits} ${last}`;
  const [places, column] =
    buckets && scope.buckets!.length <= BUCKETS_LIMIT
      ? [buckets, sql`b.bucket`]
      : [roots, sql`b.root`];
  const each = sql`select b.id from blobs b where ${column} = p.place and ${inScope} and ${fits} ${last}`;
  return sql`select b.id from unnest(${places}) as p (place) cross join lateral (${each}) b ${last}`;
}

/** What a blob `b` must be, beside lying where it is looked for. */
function fitting(filter: BlobFilter, cursor: string | undefined): SQL {
  const conditions = [
    isTrue("trashed", filter.trashed) ? sql`b.trashed_at is not null` : sql`b.trashed_at is null`,
  ];
  if (cursor) conditions.push(sql`b.id < ${cursor}`);
  if (filter.schema) conditions.push(ofSchema(filter.schema));
  for (const key of Object.keys(filter.metadata ?? {}))
    if (key.length > KEY_LIMIT)
      throw badQuery(`metadata.${key}`, `has over ${KEY_LIMIT} characters`);
  if (filter.metadata)
    conditions.push(sql`b.metadata @> ${JSON.stringify(filter.metadata)}::jsonb`);
  if (filter.q !== undefined) conditions.push(saying(filter.q));
  return sql.join(conditions, sql` and `);
}

function isTrue(name: string, value: string | undefined): boolean {
  if (value === undefined || value === "false") return false;
  if (value === "true") return true;
  throw badQuery(name, "must be true or false");
}

function ofSchema(ref: string): SQL {
  const parsed = parseSchemaRef(ref);
  if (!parsed) throw badQuery("schema", `“${ref}” is not a schema`);
  const { name, version } = parsed;
  return version === "latest"
    ? sql`b.schema = ${name}`
    : sql`b.schema = ${name} and b.schema_version = ${version}`;
}

function saying(q: string): SQL {
  if (q.trim() === "") throw badQuery("q", "must not be empty");
  if (q.length > SEARCH_LIMIT) throw badQuery("q", `has over ${SEARCH_LIMIT} characters`);
  return sql`b.id in (select t.blob from blob_texts t where t.words @@ websearch_to_tsquery('simple', ${q}))`;
}

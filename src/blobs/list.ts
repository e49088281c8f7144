/**
 * Lists of blobs. Whatever they are asked by, an index gives the newest ids first and stops at the end of the page:
 * of a million blobs a list of fifty reads about fifty.
 */
import { type SQL, sql } from "drizzle-orm";
import { blobs, buckets } from "../../drizzle/tables.ts";
import { type AccountActor, roleOf, rootsSeen } from "../access.ts";
import { findBucket } from "../buckets/buckets.ts";
import type { Db } from "../database.ts";
import { badQuery, isId, type Page, type PageRequest, page } from "../lists.ts";
import { notFound } from "../problem.ts";
import { rowsAsJson } from "../rows-as-json.ts";
import { parseSchemaRef } from "../schemas/names.ts";
import { type BlobRead, FALLEN, findBlob } from "./blobs.ts";

/** Longer keys of metadata are not indexed, in characters. */
export const KEY_LIMIT = 100;
/** Words of a search, in characters. */
const SEARCH_LIMIT = 1_000;
/** Above so many buckets the newest of the tree are read first: most often a page of them lies in those buckets. */
const BUCKETS_LIMIT = 200;
const PASSED_OVER = 2_000;
/** How many times its even share of a page each bucket is asked for at first. */
const FEW_TIMES = 4;
/** How far rows of a key of the metadata are counted to tell which key is rarer. */
const COUNTED = 1_000;
/** Below and above every id. */
const LEAST = "00000000-0000-0000-0000-000000000000";
const MOST = "ffffffff-ffff-ffff-ffff-ffffffffffff";

const read = rowsAsJson(blobs, "content", { fallen: FALLEN });

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

/**
 * Newest first; of what the actor may see. What is asked for by one place alone is looked for and found in one
 * statement; whether there is such a place is asked where nothing was. @throws 404, 422
 */
export async function listBlobs(
  db: Db,
  actor: AccountActor,
  filter: BlobFilter,
  request: PageRequest,
): Promise<Page<BlobRead>> {
  const scope = await scopeOf(db, actor, filter);
  const more = { ...request, limit: request.limit + 1 };
  const ids = await newestIds(db, actor, filter, scope, more);
  const rows = await read(db, sql`where id = any(array(${ids})) order by id desc`);
  if (rows.length === 0) await requirePlaces(db, actor, filter);
  return page(rows, request);
}

/** Where to look: in trees of the actor's, and in which of their buckets; undefined, all. */
type Scope = {
  roots: SQL;
  buckets: Buckets | undefined;
  /** The place that is asked for is itself in the trash: then what lies in it is told. */
  isTrashed: boolean;
};
/** An array of ids, of which there are at most so many. */
type Buckets = { ids: SQL; most: number };

async function scopeOf(db: Db, actor: AccountActor, filter: BlobFilter): Promise<Scope> {
  const { bucket, subtree, derivedFrom } = filter;
  if (derivedFrom && !isId(derivedFrom)) throw notFound("This blob");
  if (subtree) return scopeBelow(db, actor, subtree, filter);
  const roots = rootsSeen(actor);
  if (!bucket) return { roots, buckets: undefined, isTrashed: false };
  if (!isId(bucket)) throw notFound("This bucket");
  const of = (column: SQL) =>
    sql`array(select ${column} from buckets where id = ${bucket} and root = any(${roots}))`;
  return { roots: of(sql`root`), buckets: { ids: of(sql`id`), most: 1 }, isTrashed: false };
}

async function scopeBelow(
  db: Db,
  actor: AccountActor,
  subtree: string,
  { bucket, trashed }: BlobFilter,
): Promise<Scope> {
  if (!isId(subtree)) throw notFound("This bucket");
  // Of a root none: all of its tree is read in one go. The columns by their whole names, which Drizzle cuts short here.
  const below = sql<string[] | null>`case when buckets.parent is not null then array(
    select below.id from buckets below where below.path @> array[${subtree}]::uuid[]
      and (${isTrue("trashed", trashed)} or buckets.trashed_at is not null or below.trashed_at is null)) end`;
  const [[top], inner] = await Promise.all([
    db
      .select({ root: buckets.root, trashedAt: buckets.trashedAt, below })
      .from(buckets)
      .where(sql`${buckets.id} = ${subtree} and ${roleOf(actor, buckets.root)} is not null`),
    bucket ? findBucket(db, actor, bucket) : undefined,
  ]);
  if (!top) throw notFound("This bucket");
  const ids = inner ? (inner.path.includes(subtree) ? [inner.id] : []) : top.below;
  return {
    roots: idsOf([top.root]),
    buckets: ids ? { ids: idsOf(ids), most: ids.length } : undefined,
    isTrashed: top.trashedAt !== null,
  };
}

/** @throws 404 */
async function requirePlaces(
  db: Db,
  actor: AccountActor,
  { bucket, derivedFrom }: BlobFilter,
): Promise<void> {
  if (bucket) await findBucket(db, actor, bucket);
  if (derivedFrom) await findBlob(db, actor, derivedFrom);
}

type Asked = {
  filter: BlobFilter;
  scope: Scope;
  cursor: string | undefined;
  limit: number;
  fits: SQL;
  /** Lies where it is looked for. */
  inScope: SQL;
};

/** What selects the ids of a page. */
async function newestIds(
  db: Db,
  actor: AccountActor,
  filter: BlobFilter,
  scope: Scope,
  { cursor, limit }: PageRequest,
): Promise<SQL> {
  const inScope = scope.buckets
    ? sql`b.bucket = any(${scope.buckets.ids})`
    : sql`b.root = any(${scope.roots})`;
  const asked = { filter, scope, cursor, limit, fits: fitting(filter, scope, cursor), inScope };
  const last = sql`order by b.id desc limit ${limit}`;

  if (filter.derivedFrom)
    return sql`select b.id from blobs b
      where b.derived_from = ${filter.derivedFrom} and ${inScope} and ${asked.fits}
        and exists (select 1 from blobs s where s.id = ${filter.derivedFrom} and s.root = any(${rootsSeen(actor)}))
      ${last}`;
  const entry = await rarest(db, Object.entries(filter.metadata ?? {}), scope.roots);
  if (entry) return ofKey(asked, entry);
  if (filter.q !== undefined)
    return sql`select b.id from blobs b where ${inScope} and ${asked.fits} ${last}`;
  if (!scope.buckets) return inPlaces(asked, scope.roots, sql`b.root`);
  const among = scope.buckets.most > BUCKETS_LIMIT ? await amongNewest(db, asked) : undefined;
  return among ?? inBuckets(asked, scope.buckets);
}

/**
 * Each bucket is asked for a few: a page holds some of each, mostly. Those that gave all they were asked for, and
 * may have more of the page, are asked for a whole one.
 */
function inBuckets(asked: Asked, { ids, most }: Buckets): SQL {
  const { limit } = asked;
  const few = FEW_TIMES * Math.ceil(limit / most);
  if (!(few < limit)) return inPlaces(asked, ids, sql`b.bucket`);
  const some = ofEach({ ...asked, limit: few }, ids, sql`b.bucket`, sql`select p.place, b.id`);
  const rest = ofEach(asked, sql`array(select place from cut)`, sql`b.bucket`, sql`select b.id`);
  return sql`
    with given as materialized (${some}),
      page as (select coalesce((select id from given order by id desc offset ${limit - 1} limit 1), ${LEAST}) as last),
      cut as materialized (
        select place from given group by place
        having count(*) = ${few} and bool_and(id >= (select last from page))
      )
    select b.id from (
      select id from given where place not in (select place from cut) union all (${rest})
    ) b order by b.id desc limit ${limit}`;
}

const idsOf = (ids: string[]) => sql`${sql.param(ids)}::uuid[]`;

/** The newest of each place, and of these the newest. */
const inPlaces = (asked: Asked, places: SQL, column: SQL): SQL =>
  sql`${ofEach(asked, places, column, sql`select b.id`)} order by b.id desc limit ${asked.limit}`;

/** The newest of each place. */
function ofEach(
  { filter, cursor, limit, fits }: Asked,
  places: SQL,
  column: SQL,
  select: SQL,
): SQL {
  const schema = filter.schema && parseSchemaRef(filter.schema)?.name;
  // What is in the trash has an index of its own.
  const isTrash = isTrue("trashed", filter.trashed);
  const range = isTrash
    ? sql`${column} = p.place`
    : within(schema ? [column, sql`b.schema`] : [column], schema ? [schema] : [], cursor);
  const order = isTrash
    ? sql`b.id desc`
    : sql`${column} desc, ${schema ? sql`b.schema desc,` : sql``} b.id desc`;
  const each = sql`select b.id from blobs b where ${range} and ${fits} order by ${order} limit ${limit}`;
  return sql`${select} from unnest(${places}) as p (place) cross join lateral (${each}) b`;
}

/**
 * Bounds on all columns of an index, in its order: from equality on the place Postgres would conclude that it may as well
 * read the newest of the whole table, which for a place with few is the whole table.
 */
function within(columns: SQL[], values: string[], cursor: string | undefined): SQL {
  const left = sql.join([...columns, sql`b.id`], sql`, `);
  const right = (id: string) =>
    sql.join([sql`p.place`, ...values.map((one) => sql`${one}::text`), sql`${id}::uuid`], sql`, `);
  return sql`(${left}) > (${right(LEAST)}) and (${left}) < (${right(cursor ?? MOST)})`;
}

/** A page from the newest of the tree; undefined where those were not enough to fill it. */
async function amongNewest(db: Db, asked: Asked): Promise<SQL | undefined> {
  const { scope, cursor, limit, fits, inScope } = asked;
  const { rows } = await db.execute<{ ids: string[] | null; read: number }>(sql`
    with newest as materialized (
      select b.* from unnest(${scope.roots}) as p (place) cross join lateral (
        select * from blobs b where ${within([sql`b.root`], [], cursor)}
        order by b.root desc, b.id desc limit ${PASSED_OVER}
      ) b
    )
    select array(select b.id from newest b where ${inScope} and ${fits} order by b.id desc limit ${limit}) as ids,
      (select count(*)::int from newest) as read`);
  const { ids, read } = rows[0]!;
  return read < PASSED_OVER || ids?.length === limit
    ? sql`select unnest(${idsOf(ids ?? [])})`
    : undefined;
}

/** Blobs with a string in their metadata, in the order of the index that has them. */
function ofKey({ scope, cursor, limit, fits, inScope }: Asked, [key, value]: Entry): SQL {
  const keys = sql`select k.blob as id from blob_keys k join blobs b on b.id = k.blob
    where k.root = r.root and k.key = ${key} and k.value = hashtextextended(${value}, 0)
      and ${cursor ? sql`k.blob < ${cursor}` : sql`true`} and ${inScope} and ${fits}
    order by k.blob desc limit ${limit}`;
  return sql`select b.id from unnest(${scope.roots}) as r (root) cross join lateral (${keys}) b
    order by b.id desc limit ${limit}`;
}

type Entry = [key: string, value: string];

/** The entry that the fewest blobs have, as far as it is worth counting. */
async function rarest(db: Db, entries: Entry[], roots: SQL): Promise<Entry | undefined> {
  if (entries.length < 2) return entries[0];
  const counts = entries.map(
    ([key, value]) => sql`(select count(*)::int from (
      select 1 from blob_keys k where k.root = any(${roots}) and k.key = ${key}
        and k.value = hashtextextended(${value}, 0) limit ${COUNTED}) one)`,
  );
  const { rows } = await db.execute<{ counts: number[] }>(
    sql`select array[${sql.join(counts, sql`, `)}] as counts`,
  );
  const { counts: found } = rows[0]!;
  return entries[found.indexOf(Math.min(...found))];
}

/** What a blob `b` must be, beside lying where it is looked for. */
function fitting(filter: BlobFilter, scope: Scope, cursor: string | undefined): SQL {
  const conditions = [
    isTrue("trashed", filter.trashed) ? sql`b.trashed_at is not null` : sql`b.trashed_at is null`,
  ];
  // Where buckets are named, those in the trash are not among them.
  if (!scope.buckets && !scope.isTrashed && !isTrue("trashed", filter.trashed))
    conditions.push(
      sql`not exists (select 1 from buckets t where t.id = b.bucket and t.trashed_at is not null)`,
    );
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

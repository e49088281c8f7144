/** The documents of a schema that an account may read: blobs, the metadata of buckets, its own state. */
import { type SQL, sql } from "drizzle-orm";
import { type AccountActor, rootsOf } from "../access.ts";
import type { Db } from "../database.ts";

/** Documents that are counted of one schema. */
export const MOST_COUNTED = 10_000;
/** Documents that are held to another version, the newest first, and what of them is read in all. */
const MOST_READ = 1_000;
const MOST_READ_CHARS = 8 * 1024 * 1024;
/** Read at once. */
const BATCH = 100;
/** A larger one is not read. */
const LONGEST_DOCUMENT_CHARS = 256 * 1024;

/** By version; beyond {@link MOST_COUNTED} in all they are not counted. */
export type DocumentCounts = ReadonlyMap<number, number>;

export async function countDocuments(
  db: Db,
  actor: AccountActor,
  name: string,
): Promise<DocumentCounts> {
  const { rows } = await db.execute<{ version: number; count: number }>(sql`
    select version, count(*)::int as count
    from (${await documentsOf(db, actor, name)} limit ${MOST_COUNTED + 1}) as d group by version`);
  return new Map(rows.map(({ version, count }) => [version, count]));
}

export const sumOf = (counts: DocumentCounts): number =>
  [...counts.values()].reduce((sum, count) => sum + count, 0);

/** The newest first, as JSON texts. `isPart`: there are more. */
export async function readDocuments(
  db: Db,
  actor: AccountActor,
  name: string,
  version: number,
): Promise<{ texts: string[]; isPart: boolean }> {
  const documents = await documentsOf(db, actor, name);
  const found = await db.execute<{ id: string }>(sql`
    select id from (${documents}) as d where version = ${version}
    order by id desc limit ${MOST_READ + 1}`);
  const ids = found.rows.slice(0, MOST_READ).map(({ id }) => id);
  const texts: string[] = [];
  let chars = 0;
  let isPart = found.rows.length > MOST_READ;
  for (let at = 0; at < ids.length; at += BATCH) {
    // Another batch might not fit.
    if (chars > MOST_READ_CHARS - LONGEST_DOCUMENT_CHARS) return { texts, isPart: true };
    const batch = sql.param(ids.slice(at, at + BATCH));
    const { rows } = await db.execute<{ text: string | null }>(sql`
      select case when length(content::text) <= ${LONGEST_DOCUMENT_CHARS} then content::text end as text
      from (${documents}) as d where id = any(${batch}::uuid[]) and version = ${version}`);
    for (const { text } of rows) {
      if (text === null || chars + text.length > MOST_READ_CHARS) isPart = true;
      else {
        texts.push(text);
        chars += text.length;
      }
    }
  }
  return { texts, isPart };
}

/** `bucket-book` is what a book's metadata is held to. */
const BUCKET = "bucket-";

async function documentsOf(db: Db, actor: AccountActor, name: string): Promise<SQL> {
  const roots = sql`${sql.param(await rootsOf(db, actor))}::uuid[]`;
  if (name.startsWith(BUCKET))
    return sql`select id, metadata as content, type_version as version from buckets
      where type = ${name.slice(BUCKET.length)} and root = any(${roots}) and trashed_at is null`;
  if (name === "user-state")
    return sql`select account as id, content, schema_version as version from user_state
      where account = ${actor.account} and ${!actor.token?.roots}`;
  return sql`select id, content, schema_version as version from blobs
    where schema = ${name} and root = any(${roots}) and trashed_at is null`;
}

/** For many schemas at once: how many documents each has, and how many of those are not on its latest version. */
export async function countForList(
  db: Db,
  actor: AccountActor,
  schemas: readonly { name: string; latest: number }[],
): Promise<Map<string, { all: number; older: number }>> {
  const roots = sql`${sql.param(await rootsOf(db, actor))}::uuid[]`;
  const names = sql.param(schemas.map(({ name }) => name));
  const versions = sql.param(schemas.map(({ latest }) => latest));
  const { rows } = await db.execute<{ name: string; all: number; older: number }>(sql`
    select n.name, c.all, c.older
    from unnest(${names}::text[], ${versions}::int[]) as n (name, latest)
    cross join lateral (
      select count(*)::int as all, (count(*) filter (where version < n.latest))::int as older
      from (
        (select schema_version as version from blobs
          where schema = n.name and root = any(${roots}) and trashed_at is null
          limit ${MOST_COUNTED + 1})
        union all
        (select type_version from buckets
          where n.name like ${`${BUCKET}%`} and type = substr(n.name, ${BUCKET.length + 1})
            and root = any(${roots}) and trashed_at is null
          limit ${MOST_COUNTED + 1})
        union all
        (select schema_version from user_state
          where n.name = 'user-state' and account = ${actor.account} and ${!actor.token?.roots})
      ) as d
    ) as c`);
  return new Map(rows.map(({ name, all, older }) => [name, { all, older }]));
}

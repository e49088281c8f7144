/** The books somebody sees, with what is told of each beside its cover. */
import { sql } from "drizzle-orm";
import type { AccountActor, MemberRole } from "../access.ts";
import { rootsOf } from "../access.ts";
import type { Db } from "../database.ts";
import type { BucketBookV3 } from "../schemas/types.ts";

export type BookListed = {
  id: string;
  title: string;
  author: string;
  role: MemberRole;
  /** Words of prose, of the newest snapshots. */
  words: number;
  /** Words it is to have; null: it was not said. */
  target: number | null;
  chapters: number;
  /** When it, or anything that was written in it, changed last. */
  changedAt: Date;
  archivedAt: Date | null;
};

export type TrashedBook = { id: string; title: string; trashedAt: Date };

/** Books that are shown at most, those that changed last; there is the search for others. */
const BOOKS_LIMIT = 200;
/** Of those in the trash. */
const TRASHED_LIMIT = 20;

type Row = {
  id: string;
  name: string;
  metadata: BucketBookV3;
  role: MemberRole;
  words: number;
  chapters: number;
  changed_at: string;
};

/** Those that changed last come first. */
export async function listBooks(db: Db, actor: AccountActor): Promise<BookListed[]> {
  const roots = await rootsOf(db, actor);
  const { rows } = await db.execute<Row>(sql`
    select b.id, b.name, b.metadata, m.role, w.words, w.chapters,
      greatest(b.updated_at, w.written_at) as changed_at
    from buckets b join members m on m.root = b.id and m.account = ${actor.account}
    cross join lateral (
      select coalesce(sum((d.counts->>'prose')::int), 0)::int as words, count(*)::int as chapters,
        max(d.updated_at) as written_at
      from buckets c left join documents d on d.bucket = c.id
      where c.root = b.id and c.type = 'chapter' and c.trashed_at is null
    ) w
    where b.id = any(${sql.param(roots)}::uuid[]) and b.type = 'book' and b.trashed_at is null
    order by changed_at desc, b.id desc limit ${BOOKS_LIMIT}`);
  return rows.map(({ id, name, metadata, role, words, chapters, changed_at }) => ({
    id,
    title: name,
    author: metadata.author ?? "",
    role,
    words,
    target: metadata.target ?? null,
    chapters,
    changedAt: new Date(changed_at),
    archivedAt: metadata.archivedAt ? new Date(metadata.archivedAt) : null,
  }));
}

/** What its owner may bring back. */
export async function listTrashedBooks(db: Db, actor: AccountActor): Promise<TrashedBook[]> {
  const roots = await rootsOf(db, actor);
  const { rows } = await db.execute<{ id: string; name: string; trashed_at: string }>(sql`
    select b.id, b.name, b.trashed_at
    from buckets b join members m on m.root = b.id and m.account = ${actor.account}
    where b.id = any(${sql.param(roots)}::uuid[]) and b.type = 'book' and m.role = 'owner'
      and b.trashed_at is not null
    order by b.trashed_at desc, b.id desc limit ${TRASHED_LIMIT}`);
  return rows.map(({ id, name, trashed_at }) => ({
    id,
    title: name,
    trashedAt: new Date(trashed_at),
  }));
}

/** What happened lately in what somebody sees, for a person to read: from the events, and from who wrote how much. */
import { sql } from "drizzle-orm";
import { type AccountActor, rootsOf } from "../access.ts";
import type { Db } from "../database.ts";

/** A line: `what` with the name of `where` in it, at the place of `{}`. */
export type Deed = { at: Date; what: string; where: string; href: string | null };

/** How far back, in days. */
const DAYS = 14;
/** Events that are looked through, and those of them that may be told. */
const SCANNED = 5_000;
const READ = 120;
/** Documents and hours. */
const HOURS_READ = 40;
const SHOWN = 8;

export async function readActivity(db: Db, actor: AccountActor): Promise<Deed[]> {
  const roots = await rootsOf(db, actor);
  if (roots.length === 0) return [];
  const [happened, written] = await Promise.all([
    readEvents(db, roots),
    readWritten(db, actor, roots),
  ]);
  const deeds = [...happened, ...written].sort((a, b) => b.at.getTime() - a.at.getTime());
  return told(deeds).slice(0, SHOWN);
}

/** A deed that is told once, however often it happened in a row. */
type Counted = Deed & { key: string; many?: ((count: number) => string) | undefined };

function told(deeds: Counted[]): Deed[] {
  const lines: (Counted & { count: number })[] = [];
  for (const deed of deeds) {
    const last = lines.at(-1);
    if (last?.key === deed.key) last.count++;
    else lines.push({ ...deed, count: 1 });
  }
  return lines.map(({ at, what, where, href, count, many }) => ({
    at,
    what: count > 1 && many ? many(count) : what,
    where,
    href,
  }));
}

type EventRow = {
  type: string;
  subject: string;
  time: string;
  data: { type?: string; name?: string };
  bucket: string;
  bucket_type: string;
  bucket_name: string;
  book: string;
  root: string;
};

async function readEvents(db: Db, roots: string[]): Promise<Counted[]> {
  const { rows } = await db.execute<EventRow>(sql`
    select e.type, e.subject, e.time, e.data, b.id as bucket, b.type as bucket_type,
      b.name as bucket_name, r.name as book, r.id as root
    from (
      select * from events where seq > (select coalesce(max(seq), 0) from events) - ${SCANNED}
    ) e
    join buckets b on b.id = e.path[cardinality(e.path)] join buckets r on r.id = e.root
    where e.root = any(${sql.param(roots)}::uuid[])
      and e.time > now() - ${DAYS} * interval '1 day'
      and e.type ~ ${TOLD}
    order by e.seq desc limit ${READ}`);
  return rows.flatMap((row) => deedOf(row) ?? []);
}

const TOLD =
  "^(bucket\\.(created|deleted|restored|member_added)$|run\\.dead$|blob\\.derived\\.(expanded-text|compiled-book|pitch-section)-v|blob\\.created\\.codex-entry-v)";

const BOOKISH = new Set(["book", "chapter", "pitch"]);

function deedOf(row: EventRow): Counted | undefined {
  const { type, subject, data, bucket, bucket_type, bucket_name, book, root } = row;
  const line = (
    what: string,
    where: string,
    href: string | null,
    many?: (count: number) => string,
  ): Counted => ({
    at: new Date(row.time),
    what,
    where: where || "Untitled",
    href,
    key: `${what} ${where}`,
    many,
  });
  const place = hrefOf(bucket_type, bucket);
  if (type.startsWith("bucket.") && type !== "bucket.member_added") {
    if (!BOOKISH.has(data.type ?? "")) return undefined;
    const name = data.name ?? bucket_name;
    if (type === "bucket.deleted") return line("{} went to the trash", name, null);
    if (type === "bucket.restored") return line("{} came back from the trash", name, place);
    if (data.type === "chapter")
      return line("A new chapter in {}", book, place, (count) => `${count} new chapters in {}`);
    return line("{} was begun", name, place);
  }
  if (type === "bucket.member_added")
    // Whoever makes a book becomes its first member, and no event tells of that.
    return line("Somebody may read {} now", book, null);
  if (type === "run.dead") return line("A run failed in {}", bucket_name, `/runs/${subject}`);
  if (type.startsWith("blob.created"))
    return line(
      "An entry in the codex of {}",
      book,
      `/books/${root}/codex`,
      (count) => `${count} entries in the codex of {}`,
    );
  if (type.includes("compiled-book")) return line("{} was compiled", book, place);
  if (type.includes("pitch-section"))
    return line(
      "A draft came for {}",
      bucket_name,
      place,
      (count) => `${count} drafts came for {}`,
    );
  return line("A take came in {}", bucket_name, place, (count) => `${count} takes came in {}`);
}

function hrefOf(type: string, id: string): string | null {
  if (type === "chapter") return `/chapters/${id}`;
  if (type === "pitch") return `/pitches/${id}`;
  return type === "book" ? `/?book=${id}` : null;
}

type WrittenRow = {
  account: string;
  name: string;
  document: string;
  chapter: string;
  typed: number;
  accepted: number;
  written_at: string;
};

/** Of everybody who writes there, by the hour. */
async function readWritten(db: Db, { account }: AccountActor, roots: string[]): Promise<Counted[]> {
  const { rows } = await db.execute<WrittenRow>(sql`
    select w.account, a.name, w.document, coalesce(nullif(b.name, ''), r.name) as chapter, w.typed, w.accepted, w.written_at
    from writing w join accounts a on a.id = w.account join buckets b on b.id = w.document join buckets r on r.id = w.root
    where w.account in (select account from members where root = any(${sql.param(roots)}::uuid[]))
      and w.root = any(${sql.param(roots)}::uuid[])
      and w.hour > now() - ${DAYS} * interval '1 day'
    order by w.written_at desc limit ${HOURS_READ}`);
  return rows.map((row) => ({
    at: new Date(row.written_at),
    what: `${row.account === account ? "You" : row.name.replaceAll(/[{}]/g, "")} ${writtenWords(row)}`,
    where: row.chapter || "Untitled",
    href: `/chapters/${row.document}`,
    key: `${row.account} ${row.document} ${row.written_at}`,
  }));
}

function writtenWords({ typed, accepted }: WrittenRow): string {
  const words = (count: number) =>
    `${count.toLocaleString("en")} ${count === 1 ? "word" : "words"}`;
  if (typed > 0 && accepted > 0)
    return `wrote ${words(typed)} and accepted ${words(accepted)} in {}`;
  if (accepted > 0) return `accepted ${words(accepted)} of takes in {}`;
  return typed > 0 ? `wrote ${words(typed)} in {}` : "edited {}";
}

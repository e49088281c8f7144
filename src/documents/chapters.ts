/** The chapters of a book: in their order, in parts where it has any, with what an outline tells of each. */
import { and, desc, eq, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import { buckets, documents, runs } from "../../drizzle/tables.ts";
import type { Bucket } from "../buckets/buckets.ts";
import type { Db } from "../database.ts";
import type { BucketBookV2, BucketChapterV2 } from "../schemas/types.ts";

export type ChapterStatus = NonNullable<BucketChapterV2["status"]>;

export type Chapter = {
  id: string;
  /** In the book, from 1. */
  number: number;
  /** Empty while it has no name. */
  name: string;
  /** What its writer says; null, its words tell. */
  status: ChapterStatus | null;
  /** Words of prose it is to have. */
  target: number | null;
  /** Of its newest snapshot. */
  prose: number;
  accepted: number;
  /** Rows whose notes have moved on. */
  changed: number;
  isExpanding: boolean;
};

/** `part`: the folder they lie in, null for what lies in the book itself. */
export type Stretch = { part: { id: string; name: string } | null; chapters: Chapter[] };

export type BookOutline = {
  id: string;
  name: string;
  target: number | null;
  stretches: Stretch[];
};

export type TrashedChapter = { id: string; name: string; trashedAt: Date };

/** Chapters that were put in the trash which the outline offers, the newest. */
const TRASHED_SHOWN = 20;

/** The book a chapter is of: the nearest above it, else what it lies in. Null for one that lies in nothing. */
export async function bookOf(db: Db, chapter: Pick<Bucket, "path">): Promise<Bucket | null> {
  const above = chapter.path.slice(0, -1);
  if (above.length === 0) return null;
  const rows = await db.select().from(buckets).where(inArray(buckets.id, above));
  const nearest = above.toReversed().map((id) => rows.find((row) => row.id === id)!);
  return nearest.find(({ type }) => type === "book") ?? nearest[0]!;
}

export async function readOutline(db: Db, book: Bucket): Promise<BookOutline> {
  const rows = await db
    .select({ bucket: buckets, counts: documents.counts })
    .from(buckets)
    .leftJoin(documents, eq(documents.bucket, buckets.id))
    .where(
      and(
        sql`${buckets.path} @> array[${book.id}]::uuid[]`,
        inArray(buckets.type, ["chapter", "folder"]),
        isNull(buckets.trashedAt),
      ),
    )
    .orderBy(buckets.position, buckets.id);
  const expanding = await expandingIn(db, book.root);
  const children = new Map<string, typeof rows>();
  for (const row of rows) {
    const parent = row.bucket.parent!;
    children.set(parent, [...(children.get(parent) ?? []), row]);
  }
  const stretches: Stretch[] = [];
  let number = 0;
  const walk = (parent: string, part: Stretch["part"]) => {
    let stretch: Stretch | undefined;
    for (const { bucket, counts } of children.get(parent) ?? []) {
      if (bucket.type === "folder") {
        walk(bucket.id, { id: bucket.id, name: bucket.name });
        stretch = undefined;
        continue;
      }
      if (!stretch) {
        stretch = { part, chapters: [] };
        stretches.push(stretch);
      }
      number++;
      stretch.chapters.push({
        id: bucket.id,
        number,
        name: bucket.name,
        ...metadataOf(bucket),
        prose: counts?.prose ?? 0,
        accepted: counts?.accepted ?? 0,
        changed: counts?.changed ?? 0,
        isExpanding: expanding.has(bucket.id),
      });
    }
    if (part && !children.has(parent)) stretches.push({ part, chapters: [] });
  };
  walk(book.id, null);
  const { target } = book.metadata as BucketBookV2;
  return { id: book.id, name: book.name, target: target ?? null, stretches };
}

export const chaptersIn = ({ stretches }: BookOutline): Chapter[] =>
  stretches.flatMap(({ chapters }) => chapters);

function metadataOf({ metadata }: Bucket): Pick<Chapter, "status" | "target"> {
  const { status, target } = metadata as BucketChapterV2;
  return { status: status ?? null, target: target ?? null };
}

async function expandingIn(db: Db, root: string): Promise<Set<string>> {
  const rows = await db
    .selectDistinct({ bucket: runs.bucket })
    .from(runs)
    .where(and(eq(runs.root, root), inArray(runs.status, ["queued", "running"])));
  return new Set(rows.map(({ bucket }) => bucket));
}

/** Those that went there on their own; what went with its book comes back with it. */
export async function trashedChapters(db: Db, book: string): Promise<TrashedChapter[]> {
  const rows = await db
    .select({ id: buckets.id, name: buckets.name, trashedAt: buckets.trashedAt })
    .from(buckets)
    .where(
      and(
        sql`${buckets.path} @> array[${book}]::uuid[]`,
        eq(buckets.type, "chapter"),
        isNotNull(buckets.trashedAt),
        eq(buckets.trashedWith, buckets.id),
      ),
    )
    .orderBy(desc(buckets.trashedAt), desc(buckets.id))
    .limit(TRASHED_SHOWN);
  return rows.map(({ id, name, trashedAt }) => ({ id, name, trashedAt: trashedAt! }));
}

/** The chapter a chapter stands behind or, where it is the first of its part, the one it stands before. */
export async function neighbourOf(
  db: Db,
  { id, parent }: Pick<Bucket, "id" | "parent">,
): Promise<{ after: string } | { before: string } | null> {
  const siblings = await db
    .select({ id: buckets.id })
    .from(buckets)
    .where(and(eq(buckets.parent, parent!), eq(buckets.type, "chapter"), isNull(buckets.trashedAt)))
    .orderBy(buckets.position, buckets.id);
  const at = siblings.findIndex((one) => one.id === id);
  if (at > 0) return { after: siblings[at - 1]!.id };
  const next = siblings[at + 1];
  return next ? { before: next.id } : null;
}

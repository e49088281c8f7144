/** Where somebody stopped: the chapter that was written in last, and the last words there. */
import { and, desc, eq, isNull, sql } from "drizzle-orm";
import { blobs, buckets, documents, writing } from "../../drizzle/tables.ts";
import { type AccountActor, roleOf, rootsOf } from "../access.ts";
import type { Bucket } from "../buckets/buckets.ts";
import type { Db } from "../database.ts";
import { bookOf, chaptersIn, readOutline } from "../documents/chapters.ts";
import { halfFrom } from "../documents/model/snapshot.ts";
import { textOf } from "../documents/model/text.ts";
import type { ChapterV1 } from "../schemas/types.ts";
import type { Spot } from "./writing.ts";

export type Stopped = {
  chapter: { id: string; name: string; number: number | null };
  /** The book it is of, or the bucket that it lies in. */
  book: string;
  passage: string | null;
  /** The last words before the caret; empty where nothing was written yet. */
  words: string;
  /** They are a passage's notes: it has no prose yet. */
  isNotes: boolean;
  writtenAt: Date;
};

/** Chapters that are looked at: those before may be in the trash, or no longer the writer's to see. */
const TRIED = 20;
/** Of the last words, in characters. */
const WORDS_LIMIT = 170;
/** A last paragraph shorter than this is told with the end of the one before it, in characters. */
const SHORT = 50;

export async function whereStopped(db: Db, actor: AccountActor): Promise<Stopped | null> {
  const found = (await lastWritten(db, actor)) ?? (await lastChanged(db, actor));
  if (!found) return null;
  const { bucket, spot, writtenAt } = found;
  const book = await bookOf(db, bucket);
  const outline = book && (await readOutline(db, book));
  const number = outline && chaptersIn(outline).find(({ id }) => id === bucket.id)?.number;
  return {
    chapter: { id: bucket.id, name: bucket.name, number: number ?? null },
    book: book?.id ?? bucket.root,
    ...(await wordsAt(db, bucket.id, spot)),
    writtenAt,
  };
}

type Found = { bucket: Bucket; spot: Spot | null; writtenAt: Date };

async function lastWritten(db: Db, actor: AccountActor): Promise<Found | undefined> {
  const last = db
    .select()
    .from(writing)
    .where(eq(writing.account, actor.account))
    .orderBy(desc(writing.hour), desc(writing.writtenAt))
    .limit(TRIED)
    .as("last");
  const [row] = await db
    .select({
      bucket: buckets,
      passage: last.passage,
      caret: last.caret,
      writtenAt: last.writtenAt,
    })
    .from(last)
    .innerJoin(buckets, eq(buckets.id, last.document))
    .where(and(isNull(buckets.trashedAt), sql`${roleOf(actor, buckets.root)} is not null`))
    .orderBy(desc(last.writtenAt))
    .limit(1);
  if (!row) return undefined;
  const { bucket, passage, caret, writtenAt } = row;
  return { bucket, spot: passage === null ? null : { passage, caret }, writtenAt };
}

/** Of who has written nothing yet, or in an older studio: whatever changed last. */
async function lastChanged(db: Db, actor: AccountActor): Promise<Found | undefined> {
  const roots = await rootsOf(db, actor);
  const [row] = await db
    .select({ bucket: buckets, writtenAt: documents.updatedAt, createdAt: buckets.createdAt })
    .from(buckets)
    .leftJoin(documents, eq(documents.bucket, buckets.id))
    .where(
      and(
        sql`${buckets.root} = any(${sql.param(roots)}::uuid[])`,
        eq(buckets.type, "chapter"),
        isNull(buckets.trashedAt),
      ),
    )
    .orderBy(sql`${documents.updatedAt} desc nulls last`, buckets.position, buckets.id)
    .limit(1);
  return row && { bucket: row.bucket, spot: null, writtenAt: row.writtenAt ?? row.createdAt };
}

async function wordsAt(
  db: Db,
  chapter: string,
  spot: Spot | null,
): Promise<Pick<Stopped, "passage" | "words" | "isNotes">> {
  const [row] = await db
    .select({ content: blobs.content })
    .from(documents)
    .innerJoin(blobs, eq(blobs.id, documents.snapshot))
    .where(eq(documents.bucket, chapter));
  const passages = (row?.content as ChapterV1 | undefined)?.passages ?? [];
  const texts = passages.map(({ id, notes, prose }) => ({
    id,
    notes: textOf(halfFrom(notes, "notes")),
    prose: textOf(halfFrom(prose, "prose")),
  }));
  const there = texts.find(({ id }) => id === spot?.passage);
  const shown =
    there ?? texts.findLast(({ prose }) => prose) ?? texts.findLast(({ notes }) => notes);
  if (!shown) return { passage: null, words: "", isNotes: false };
  const isNotes = shown.prose.trim() === "";
  const text = isNotes ? shown.notes : shown.prose.slice(0, caretIn(shown.prose, spot?.caret));
  return { passage: shown.id, words: lastWords(text), isNotes };
}

/** Behind the word that it stands in. */
function caretIn(text: string, caret: number | null | undefined): number {
  if (caret === null || caret === undefined) return text.length;
  return caret + /^[\p{L}\p{N}\p{M}'’.,;:!?”"…]*/u.exec(text.slice(caret))![0].length;
}

/** The end of a text, from the beginning of a word. */
export function lastWords(text: string): string {
  const paragraphs = text.split(/\n+/).filter((line) => line.trim() !== "");
  let last = paragraphs.pop()?.trim() ?? "";
  if (last.length < SHORT) last = [...paragraphs.slice(-1), last].join(" ").trim();
  if (last.length <= WORDS_LIMIT) return last;
  const end = last.slice(-WORDS_LIMIT);
  return `…${end.slice(end.search(/\s|$/)).trim() || end}`;
}

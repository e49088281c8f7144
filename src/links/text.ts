/** What a link shows: names of chapters, and their prose as their snapshots have it. Nothing else of a book is read here. */
import { and, eq } from "drizzle-orm";
import { blobs, buckets, documents } from "../../drizzle/tables.ts";
import { type LinkActor, showsTo } from "../access.ts";
import type { Bucket } from "../buckets/buckets.ts";
import type { Db } from "../database.ts";
import { bookOf, readOutline } from "../documents/chapters.ts";
import { htmlOf } from "../documents/model/html.ts";
import { halfFrom } from "../documents/model/snapshot.ts";
import { countWords } from "../documents/model/text.ts";
import type { BucketBookV2, ChapterV1, PitchV1 } from "../schemas/types.ts";

export type SharedChapter = { id: string; number: number; name: string };
export type Stretch = { part: string | null; chapters: SharedChapter[] };
/** A piece of text as HTML, under its title where it has one of its own. */
export type Piece = { title: string | null; html: string };

export type Shared = {
  name: string;
  author: string | null;
  /** A BCP 47 tag. */
  language: string | null;
  /** Of a book; null for a chapter or a pitch, which is all text. */
  stretches: Stretch[] | null;
};

export async function readShared(db: Db, bucket: Bucket): Promise<Shared> {
  // Of what lies around a chapter a reader is told nothing but the language it is set in.
  const book = await bookOf(db, bucket);
  const { author, language } = (book?.type === "book" ? book.metadata : {}) as BucketBookV2;
  const of = { name: bucket.name, language: language ?? null };
  if (bucket.type !== "book") return { ...of, author: null, stretches: null };
  const outline = await readOutline(db, bucket);
  const stretches = outline.stretches
    .filter(({ chapters }) => chapters.length > 0)
    .map(({ part, chapters }) => ({
      part: part?.name ?? null,
      chapters: chapters.map(({ id, number, name }) => ({ id, number, name })),
    }));
  return { ...of, author: author ?? null, stretches };
}

export const chaptersOf = (shared: Shared): SharedChapter[] =>
  shared.stretches?.flatMap(({ chapters }) => chapters) ?? [];

/** The prose of a chapter or a pitch that the link shows; null when it shows none of this id. */
export async function readPieces(db: Db, actor: LinkActor, id: string): Promise<Piece[] | null> {
  const [row] = await db
    .select({ content: blobs.content })
    .from(buckets)
    .leftJoin(documents, eq(documents.bucket, buckets.id))
    .leftJoin(blobs, eq(blobs.id, documents.snapshot))
    .where(and(eq(buckets.id, id), showsTo(actor)));
  if (!row) return null;
  if (!row.content) return [];
  const content = row.content as ChapterV1 | PitchV1;
  const sections =
    "sections" in content
      ? content.sections.map(({ title, passages }) => ({ title, passages }))
      : [{ title: null, passages: content.passages }];
  return sections
    .map(({ title, passages }) => ({
      title,
      html: passages.map(({ prose }) => htmlOfProse(prose as Prose)).join(""),
    }))
    .filter(({ html }) => html !== "");
}

type Prose = ChapterV1["passages"][number]["prose"];

/** Paragraphs that nobody wrote into are left out. */
function htmlOfProse(prose: Prose): string {
  return halfFrom(prose, "prose")
    .children.filter(
      (block) =>
        block.type.name === "scene_break" ||
        countWords(block) > 0 ||
        block.textContent.trim() !== "",
    )
    .map(htmlOf)
    .join("");
}

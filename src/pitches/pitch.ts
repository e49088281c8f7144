/** A pitch as its page shows it: its sections, how each stands, and what it was built from. */

import { and, eq, isNull, sql } from "drizzle-orm";
import { blobs, buckets, documents } from "../../drizzle/tables.ts";
import type { Bucket } from "../buckets/buckets.ts";
import type { Db } from "../database.ts";
import { bookOf } from "../documents/chapters.ts";
import { standingOf } from "../documents/model/standing.ts";
import { countWords, textOf } from "../documents/model/text.ts";
import { type PassageState, passageStates } from "../documents/passages.ts";
import type { Reading } from "../documents/reading.ts";
import { notFound } from "../problem.ts";
import { type Built, builtFrom } from "./changed.ts";
import {
  type Figures,
  figuresOf,
  missingFrom,
  readSections,
  type SectionRows,
} from "./sections.ts";
import type { Section, Template } from "./template.ts";
import { templateOf } from "./templates.ts";

export type SectionState = SectionRows &
  Figures & {
    /** Of its first row. */
    passage: string;
    isExpanding: boolean;
    /** Chapters have changed since its take was made. */
    isTouched: boolean;
    isByHand: boolean;
    /** Neither text nor a take is there, nor under way. */
    isUnwritten: boolean;
    hasFacts: boolean;
  };

export type PitchState = {
  template: Template;
  /** Null: it stands alone. */
  book: Bucket | null;
  sections: SectionState[];
  missing: Section[];
  built: Built;
  /** Words of prose of the chapters that have any words. */
  chapterWords: number[];
};

/** @throws 404 for a bucket of another type */
export async function readPitch(
  db: Db,
  reading: Reading,
  pitch: Pick<Bucket, "id" | "type" | "path" | "metadata">,
): Promise<PitchState> {
  if (pitch.type !== "pitch") throw notFound("This pitch");
  const [template, { doc }, states, above] = await Promise.all([
    templateOf(db, pitch),
    reading.document(db, pitch.id),
    passageStates(db, reading, pitch.id),
    bookOf(db, pitch),
  ]);
  const book = above?.type === "book" ? above : null;
  const found = readSections(doc, template);
  const passages = found.flatMap(({ rows }) => rows.flatMap((row) => row.passages));
  const built = await builtFrom(db, pitch, passages);
  return {
    template,
    book,
    sections: found.map((one) => stateOf(one, states, new Set(built.touched))),
    missing: missingFrom(template, found),
    built,
    chapterWords: book ? await wordsOfChapters(db, book.id) : [],
  };
}

function stateOf(
  section: SectionRows,
  all: readonly PassageState[],
  touched: ReadonlySet<string>,
): SectionState {
  const ids = section.rows.map(({ id }) => id);
  const states = all.filter(({ row }) => ids.includes(row.id));
  const [first] = section.rows;
  const figures = figuresOf(section);
  const isExpanding = states.some(
    ({ run }) => run?.status === "queued" || run?.status === "running",
  );
  const hasTake = states.some(({ takes }) => takes.length > 0);
  return {
    ...section,
    ...figures,
    passage: first!.id,
    isExpanding,
    isTouched: ids.some((id) => touched.has(id)),
    isByHand: standingOf(first!) === "edited by hand",
    isUnwritten: figures.words === 0 && figures.blanks.length === 0 && !hasTake && !isExpanding,
    hasFacts: section.rows.some(({ notes }) => countWords(textOf(notes)) > 0),
  };
}

/** What a rebuild asks for: text edited by hand is left to its writer. */
export const rebuiltBy = ({ sections }: PitchState): SectionState[] =>
  sections.filter(({ isTouched, isByHand, isExpanding }) => isTouched && !isByHand && !isExpanding);

export const leftByHand = ({ sections }: PitchState): SectionState[] =>
  sections.filter(({ isTouched, isByHand }) => isTouched && isByHand);

/** What can be drafted that nobody has written: from the chapters, or from facts, which may be blanks. */
export const unwrittenIn = ({ sections, chapterWords }: PitchState): SectionState[] =>
  sections.filter(
    ({ isUnwritten, section, hasFacts }) =>
      isUnwritten && (chapterWords.length > 0 || hasFacts || section.material === "facts"),
  );

export const blanksOf = ({ sections }: Pick<PitchState, "sections">): number =>
  sections.reduce((sum, { blanks }) => sum + blanks.length, 0);

async function wordsOfChapters(db: Db, book: string): Promise<number[]> {
  const rows = await db
    .select({ words: sql<number>`coalesce((${documents.counts}->>'prose')::int, 0)` })
    .from(buckets)
    .innerJoin(documents, eq(documents.bucket, buckets.id))
    .innerJoin(blobs, eq(blobs.id, documents.snapshot))
    .where(
      and(
        sql`${buckets.path} @> array[${book}]::uuid[]`,
        eq(buckets.type, "chapter"),
        isNull(buckets.trashedAt),
        sql`coalesce((${documents.counts}->>'prose')::int, 0) + coalesce((${documents.counts}->>'notes')::int, 0) > 0`,
      ),
    );
  return rows.map(({ words }) => words);
}

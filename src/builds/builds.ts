/**
 * Builds: what a book is compiled to, and how. A build is a `compile-settings` blob in its book; compiling is a run of
 * the book compiler on it, and what came out is the run's derived blob.
 */
import { createHash } from "node:crypto";
import { and, desc, eq, inArray, isNull } from "drizzle-orm";
import { blobs, runs } from "../../drizzle/tables.ts";
import type { AccountActor } from "../access.ts";
import { type Blob, findBlob } from "../blobs/blobs.ts";
import { type Bucket, type BucketSeen, findBucket } from "../buckets/buckets.ts";
import type { Db } from "../database.ts";
import { chaptersIn, readOutline } from "../documents/chapters.ts";
import { notFound } from "../problem.ts";
import type { Run } from "../runs/queue.ts";
import type { ChapterV1, CompiledBookV1, CompileSettingsV1 } from "../schemas/types.ts";

export const COMPILER = "book-compiler";
export const SETTINGS_SCHEMA = "compile-settings-v1";

/** Builds of one book that are shown. */
const BUILDS_LIMIT = 100;

export type BuildChapter = {
  id: string;
  name: string;
  /** Of prose. */
  words: number;
  /** The newest snapshot and its revision; null before the first. */
  snapshot: { blob: string; revision: number } | null;
};

export type Since = {
  /** Titles of chapters whose prose or name is another now. */
  changed: string[];
  /** Of those with words which it did not have. */
  added: string[];
  /** Of those which it had, and which are gone or left out. */
  gone: string[];
  /** The build's own settings are others now. */
  settings: boolean;
};

export type Build = {
  blob: Blob;
  settings: CompileSettingsV1;
  /** The newest attempt to compile it. */
  run: Run | null;
  /** What came of the newest that succeeded. */
  result: { blob: Blob; content: CompiledBookV1; since: Since } | null;
};

/** Chapters of a book in its order, with what their snapshots say. */
export async function buildChapters(db: Db, book: Bucket): Promise<BuildChapter[]> {
  const chapters = chaptersIn(await readOutline(db, book));
  if (chapters.length === 0) return [];
  const ids = chapters.map(({ id }) => id);
  const snapshots = await db
    .select({ bucket: blobs.bucket, blob: blobs.id, revision: blobs.revision })
    .from(blobs)
    .where(and(inArray(blobs.bucket, ids), eq(blobs.schema, "chapter"), isNull(blobs.trashedAt)));
  const newest = new Map(snapshots.map(({ bucket, ...snapshot }) => [bucket, snapshot]));
  return chapters.map(({ id, name, prose }) => ({
    id,
    name,
    words: prose,
    snapshot: newest.get(id) ?? null,
  }));
}

/** The newest first. */
export async function listBuilds(
  db: Db,
  book: Bucket,
  chapters: readonly BuildChapter[],
): Promise<Build[]> {
  const found = await db
    .select()
    .from(blobs)
    .where(
      and(eq(blobs.bucket, book.id), eq(blobs.schema, "compile-settings"), isNull(blobs.trashedAt)),
    )
    .orderBy(desc(blobs.id))
    .limit(BUILDS_LIMIT);
  if (found.length === 0) return [];
  const ids = found.map(({ id }) => id);
  const [made, tried] = await Promise.all([newestResults(db, ids), newestRuns(db, ids)]);
  return Promise.all(
    found.map(async (blob) => {
      const result = made.get(blob.id);
      return {
        blob,
        settings: blob.content as CompileSettingsV1,
        run: tried.get(blob.id) ?? null,
        result: result ? await resultOf(db, blob, result, chapters) : null,
      };
    }),
  );
}

async function newestResults(db: Db, builds: string[]) {
  const rows = await db
    .selectDistinctOn([blobs.derivedFrom], { blob: blobs, run: runs })
    .from(blobs)
    .innerJoin(runs, eq(runs.id, blobs.run))
    .where(
      and(
        inArray(blobs.derivedFrom, builds),
        eq(blobs.schema, "compiled-book"),
        isNull(blobs.trashedAt),
      ),
    )
    .orderBy(blobs.derivedFrom, desc(blobs.id));
  return new Map(rows.map((row) => [row.blob.derivedFrom!, row]));
}

async function newestRuns(db: Db, builds: string[]): Promise<Map<string, Run>> {
  const rows = await db
    .selectDistinctOn([runs.blob])
    .from(runs)
    .where(and(inArray(runs.blob, builds), eq(runs.processor, COMPILER)))
    .orderBy(runs.blob, desc(runs.id));
  return new Map(rows.map((run) => [run.blob, run]));
}

async function resultOf(
  db: Db,
  build: Blob,
  { blob, run }: { blob: Blob; run: Run },
  chapters: readonly BuildChapter[],
): Promise<NonNullable<Build["result"]>> {
  const content = blob.content as CompiledBookV1;
  const { leftOut = [] } = build.content as CompileSettingsV1;
  const wanted = chapters.filter(({ id }) => !leftOut.includes(id));
  const was = new Map(content.chapters.map((chapter) => [chapter.chapter, chapter]));
  const isAnother = await anotherProse(
    db,
    wanted.filter(({ id, snapshot }) => {
      const then = was.get(id);
      return then !== undefined && then.revision !== snapshot?.revision;
    }),
    was,
  );
  const nameOf = ({ name }: BuildChapter) => name.trim() || "Untitled";
  return {
    blob,
    content,
    since: {
      changed: wanted
        .filter(
          (one) =>
            isAnother.has(one.id) || (was.has(one.id) && was.get(one.id)!.title !== nameOf(one)),
        )
        .map(nameOf),
      added: wanted.filter(({ id, words }) => words > 0 && !was.has(id)).map(nameOf),
      gone: content.chapters
        .filter(({ chapter }) => !wanted.some(({ id }) => id === chapter))
        .map(({ title }) => title),
      settings: run.revision !== build.revision,
    },
  };
}

/** Of chapters with another snapshot, those with other prose: notes go into no book. */
async function anotherProse(
  db: Db,
  chapters: readonly BuildChapter[],
  was: ReadonlyMap<string, CompiledBookV1["chapters"][number]>,
): Promise<Set<string>> {
  const ids = chapters.flatMap(({ snapshot }) => (snapshot ? [snapshot.blob] : []));
  if (ids.length === 0) return new Set();
  const rows = await db
    .select({ bucket: blobs.bucket, content: blobs.content })
    .from(blobs)
    .where(inArray(blobs.id, ids));
  return new Set(
    rows
      .filter(({ bucket, content }) => hashOfProse(content as ChapterV1) !== was.get(bucket)?.hash)
      .map(({ bucket }) => bucket),
  );
}

/** As the compiler notes it (`processors/book-compiler/book.ts`). */
const hashOfProse = ({ passages }: ChapterV1): string =>
  createHash("sha256")
    .update(JSON.stringify(passages.map(({ prose }) => prose)))
    .digest("hex");

/** @throws 404 for what is no build of this book */
export async function findBuild(
  db: Db,
  actor: AccountActor,
  book: string,
  id: string,
): Promise<Blob> {
  const blob = await findBlob(db, actor, id);
  if (blob.bucket !== book || blob.schema !== "compile-settings") throw notFound("This build");
  return blob;
}

/** @throws 404 */
export async function findBook(db: Db, actor: AccountActor, id: string): Promise<BucketSeen> {
  const book = await findBucket(db, actor, id);
  if (book.type !== "book") throw notFound("This book");
  return book;
}

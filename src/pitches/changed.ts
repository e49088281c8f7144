/**
 * What a pitch was built from, and what has changed since. Runs record which blobs they read at which revision; the
 * newest take of each passage tells by its run which snapshots of chapters it was made of.
 */
import { and, desc, eq, inArray, isNull, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { blobRevisions, blobs, buckets, documents, runs } from "../../drizzle/tables.ts";
import { type AccountActor, rootsOf } from "../access.ts";
import type { Bucket } from "../buckets/buckets.ts";
import type { Db } from "../database.ts";
import { bookOf, chaptersIn, readOutline } from "../documents/chapters.ts";

export type Since = {
  id: string;
  /** In the book, from 1. */
  number: number;
  name: string;
  /** `new`: it was not there, or had no words, when the pitch was built. */
  state: "same" | "changed" | "new";
  /** Words of prose by now, and how many more or fewer that is. */
  words: number;
  more: number;
};

export type Built = {
  /** When the newest of its takes was asked for; null while nothing was built. */
  at: Date | null;
  /** Numbers of the chapters that it was built from, ascending. */
  from: number[];
  /** Those with words, in the order of the book. */
  chapters: Since[];
  /** Passages whose newest take read what has changed since. */
  touched: string[];
};

export const NOTHING_BUILT: Built = { at: null, from: [], chapters: [], touched: [] };

type Read = { id: string; revision: number };
type Made = { bucket: string; passage: string; at: Date; read: Read[] };
type Chapter = { id: string; number: number; name: string; words: number; snapshot: Read | null };

/** @param passages that the pitch has; takes of others do not count. Absent, all do. */
export async function builtFrom(
  db: Db,
  pitch: Pick<Bucket, "id" | "path">,
  passages?: readonly string[],
): Promise<Built> {
  const book = await bookOf(db, pitch);
  if (book?.type !== "book") return NOTHING_BUILT;
  const [made, chapters] = await Promise.all([newestTakes(db, [pitch.id]), chaptersOf(db, book)]);
  const counted = made.filter(({ passage }) => passages?.includes(passage) ?? true);
  return builtOf(counted, chapters, await wordsThen(db, counted, chapters));
}

/** For many pitches at once, by id: how many chapters each was built from, and how many changed since. */
export async function changedSince(
  db: Db,
  actor: AccountActor,
  pitchIds: readonly string[],
): Promise<Map<string, { from: number[]; changed: number; at: Date | null }>> {
  if (pitchIds.length === 0) return new Map();
  const roots = await rootsOf(db, actor);
  const pitches = await db
    .select()
    .from(buckets)
    .where(and(inArray(buckets.id, [...pitchIds]), eq(buckets.type, "pitch")));
  const seen = pitches.filter(({ root }) => roots.includes(root));
  const made = Map.groupBy(
    await newestTakes(
      db,
      seen.map(({ id }) => id),
    ),
    ({ bucket }) => bucket,
  );
  const chapters = new Map<string, Promise<Chapter[]>>();
  const counted = await Promise.all(
    seen.map(async (pitch) => {
      const book = await bookOf(db, pitch);
      const isOfBook = book?.type === "book";
      if (isOfBook && !chapters.has(book.id)) chapters.set(book.id, chaptersOf(db, book));
      const now = isOfBook ? await chapters.get(book.id)! : [];
      const built = builtOf(made.get(pitch.id) ?? [], now, new Map());
      const changed = changedIn(built).length;
      return [pitch.id, { from: built.from, changed, at: built.at }] as const;
    }),
  );
  return new Map(counted);
}

export const changedIn = ({ chapters }: Built): Since[] =>
  chapters.filter(({ state }) => state !== "same");

/** “chapters 1–4, 6”; empty while it was built from none. */
export function rangesOf(numbers: readonly number[]): string {
  const stretches: [number, number][] = [];
  for (const number of numbers) {
    const last = stretches.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else stretches.push([number, number]);
  }
  const said = stretches.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`));
  return said.length === 0
    ? ""
    : `${numbers.length === 1 ? "chapter" : "chapters"} ${said.join(", ")}`;
}

/** Of each passage the newest draft that was not discarded; some words said another way are none. */
async function newestTakes(db: Db, pitches: string[]): Promise<Made[]> {
  if (pitches.length === 0) return [];
  const passageOf = sql<string>`${blobs.metadata}->>'passage'`;
  const asks = alias(blobs, "asks");
  return db
    .selectDistinctOn([blobs.bucket, passageOf], {
      bucket: blobs.bucket,
      passage: passageOf,
      at: runs.queuedAt,
      read: runs.read,
    })
    .from(blobs)
    .innerJoin(runs, and(eq(runs.id, blobs.run), eq(runs.processor, "pitch-builder")))
    .innerJoin(asks, and(eq(asks.id, blobs.derivedFrom), sql`not (${asks.metadata} ? 'rewrites')`))
    .where(
      and(
        inArray(blobs.bucket, pitches),
        eq(blobs.schema, "expanded-text"),
        isNull(blobs.trashedAt),
        sql`not (${blobs.metadata} ? 'discardedAt')`,
      ),
    )
    .orderBy(blobs.bucket, passageOf, desc(blobs.id));
}

async function chaptersOf(db: Db, book: Bucket): Promise<Chapter[]> {
  const outline = chaptersIn(await readOutline(db, book));
  if (outline.length === 0) return [];
  const rows = await db
    .select({ bucket: documents.bucket, id: blobs.id, revision: blobs.revision })
    .from(documents)
    .innerJoin(blobs, eq(blobs.id, documents.snapshot))
    .where(
      inArray(
        documents.bucket,
        outline.map(({ id }) => id),
      ),
    );
  const snapshots = new Map(rows.map(({ bucket, id, revision }) => [bucket, { id, revision }]));
  return outline.map(({ id, number, name, prose }) => ({
    id,
    number,
    name,
    words: prose,
    snapshot: snapshots.get(id) ?? null,
  }));
}

function builtOf(
  made: readonly Made[],
  chapters: readonly Chapter[],
  words: ReadonlyMap<string, number>,
): Built {
  const isChapter = new Map(
    chapters.flatMap(({ id, snapshot }) => (snapshot ? [[snapshot.id, id]] : [])),
  );
  // What is made of facts alone read no chapter, and follows none.
  const built = made
    .map((one) => ({ ...one, read: one.read.filter(({ id }) => isChapter.has(id)) }))
    .filter(({ read }) => read.length > 0);
  if (built.length === 0) return { ...NOTHING_BUILT, at: newestOf(made) };
  const oldest = new Map<string, number>();
  for (const { id, revision } of built.flatMap(({ read }) => read))
    oldest.set(id, Math.min(revision, oldest.get(id) ?? revision));
  const since = chapters
    .filter(({ snapshot, words }) => snapshot && (oldest.has(snapshot.id) || words > 0))
    .map(({ id, number, name, words: now, snapshot }): Since => {
      const read = oldest.get(snapshot!.id);
      const then =
        read === undefined ? 0 : (words.get(keyOf({ id: snapshot!.id, revision: read })) ?? now);
      const state = read === undefined ? "new" : read < snapshot!.revision ? "changed" : "same";
      return { id, number, name, state, words: now, more: now - then };
    });
  const current = chapters.flatMap(({ snapshot, words }) =>
    snapshot && words > 0 ? [snapshot] : [],
  );
  return {
    at: newestOf(built),
    from: since.filter(({ state }) => state !== "new").map(({ number }) => number),
    chapters: since,
    touched: built
      .filter(({ read }) => current.some((now) => !read.some(isAt(now))))
      .map(({ passage }) => passage),
  };
}

const newestOf = (made: readonly Made[]): Date | null =>
  made.reduce<Date | null>((newest, { at }) => (newest && newest > at ? newest : at), null);

const isAt = (now: Read) => (read: Read) => read.id === now.id && read.revision >= now.revision;
const keyOf = ({ id, revision }: Read): string => `${id} ${revision}`;

/** Words of prose of the revisions that were read and are no longer the newest. */
async function wordsThen(
  db: Db,
  made: readonly Made[],
  chapters: readonly Chapter[],
): Promise<Map<string, number>> {
  const now = new Map(
    chapters.flatMap(({ snapshot }) => (snapshot ? [[snapshot.id, snapshot.revision]] : [])),
  );
  const wanted = [
    ...new Map(
      made
        .flatMap(({ read }) => read)
        .filter(({ id, revision }) => revision < (now.get(id) ?? 0))
        .map((one) => [keyOf(one), one]),
    ).values(),
  ];
  if (wanted.length === 0) return new Map();
  const rows = await db
    .select({
      id: blobRevisions.blob,
      revision: blobRevisions.revision,
      words: sql<number>`coalesce((${blobRevisions.content}->'words'->>'prose')::int, 0)`,
    })
    .from(blobRevisions)
    .where(
      sql`(${blobRevisions.blob}, ${blobRevisions.revision}) in (select (one->>'id')::uuid, (one->>'revision')::int
        from jsonb_array_elements(${JSON.stringify(wanted)}::jsonb) one)`,
    );
  return new Map(rows.map((row) => [keyOf(row), row.words]));
}

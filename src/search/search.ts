/**
 * Everything one may see, by its words: titles, chapters by passage, the codex, pitches, takes. What was written
 * is found as of its newest snapshot.
 */
import { sql } from "drizzle-orm";
import { type AccountActor, rootsOf } from "../access.ts";
import type { Db } from "../database.ts";
import { halfFrom } from "../documents/model/snapshot.ts";
import { textOf } from "../documents/model/text.ts";
import type { ChapterV1, CodexEntryV1, ExpandedTextV1 } from "../schemas/types.ts";
import { countIn, type Marked, marked, passageAround, prefixQuery, wordsIn } from "./words.ts";

export type { Marked };

export type FoundKind = "book" | "chapter" | "pitch" | "prose" | "notes" | "codex" | "take";

export type Found = {
  kind: FoundKind;
  href: string;
  text: Marked;
  /** Where that is: a chapter and its passage, what a codex entry is. */
  where: string;
};

/** What was found in one book, or in another root. */
export type FoundIn = { root: string; title: string; found: Found[] };

/** Titles, and blobs, that are looked at; the newest. */
const TITLES_LIMIT = 30;
const BLOBS_LIMIT = 60;
/** Passages of one chapter. */
const PASSAGES_LIMIT = 5;
/** In all. */
const FOUND_LIMIT = 80;
/** Of titles, since they are compared one by one. */
const BUCKETS_LIMIT = 20_000;

/** Blobs whose words are found. Asks are left out: their words are notes, and found there. */
const SCHEMAS = ["chapter", "codex-entry", "pitch", "expanded-text"];

export type SearchOptions = {
  /** The root one looks from: it comes first. */
  from?: string | undefined;
  /** Of each chapter, and in all; fewer for a list that is looked through while typing. */
  most?: number;
};

export async function search(
  db: Db,
  actor: AccountActor,
  query: string,
  { from, most = FOUND_LIMIT }: SearchOptions = {},
): Promise<FoundIn[]> {
  const words = wordsIn(query);
  if (words.length === 0) return [];
  const roots = await rootsOf(db, actor);
  if (roots.length === 0) return [];
  const [titles, blobs] = await Promise.all([
    findTitles(db, roots, words),
    findBlobs(db, roots, words),
  ]);
  const all = [...titles, ...blobs.flatMap((blob) => foundIn(blob, words))];
  const groups = new Map<string, FoundIn>();
  for (const { root, title, ...found } of all.slice(0, most)) {
    const group = groups.get(root) ?? { root, title, found: [] };
    group.found.push(found);
    groups.set(root, group);
  }
  return [...groups.values()].sort((a, b) => Number(b.root === from) - Number(a.root === from));
}

type Placed = Found & { root: string; title: string };

type TitleRow = {
  id: string;
  type: string;
  name: string;
  root: string;
  book: string;
};

async function findTitles(db: Db, roots: string[], words: string[]): Promise<Placed[]> {
  const conditions = words.map((word) => sql`b.name ilike ${`%${likeable(word)}%`}`);
  const { rows } = await db.execute<TitleRow>(sql`
    select b.id, b.type, b.name, b.root, r.name as book
    from (
      select * from buckets where root = any(${sql.param(roots)}::uuid[]) and trashed_at is null
        and type in ('book', 'chapter', 'pitch') limit ${BUCKETS_LIMIT}
    ) b join buckets r on r.id = b.root
    where ${sql.join(conditions, sql` and `)}
    order by b.type = 'book' desc, b.updated_at desc limit ${TITLES_LIMIT}`);
  return rows.map(({ id, type, name, root, book }) => ({
    kind: type as FoundKind,
    href:
      type === "book" ? `/?book=${id}` : type === "pitch" ? `/pitches/${id}` : `/chapters/${id}`,
    text: marked(name, words),
    where: type,
    root,
    title: book,
  }));
}

const likeable = (word: string): string => word.replaceAll(/[\\%_]/g, "\\$&");

type BlobRow = {
  id: string;
  schema: string;
  bucket: string;
  root: string;
  content: unknown;
  metadata: { passage?: unknown; discardedAt?: unknown };
  name: string;
  book: string;
};

async function findBlobs(db: Db, roots: string[], words: string[]): Promise<BlobRow[]> {
  const { rows } = await db.execute<BlobRow>(sql`
    select b.id, b.schema, b.bucket, b.root, b.content, b.metadata, k.name, r.name as book
    from blob_texts t join blobs b on b.id = t.blob
    join buckets k on k.id = b.bucket join buckets r on r.id = b.root
    where t.words @@ to_tsquery('simple', ${prefixQuery(words)})
      and b.root = any(${sql.param(roots)}::uuid[])
      and b.schema = any(${sql.param(SCHEMAS)}::text[])
      and b.trashed_at is null and k.trashed_at is null
    order by b.schema = 'expanded-text', b.updated_at desc, b.id desc limit ${BLOBS_LIMIT}`);
  return rows;
}

function foundIn(row: BlobRow, words: string[]): Placed[] {
  const place = { root: row.root, title: row.book };
  const name = row.name || "Untitled";
  if (row.schema === "chapter")
    return passagesOf(row.content as ChapterV1, words).map(({ id, number, half, text }) => ({
      ...place,
      kind: half,
      href: `/chapters/${row.bucket}#passage-${id}`,
      text: passageAround(text, words),
      where: `${name}, ${half} of passage ${number}`,
    }));
  if (row.schema === "codex-entry") {
    const { name: entry, kind, text } = row.content as CodexEntryV1;
    return [
      {
        ...place,
        kind: "codex",
        href: `/books/${row.root}/codex/${row.id}`,
        text: passageAround(`${entry}: ${text}`, words),
        where: kind ? `codex, ${kind}` : "codex",
      },
    ];
  }
  if (row.schema === "expanded-text") {
    const { passage } = row.metadata;
    const anchor = typeof passage === "string" ? `#passage-${passage}` : "";
    return [
      {
        ...place,
        kind: "take",
        href: `/chapters/${row.bucket}${anchor}`,
        text: passageAround((row.content as ExpandedTextV1).text, words),
        where: `a take in ${name}`,
      },
    ];
  }
  return [
    {
      ...place,
      kind: "pitch",
      href: `/pitches/${row.bucket}`,
      text: passageAround(textsIn(row.content).join(" "), words),
      where: `pitch, ${name}`,
    },
  ];
}

type PassageFound = { id: string; number: number; half: "notes" | "prose"; text: string };

/** Halves that have all of the words; where none has, those that have most. */
function passagesOf({ passages }: ChapterV1, words: string[]): PassageFound[] {
  let number = 0;
  const halves = passages.flatMap((passage) => {
    // One that is drawn in another's row has its number.
    if (passage.under === undefined) number++;
    const one = (half: "notes" | "prose") => ({
      id: passage.id,
      number,
      half,
      text: textOf(halfFrom(passage[half], half)),
    });
    return [one("prose"), one("notes")];
  });
  const counted = halves.map((half) => ({ half, count: countIn(half.text, words) }));
  const best = Math.max(0, ...counted.map(({ count }) => count));
  if (best === 0) return [];
  return counted
    .filter(({ count }) => count === best)
    .map(({ half }) => half)
    .slice(0, PASSAGES_LIMIT);
}

/** Every text in a value, in order. */
function textsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (!value || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name === "text" && typeof member === "string" ? [member] : textsIn(member),
  );
}

export const countFound = (groups: readonly FoundIn[]): number =>
  groups.reduce((sum, { found }) => sum + found.length, 0);

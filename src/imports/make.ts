/**
 * The book of an import: one transaction makes all of it, or nothing. Chapters are buckets like any other, their words
 * documents like any other, begun with what was read.
 */
import { desc, eq } from "drizzle-orm";
import { buckets, imports } from "../../drizzle/tables.ts";
import { type AccountActor, nameOf, requireWholeAccount, requireWriter } from "../access.ts";
import type { Bucket } from "../buckets/buckets.ts";
import { findBucket } from "../buckets/buckets.ts";
import { createBucket, findParent } from "../buckets/create.ts";
import type { Db, Tx } from "../database.ts";
import { beginDocument } from "../documents/log.ts";
import { DOCUMENT_LIMIT_BYTES } from "../documents/protocol.ts";
import { beginSnapshot } from "../documents/snapshots.ts";
import { positionBetween } from "../position.ts";
import { conflict, notFound } from "../problem.ts";
import type { Born } from "./birth.ts";
import { findWhole, type Import } from "./imports.ts";
import { inWorker } from "./in-worker.ts";
import type { Rule } from "./rule.ts";
import type { Outline } from "./split.ts";

/** Chapters that one import makes: all of them are made in one transaction, which has its deadline. */
export const CHAPTERS_LIMIT = 400;

export type Made = { book: string; chapters: string[] };

/** What cannot be made, as a sentence; null for what can. */
export function whyNot({ chapters }: Outline): string | null {
  if (chapters.length === 0) return "There is no chapter in it.";
  if (chapters.length > CHAPTERS_LIMIT)
    return `That would be ${chapters.length.toLocaleString("en")} chapters; ${CHAPTERS_LIMIT} are the most. Choose another way to cut it.`;
  return null;
}

/**
 * What is to be written, read and born off the event loop; then {@link makeBook} writes it.
 * @throws 404; 403; 409 `not-makeable` when the rule finds too much, or a chapter too large for a document
 */
export async function prepareBook(
  db: Db,
  actor: AccountActor,
  id: string,
  into: string | undefined,
): Promise<{ found: Import; born: Born[] }> {
  const found = await findWhole(db, actor, id);
  if (into === undefined) requireWholeAccount(actor);
  else await requireBook(db, actor, into);
  const refusal = whyNot(found.outline as Outline);
  if (refusal) throw notMakeable(refusal);
  if (found.madeAt) return { found, born: [] };
  const { manuscript } = found;
  const born = await inWorker({ do: "chapters", manuscript, rule: found.rule as Rule });
  const large = born.find(({ update }) => update.byteLength > DOCUMENT_LIMIT_BYTES / 2);
  if (large)
    throw notMakeable(
      `“${large.title || "A chapter"}” is too long for one chapter. Choose another way to cut it.`,
    );
  return { found, born };
}

const notMakeable = (detail: string) =>
  conflict("not-makeable", "This cannot become a book as it is cut", detail);

/** A second call answers with what the first made. */
export async function makeBook(
  tx: Tx,
  actor: AccountActor,
  { found, born }: { found: Import; born: Born[] },
  into: string | undefined,
): Promise<Made> {
  const [standing] = await tx.select().from(imports).where(eq(imports.id, found.id)).for("update");
  if (!standing) throw notFound("This import");
  if (standing.book) return { book: standing.book, chapters: standing.made ?? [] };
  const book = into ? await bookFor(tx, actor, into) : await newBook(tx, actor, standing);
  const chapters: string[] = [];
  const parts = { name: null as string | null, bucket: book, last: await lastIn(tx, book.id) };
  let top = parts.last;
  for (const one of born) {
    if (one.part !== parts.name) {
      parts.name = one.part;
      parts.bucket = book;
      if (one.part !== null) {
        top = positionBetween(top, null);
        const draft = { type: "folder", name: one.part, parent: book.id, position: top };
        parts.bucket = await createBucket(tx, actor, draft);
        parts.last = null;
      }
    }
    const isTop = parts.bucket.id === book.id;
    const position = positionBetween(isTop ? top : parts.last, null);
    if (isTop) top = position;
    else parts.last = position;
    chapters.push(await makeChapter(tx, actor, parts.bucket.id, position, one));
  }
  await tx
    .update(imports)
    .set({ book: book.id, made: chapters, madeAt: new Date() })
    .where(eq(imports.id, found.id));
  return { book: book.id, chapters };
}

async function makeChapter(
  tx: Tx,
  actor: AccountActor,
  parent: string,
  position: string,
  { title, update, snapshot }: Born,
): Promise<string> {
  const chapter = await createBucket(tx, actor, { type: "chapter", name: title, parent, position });
  const seq = await beginDocument(tx, chapter, { update, actor: nameOf(actor) });
  await beginSnapshot(tx, chapter, seq, snapshot);
  return chapter.id;
}

const newBook = (tx: Tx, actor: AccountActor, { title, author }: Import): Promise<Bucket> =>
  createBucket(tx, actor, {
    type: "book",
    name: title,
    ...(author && { metadata: { author: [...author].slice(0, AUTHOR_LIMIT).join("") } }),
  });

/** As `bucket-book` has it, in characters. */
const AUTHOR_LIMIT = 200;

/** Locked until the transaction ends. */
async function bookFor(tx: Tx, actor: AccountActor, id: string): Promise<Bucket> {
  await requireBook(tx, actor, id);
  return findParent(tx, actor, id);
}

/** @throws 404, 403, 409 */
async function requireBook(db: Db, actor: AccountActor, id: string): Promise<void> {
  const book = await findBucket(db, actor, id);
  if (book.type !== "book") throw notFound("This book");
  requireWriter(book.role);
  if (book.trashedAt) throw conflict("trashed", "The book is in the trash");
}

/** The position behind which chapters come. */
async function lastIn(tx: Tx, book: string): Promise<string | null> {
  const [last] = await tx
    .select({ position: buckets.position })
    .from(buckets)
    .where(eq(buckets.parent, book))
    .orderBy(desc(buckets.position))
    .limit(1);
  return last?.position ?? null;
}

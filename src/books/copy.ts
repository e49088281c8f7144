/**
 * A book once more: its parts, its chapters with every word, its codex. Takes, versions, pitches and what was
 * compiled stay with the book they were made in.
 */
import { and, inArray, isNull, sql } from "drizzle-orm";
import { blobs, buckets } from "../../drizzle/tables.ts";
import type { AccountActor } from "../access.ts";
import { createBlob, schemaIdOf } from "../blobs/blobs.ts";
import type { Bucket } from "../buckets/buckets.ts";
import { createBucket } from "../buckets/create.ts";
import { type Database, type Tx, transact } from "../database.ts";
import { bringDocument } from "../documents/brought.ts";
import { findDocument, readDocument } from "../documents/log.ts";
import type { Documents } from "../documents/open.ts";
import { settleDocument } from "../documents/write.ts";
import { findBook } from "./books.ts";

/** Of what a book holds. */
const COPIED = ["folder", "chapter", "codex"];
const COPIED_BLOBS = ["codex-entry"];

/** @throws 404; 409 `trashed`; 503 when what was typed could not be kept in time */
export async function copyBook(
  db: Database,
  documents: Documents,
  actor: AccountActor,
  id: string,
): Promise<Bucket> {
  const book = await findBook(db, actor, id);
  const below = await partsOf(db, book.id);
  const chapters = below.filter(({ type }) => type === "chapter");
  await Promise.all(chapters.map((chapter) => settleDocument(documents, chapter.id)));
  return transact(db, async (tx) => {
    const { archivedAt: _, ...metadata } = book.metadata;
    const copy = await createBucket(tx, actor, {
      type: "book",
      name: `${book.name}, a copy`,
      metadata,
    });
    const copies = new Map([[book.id, copy.id]]);
    for (const part of below) {
      const parent = copies.get(part.parent!);
      // Of a kind that is not copied, or in the trash.
      if (!parent) continue;
      const { type, name } = part;
      const made = await createBucket(tx, actor, { type, name, parent, metadata: part.metadata });
      copies.set(part.id, made.id);
      if (type === "chapter") await copyWords(tx, part, made);
    }
    await copyEntries(tx, actor, copies);
    return copy;
  });
}

/** Parents before what lies in them, each in its order. */
async function partsOf(db: Database, book: string): Promise<Bucket[]> {
  return db
    .select()
    .from(buckets)
    .where(
      and(
        sql`${buckets.path} @> array[${book}]::uuid[]`,
        inArray(buckets.type, COPIED),
        isNull(buckets.trashedAt),
      ),
    )
    .orderBy(sql`cardinality(${buckets.path})`, buckets.position, buckets.id);
}

async function copyWords(tx: Tx, from: Bucket, to: Bucket): Promise<void> {
  const standing = await findDocument(tx, from.id);
  if (!standing) return;
  const { doc } = await readDocument(tx, from.id);
  await bringDocument(tx, to, doc, standing.counts?.accepted ?? 0);
}

async function copyEntries(tx: Tx, actor: AccountActor, copies: Map<string, string>) {
  const entries = await tx
    .select()
    .from(blobs)
    .where(
      and(
        inArray(blobs.bucket, [...copies.keys()]),
        inArray(blobs.schema, COPIED_BLOBS),
        isNull(blobs.trashedAt),
      ),
    )
    .orderBy(blobs.id);
  for (const entry of entries)
    await createBlob(tx, actor, {
      schema: schemaIdOf(entry),
      bucket: copies.get(entry.bucket)!,
      content: entry.content,
      metadata: entry.metadata,
    });
}

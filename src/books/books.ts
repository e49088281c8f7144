/** What is done with whole books: begun, put aside, copied. Names, trash and restoration are those of buckets. */
import { type AccountActor, requireOwner, requireWriter } from "../access.ts";
import { type Bucket, type BucketSeen, findBucket } from "../buckets/buckets.ts";
import { changeBucket } from "../buckets/change.ts";
import { createBucket } from "../buckets/create.ts";
import { type Db, transact } from "../database.ts";
import { notFound } from "../problem.ts";

/** In characters; as buckets have it. */
export const NAME_LIMIT = 500;
const UNNAMED = "A new book";

/** A book of its own, no part of another. @throws 404 */
export async function findBook(db: Db, actor: AccountActor, id: string): Promise<BucketSeen> {
  const book = await findBucket(db, actor, id);
  if (book.type !== "book" || book.parent !== null) throw notFound("This book");
  return book;
}

/** One whose people and links are the actor's to decide. @throws 404, 403 */
export async function findOwnedBook(db: Db, actor: AccountActor, id: string): Promise<BucketSeen> {
  const book = await findBook(db, actor, id);
  requireOwner(book.role);
  return book;
}

/** A title as a form brings it. */
export const titleIn = (text = ""): string => text.trim().slice(0, NAME_LIMIT) || UNNAMED;

/** A book with one chapter that has no name yet. */
export async function createBook(
  db: Db,
  actor: AccountActor,
  title: string,
): Promise<{ book: Bucket; chapter: Bucket }> {
  return transact(db, async (tx) => {
    const book = await createBucket(tx, actor, { type: "book", name: title });
    const chapter = await createBucket(tx, actor, { type: "chapter", name: "", parent: book.id });
    return { book, chapter };
  });
}

/** @throws 404, 403; 409 `trashed` */
export async function renameBook(db: Db, actor: AccountActor, id: string, title: string) {
  const { id: book } = await findBook(db, actor, id);
  return changeBucket(db, actor, book, undefined, { name: title });
}

/** Puts a book aside, or takes it up again. @throws 404, 403; 409 `trashed` */
export async function archiveBook(db: Db, actor: AccountActor, id: string, isArchived: boolean) {
  const book = await findBook(db, actor, id);
  requireWriter(book.role);
  const stands = typeof book.metadata.archivedAt === "string";
  if (stands === isArchived) return book;
  const archivedAt = isArchived ? new Date().toISOString() : null;
  return changeBucket(db, actor, book.id, undefined, { metadata: { archivedAt } });
}

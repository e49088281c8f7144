import type { AccountActor } from "../access.ts";
import { childrenOf, findBucket, listBuckets } from "../buckets/buckets.ts";
import { createBucket } from "../buckets/create.ts";
import { type Database, type Tx, transact } from "../database.ts";

/** What a newcomer finds: a book with a chapter, whose document begins with an empty passage. */
export async function makeFirstBook(tx: Tx, actor: AccountActor): Promise<void> {
  const book = await createBucket(tx, actor, { type: "book", name: "Your first book" });
  await createBucket(tx, actor, { type: "chapter", name: "Chapter one", parent: book.id });
}

/**
 * The chapter that one comes to: of the book that is named, the first, which is made where it has none; else of
 * the newest. Who has none gets a first book. @throws 404 for a book that the actor may not see, 403 for an empty
 * one that the actor may only read
 */
export async function firstPlace(
  db: Database,
  actor: AccountActor,
  within?: string,
): Promise<string> {
  if (within) return chapterOf(db, actor, (await findBucket(db, actor, within)).id);
  const newest = await listBuckets(db, actor, { type: "chapter" }, { limit: 1, cursor: undefined });
  const [chapter] = newest.items;
  if (chapter) return (await firstChapter(db, chapter.parent!))!.id;
  await transact(db, (tx) => makeFirstBook(tx, actor));
  return firstPlace(db, actor);
}

async function chapterOf(db: Database, actor: AccountActor, book: string): Promise<string> {
  const first = await firstChapter(db, book);
  if (first) return first.id;
  const draft = { type: "chapter", name: "Chapter one", parent: book };
  return (await createBucket(db, actor, draft)).id;
}

/** In the order of the tree; folders hold chapters too. */
async function firstChapter(db: Database, parent: string): Promise<{ id: string } | undefined> {
  for (const child of await childrenOf(db, parent)) {
    if (child.type === "chapter") return child;
    const below = child.type === "folder" && (await firstChapter(db, child.id));
    if (below) return below;
  }
  return undefined;
}

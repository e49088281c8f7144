import type { AccountActor } from "../access.ts";
import { childrenOf, createBucket, listBuckets } from "../buckets/buckets.ts";
import { type Database, type Tx, transact } from "../database.ts";

/** What a newcomer finds: a book with a chapter, whose document begins with an empty passage. */
export async function makeFirstBook(tx: Tx, actor: AccountActor): Promise<void> {
  const book = await createBucket(tx, actor, { type: "book", name: "Your first book" });
  await createBucket(tx, actor, { type: "chapter", name: "Chapter one", parent: book.id });
}

/**
 * The chapter that one comes back to: of the newest book, the first. Who has none gets a first book.
 */
export async function firstPlace(db: Database, actor: AccountActor): Promise<string> {
  const newest = await listBuckets(db, actor, { type: "chapter" }, { limit: 1, cursor: undefined });
  const [chapter] = newest.items;
  if (chapter) return (await childrenOf(db, chapter.parent!))[0]!.id;
  await transact(db, (tx) => makeFirstBook(tx, actor));
  return firstPlace(db, actor);
}

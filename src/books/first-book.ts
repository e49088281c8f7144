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
 * The chapter that one comes to: of the book that is named, the first; else of the newest. Who has none
 * gets a first book. @throws 404 for a book that the actor may not see
 */
export async function firstPlace(
  db: Database,
  actor: AccountActor,
  within?: string,
): Promise<string> {
  const named = within && (await firstChapter(db, (await findBucket(db, actor, within)).id));
  if (named) return named.id;
  const newest = await listBuckets(db, actor, { type: "chapter" }, { limit: 1, cursor: undefined });
  const [chapter] = newest.items;
  if (chapter) return (await firstChapter(db, chapter.parent!))!.id;
  await transact(db, (tx) => makeFirstBook(tx, actor));
  return firstPlace(db, actor);
}

const firstChapter = async (db: Database, parent: string) =>
  (await childrenOf(db, parent)).find(({ type }) => type === "chapter");

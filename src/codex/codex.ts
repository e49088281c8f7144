/** The codex of a book: what its people, places and things are. Each is a blob in the book's codex bucket. */
import { and, eq, inArray, isNull } from "drizzle-orm";
import { blobs, buckets } from "../../drizzle/tables.ts";
import { type AccountActor, requireWriter } from "../access.ts";
import { type Blob, createBlob, findBlob } from "../blobs/blobs.ts";
import { putBlob } from "../blobs/change.ts";
import { type BucketSeen, findBucket, requireStanding } from "../buckets/buckets.ts";
import { createBucket } from "../buckets/create.ts";
import { lockTree } from "../buckets/place.ts";
import { type Db, transact } from "../database.ts";
import { notFound } from "../problem.ts";
import type { CodexEntryV1 } from "../schemas/types.ts";

export type Entry = CodexEntryV1 & { id: string; revision: number; isTrashed: boolean };

/** Entries that are shown at most; a codex with more is searched. */
const ENTRIES_LIMIT = 1_000;

/** @throws 404 */
export async function findBook(db: Db, actor: AccountActor, id: string): Promise<BucketSeen> {
  const book = await findBucket(db, actor, id);
  if (book.type !== "book") throw notFound("This book");
  return book;
}

/** The codices of a book: one, unless programs made more. */
async function codicesOf(db: Db, book: string): Promise<string[]> {
  const found = await db
    .select({ id: buckets.id })
    .from(buckets)
    .where(and(eq(buckets.parent, book), eq(buckets.type, "codex"), isNull(buckets.trashedAt)))
    .orderBy(buckets.position, buckets.id);
  return found.map(({ id }) => id);
}

/** By name; those whose name, kind or an alias has the words of a search. */
export async function listEntries(db: Db, book: string, search = ""): Promise<Entry[]> {
  const codices = await codicesOf(db, book);
  if (codices.length === 0) return [];
  const found = await db
    .select()
    .from(blobs)
    .where(
      and(inArray(blobs.bucket, codices), eq(blobs.schema, "codex-entry"), isNull(blobs.trashedAt)),
    )
    .limit(ENTRIES_LIMIT);
  const wanted = folded(search).split(/\s+/).filter(Boolean);
  return found
    .map(entryOf)
    .filter(({ name, aliases = [], kind = "" }) => {
      const said = folded([name, kind, ...aliases].join(" "));
      return wanted.every((word) => said.includes(word));
    })
    .sort((a, b) => a.name.localeCompare(b.name, undefined, { sensitivity: "base" }));
}

/** Without marks and case: “elodie” finds Élodie. */
const folded = (text: string): string =>
  text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();

const entryOf = ({ id, revision, content, trashedAt }: Blob): Entry => ({
  ...(content as CodexEntryV1),
  id,
  revision,
  isTrashed: trashedAt !== null,
});

/** Also one in the trash. @throws 404 for one that is not of this book */
export async function findEntry(
  db: Db,
  actor: AccountActor,
  book: string,
  id: string,
): Promise<Entry> {
  const blob = await findBlob(db, actor, id);
  if (blob.schema !== "codex-entry" || !(await codicesOf(db, book)).includes(blob.bucket))
    throw notFound("This entry");
  return entryOf(blob);
}

/** The codex is made with its first entry. @throws 404, 403; 409 `trashed`; 422 */
export async function addEntry(
  db: Db,
  actor: AccountActor,
  book: string,
  content: CodexEntryV1,
): Promise<Entry> {
  return transact(db, async (tx) => {
    const { root, role } = await findBook(tx, actor, book);
    requireWriter(role);
    // Two first entries at once make one codex.
    await lockTree(tx, root);
    requireStanding(await findBook(tx, actor, book));
    const bucket =
      (await codicesOf(tx, book))[0] ??
      (await createBucket(tx, actor, { type: "codex", name: "Codex", parent: book })).id;
    return entryOf(await createBlob(tx, actor, { schema: "codex-entry-v1", bucket, content }));
  });
}

/** @throws 404, 403; 412 when `expected` is not its revision; 409 `trashed`; 422 */
export async function changeEntry(
  db: Db,
  actor: AccountActor,
  book: string,
  id: string,
  expected: number,
  content: CodexEntryV1,
): Promise<Entry> {
  await findEntry(db, actor, book, id);
  return entryOf(await putBlob(db, actor, id, expected, { content, schema: "codex-entry-v1" }));
}

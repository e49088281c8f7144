/**
 * The update log of documents in Postgres: appended to, read by number, shortened. Everything a
 * document is follows from it; a Yjs update may come twice or in another order without harm.
 */
import { eq, inArray, sql } from "drizzle-orm";
import type * as Y from "yjs";
import { documents, documentUpdates } from "../../drizzle/tables.ts";
import type { Bucket } from "../buckets/buckets.ts";
import { type Db, type Tx, transact } from "../database.ts";
import { firstUpdateOf } from "./first.ts";
import { newDocument } from "./model/document.ts";
import { applyAllRescuing, writeRescued } from "./model/rescue.ts";

export type Document = typeof documents.$inferSelect;

/** An update on its way into the log, with the name of who made it. */
export type Entry = { update: Uint8Array; actor: string };

/** What a reader of the log gets: everything after a number, up to `seq`. */
export type Read = { seq: number; updates: Uint8Array[] };

/** Bucket types whose words live in a document. */
const DOCUMENT_TYPES = ["chapter", "pitch"];

export const hasDocument = (bucket: Pick<Bucket, "type">) => DOCUMENT_TYPES.includes(bucket.type);

/**
 * The bucket's document, made when it is not there. The only place that makes one: whoever inserts
 * the row also writes the first update, so two processes that open it at once make one passage.
 */
export async function ensureDocument(
  db: Db,
  bucket: Pick<Bucket, "id" | "root">,
): Promise<Document> {
  return (await findDocument(db, bucket.id)) ?? makeDocument(db, bucket);
}

export async function findDocument(db: Db, bucket: string): Promise<Document | undefined> {
  const [row] = await db.select().from(documents).where(eq(documents.bucket, bucket));
  return row;
}

async function makeDocument(db: Db, bucket: Pick<Bucket, "id" | "root">): Promise<Document> {
  return transact(db, async (tx) => {
    const [made] = await tx
      .insert(documents)
      .values({ bucket: bucket.id, root: bucket.root })
      .onConflictDoNothing()
      .returning();
    if (made)
      await appendEntries(tx, bucket.id, [
        { update: await firstUpdateOf(tx, bucket.id), actor: "system" },
      ]);
    return (await findDocument(tx, bucket.id))!;
  });
}

/** The document of a bucket that is new in this transaction, which begins with words instead of an empty passage. */
export async function beginDocument(
  tx: Tx,
  bucket: Pick<Bucket, "id" | "root">,
  first: Entry,
): Promise<number> {
  await tx.insert(documents).values({ bucket: bucket.id, root: bucket.root });
  return (await appendEntries(tx, bucket.id, [first]))!;
}

/**
 * Appends in one statement, and so with one wait for the disk. Answers the number of the last one;
 * they are numbered without gaps. Undefined when the document is gone.
 */
export async function appendEntries(
  db: Db,
  document: string,
  entries: Entry[],
): Promise<number | undefined> {
  const updates = entries.map(({ update }) => asBuffer(update));
  const actors = entries.map(({ actor }) => actor);
  const { rows } = await db.execute<{ seq: number }>(sql`
    with given as (
      update documents
      set seq = seq + ${entries.length}, updated_at = now(), dirty_since = coalesce(dirty_since, now())
      where bucket = ${document} returning seq
    ), appended as (
      insert into document_updates (document, seq, update, actor)
      select ${document}, given.seq - ${entries.length} + entry.at, entry.update, entry.actor
      from given,
        unnest(${sql.param(updates)}::bytea[], ${sql.param(actors)}::text[])
          with ordinality as entry (update, actor, at)
    )
    select seq from given`);
  return rows[0] && Number(rows[0].seq);
}

/**
 * Everything after `after`, in one statement: a state and the updates behind it belong together, and
 * the log may be shortened between two statements. Undefined when the document is gone.
 */
export async function readLog(db: Db, document: string, after = 0): Promise<Read | undefined> {
  const { rows } = await db.execute<{ seq: number; update: Buffer | null }>(sql`
    with state as (
      select seq, state from document_states where document = ${document} and seq > ${after}
    )
    select seq, null as update from documents where bucket = ${document}
    union all
    select seq, state from state
    union all
    select seq, update from document_updates
    where document = ${document} and seq > greatest(${after}, coalesce((select seq from state), 0))
    order by seq, update nulls last`);
  if (rows.length === 0) return undefined;
  const updates = rows.flatMap(({ update }) => (update ? [new Uint8Array(update)] : []));
  return { seq: Number(rows.at(-1)!.seq), updates };
}

/**
 * The document as the log has it, in a Y.Doc of its own. Words that a merge in the log takes away are among its
 * recovered ones; where that is news to the log, `rescued` is the update that says so, for whoever
 * appends to it. @throws when the document is gone
 */
export async function readDocument(
  db: Db,
  document: string,
): Promise<{ doc: Y.Doc; seq: number; rescued: Uint8Array | undefined }> {
  const read = await readLog(db, document);
  if (!read) throw new Error(`The document ${document} is gone.`);
  const doc = newDocument();
  let rescued: Uint8Array | undefined;
  const lost = applyAllRescuing(doc, read.updates);
  doc.once("update", (update: Uint8Array) => {
    rescued = update;
  });
  writeRescued(doc, lost, new Date());
  return { doc, seq: read.seq, rescued };
}

/** The numbers that documents have reached. */
export async function lastNumbers(db: Db, ids: string[]): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ bucket: documents.bucket, seq: documents.seq })
    .from(documents)
    .where(inArray(documents.bucket, ids));
  return new Map(rows.map(({ bucket, seq }) => [bucket, seq]));
}

/** Puts `state`, which holds everything up to `seq`, in place of that part of the log. */
export async function shortenLog(
  db: Db,
  document: string,
  seq: number,
  state: Uint8Array,
): Promise<void> {
  await transact(db, async (tx) => {
    await tx.execute(sql`
      insert into document_states (document, seq, state) values (${document}, ${seq}, ${asBuffer(state)})
      on conflict (document) do update
      set seq = excluded.seq, state = excluded.state, created_at = now()
      where document_states.seq < excluded.seq`);
    await tx
      .delete(documentUpdates)
      .where(
        sql`document = ${document} and seq <= (select seq from document_states where document = ${document})`,
      );
  });
}

/** How many updates lie behind the state. */
export async function logLength(db: Db, document: string): Promise<number> {
  const { rows } = await db.execute<{ count: number }>(
    sql`select count(*)::int as count from document_updates where document = ${document}`,
  );
  return rows[0]!.count;
}

const asBuffer = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** How the studio and programs write into a document: through the log, like everybody else. */
import { setTimeout as sleep } from "node:timers/promises";
import * as Y from "yjs";
import { type AccountActor, type Actor, nameOf, requireWriter } from "../access.ts";
import { type BucketSeen, findBucket } from "../buckets/buckets.ts";
import { afterCommit, type Db, type Tx } from "../database.ts";
import { conflict, notFound, unavailable } from "../problem.ts";
import { appendEntries, ensureDocument, hasDocument, readDocument } from "./log.ts";
import type { Documents } from "./open.ts";
import { DOCUMENT_LIMIT_BYTES, REFUSALS } from "./protocol.ts";

/** How long a request waits until the database has what was typed before it, in milliseconds. */
const FLUSHED_WITHIN_MS = 5_000;

/** The bucket, if it has a document and the actor may see it; the document is made if it is new. @throws 404 */
export async function findDocumentBucket(
  db: Db,
  actor: AccountActor,
  id: string,
): Promise<BucketSeen> {
  const bucket = await findBucket(db, actor, id);
  if (!hasDocument(bucket)) throw notFound("This document");
  await ensureDocument(db, bucket);
  return bucket;
}

/** @throws 404, 403, 409 `trashed` */
export async function requireWritable(db: Db, actor: AccountActor, id: string) {
  const bucket = await findDocumentBucket(db, actor, id);
  requireWriter(bucket.role);
  if (bucket.trashedAt) throw conflict("trashed", "This is in the trash");
  return bucket;
}

/** What clients of this process have typed is in the log from here on. @throws 503 */
export async function settleDocument(documents: Documents, id: string): Promise<void> {
  const late = sleep(FLUSHED_WITHIN_MS, "late" as const, { ref: false });
  if ((await Promise.race([documents.flushed(id), late])) === "late") throw unavailable();
}

/**
 * Changes a document inside a transaction: `change` works on the document as the log has it, and what
 * it changed is appended. After the commit everybody who has it open sees it.
 * @throws 409 `document-too-large`
 */
export async function writeDocument<T>(
  tx: Tx,
  documents: Documents,
  actor: Actor,
  bucket: string,
  change: (doc: Y.Doc, seq: number) => T | Promise<T>,
): Promise<T> {
  const { doc, seq, rescued } = await readDocument(tx, bucket);
  const updates: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => updates.push(update));
  const answer = await change(doc, seq);
  if (updates.length === 0) return answer;
  if (Y.encodeStateAsUpdate(doc).byteLength > DOCUMENT_LIMIT_BYTES)
    throw conflict(REFUSALS.documentTooLarge.type, "Full", REFUSALS.documentTooLarge.sentence);
  // What comes now is numbered behind it.
  const update = Y.mergeUpdates(rescued ? [rescued, ...updates] : updates);
  const last = await appendEntries(tx, bucket, [{ update, actor: nameOf(actor) }]);
  if (last === undefined) throw notFound("This document");
  afterCommit(tx, () => documents.offer(bucket, { first: last, last, updates: [update] }));
  return answer;
}

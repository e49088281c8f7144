/**
 * Before a writer's page accepts a take: a version is kept, and no take comes into the passage by itself any more. One that
 * came in just now may not have reached the page, which therefore waits until it has all that the studio has;
 * else what the writer made of a take and the take as it was would both be in the prose.
 */
import { and, eq, inArray, isNull } from "drizzle-orm";
import * as Y from "yjs";
import { takeLandings } from "../../drizzle/tables.ts";
import type { Actor } from "../access.ts";
import type { Bucket } from "../buckets/buckets.ts";
import type { Tx } from "../database.ts";
import { readDocument } from "./log.ts";
import { readRows } from "./model/rows.ts";
import { keepVersion, standingOf } from "./versions.ts";

/** @returns what the page is to have heard of before it accepts, a Yjs state vector */
export async function beginAcceptance(
  tx: Tx,
  actor: Actor,
  bucket: Pick<Bucket, "id" | "root">,
  passage: string,
): Promise<Uint8Array> {
  await holdBack(tx, bucket.id, passage);
  const { doc, seq } = await readDocument(tx, bucket.id);
  await keepVersion(tx, actor, bucket, { name: null, reason: "accept" }, standingOf(doc, seq));
  const has = Y.decodeStateVector(Y.encodeStateVector(doc));
  // What was rescued in reading it, and nobody else has.
  has.delete(doc.clientID);
  return Y.encodeStateVector(has);
}

/** Of the row's passages. One that lands at this moment is waited for. */
async function holdBack(tx: Tx, document: string, passage: string): Promise<void> {
  const open = and(eq(takeLandings.document, document), isNull(takeLandings.settledAt));
  const waiting = await tx.select().from(takeLandings).where(open);
  if (waiting.length === 0) return;
  const { doc } = await readDocument(tx, document);
  const row = readRows(doc).find(({ passages }) => passages.includes(passage));
  await tx
    .update(takeLandings)
    .set({ settledAt: new Date(), outcome: "accepted" })
    .where(and(open, inArray(takeLandings.passage, row?.passages ?? [passage])));
}

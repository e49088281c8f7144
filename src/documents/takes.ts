/** What a writer does to takes beside accepting them: they are put aside, and come back. */
import type { AccountActor } from "../access.ts";
import { type Blob, findBlob } from "../blobs/blobs.ts";
import { lockBlob, patchBlob } from "../blobs/change.ts";
import type { Db, Tx } from "../database.ts";
import { notFound } from "../problem.ts";
import { changedWords, type WordRange } from "./changed-words.ts";
import { hashOf } from "./model/text.ts";
import { passageStates } from "./passages.ts";
import type { Reading } from "./reading.ts";

/** A take of a chapter. @throws 404 */
async function findTake(tx: Tx, actor: AccountActor, chapter: string, id: string): Promise<Blob> {
  const take = await findBlob(tx, actor, id);
  if (take.schema !== "expanded-text" || take.bucket !== chapter || take.trashedAt)
    throw notFound("This take");
  return take;
}

/** It stays among the chapter's blobs, marked. Discarding twice is discarding once. @throws 404, 403 */
export async function discardTake(
  tx: Tx,
  actor: AccountActor,
  chapter: string,
  id: string,
): Promise<void> {
  await lockBlob(tx, id);
  const { revision, metadata } = await findTake(tx, actor, chapter, id);
  if (typeof metadata.discardedAt === "string") return;
  const discardedAt = new Date().toISOString();
  await patchBlob(tx, actor, id, revision, { metadata: { discardedAt } });
}

/** Takes it back among the takes that are offered. @throws 404, 403 */
export async function putBackTake(
  tx: Tx,
  actor: AccountActor,
  chapter: string,
  id: string,
): Promise<void> {
  await lockBlob(tx, id);
  const { revision, metadata } = await findTake(tx, actor, chapter, id);
  if (metadata.discardedAt === undefined) return;
  await patchBlob(tx, actor, id, revision, { metadata: { discardedAt: null } });
}

/** What of a passage's notes is new since a take was asked for. */
export type NotesChanged = {
  passage: string;
  /** Of the notes that the ranges count in. */
  notesHash: string;
  ranges: WordRange[];
};

/** For each passage that is still there, since the ask of the take beside its id. */
export async function notesChanged(
  db: Db,
  reading: Reading,
  chapter: string,
  since: Map<string, string>,
): Promise<NotesChanged[]> {
  const states = await passageStates(db, reading, chapter);
  return states.flatMap(({ row, takes, discarded }): NotesChanged[] => {
    const id = since.get(row.id);
    const taken = [...takes, ...discarded].find(({ take }) => take.id === id);
    if (!taken || taken.rewrites) return [];
    const ranges = changedWords(taken.notes, row.notes);
    return [{ passage: row.id, notesHash: hashOf(row.notes), ranges }];
  });
}

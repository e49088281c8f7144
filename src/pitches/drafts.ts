/** Asking for drafts of sections: one ask each, whose takes come beside their text. */
import type { AccountActor } from "../access.ts";
import type { Bucket } from "../buckets/buckets.ts";
import type { Db } from "../database.ts";
import { askForExpansion } from "../documents/passages.ts";
import type { Reading } from "../documents/reading.ts";
import { readPitch, rebuiltBy, unwrittenIn } from "./pitch.ts";

export const DRAFTED = ["touched", "unwritten", "all"] as const;
export type Drafted = (typeof DRAFTED)[number];

/**
 * Asks for the sections that await a draft at this moment. `all`: every one that nobody edited by hand.
 * @returns their passages @throws 404, 403; 409 `ai-off`
 */
export async function askForDrafts(
  db: Db,
  reading: Reading,
  actor: AccountActor,
  pitch: Bucket,
  which: Drafted,
): Promise<string[]> {
  const state = await readPitch(db, reading, pitch);
  const wanted = {
    touched: () => rebuiltBy(state),
    unwritten: () => unwrittenIn(state),
    all: () => state.sections.filter(({ isByHand, isExpanding }) => !isByHand && !isExpanding),
  }[which]();
  for (const { passage } of wanted) await askForExpansion(db, reading, actor, pitch.id, passage);
  return wanted.map(({ passage }) => passage);
}

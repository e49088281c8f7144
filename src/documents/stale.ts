/** What of a chapter awaits an expansion, what asking for all of it would cost, and the asking. */
import type { AccountActor } from "../access.ts";
import { requireWriter } from "../access.ts";
import { createBlob } from "../blobs/blobs.ts";
import { requireAi } from "../buckets/ai.ts";
import type { Db, Tx } from "../database.ts";
import { standingOf } from "./model/standing.ts";
import { countWords, hashOf, hashOfText, textOf } from "./model/text.ts";
import { type PassageState, passageStates } from "./passages.ts";
import type { Reading } from "./reading.ts";
import { findDocumentBucket } from "./write.ts";

/** What a token is taken for, in characters: models differ, so this is told as "about". */
const CHARACTERS_A_TOKEN = 4;
/** Passages that are asked for at once; the rest can be asked for after them. */
export const STALE_AT_ONCE = 100;

/** Why a passage is left as it is. */
export type Refusal = "by-hand" | "expanding" | "waiting" | "up-to-date" | "no-notes" | "gone";

export type Stale = {
  /** Ids of those that would be asked for, in order. */
  passages: string[];
  /** How many more there are beyond {@link STALE_AT_ONCE}. */
  more: number;
  /** Passages whose prose was edited by hand though their notes say more: left as they are. */
  byHand: number;
  /** Words of the notes that would go out. */
  words: number;
  /** About so many tokens. */
  tokens: number;
};

/** Of an expansion, beside its notes: the directions that go out, and the prose that comes back. */
const TOKENS_ASKED = 400;
const TOKENS_ANSWERED = 260;

/** About what asking for all of them would use. */
export const usageOf = ({ passages, tokens }: Stale) => ({
  inputTokens: tokens + passages.length * TOKENS_ASKED,
  outputTokens: passages.length * TOKENS_ANSWERED,
});

export async function findStale(db: Db, reading: Reading, chapter: string): Promise<Stale> {
  const states = await passageStates(db, reading, chapter);
  const all = states.filter((state) => refusalOf(state) === null);
  const asked = all.slice(0, STALE_AT_ONCE);
  const characters = asked.reduce((sum, { row }) => sum + textOf(row.notes).length, 0);
  return {
    passages: asked.map(({ row }) => row.id),
    more: all.length - asked.length,
    byHand: states.filter((state) => refusalOf(state) === "by-hand").length,
    words: asked.reduce((sum, { row }) => sum + countWords(row.notes), 0),
    tokens: Math.ceil(characters / CHARACTERS_A_TOKEN),
  };
}

/** Prose edited by hand comes first: whatever else is true of it, it is never replaced unasked. */
function refusalOf(state: PassageState): Refusal | null {
  const { row, run, takes } = state;
  const standing = standingOf(row);
  if (countWords(row.notes) === 0) return "no-notes";
  if (standing === "edited by hand")
    return row.attributes.askHash === hashOf(row.notes) ? "up-to-date" : "by-hand";
  if (standing === "fresh") return "up-to-date";
  if (run?.status === "queued" || run?.status === "running") return "expanding";
  const newest = takes.findLast(({ rewrites }) => !rewrites);
  const isOffered = newest !== undefined && newest.take.id !== row.attributes.take;
  if (isOffered && hashOfText(newest.notes) === hashOf(row.notes)) return "waiting";
  return null;
}

export type Asked = { asked: string[]; refused: { passage: string; why: Refusal }[] };

/**
 * Asks for each of these passages that awaits it, as it stands at this moment; of the others it is told why not.
 * @throws 404, 403; 409 `ai-off`, `trashed`
 */
export async function askForStale(
  tx: Tx,
  reading: Reading,
  actor: AccountActor,
  chapter: string,
  passages: string[],
): Promise<Asked> {
  const bucket = await findDocumentBucket(tx, actor, chapter);
  requireWriter(bucket.role);
  await requireAi(tx, bucket.root);
  const states = await passageStates(tx, reading, chapter);
  const answer: Asked = { asked: [], refused: [] };
  for (const passage of new Set(passages.slice(0, STALE_AT_ONCE))) {
    const state = states.find(({ row }) => row.id === passage);
    const why = state ? refusalOf(state) : "gone";
    if (!state || why) {
      answer.refused.push({ passage, why: why ?? "gone" });
      continue;
    }
    await createBlob(tx, actor, {
      schema: "text-input-v1",
      bucket: chapter,
      content: { text: textOf(state.row.notes) },
      metadata: { passage },
    });
    answer.asked.push(passage);
  }
  return answer;
}

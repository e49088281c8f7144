/** Rescued words (`rescue.ts`) as they are offered: to put back, or to discard. */
import { Fragment } from "prosemirror-model";
import type * as Y from "yjs";
import { insertPassage, putBackPassage } from "./commands.ts";
import { fragmentOf, passagesOf, recoveredOf, STRUCTURE } from "./document.ts";
import { readHalf, writeFragment } from "./halves.ts";
import { coveredBy, type Entry, isEntry, keyOf, slice, without } from "./rescue.ts";
import { type Half, schema } from "./schema.ts";
import { paragraphsOf } from "./text.ts";

export type Recovered = {
  /** Names the range, for {@link discardRecovered} and {@link putBackRecovered}. */
  id: string;
  text: string;
  passage: string | null;
  half: Half | null;
  at: string;
};

/** What waits for a decision, the oldest first. */
export function readRecovered(doc: Y.Doc): Recovered[] {
  return runsOf(doc)
    .filter(({ text }) => text.trim() !== "")
    .map((run) => ({
      id: keyOf(run),
      text: run.text,
      passage: run.passage,
      half: run.half,
      at: run.at,
    }))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** Characters that were typed one behind the other are one run, however many pieces they came in. */
function runsOf(doc: Y.Doc): Entry[] {
  const runs: Entry[] = [];
  for (const entry of waiting(doc)) {
    const last = runs.at(-1);
    const continues =
      last?.client === entry.client &&
      last.clock + last.text.length === entry.clock &&
      entry.follows &&
      last.passage === entry.passage &&
      last.half === entry.half;
    if (continues) last.text += entry.text;
    else runs.push({ ...entry });
  }
  return runs;
}

/** Characters without a decision, each once, by client and clock. */
function waiting(doc: Y.Doc): Entry[] {
  const entries = [...recoveredOf(doc).values()].filter(isEntry);
  const settled = coveredBy(entries.filter(({ settledAt }) => settledAt !== undefined));
  const left = entries.flatMap((entry) => {
    const { client, clock, text } = entry;
    const open = without(settled, client, clock, clock + text.length);
    return open.map(([start, end]) => slice(entry, start, end));
  });
  left.sort((a, b) => a.client - b.client || a.clock - b.clock || b.text.length - a.text.length);
  const apart: Entry[] = [];
  let reached = 0;
  for (const [i, entry] of left.entries()) {
    if (entry.client !== left[i - 1]?.client) reached = 0;
    const end = entry.clock + entry.text.length;
    if (reached < end) apart.push(slice(entry, Math.max(entry.clock, reached), end));
    reached = Math.max(reached, end);
  }
  return apart;
}

/** The words stay in the document but are offered no more. @throws RangeError when they are not offered. */
export function discardRecovered(doc: Y.Doc, id: string, now: Date): void {
  const run = offered(doc, id);
  const settled: Entry = { ...run, settledAt: now.toISOString() };
  doc.transact(() => recoveredOf(doc).set(keyOf(run), settled), STRUCTURE);
}

/**
 * Puts the words behind the half they were typed in, or into a new row at the end when that is not known;
 * a removed passage comes back with them. One step of undo for a manager over {@link undoScope}.
 * @returns the passage that holds them now.
 * @throws RangeError when they are not offered.
 */
export function putBackRecovered(doc: Y.Doc, id: string, now: Date): string {
  const run = offered(doc, id);
  const words = paragraphsOf(run.text);
  const map = run.passage === null ? undefined : passagesOf(doc).get(run.passage);
  const fragment = run.half === null ? undefined : fragmentOf(map, run.half);
  if (fragment === undefined) {
    const prose = schema.nodes.prose.create(null, words);
    const passage = insertPassage(doc, "end", { prose });
    discardRecovered(doc, id, now);
    return passage;
  }
  const half = readHalf(fragment, run.half!);
  doc.transact(() => {
    writeFragment(doc, fragment, half.copy(half.content.append(Fragment.fromArray(words))));
    if (map!.has("gone")) putBackPassage(doc, run.passage!);
    discardRecovered(doc, id, now);
  }, STRUCTURE);
  return run.passage!;
}

function offered(doc: Y.Doc, id: string): Entry {
  const run = runsOf(doc).find((one) => keyOf(one) === id);
  if (run === undefined) throw new RangeError(`There is nothing to put back as ${id}.`);
  return run;
}

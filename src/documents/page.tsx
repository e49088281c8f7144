/** From rows to what the writer's page shows, and the fragments of it that change. */
import { ExpandingCountUpdate } from "../../views/chapters/page.tsx";
import { PassageUpdate } from "../../views/chapters/passage.tsx";
import {
  AGAINST_PROSE,
  type ComparedTake,
  type CompareLook,
  isExpanding,
  type PassageView,
  type RowView,
  type RunView,
  type ShownTake,
} from "../../views/chapters/passage-view.ts";
import { Prose } from "../../views/chapters/prose.tsx";
import type { Db } from "../database.ts";
import type { ExpandedTextV1 } from "../schemas/types.ts";
import { compare } from "./compare.ts";
import { htmlOf } from "./model/html.ts";
import type { Row } from "./model/rows.ts";
import { countWords, hashOf, hashOfText, textOf } from "./model/text.ts";
import { type PassageState, passageStates, type Taken } from "./passages.ts";
import type { Reading } from "./reading.ts";

/** What this process heard of a running run, which may be ahead of the last checkpoint. */
export type Heard = (run: string) => { attempt: number; text: string } | undefined;

export async function passageViews(
  db: Db,
  reading: Reading,
  chapter: string,
  heard: Heard,
): Promise<PassageView[]> {
  const states = await passageStates(db, reading, chapter);
  return states.map((state, at) => passageView(chapter, state, at + 1, heard));
}

/** Which take one looks at, and how; by itself it is the newest, alone. */
export type Looking = {
  take?: string | undefined;
  compare?: { look: CompareLook; against: string } | undefined;
  discardedNow?: string | undefined;
};

export function passageView(
  chapter: string,
  state: PassageState,
  number: number,
  heard: Heard,
  looking: Looking = {},
): PassageView {
  const { row, discarded } = state;
  const notes = textOf(row.notes);
  const found = takenFor(state, looking.take);
  return {
    id: row.id,
    number,
    chapter,
    notes,
    row: rowView(row),
    run: runView(state, heard),
    take: found ? (found.taken.take.content as ExpandedTextV1) : leftByDead(state),
    shown: found && shownTake(found),
    discarded: discarded.map(({ take }) => take.id),
    // Put back meanwhile, elsewhere: then there is nothing to undo.
    discardedNow: discarded.find(({ take }) => take.id === looking.discardedNow)?.take.id ?? null,
    compared: found && looking.compare ? comparedTake(state, found.taken, looking.compare) : null,
  };
}

const rowView = ({ parts, attributes, notes, prose }: Row): RowView => ({
  // Made when it is asked for: of the chapters beside the one that is shown only the marks are.
  parts: parts.map((part) => ({
    id: part.id,
    get notes() {
      return htmlOf(part.notes);
    },
    get prose() {
      return htmlOf(part.prose);
    },
  })),
  attributes,
  notesHash: hashOf(notes),
  proseHash: hashOf(prose),
  hasNotes: countWords(notes) > 0,
  hasProse: countWords(prose) > 0,
});

type Found = { taken: Taken; among: Taken[]; isDiscarded: boolean };

/** The one that is named, discarded or not; else the newest. Null for what a dead run left: that is no take. */
function takenFor(state: PassageState, id: string | undefined): Found | null {
  const { takes, discarded } = state;
  for (const among of [takes, discarded]) {
    const taken = among.find(({ take }) => take.id === id);
    if (taken) return { taken, among, isDiscarded: among === discarded };
  }
  const newest = takes.at(-1);
  if (!newest || leftByDead(state)) return null;
  return { taken: newest, among: takes, isDiscarded: false };
}

const shownTake = ({ taken, among, isDiscarded }: Found): ShownTake => ({
  ids: among.map(({ take }) => take.id),
  id: taken.take.id,
  askHash: taken.rewrites ? null : hashOfText(taken.notes),
  askedAt: taken.askedAt.toISOString(),
  rewrites: taken.rewrites,
  isDiscarded,
});

/** A run that died leaves what it had written; that is newer than any take before it. */
function leftByDead({ run, partial }: PassageState): ExpandedTextV1 | null {
  if (run?.status !== "dead" || !partial?.text.trim()) return null;
  const { text, model, practice } = partial;
  return { text, model: model ?? "unknown", practice, ended: "cut" };
}

function comparedTake(
  { row, takes, discarded }: PassageState,
  taken: Taken,
  { look, against }: NonNullable<Looking["compare"]>,
): ComparedTake {
  const other = [...takes, ...discarded].find(({ take }) => take.id === against);
  const before = other ? wordsOf(other) : (taken.rewrites?.text ?? row.prose);
  // Rewritten words stand in for the old ones, whatever they have in common.
  const isOneForOther = !other && taken.rewrites !== null;
  return {
    ...compare(before, wordsOf(taken), undefined, isOneForOther ? 0 : undefined),
    look,
    against: other ? other.take.id : AGAINST_PROSE,
    proseHash: hashOf(row.prose),
    at: (other?.askedAt ?? new Date()).toISOString(),
  };
}

const wordsOf = ({ take }: Taken): string => (take.content as ExpandedTextV1).text;

function runView({ run, partial }: PassageState, heard: Heard): RunView | null {
  if (!run) return null;
  const live = run.status === "running" ? heard(run.id) : undefined;
  return {
    id: run.id,
    status: run.status,
    attempt: run.attempt,
    partial: live?.attempt === run.attempt ? live.text : keptText(run, partial),
    problem: run.error?.sentence ?? null,
    isSettings: OF_SETTINGS.has(run.error?.type ?? ""),
    dueAt: run.status === "queued" && run.error ? run.dueAt.toISOString() : null,
    elapsedMs: run.startedAt ? Math.max(0, Date.now() - run.startedAt.getTime()) : null,
  };
}

/** Failures that another key, address, model or budget mends. */
const OF_SETTINGS = new Set([
  "budget",
  "model-address",
  "model-key",
  "model-not-found",
  "model-quota",
  "model-unauthorized",
  "model-unreachable",
  "model-unreadable",
]);

/** An older attempt's text is shown while the run waits, not under what a new attempt writes. */
function keptText(run: NonNullable<PassageState["run"]>, partial: PassageState["partial"]): string {
  if (!partial) return "";
  return run.status !== "running" || partial.attempt === run.attempt ? partial.text : "";
}

/** The fragments that follow from a change of one passage. */
export async function passageUpdate(
  db: Db,
  reading: Reading,
  chapter: string,
  passage: string,
  heard: Heard,
) {
  const views = await passageViews(db, reading, chapter, heard);
  const changed = views.find((view) => view.id === passage);
  if (!changed) return null;
  return (
    <>
      <PassageUpdate passage={changed} />
      <ExpandingCountUpdate count={views.filter(({ run }) => isExpanding(run)).length} />
    </>
  );
}

/** What stands beside a passage's prose, as one looks at it; null when there is no such passage. */
export async function offerOf(
  db: Db,
  reading: Reading,
  chapter: string,
  passage: string,
  heard: Heard,
  looking: Looking,
) {
  const states = await passageStates(db, reading, chapter);
  const at = states.findIndex(({ row }) => row.passages.includes(passage));
  if (at < 0) return null;
  return <Prose passage={passageView(chapter, states[at]!, at + 1, heard, looking)} />;
}

/** From rows to what the writer's page shows, and the fragments of it that change. */
import { ChapterMarkUpdate } from "../../views/chapters/outline.tsx";
import { ExpandingCountUpdate } from "../../views/chapters/page.tsx";
import { PassageUpdate } from "../../views/chapters/passage.tsx";
import {
  isExpanding,
  markOf,
  type PassageView,
  type RowView,
  type RunView,
  type ShownTake,
} from "../../views/chapters/passage-view.ts";
import type { MarkName } from "../../views/ui/mark.tsx";
import type { Db } from "../database.ts";
import type { ExpandedTextV1 } from "../schemas/types.ts";
import { htmlOf } from "./model/html.ts";
import type { Row } from "./model/rows.ts";
import { countWords, hashOf, hashOfText, textOf } from "./model/text.ts";
import { type PassageState, passageStates } from "./passages.ts";
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

export function passageView(
  chapter: string,
  state: PassageState,
  number: number,
  heard: Heard,
): PassageView {
  const { row } = state;
  const notes = textOf(row.notes);
  return {
    id: row.id,
    number,
    chapter,
    notes,
    row: rowView(row),
    run: runView(state, heard),
    take: newestTake(state),
    shown: shownTake(state),
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

/** Null for what a dead run left: that is no take, and cannot be accepted. */
function shownTake({ run, takes, partial }: PassageState): ShownTake | null {
  const newest = takes.at(-1);
  if (!newest || (run?.status === "dead" && partial?.text.trim())) return null;
  return {
    ids: takes.map(({ take }) => take.id),
    id: newest.take.id,
    askHash: hashOfText(newest.notes),
  };
}

/** A run that died leaves what it had written; that is newer than any take before it. */
function newestTake({ run, takes, partial }: PassageState): ExpandedTextV1 | null {
  if (run?.status === "dead" && partial?.text.trim()) {
    const { text, model, practice } = partial;
    return { text, model: model ?? "unknown", practice, ended: "cut" };
  }
  return (takes.at(-1)?.take.content as ExpandedTextV1 | undefined) ?? null;
}

function runView({ run, partial }: PassageState, heard: Heard): RunView | null {
  if (!run) return null;
  const live = run.status === "running" ? heard(run.id) : undefined;
  return {
    id: run.id,
    status: run.status,
    attempt: run.attempt,
    partial: live?.attempt === run.attempt ? live.text : keptText(run, partial),
    problem: run.error?.sentence ?? null,
    dueAt: run.status === "queued" && run.error ? run.dueAt.toISOString() : null,
  };
}

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
      <ChapterMarkUpdate id={chapter} mark={markOfChapter(views)} />
    </>
  );
}

/** The mark that stands for a chapter: what awaits the writer first. */
export function markOfChapter(views: PassageView[]): MarkName {
  if (views.length === 0) return "to-write";
  const marks = views.map(markOf);
  return URGENT.find((mark) => marks.includes(mark)) ?? "fresh";
}

const URGENT: MarkName[] = ["expanding", "changed", "to-write"];

/** From rows to what the writer's page shows, and the fragments of it that change. */
import { ChapterMarkUpdate } from "../../views/chapters/outline.tsx";
import { ExpandingCountUpdate } from "../../views/chapters/page.tsx";
import { PassageUpdate } from "../../views/chapters/passage.tsx";
import {
  isExpanding,
  markOf,
  type PassageView,
  type RunView,
} from "../../views/chapters/passage-view.ts";
import type { MarkName } from "../../views/ui/mark.tsx";
import type { Db } from "../database.ts";
import type { ExpandedTextV1, TextInputV1 } from "../schemas/types.ts";
import { textOf } from "./model/text.ts";
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
  return states.map((state, at) => passageView(state, at + 1, heard));
}

export function passageView(state: PassageState, number: number, heard: Heard): PassageView {
  const { row, ask } = state;
  const notes = textOf(row.notes);
  return {
    id: row.id,
    number,
    notes,
    revision: 0,
    run: runView(state, heard),
    take: newestTake(state),
    notesChanged: ask !== undefined && (ask.content as TextInputV1).text.trim() !== notes.trim(),
  };
}

/** A run that died leaves what it had written; that is newer than any take before it. */
function newestTake({ run, take, partial }: PassageState): ExpandedTextV1 | null {
  if (run?.status === "dead" && partial?.text.trim()) {
    const { text, model, practice } = partial;
    return { text, model: model ?? "unknown", practice, ended: "cut" };
  }
  return take ? (take.content as ExpandedTextV1) : null;
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

/** Keeps the marks on the spine, what Accept would do, and the counts of words true to the document. */
import type * as Y from "yjs";
import { type Row, readRows } from "../../../src/documents/model/rows.ts";
import { countWords, hashOf } from "../../../src/documents/model/text.ts";
import { MARKS_ID, markFor } from "../../chapters/passage-view.ts";
import { wordsLabel } from "../../prose.ts";
import type { MarkName } from "../../ui/mark.tsx";
import { offerOf, spineOf } from "./furniture.ts";

/** What was typed is looked at this long after, in milliseconds. */
const LOOK_AFTER_MS = 120;

/** What accepting the offered take would do: fill, or go below what was typed; or it has been accepted. */
export type Fit = "fits" | "below" | "accepted";

/** A take may take the place of nothing, or of prose that nobody touched since it was accepted. */
export function fitOf({ prose, attributes }: Row, take: string | undefined): Fit {
  if (take !== undefined && attributes.take === take) return "accepted";
  const isUntouched = attributes.proseHash !== null && attributes.proseHash === hashOf(prose);
  return countWords(prose) === 0 || isUntouched ? "fits" : "below";
}

export function startStanding(doc: Y.Doc): { look(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;

  function look(): void {
    clearTimeout(timer);
    timer = undefined;
    const rows = readRows(doc);
    for (const row of rows) show(row);
    for (const half of ["notes", "prose"] as const) {
      const shown = document.querySelector<HTMLElement>(`[data-words-of="${half}"]`);
      const words = wordsLabel(rows.reduce((sum, row) => sum + countWords(row[half]), 0));
      if (!shown) continue;
      if (shown.textContent !== words) shown.textContent = words;
      shown.parentElement!.hidden = false;
    }
  }

  doc.on("afterAllTransactions", () => {
    timer ??= setTimeout(look, LOOK_AFTER_MS);
  });
  return { look };
}

function show(row: Row): void {
  const offer = offerOf(row.id);
  const { take, askHash } = offer?.dataset ?? {};
  const fit = fitOf(row, take);
  const cell = offer?.closest<HTMLElement>(".take-cell");
  if (cell) cell.dataset.fit = fit;
  const mark = markFor({
    isExpanding: offer?.querySelector("[data-run]") != null,
    hasProse: countWords(row.prose) > 0,
    notesHash: hashOf(row.notes),
    proseHash: hashOf(row.prose),
    attributes: row.attributes,
    offered: take !== undefined && fit !== "accepted" ? (askHash ?? null) : null,
  });
  setMark(row.id, mark);
}

function setMark(id: string, mark: MarkName): void {
  const spine = spineOf(id);
  if (!spine || spine.classList.contains(mark)) return;
  const marks = document.getElementById(MARKS_ID) as HTMLTemplateElement | null;
  const model = marks?.content.querySelector(`.spine.${mark}`);
  if (!model) return;
  const widget = spine.classList.contains("ProseMirror-widget") ? " ProseMirror-widget" : "";
  spine.className = `spine ${mark}${widget}`;
  spine.replaceChildren(...model.cloneNode(true).childNodes);
}

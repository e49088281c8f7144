/**
 * Keeps the marks on the spine, what Accept would do, and the counts of words true to the document. They came with the
 * page: this is loaded behind the first key.
 */
import type * as Y from "yjs";
import { ATTRIBUTES } from "../../../src/documents/model/document.ts";
import { fitOf } from "../../../src/documents/model/fit.ts";
import { type Row, readRows } from "../../../src/documents/model/rows.ts";
import { countWords, hashOf } from "../../../src/documents/model/text.ts";
import type { Words } from "../../../src/documents/model/words-at.ts";
import { COUNTED, STANDING_SEEN } from "../../chapters/outline-ids.ts";
import { MARKS_ID, markFor } from "../../chapters/passage-view.ts";
import { wordsLabel } from "../../prose.ts";
import type { MarkName } from "../../ui/mark.tsx";
import { offerOf, spineOf } from "./furniture.ts";

/** What was typed is looked at this long after, in milliseconds. */
const LOOK_AFTER_MS = 120;

export function startStanding(doc: Y.Doc): { look(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let seen = new Map<string, Row>();

  /** @param isPageSame nothing was swapped: what follows from a row that is the same is there already */
  function see(isPageSame: boolean): void {
    clearTimeout(timer);
    timer = undefined;
    const rows = readRows(doc);
    for (const row of rows) if (!isPageSame || !isSame(row, seen.get(row.id))) show(row);
    seen = new Map(rows.map((row) => [row.id, row]));
    const prose = rows.reduce((sum, row) => sum + countWords(row.prose), 0);
    document.dispatchEvent(new CustomEvent(COUNTED, { detail: prose }));
    for (const half of ["notes", "prose"] as const) {
      const shown = document.querySelector<HTMLElement>(`[data-words-of="${half}"]`);
      const words = wordsLabel(rows.reduce((sum, row) => sum + countWords(row[half]), 0));
      if (!shown) continue;
      if (shown.textContent !== words) shown.textContent = words;
      shown.parentElement!.hidden = false;
    }
    document.dispatchEvent(new CustomEvent(STANDING_SEEN));
  }

  doc.on("afterAllTransactions", () => {
    timer ??= setTimeout(() => see(true), LOOK_AFTER_MS);
  });
  return { look: () => see(false) };
}

/** Halves are the same nodes while nothing in them changed. */
const isSame = (row: Row, before: Row | undefined): boolean =>
  row.notes === before?.notes &&
  row.prose === before.prose &&
  ATTRIBUTES.every((name) => row.attributes[name] === before.attributes[name]);

function show(row: Row): void {
  const offer = offerOf(row.id);
  const { take, askHash } = offer?.dataset ?? {};
  const fit = fitOf(row, { take, rewrites: wordsIn(offer) });
  const cell = offer?.closest<HTMLElement>(".take-cell");
  const isStale = askHash !== undefined && fit !== "accepted" && askHash !== hashOf(row.notes);
  // The editor hears of every attribute that is set.
  if (cell && cell.dataset.fit !== fit) cell.dataset.fit = fit;
  if (cell && "stale" in cell.dataset !== isStale) cell.toggleAttribute("data-stale", isStale);
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

/** The words of the prose that the take on offer rewrites. */
export function wordsIn(offer: HTMLElement | null): Words | null {
  const { rewrites, before = "", after = "" } = offer?.dataset ?? {};
  return rewrites === undefined ? null : { text: rewrites, before, after };
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

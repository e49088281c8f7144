/** Some words of the prose are selected: the command that rewrites them stands beside them on the spine. */
import type { EditorState } from "prosemirror-state";
import { TextSelection } from "prosemirror-state";
import type { EditorView } from "prosemirror-view";
import { type Words, wordsBetween } from "../../../src/documents/model/words-at.ts";
import { excerpt } from "../../prose.ts";
import { announce } from "../announce.ts";
import { unfolded } from "../folded.ts";
import { offerOf } from "./furniture.ts";
import { type Cell, cellOf } from "./place.ts";
import type { TakeParts } from "./takes.ts";

/** As `text-input-v1` has it, in UTF-16 units. */
const TEXT_LIMIT = 20_000;
/** Where the command stands at the least, below the mark and a gloss of two lines; in pixels. */
const BELOW_GLOSS_PX = 64;
/** Its own height, and the least that it stands below the top: the mark stays to be seen. In pixels. */
const COMMAND_PX = 28;
const BELOW_MARK_PX = 20;

export function rewriting({ view: viewNow, sync }: TakeParts) {
  let shown: HTMLElement | null = null;

  /** Undefined where nothing can be rewritten. */
  function selected(): { view: EditorView; cell: Cell; words: Words } | undefined {
    const view = viewNow();
    if (!view?.editable || document.querySelector('[data-ai="off"]')) return undefined;
    const found = wordsOf(view.state);
    return found && { view, ...found };
  }

  function see(): void {
    const found = selected();
    const command =
      found && offerOf(rowOf(found.view, found.cell))?.querySelector("[data-rewrite]");
    if (shown && shown !== command) hide();
    if (!found || !(command instanceof HTMLElement)) return;
    const row = command.closest(".passage")!.getBoundingClientRect();
    const { top } = found.view.coordsAtPos(found.view.state.selection.from);
    // In a low row it stands over the gloss.
    const lowest = Math.max(row.height - COMMAND_PX, BELOW_MARK_PX);
    const at = Math.min(Math.max(top - row.top, BELOW_GLOSS_PX), lowest);
    command.style.setProperty("--at", `${at}px`);
    command.hidden = false;
    shown = command;
  }

  function hide(): void {
    if (shown) shown.hidden = true;
    shown = null;
  }

  document.addEventListener("selectionchange", () => {
    const view = viewNow();
    // The editor takes the selection in with an event of its own.
    if (shown && view) requestAnimationFrame(() => (wordsOf(view.state) ? see() : hide()));
  });
  // A press must not take the selection away before it is asked what was selected.
  document.addEventListener("pointerdown", (event) => {
    if ((event.target as Element).closest("[data-rewrite]")) event.preventDefault();
  });
  // Before the editor hears of it, to whom Escape means to step out of the text.
  document.addEventListener("keydown", hear, { capture: true });
  function hear(event: KeyboardEvent): void {
    const form = (event.target as Element).closest<HTMLElement>("[data-rewriting]");
    if (event.key !== "Escape" || !form) return;
    event.preventDefault();
    event.stopPropagation();
    close(form);
  }

  function open(): void {
    const found = selected();
    if (!found) {
      announce("Select some words of the prose to rewrite them.");
      return;
    }
    const offer = unfolded(offerOf(rowOf(found.view, found.cell)));
    const form = offer?.querySelector<HTMLFormElement>("form[data-rewriting]");
    if (!form || offer?.querySelector("[data-run]")) return;
    if (!sync.state().isTogether) announce("Asking waits for the connection.");
    for (const name of ["text", "before", "after"] as const)
      form.querySelector<HTMLInputElement>(`[name="${name}"]`)!.value = found.words[name];
    const shownWords = form.querySelector("[data-rewriting-words]");
    if (shownWords) shownWords.textContent = excerpt(found.words.text);
    form.hidden = false;
    hide();
    const field = form.querySelector<HTMLElement>('[name="instruction"]')!;
    field.focus();
    form.scrollIntoView({ block: "nearest" });
  }

  function close(within: Element): void {
    const form = within.closest("form") ?? within.querySelector<HTMLElement>("[data-rewriting]");
    if (form) (form as HTMLElement).hidden = true;
    viewNow()?.focus();
  }

  return { see: () => requestAnimationFrame(see), open, close };
}

function wordsOf({ doc, selection }: EditorState): { cell: Cell; words: Words } | undefined {
  if (!(selection instanceof TextSelection) || selection.empty) return undefined;
  const cell = cellOf(selection.$from);
  if (cell?.half !== "prose" || cellOf(selection.$to)?.passage !== cell.passage) return undefined;
  const half = doc.nodeAt(cell.start - 1);
  if (!half) return undefined;
  const words = wordsBetween(half, selection.from - cell.start, selection.to - cell.start);
  return words.text === "" || words.text.length > TEXT_LIMIT ? undefined : { cell, words };
}

/** What is merged into a row is offered at its first passage. */
function rowOf({ state }: EditorView, { index, passage }: Cell): string {
  return state.doc.child(index).attrs.under ?? passage;
}

/**
 * Focus: the page with nothing on it but the words, the line one writes in at a steady height. What is on screen is a
 * matter of classes (`chapters/focus.css`); nothing is kept, and Escape leaves it.
 */

import { HALVES_CHANGED } from "../chapters/panes-ids.ts";
import { PASSAGES_ID } from "../chapters/passage-view.ts";
import { announce } from "./announce.ts";
import { keepingPlace } from "./panes.ts";

/** Where the line one writes in stands, of the height of the screen. */
const LINE_AT = 0.6;
/** So far it may stray before the page moves, in CSS pixels: less than a line. */
const SLACK = 4;

const root = document.documentElement;
const pane = () => document.getElementById("main")!;
const text = () => document.getElementById(PASSAGES_ID);

/** The halves that were on screen before; null while focus is off. */
let halvesBefore: string | null = null;
let ended = new AbortController();

export function toggle(): void {
  if (halvesBefore !== null) leave();
  // Two versions beside each other have the page for themselves.
  else if (!root.classList.contains("comparing")) enter();
}

function enter(): void {
  const { halves = "both" } = pane().dataset;
  halvesBefore = halves;
  show("both", true);
  ended = new AbortController();
  const { signal } = ended;
  // Before the editor hears of it, to whom Escape means to step out of the text.
  document.addEventListener("keydown", leaveOn, { capture: true, signal });
  // A click leaves the page where it is; what is typed goes on at the line.
  let isTyping = false;
  document.addEventListener("keydown", () => (isTyping = true), { signal });
  document.addEventListener("pointerdown", () => (isTyping = false), { signal });
  document.addEventListener("selectionchange", () => isTyping && requestAnimationFrame(follow), {
    signal,
  });
  text()?.focus({ preventScroll: true });
  announce("Focus. Escape leaves it.");
}

function leave(): void {
  const halves = halvesBefore!;
  halvesBefore = null;
  ended.abort();
  const within = document.activeElement?.closest(".topbar");
  show(halves, false);
  if (within) text()?.focus({ preventScroll: true });
  announce("Out of focus.");
}

function show(halves: string, isOn: boolean): void {
  keepingPlace(() => {
    root.classList.toggle("focusing", isOn);
    pane().dataset.halves = halves;
  });
  document.dispatchEvent(new Event(HALVES_CHANGED));
}

/** Not where Escape has something nearer to close. */
function leaveOn(event: KeyboardEvent): void {
  const target = event.target as Element;
  if (event.key !== "Escape" || event.isComposing || target.matches("input, textarea, .grip"))
    return;
  if (document.querySelector(":popover-open, dialog[open]")) return;
  event.preventDefault();
  event.stopPropagation();
  leave();
}

function follow(): void {
  const selection = getSelection();
  if (!selection?.isCollapsed || !text()?.contains(selection.anchorNode)) return;
  const line = selection.getRangeAt(0).getClientRects()[0] ?? elementAt(selection);
  const by = line.top - innerHeight * LINE_AT;
  if (Math.abs(by) > SLACK) scrollBy({ top: by, behavior: "instant" });
}

/** An empty line has no text to measure. */
function elementAt({ anchorNode, anchorOffset }: Selection): DOMRect {
  const around = anchorNode instanceof Element ? anchorNode : anchorNode!.parentElement!;
  const at = around.childNodes[anchorOffset];
  return (at instanceof Element ? at : around).getBoundingClientRect();
}

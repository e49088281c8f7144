/** Buttons at takes, and rewriting what is selected. What they do is loaded at the first press. */
import type { EditorView } from "prosemirror-view";
import type * as Y from "yjs";
import { startFolded, unfolded } from "../folded.ts";
import { onUse } from "../on-use.ts";
import type { Sync } from "./sync.ts";
import type { Undoing } from "./undo.ts";

export type TakeParts = {
  doc: Y.Doc;
  bucket: string;
  sync: Sync;
  undo: Undoing;
  /** Undefined until the chapter is there. */
  view(): EditorView | undefined;
  /** Brings the marks up to date. */
  look(): void;
};

/** `data-…` of the buttons that act. */
const ACTS = ["accept", "acceptOne", "discard", "putsBack", "shows", "compares", "edit", "copy"];

export function startTakes(parts: TakeParts): void {
  startFolded();
  const acts = onUse(() => import("./take-acts.ts").then(({ takeActs }) => takeActs(parts)));
  const rewriting = onUse(() => import("./rewrite.ts").then((module) => module.rewriting(parts)));

  document.addEventListener("click", ({ target }) => {
    const button = (target as Element).closest<HTMLElement>("button");
    const offer = button?.closest<HTMLElement>(".offer");
    if (!button || !offer || button.getAttribute("aria-disabled") === "true") return;
    if ("opens" in button.dataset) open(button, offer);
    if (ACTS.some((act) => act in button.dataset))
      void acts().then(({ press }) => press(button, offer));
    if ("rewrite" in button.dataset) void rewriting().then(({ open }) => open());
    if ("closesRewriting" in button.dataset) void rewriting().then(({ close }) => close(offer));
  });
  document.addEventListener("change", ({ target }) => {
    const choice = (target as Element).closest<HTMLSelectElement>("[data-compares-with]");
    if (choice) void acts().then(({ compareWith }) => compareWith(choice));
  });
  document.addEventListener("selectionchange", () => {
    // In the prose, and some of it.
    const { anchorNode, isCollapsed } = getSelection()!;
    const half = anchorNode?.parentElement?.closest('[data-half="prose"]');
    if (half && !isCollapsed) void rewriting().then(({ see }) => see());
  });
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || !event.shiftKey || event.ctrlKey || event.metaKey) return;
    if (event.code !== "KeyR" || event.repeat || !parts.view()?.hasFocus()) return;
    event.preventDefault();
    void rewriting().then(({ open }) => open());
  });
}

/** At once: who presses it goes on typing, into the field. */
function open(button: HTMLElement, offer: HTMLElement): void {
  unfolded(offer);
  const form = document.getElementById(button.getAttribute("aria-controls") ?? "");
  if (!form) return;
  form.hidden = !form.hidden;
  button.ariaExpanded = String(!form.hidden);
  if (!form.hidden) form.querySelector<HTMLElement>("input:not([type=hidden])")?.focus();
}

/**
 * Buttons that ask the studio for something. Every press carries a key of its own, so that a repeated request
 * has one effect; it can keep the focus while it is under way; what went wrong is said beside it. `data-asks`
 * names a passage whose notes go along as they stand.
 */

import { proseId } from "../chapters/passage-view.ts";
import type { Editor } from "./editor/editor.ts";
import { unfolded } from "./folded.ts";
import { onHtmx, type RequestDetail } from "./htmx-events.ts";

/** The ask carries the notes itself, so it does not wait longer than this for them to be kept. */
const FLUSH_MS = 3_000;

export function startAsks(editor: Editor | null): void {
  onHtmx<RequestDetail>("htmx:config:request", ({ ctx }) => {
    if (ctx.request.method === "GET") return;
    const passage = (ctx.sourceElement as HTMLElement).dataset.asks;
    if (passage && editor) ctx.request.body.set("notes", editor.notesOf(passage));
    ctx.request.headers["Idempotency-Key"] = keyFor(ctx.sourceElement, ctx.request.body);
  });

  onHtmx<RequestDetail>("htmx:before:request", ({ ctx }) => {
    const button = ctx.sourceElement as HTMLElement;
    button.setAttribute("aria-busy", "true");
    button.setAttribute("aria-disabled", "true");
    say(button, "");
    if (!button.dataset.asks && !("flushes" in button.dataset)) return;
    // The studio has to know the passage that is asked for, and what was typed before.
    ctx.fetch = async (url, request) => {
      await editor?.flush(FLUSH_MS);
      return fetch(url, request);
    };
  });

  onHtmx<RequestDetail>("htmx:finally:request", ({ ctx }) => {
    if (ctx.response && ctx.response.status < 500) unanswered.delete(ctx.sourceElement);
    ctx.sourceElement.removeAttribute("aria-busy");
    ctx.sourceElement.removeAttribute("aria-disabled");
  });

  onHtmx<RequestDetail>("htmx:response:error", ({ ctx }) => {
    // An answer with fragments says it in the page itself.
    if (!ctx.text?.includes("<hx-partial")) say(ctx.sourceElement, sentence(ctx));
  });
  onHtmx<RequestDetail>("htmx:error", ({ ctx }) => {
    if (ctx && !ctx.response) say(ctx.sourceElement, AWAY);
  });

  startChords(editor);
}

export const AWAY = "The studio did not answer. Nothing is lost; try again.";

function sentence({ response, text }: RequestDetail["ctx"]): string {
  if (response?.status === 401)
    return "You are signed out. Sign in in another tab, then try again.";
  try {
    const { detail, title } = JSON.parse(text ?? "");
    return detail ?? title ?? AWAY;
  } catch {
    return AWAY;
  }
}

function say(button: Element, words: string): void {
  const problem = button.closest(".offer, .answers")?.querySelector<HTMLElement>("[data-problem]");
  if (!problem) return;
  problem.textContent = words;
  problem.hidden = words === "";
}

/** Presses that no answer came to: their request may have arrived all the same. */
const unanswered = new WeakMap<Element, { key: string; body: string }>();

/** A press of its own has a key of its own; one that repeats an unanswered press has the same. */
function keyFor(button: Element, form: FormData): string {
  const body = JSON.stringify([...form]);
  const before = unanswered.get(button);
  const key = before?.body === body ? before.key : freshKey();
  unanswered.set(button, { key, body });
  return key;
}

/** A UUID. Where the studio is reached over plain HTTP, addresses of blobs alone are made of one (File API, 8.3). */
function freshKey(): string {
  if (crypto.randomUUID) return crypto.randomUUID();
  const address = URL.createObjectURL(new Blob());
  URL.revokeObjectURL(address);
  return address.slice(-UUID_LENGTH);
}

const UUID_LENGTH = 36;

/** Ctrl or ⌘ with Enter expands the row one is in, or expands it again; with a full stop stops it. */
function startChords(editor: Editor | null): void {
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.repeat) return;
    const wanted = { Enter: "[data-asks]", ".": "[data-stops]" }[event.key];
    const beside = (event.target as Element).closest<HTMLElement>(".take-cell");
    const section = beside?.closest<HTMLElement>("[data-passage]");
    const id = section?.dataset.passage ?? editor?.current();
    if (!wanted || !id || document.querySelector('[data-ai="off"], [data-reads]')) return;
    // There it accepts what is written, or asks for it.
    if ((event.target as Element).closest(".edited, [data-rewriting]")) return;
    event.preventDefault();
    if (wanted === "[data-asks]" && editor?.notesOf(id).trim() === "") return;
    const found = unfolded(document.getElementById(proseId(id)))?.querySelector<HTMLElement>(
      wanted,
    );
    if (found instanceof HTMLFormElement) found.requestSubmit();
    else found?.click();
  });
  // The second half of a double click on Expand must not hit the Stop that took its place.
  document.addEventListener(
    "click",
    (event) => {
      if (event.detail < 2 || !(event.target as Element).closest("[data-stops]")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    { capture: true },
  );
}

/**
 * The title at the head of the page, written in place: Enter keeps it and goes on to the text, Escape takes it back.
 * One that the studio did not take stays as it was written, with the reason beneath, and is sent again when it was
 * written in again.
 */
import { CHAPTER_TITLE_ID, UNTITLED } from "../chapters/outline-ids.ts";
import { PASSAGES_ID } from "../chapters/passage-view.ts";
import { send } from "./outline-send.ts";

/** In characters, as names of buckets are bounded. */
const LONGEST = 500;

export function startTitle(head: HTMLElement): { refused(reason: string): void } {
  const title = () => document.getElementById(CHAPTER_TITLE_ID)!;
  /** What the studio calls it, while something else may stand there. */
  let before: string | null = null;
  let sentOver = "";

  const begin = () => {
    before ??= title().textContent ?? "";
    // What others make of it in the meantime does not take it out of one's hands.
    title().setAttribute("hx-morph-skip", "");
  };
  const end = () => {
    const was = before;
    before = null;
    title().removeAttribute("hx-morph-skip");
    delete title().dataset.refused;
    const name = (title().textContent ?? "").replace(/\s+/g, " ").trim().slice(0, LONGEST);
    title().textContent = name;
    if (was === null || name === was.trim()) return;
    sentOver = was;
    void send(head, "PATCH", `/chapters/${title().dataset.title}`, { name });
  };

  head.addEventListener("focusin", begin);
  head.addEventListener("focusout", end);
  head.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      document.getElementById(PASSAGES_ID)?.focus();
    }
    if (event.key === "Escape") {
      title().textContent = before ?? UNTITLED;
      title().blur();
    }
  });
  if (head.contains(document.activeElement)) begin();

  return {
    refused(reason) {
      before = sentOver;
      title().setAttribute("hx-morph-skip", "");
      title().dataset.refused = reason;
    },
  };
}

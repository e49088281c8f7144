/**
 * The title at the head of the page, written in place; Escape takes it back. One that the studio did not take stays as
 * it was written, with the reason beneath, and is sent again when it was written in again.
 */
import { CHAPTER_TITLE_ID } from "../chapters/outline-ids.ts";
import { send } from "./outline-send.ts";

/** In characters, as names of buckets are bounded. */
const LONGEST = 500;

export function startTitle(head: HTMLElement): { refused(reason: string): void } {
  const title = () => document.getElementById(CHAPTER_TITLE_ID)!;

  // What others make of it in the meantime does not take it out of one's hands.
  const begin = () => title().setAttribute("hx-morph-skip", "");
  const letGo = () => title().removeAttribute("hx-morph-skip");
  const end = async () => {
    delete title().dataset.refused;
    const name = plain(title().textContent);
    title().textContent = name;
    if (name === plain(title().dataset.name)) return letGo();
    // Nor what is told before the answer is here.
    begin();
    await send(head, "PATCH", `/chapters/${title().dataset.title}`, { name });
    const { dataset, textContent } = title();
    if (dataset.refused !== undefined || plain(textContent) !== name) return;
    dataset.name = name;
    if (!head.contains(document.activeElement)) letGo();
  };

  head.addEventListener("focusin", begin);
  head.addEventListener("focusout", end);
  head.addEventListener("keydown", (event) => {
    if (event.isComposing || event.key !== "Escape") return;
    title().textContent = title().dataset.name ?? "";
    title().blur();
  });
  // It may have been written in, and left, before this came.
  if (head.contains(document.activeElement)) begin();
  else end();

  return {
    refused(reason) {
      begin();
      title().dataset.refused = reason;
    },
  };
}

const plain = (text: string | null | undefined) =>
  (text ?? "").replace(/\s+/g, " ").trim().slice(0, LONGEST);

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
  /** The name that was sent last and is not answered yet; one goes after the other. */
  let asked: string | null = null;
  let sent = Promise.resolve();
  let refusals = 0;
  const known = () => asked ?? title().dataset.name ?? "";

  async function take(name: string): Promise<void> {
    const before = refusals;
    await send(head, "PATCH", `/chapters/${title().dataset.title}`, { name });
    if (refusals > before) return;
    title().dataset.name = name;
    delete title().dataset.refused;
  }

  const end = async () => {
    delete title().dataset.refused;
    const name = plain(title().textContent);
    title().textContent = name;
    if (name !== plain(known())) {
      begin();
      asked = name;
      const own = sent.then(() => take(name));
      sent = own;
      await own;
      if (own !== sent) return;
      asked = null;
    }
    const isTaken = asked === null && title().dataset.refused === undefined;
    if (isTaken && !head.contains(document.activeElement)) letGo();
  };

  head.addEventListener("focusin", begin);
  head.addEventListener("focusout", end);
  head.addEventListener("keydown", (event) => {
    if (event.isComposing || event.key !== "Escape") return;
    title().textContent = known();
    title().blur();
  });
  // It may have been written in, and left, before this came.
  if (head.contains(document.activeElement)) begin();
  else end();

  return {
    refused(reason) {
      refusals++;
      begin();
      title().dataset.refused = reason;
    },
  };
}

const plain = (text: string | null | undefined) =>
  (text ?? "").replace(/\s+/g, " ").trim().slice(0, LONGEST);

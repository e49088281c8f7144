/** `data-notes-words` shows how many words the notes on the page have, while they are typed. */
import { countWords, wordsLabel } from "../prose.ts";

export function startNotesWords(): void {
  for (const event of ["input", "replaced"]) document.addEventListener(event, showNotesWords);
}

export function showNotesWords(): void {
  const shown = document.querySelector("[data-notes-words]");
  if (!shown) return;
  const areas = [...document.querySelectorAll<HTMLTextAreaElement>("textarea[data-autosave]")];
  shown.textContent = wordsLabel(areas.reduce((sum, { value }) => sum + countWords(value), 0));
}

import { announce } from "./announce.ts";

/** Says a sentence, to be seen at the head of a page that one writes in. @returns whether it can be seen */
export function notice(sentence: string): boolean {
  announce(sentence);
  const place = document.getElementById("refused");
  if (place) {
    place.textContent = sentence;
    place.hidden = false;
  }
  return place !== null;
}

export function hideNotice(): void {
  document.getElementById("refused")?.toggleAttribute("hidden", true);
}

/**
 * Forms beside the prose come folded into templates. A browser looks through every form of a page that has come, for
 * what it might fill in, and lays out all that the form stands in: in a long chapter that took longer than anything else.
 */
import { onHtmx, processHtmx } from "./htmx-events.ts";

const foldedIn = (within: ParentNode) => [
  ...within.querySelectorAll<HTMLTemplateElement>("template[data-folded]"),
];

/** Before something in a form of an offer is looked for. */
export function unfolded(offer: HTMLElement | null): HTMLElement | null {
  const folded = offer ? foldedIn(offer) : [];
  for (const one of folded) one.replaceWith(one.content);
  if (folded.length > 0) processHtmx(offer!);
  return offer;
}

/** What comes in takes the place of forms that are unfolded, and of what is written in them nothing is lost. */
export function startFolded(): void {
  onHtmx<{ tasks: { fragment: ParentNode }[] }>("htmx:before:swap", ({ tasks }) => {
    for (const one of tasks.flatMap(({ fragment }) => foldedIn(fragment)))
      if (document.getElementById(one.content.firstElementChild!.id)) one.replaceWith(one.content);
  });
}

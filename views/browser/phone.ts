/**
 * A narrow page: the halves of a passage are stacked and its notes folded to a line, which a tap on the chevron or on
 * the flat spine opens in place; the take bar of the passage in view docks above the tabs; and while an on-screen
 * keyboard is up, the bars at the foot make room for the text.
 */
import { PASSAGES_ID } from "../chapters/passage-view.ts";
import { announce } from "./announce.ts";

/** An on-screen keyboard is higher than this, whatever a browser's own bars may take; in CSS pixels. */
const KEYBOARD_PX = 160;

/** @param narrow whether the page is */
export function startPhone(narrow: MediaQueryList): void {
  const passages = document.getElementById(PASSAGES_ID);
  if (!passages) return;
  let leave: (() => void) | undefined;
  const look = () => {
    leave?.();
    leave = narrow.matches ? standOnPhone(passages) : undefined;
  };
  narrow.addEventListener("change", look);
  look();
}

function standOnPhone(passages: HTMLElement): () => void {
  const ended = new AbortController();
  const { signal } = ended;
  passages.addEventListener("click", fold, { signal });
  const undock = dock(passages);
  watchKeyboard(signal);
  return () => {
    ended.abort();
    undock();
  };
}

function fold(event: Event): void {
  const target = (event.target as Element).closest(".fold, .passage > .spine");
  const row = target?.closest(".passage");
  const button = row?.querySelector<HTMLElement>(":scope > .spine > .fold");
  if (!row || !button) return;
  const isOpen = row.classList.toggle("open");
  button.setAttribute("aria-expanded", String(isOpen));
  announce(isOpen ? "Notes open." : "Notes folded.");
}

/** Of a take that awaits a decision, or that is being written; what was accepted keeps its bar in place. */
const AWAITS = ":scope > .take-cell:not([data-fit='accepted']) .takebar";

/** Only the passage around the middle of the screen, with a bar to dock. */
function dock(passages: HTMLElement): () => void {
  const inView = new Set<Element>();
  const look = () => {
    const rows = [...passages.children];
    const one = rows.find((row) => inView.has(row) && row.querySelector(AWAITS));
    for (const row of passages.querySelectorAll(":scope > .docked"))
      if (row !== one) row.classList.remove("docked");
    one?.classList.add("docked");
  };
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries)
        if (isIntersecting) inView.add(target);
        else inView.delete(target);
      look();
    },
    { rootMargin: "-35% 0px -45%" },
  );
  const watch = () => {
    for (const row of passages.querySelectorAll(":scope > .passage")) seen.observe(row);
  };
  const rows = new MutationObserver(watch);
  rows.observe(passages, { childList: true });
  document.addEventListener("htmx:after:swap", look);
  watch();
  return () => {
    seen.disconnect();
    rows.disconnect();
    document.removeEventListener("htmx:after:swap", look);
    inView.clear();
    look();
  };
}

function watchKeyboard(signal: AbortSignal): void {
  if (!visualViewport) return;
  const view = visualViewport;
  let highest = view.height;
  let width = view.width;
  const look = () => {
    // Turned: what was highest before is no measure.
    if (view.width !== width) highest = 0;
    width = view.width;
    highest = Math.max(highest, view.height);
    const isUp = highest - view.height > KEYBOARD_PX;
    document.documentElement.classList.toggle("keyboard-up", isUp);
  };
  view.addEventListener("resize", look, { signal });
  signal.addEventListener("abort", () => document.documentElement.classList.remove("keyboard-up"));
}

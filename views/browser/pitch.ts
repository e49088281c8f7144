/**
 * A pitch as it is typed: the words of each section within their limits, its blanks marked, which of them chapters have
 * changed under. It reads what the editor shows; loaded on a pitch's page alone.
 */
import { blanksAt, blanksIn, countWithoutBlanks } from "../../src/documents/model/blanks.ts";
import { COUNTED } from "../chapters/outline-ids.ts";
import { PASSAGES_ID, passageId, spineId } from "../chapters/passage-view.ts";
import { navSays } from "../pitches/nav-says.ts";
import {
  blanksSay,
  factsId,
  figure,
  footId,
  IN_RANGE_ID,
  isWithin,
  type Limits,
  navId,
  SECTIONS_ID,
  type SectionStatus,
  SINCE_MARK_ID,
  SOURCES_ID,
  STATUS_MARKS_ID,
  shareOf,
  statusOf,
  titleId,
} from "../pitches/pitch-view.ts";
import { onHtmx } from "./htmx-events.ts";

export function startPitch(): void {
  const place = document.getElementById(PASSAGES_ID)!;
  document.addEventListener(COUNTED, () => see(place));
  onHtmx("htmx:after:swap", () => {
    see(place);
    tellCurrent(place);
  });
  // Highlights follow the words at once: a range that is typed in grows or goes.
  place.addEventListener("input", () => queueMicrotask(() => mark(place)));
  document.addEventListener("click", goes);
  document.addEventListener("keydown", drafts);
  document.addEventListener("selectionchange", () => tellCurrent(place));
  see(place);
}

type Sectioned = { id: string; rows: HTMLElement[] };

/** The rows of each section, the one that begins it first. */
function sectionsIn(place: HTMLElement): Sectioned[] {
  const found: Sectioned[] = [];
  for (const row of place.querySelectorAll<HTMLElement>(":scope > .passage")) {
    const id = row.dataset.passage!;
    if (document.getElementById(titleId(id))) found.push({ id, rows: [row] });
    else found.at(-1)?.rows.push(row);
  }
  return found;
}

function see(place: HTMLElement): void {
  const touched = (document.getElementById(SOURCES_ID)?.dataset.touched ?? "").split(" ");
  const sections = sectionsIn(place);
  let within = 0;
  for (const section of sections) {
    name(section);
    if (show(section, touched)) within++;
  }
  const inRange = document.getElementById(IN_RANGE_ID);
  if (inRange && inRange.textContent !== String(within)) inRange.textContent = String(within);
  mark(place);
}

/** The editor names its rows by number; these are named by what they are. */
function name({ id, rows: [row] }: Sectioned): void {
  const label = (element: Element | null | undefined, by: string) => {
    if (element && element.getAttribute("aria-labelledby") !== by)
      element.setAttribute("aria-labelledby", by);
  };
  label(row, titleId(id));
  label(row?.querySelector(":scope > .notes"), factsId(id));
  label(row?.querySelector(":scope > .prose"), titleId(id));
}

/** Answers whether its words are within its limits. */
function show({ id, rows }: Sectioned, touched: readonly string[]): boolean {
  const text = rows
    .flatMap((row) => [...row.querySelectorAll(":scope > .prose > *")])
    .map((block) => block.textContent)
    .join("\n\n");
  const words = countWithoutBlanks(text);
  const blanks = blanksIn(text).length;
  const foot = document.getElementById(footId(id));
  const limits = limitsOf(foot);
  const isTouched = rows.some(({ dataset }) => touched.includes(dataset.passage!));
  const isOff = words > 0 && !isWithin(words, limits);
  if (foot) {
    foot.toggleAttribute("data-off", isOff);
    foot.toggleAttribute("data-touched", isTouched);
    write(foot.querySelector("[data-section-words]"), figure(words));
    write(foot.querySelector("[data-section-blanks]"), blanksSay(blanks));
    foot.querySelector(".typed")?.setAttribute("width", String(shareOf(words, limits)));
  }
  if (isTouched) tellSince(id);
  const nav = document.getElementById(navId(id));
  if (nav) {
    const isExpanding = rows.some((row) => row.querySelector("[data-run]"));
    write(nav.querySelector("[data-nav-words]"), navSays(words, blanks));
    setStatus(nav, statusOf({ isExpanding, isTouched, limits, words, blanks }));
  }
  return words > 0 && !isOff;
}

function limitsOf(foot: HTMLElement | null): Limits {
  const { min, max } = foot?.dataset ?? {};
  return { min: min ? Number(min) : undefined, max: max ? Number(max) : undefined };
}

function write(element: Element | null | undefined, text: string): void {
  if (element && element.textContent !== text) element.textContent = text;
}

/** What the editor calls fresh is not, when its chapters have changed. */
function tellSince(id: string): void {
  const spine = document.getElementById(spineId(id));
  const model = (document.getElementById(SINCE_MARK_ID) as HTMLTemplateElement | null)?.content
    .firstElementChild;
  if (!model || !spine?.classList.contains("fresh")) return;
  spine.classList.replace("fresh", "changed");
  spine.replaceChildren(...model.cloneNode(true).childNodes);
}

function setStatus(nav: HTMLElement, status: SectionStatus): void {
  const shown = nav.querySelector("svg");
  if (shown?.classList.contains(status === "expanding" ? status : `section-${status}`)) return;
  const models = document.getElementById(STATUS_MARKS_ID) as HTMLTemplateElement | null;
  const model = models?.content.querySelector(`[data-status="${status}"] > svg`);
  if (model) shown?.replaceWith(model.cloneNode(true));
}

/** Blanks are marked where they stand, without an element of their own: they are words of the text. */
function mark(place: HTMLElement): void {
  if (!("highlights" in CSS)) return;
  const [blanks, edges] = [new Highlight(), new Highlight()];
  const texts = place.querySelectorAll(":scope > .passage :is(.prose, .take) > *");
  for (const block of texts)
    for (const { from, to } of blanksAt(block.textContent ?? "")) {
      blanks.add(rangeIn(block, from + 2, to - 2));
      edges.add(rangeIn(block, from, from + 2)).add(rangeIn(block, to - 2, to));
    }
  CSS.highlights.set("blank", blanks);
  CSS.highlights.set("blank-edge", edges);
}

function rangeIn(block: Element, from: number, to: number): Range {
  const range = document.createRange();
  const walk = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  let at = 0;
  for (let node = walk.nextNode() as Text | null; node; node = walk.nextNode() as Text | null) {
    const end = at + node.data.length;
    if (from >= at && from <= end) range.setStart(node, from - at);
    if (to >= at && to <= end) {
      range.setEnd(node, to - at);
      break;
    }
    at = end;
  }
  return range;
}

/** To the text of a section, with the caret there. */
function goes(event: MouseEvent): void {
  const link = (event.target as Element).closest<HTMLElement>("[data-goes]");
  const row = link && document.getElementById(passageId(link.dataset.goes!));
  if (!row) return;
  event.preventDefault();
  const sections = document.getElementById(SECTIONS_ID);
  if (sections?.matches(":popover-open")) sections.hidePopover();
  row.scrollIntoView({ block: "start" });
  const prose = row.querySelector<HTMLElement>(":scope > .prose");
  document.getElementById(PASSAGES_ID)?.focus({ preventScroll: true });
  if (prose) getSelection()?.collapse(prose.lastElementChild ?? prose, 0);
}

/** The section that the caret is in is the current one of the list. */
function tellCurrent(place: HTMLElement): void {
  const node = getSelection()?.anchorNode;
  if (!node || !place.contains(node)) return;
  const current = sectionsIn(place).find(({ rows }) => rows.some((row) => row.contains(node)));
  const link = current && document.getElementById(navId(current.id))?.querySelector("a");
  const before = document.querySelector(`#${SECTIONS_ID} [aria-current]`);
  if (before === (link ?? null)) return;
  before?.removeAttribute("aria-current");
  link?.setAttribute("aria-current", "true");
}

/** Where there are no facts, there is still a book to draft from: Ctrl or ⌘ with Enter asks for it too. */
function drafts(event: KeyboardEvent): void {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey)
    return;
  const node = getSelection()?.anchorNode;
  const row = (node instanceof Element ? node : node?.parentElement)?.closest<HTMLElement>(
    ".passage",
  );
  if (event.repeat || !row?.classList.contains("no-notes")) return;
  if (document.querySelector('[data-ai="off"], [data-reads]')) return;
  row.querySelector<HTMLElement>(".section-draft [data-asks]")?.click();
}

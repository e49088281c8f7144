/**
 * Shows what was removed and can come back. Putting back and discarding are steps of undo like any other; the focus
 * goes back to the text, where Undo is heard.
 */
import { putBackPassage } from "../../../src/documents/model/commands.ts";
import {
  discardRecovered,
  putBackRecovered,
  type Recovered,
  readRecovered,
} from "../../../src/documents/model/recovered.ts";
import { type Row, readRows, readTrash } from "../../../src/documents/model/rows.ts";
import { textOf } from "../../../src/documents/model/text.ts";
import { PASSAGES_ID } from "../../chapters/passage-view.ts";
import { REMOVED_IDS } from "../../chapters/recovered-ids.ts";
import { announce } from "../announce.ts";
import { offerOf } from "./furniture.ts";
import type { RemovedParts } from "./removed.ts";

/** Removed passages that are listed, the newest; all of them stay in the document. */
const LISTED = 100;

export function drawRemoved(parts: RemovedParts): void {
  const trash = readTrash(parts.doc);
  drawPassages(parts, trash);
  drawWords(parts, readRows(parts.doc), trash);
}

function drawPassages(parts: RemovedParts, trash: Row[]): void {
  const place = document.getElementById(REMOVED_IDS.passages);
  const list = place?.querySelector("ol");
  if (!place || !list) return;
  keep(
    list,
    trash.slice(0, LISTED),
    (row) => row.id,
    (row) => {
      const item = copyOf(REMOVED_IDS.passage);
      write(item, "[data-words-of-notes]", textOf(row.notes));
      write(item, "[data-words-of-prose]", textOf(row.prose));
      press(item, "[data-puts-passage-back]", () =>
        decide(parts, "Put back.", () => putBackPassage(parts.doc, row.id)),
      );
      return item;
    },
  );
  place.querySelector("[data-count]")!.textContent = String(trash.length);
  place.hidden = trash.length === 0;
}

/** At the row they were typed in; of a removed one, or when that is not known, at the foot. */
function drawWords(parts: RemovedParts, rows: Row[], trash: Row[]): void {
  const noPlace = document.getElementById(REMOVED_IDS.noPlace)!;
  const placed = new Map<Element, Recovered[]>([[noPlace, []]]);
  for (const words of readRecovered(parts.doc)) {
    const row = rows.find(({ passages }) => words.passage && passages.includes(words.passage));
    const place = (row && offerOf(row.id)?.closest(".take-cell")) || noPlace;
    placed.set(place, [...(placed.get(place) ?? []), words]);
  }
  for (const place of document.querySelectorAll(`.take-cell:has(> .recovered)`))
    if (!placed.has(place)) placed.set(place, []);
  for (const [place, some] of placed)
    keep(place, some, keyOf, (words) => {
      const item = copyOf(REMOVED_IDS.words);
      write(item, "[data-words]", words.text);
      if (trash.some(({ passages }) => words.passage && passages.includes(words.passage)))
        write(item, ".says", "Typed while its passage was removed:");
      press(item, "[data-puts-back]", () =>
        decide(parts, "Put back.", () => putBackRecovered(parts.doc, words.id, new Date())),
      );
      press(item, "[data-lets-go]", () =>
        decide(parts, "Discarded.", () => discardRecovered(parts.doc, words.id, new Date())),
      );
      return item;
    });
  noPlace.hidden = noPlace.childElementCount === 0;
}

/** A range that grew is another offer. */
const keyOf = ({ id, passage }: Recovered): string => `${id} ${passage}`;

/** Makes the items with a key among the children those that are given; what stays is the same element, focus and all. */
function keep<Item>(
  place: Element,
  items: Item[],
  key: (item: Item) => string,
  make: (item: Item) => HTMLElement,
): void {
  const there = new Map(
    [...place.querySelectorAll<HTMLElement>(":scope > [data-key]")].map((element) => [
      element.dataset.key!,
      element,
    ]),
  );
  const wanted = new Set(items.map(key));
  for (const [name, element] of there) if (!wanted.has(name)) element.remove();
  let next = place.querySelector<HTMLElement>(":scope > [data-key]");
  for (const item of items) {
    const name = key(item);
    const element = there.get(name) ?? make(item);
    element.dataset.key = name;
    if (element === next) next = element.nextElementSibling as HTMLElement | null;
    else place.insertBefore(element, next);
  }
}

function copyOf(id: string): HTMLElement {
  const { content } = document.getElementById(id) as HTMLTemplateElement;
  return content.firstElementChild!.cloneNode(true) as HTMLElement;
}

function write(item: HTMLElement, selector: string, words: string): void {
  const element = item.querySelector<HTMLElement>(selector)!;
  element.textContent = words;
  element.hidden = words === "";
}

function press(item: HTMLElement, selector: string, deed: () => void): void {
  item.querySelector(selector)!.addEventListener("click", deed);
}

function decide({ undo, sync }: RemovedParts, said: string, deed: () => void): void {
  if (!sync.state().mayWrite) {
    announce("You may read this chapter, not change it.");
    return;
  }
  try {
    undo.step(deed);
  } catch (error) {
    // Somebody else was quicker; what is drawn follows.
    if (!(error instanceof RangeError)) throw error;
    return;
  }
  announce(said);
  document.getElementById(PASSAGES_ID)?.focus({ preventScroll: true });
}

/**
 * What a writer does to the structure of a chapter. Each command is one transaction of origin
 * `structure`, one step of undo; a new passage is born in a transaction of its own before it
 * (`document.ts` says why). Commands may be grouped in an outer `doc.transact`.
 *
 * @throws RangeError, all of them, for a passage that is not where the command needs it; nothing is changed then.
 */
import type { Node as PMNode } from "prosemirror-model";
import type * as Y from "yjs";
import { positionBetween } from "../../position.ts";
import { bear, bearDerived, type Content, fillDerived, isShell, writeContent } from "./birth.ts";
import {
  ATTRIBUTES,
  type Attributes,
  fragmentOf,
  type PassageMap,
  passagesOf,
  STRUCTURE,
} from "./document.ts";
import { writeFragment } from "./halves.ts";
import { derivedId, newId } from "./ids.ts";
import { type Passage, type Row, readRows, rowsOf } from "./rows.ts";
import { HALVES, type Half, schema } from "./schema.ts";
import { type Cut, cutHalf } from "./split.ts";

/** Ids of rows, or of any passage in them. */
export type Place = "start" | "end" | { before: string } | { after: string };

/** A new row. Returns its id. */
export function insertPassage(
  doc: Y.Doc,
  place: Place,
  content: Content = {},
  id: string = newId(),
): string {
  const { pos, others } = positionFor(readRows(doc), place);
  bear(doc, id, pos);
  doc.transact(() => {
    setPositions(doc, others);
    if (Object.keys(content).length > 0) writeContent(doc, id, content);
    mapOf(doc, id).delete("gone");
  }, STRUCTURE);
  return id;
}

/** Moves a row with all that is merged under it; a passage inside a row becomes a row of its own. */
export function movePassage(doc: Y.Doc, id: string, place: Place): void {
  const rows = readRows(doc);
  const row = rowWith(rows, id);
  if (row.id === id && typeof place === "object" && row.passages.includes(anchorOf(place))) return;
  const rest = rows.filter((other) => other.id !== id);
  const { pos, others } = positionFor(rest, place);
  doc.transact(() => {
    setPositions(doc, others);
    mapOf(doc, id).set("pos", pos);
    settle(doc, id);
    settle(doc, row.id);
  }, STRUCTURE);
}

/** Draws the row of `id` at the end of the row of `into`. No text moves. */
export function mergePassage(doc: Y.Doc, id: string, into: string): void {
  const rows = readRows(doc);
  const row = rowWith(rows, id);
  const target = rowWith(rows, into);
  if (row === target) return;
  const behind = target.parts.slice(1).map(({ pos }) => pos);
  const last = behind.toSorted().at(-1) ?? "";
  doc.transact(() => {
    const map = mapOf(doc, row.id);
    map.set("under", target.id);
    if (last >= row.parts[0]!.pos) map.set("pos", positionBetween(last, null));
    settle(doc, target.id);
  }, STRUCTURE);
}

/**
 * What follows the offsets goes to a new row behind, and with it the rest of the row. An offset counts as ProseMirror
 * does within the half's node (0 is before its first block); a half without one stays whole.
 * @returns the id of the new row's first passage; the same for everybody who makes this split.
 */
export function splitPassage(doc: Y.Doc, id: string, at: Partial<Record<Half, number>>): string {
  const rows = readRows(doc);
  const row = rowWith(rows, id);
  const index = row.passages.indexOf(id);
  const part = row.parts[index]!;
  const cuts: Partial<Record<Half, Cut>> = {};
  for (const half of HALVES) {
    if (at[half] !== undefined)
      cuts[half] = cutHalf(fragmentOf(mapOf(doc, id), half)!, part[half], at[half]);
  }
  const moved = HALVES.map((half) => `${half} ${cuts[half]?.first ?? "-"}`).join(" ");
  const first = Object.values(cuts).some((cut) => cut.first !== null);
  let child = first ? derivedId(id, moved) : newId();
  while (!isShell(doc, child)) child = derivedId(child, moved);

  const { pos, others } = positionFor(rows, { after: row.id });
  bearDerived(doc, child, pos);
  doc.transact(() => {
    setPositions(doc, others);
    const content: Content = {};
    for (const half of HALVES) {
      const cut = cuts[half];
      if (cut === undefined) continue;
      content[half] = cut.after;
      writeFragment(doc, fragmentOf(mapOf(doc, id), half)!, cut.before);
    }
    fillDerived(doc, child, content);
    mapOf(doc, child).delete("gone");
    settle(doc, row.id);
    hang(doc, row.parts.slice(index + 1), child);
  }, STRUCTURE);
  return child;
}

/**
 * Makes it a row for good. What is drawn as a row may still have an edge without effect, in a circle or to what
 * is gone, which would take effect when the circle is opened.
 */
function settle(doc: Y.Doc, id: string): void {
  const map = mapOf(doc, id);
  if (map.has("under")) map.delete("under");
}

/** Puts parts under another passage, in their order; one that hangs on another of them stays there. */
function hang(doc: Y.Doc, parts: Passage[], under: string): void {
  let last = "";
  for (const part of parts) {
    const map = mapOf(doc, part.id);
    if (parts.some(({ id }) => id === map.get("under"))) continue;
    map.set("under", under);
    const pos = part.pos > last ? part.pos : positionBetween(last, null);
    if (pos !== part.pos) map.set("pos", pos);
    last = pos;
  }
}

/** A row's first passage takes the whole row along; another goes alone. */
export function removePassage(doc: Y.Doc, id: string, now: Date): void {
  const row = rowWith(readRows(doc), id);
  doc.transact(() => {
    for (const part of row.id === id ? row.passages : [id])
      mapOf(doc, part).set("gone", now.toISOString());
  }, STRUCTURE);
}

/** Takes the removed row of `id` out of the trash. */
export function putBackPassage(doc: Y.Doc, id: string): void {
  const parts = rowsOf(doc, "gone").find((row) => row.some((part) => part.id === id));
  if (parts === undefined) throw new RangeError(`There is no passage ${id} in the trash.`);
  doc.transact(() => {
    for (const part of parts) mapOf(doc, part.id).delete("gone");
  }, STRUCTURE);
}

/** Null takes an attribute away; what is not named stays. */
export function setAttributes(doc: Y.Doc, id: string, attributes: Partial<Attributes>): void {
  const map = mapOf(doc, id);
  doc.transact(() => {
    for (const name of ATTRIBUTES) {
      const value = attributes[name];
      if (value === null && map.has(name)) map.delete(name);
      if (typeof value === "string" && map.get(name) !== value) map.set(name, value);
    }
  }, STRUCTURE);
}

/** Accepting a take: the half says this now, and the passage remembers where it came from, in one step of undo. */
export function replaceHalf(
  doc: Y.Doc,
  id: string,
  half: Half,
  blocks: PMNode | readonly PMNode[],
  attributes: Partial<Attributes> = {},
): void {
  const fragment = fragmentOf(mapOf(doc, id), half)!;
  const node = "type" in blocks ? blocks : schema.nodes[half].create(null, blocks);
  doc.transact(() => {
    writeFragment(doc, fragment, node);
    setAttributes(doc, id, attributes);
  }, STRUCTURE);
}

/** @throws RangeError when it is not there, or not there yet. */
function mapOf(doc: Y.Doc, id: string): PassageMap {
  const map = passagesOf(doc).get(id);
  if (HALVES.some((half) => fragmentOf(map, half) === undefined))
    throw new RangeError(`There is no passage ${id}.`);
  return map!;
}

function rowWith(rows: Row[], id: string): Row {
  const row = rows.find(({ passages }) => passages.includes(id));
  if (row === undefined) throw new RangeError(`There is no passage ${id} in the chapter.`);
  return row;
}

const anchorOf = (place: { before: string } | { after: string }): string =>
  "before" in place ? place.before : place.after;

/**
 * A position for a row at this place. Two rows that were placed at the same moment may share one; between
 * them there is none, so the ones behind (`others`) get new ones too.
 */
function positionFor(rows: Row[], place: Place): { pos: string; others: Map<string, string> } {
  const at = indexOf(rows, place);
  const posAt = (index: number): string | null => rows[index]?.parts[0]?.pos ?? null;
  const before = posAt(at - 1);
  let end = at;
  while (before !== null && posAt(end) === before) end++;
  const after = posAt(end);
  const pos = positionBetween(before, after);
  const others = new Map<string, string>();
  let last = pos;
  for (const row of rows.slice(at, end)) {
    last = positionBetween(last, after);
    others.set(row.id, last);
  }
  return { pos, others };
}

function indexOf(rows: Row[], place: Place): number {
  if (place === "start") return 0;
  if (place === "end") return rows.length;
  const at = rows.indexOf(rowWith(rows, anchorOf(place)));
  return "before" in place ? at : at + 1;
}

function setPositions(doc: Y.Doc, positions: Map<string, string>): void {
  for (const [id, pos] of positions) mapOf(doc, id).set("pos", pos);
}

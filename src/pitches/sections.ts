/**
 * Sections in a pitch's document. A passage that begins a section says which in its key `section`, beside what
 * passages of chapters have; what follows it without one belongs to it, such as what a writer split off. A section of
 * the writer's own brings its title along, in `title`.
 */
import * as Y from "yjs";
import { blanksIn, countWithoutBlanks } from "../documents/model/blanks.ts";
import { insertPassage, type Place } from "../documents/model/commands.ts";
import { newDocument, passagesOf, STRUCTURE } from "../documents/model/document.ts";
import { newId } from "../documents/model/ids.ts";
import { type Row, readRows } from "../documents/model/rows.ts";
import { textOf } from "../documents/model/text.ts";
import type { Section, Template } from "./template.ts";

/** Begins the keys of sections that no template has. */
const OWN = "own-";
const TITLE_LIMIT = 200;

export type SectionRows = {
  section: Section;
  /** At least one. */
  rows: Row[];
};

/** A section as it stands. */
export type Figures = { words: number; blanks: string[] };

/** What a pitch's document begins with: the sections of its template, empty; those that it can do without come on demand. */
export function firstSections({ sections }: Template): Uint8Array {
  const doc = newDocument();
  const needed = sections.filter(({ optional }) => !optional);
  for (const { key } of needed.length > 0 ? needed : sections) insertSection(doc, key, "end");
  return Y.encodeStateAsUpdate(doc);
}

/** Answers the passage. */
export function insertSection(doc: Y.Doc, key: string, place: Place, title?: string): string {
  const id = insertPassage(doc, place);
  doc.transact(() => {
    const passage = passagesOf(doc).get(id)!;
    passage.set("section", key);
    if (title) passage.set("title", title.slice(0, TITLE_LIMIT));
  }, STRUCTURE);
  return id;
}

/** Where a section of the template belongs: before the first that follows it there. */
export function placeFor(doc: Y.Doc, template: Template, key: string): Place {
  const at = template.sections.findIndex((section) => section.key === key);
  const later = new Set(template.sections.slice(at + 1).map((section) => section.key));
  const next = readSections(doc, template).find(({ section }) => later.has(section.key));
  return next ? { before: next.rows[0]!.id } : "end";
}

export const ownKey = (): string => OWN + newId();

/** In the order of the document. What stands before the first section is the first one's. */
export function readSections(doc: Y.Doc, template: Template): SectionRows[] {
  const found: SectionRows[] = [];
  const early: Row[] = [];
  for (const row of readRows(doc)) {
    const section = sectionAt(doc, template, row.id);
    const last = found.at(-1);
    if (section) found.push({ section, rows: [...early.splice(0), row] });
    else if (last) last.rows.push(row);
    else early.push(row);
  }
  return found;
}

/** The section that a row begins; null for one that goes on. */
export function sectionAt(doc: Y.Doc, { sections }: Template, passage: string): Section | null {
  const map = passagesOf(doc).get(passage);
  const [key, title] = [map?.get("section"), map?.get("title")];
  if (typeof key !== "string") return null;
  const known = sections.find((one) => one.key === key);
  if (known) return known;
  const named = typeof title === "string" && title.trim() !== "" ? title.trim() : key;
  return {
    key,
    title: named,
    group: "Yours",
    convention: "A section of your own.",
    optional: true,
  };
}

export function figuresOf({ rows }: Pick<SectionRows, "rows">): Figures {
  const text = rows.map(({ prose }) => textOf(prose)).join("\n\n");
  return { words: countWithoutBlanks(text), blanks: blanksIn(text) };
}

/** Sections of the template that the document has not. */
export const missingFrom = (template: Template, found: readonly SectionRows[]): Section[] =>
  template.sections.filter(({ key }) => !found.some(({ section }) => section.key === key));

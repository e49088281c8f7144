/**
 * A chapter's rows, read purely: the same document gives the same rows on every replica, and
 * reading writes nothing.
 *
 * A row is a passage and what is merged under it. The edges `under` make a forest once two things are
 * settled: in a circle (two people merged each into the other) the edge that leads to the smallest id is
 * ignored; and what lies between a passage and its row but is gone is passed over. A passage of which one
 * half has not arrived yet is not drawn.
 */
import { Fragment, type Node as PMNode } from "prosemirror-model";
import type * as Y from "yjs";
import { ATTRIBUTES, type Attributes, fragmentOf, passagesOf } from "./document.ts";
import { readHalf } from "./halves.ts";
import { type Half, schema } from "./schema.ts";
import { countWords } from "./text.ts";

export type Passage = {
  id: string;
  pos: string;
  /** When it was removed, RFC 3339; null while it is in the chapter. */
  gone: string | null;
  notes: PMNode;
  prose: PMNode;
  attributes: Attributes;
};

export type Row = {
  /** Of the first passage. */
  id: string;
  /** Itself, then what is merged under it. */
  passages: string[];
  parts: Passage[];
  /** The notes of all parts, in order. */
  notes: PMNode;
  prose: PMNode;
  /** Of the first passage. */
  attributes: Attributes;
};

/** The rows of the chapter, in order. */
export const readRows = (doc: Y.Doc): Row[] => rowsOf(doc, "there").map(rowOf);

/** Removed rows that hold words, the last removed first. */
export function readTrash(doc: Y.Doc): (Row & { gone: string })[] {
  return rowsOf(doc, "gone")
    .map((parts) => ({ ...rowOf(parts), gone: parts[0]!.gone! }))
    .filter(({ notes, prose }) => countWords(notes) + countWords(prose) > 0)
    .sort((a, b) => byOrder(b.gone, a.gone) || byOrder(a.id, b.id));
}

/** The parts of every row, in order: of the chapter, or of its trash. */
export function rowsOf(doc: Y.Doc, which: "there" | "gone"): Passage[][] {
  const passages = readPassages(doc);
  const seen = ({ gone }: Passage) => (gone === null) === (which === "there");
  const parents = parentsOf(doc, passages);
  const children = new Map<string | null, Passage[]>();
  for (const passage of passages.values()) {
    if (!seen(passage)) continue;
    let parent = parents.get(passage.id) ?? null;
    while (parent !== null && !seen(passages.get(parent)!))
      parent = (which === "there" && parents.get(parent)) || null;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [passage]);
    else siblings.push(passage);
  }
  for (const siblings of children.values())
    siblings.sort((a, b) => byOrder(a.pos, b.pos) || byOrder(a.id, b.id));
  return (children.get(null) ?? []).map((first) => {
    const parts: Passage[] = [];
    const rest = [first];
    for (let part = rest.pop(); part !== undefined; part = rest.pop()) {
      parts.push(part);
      rest.push(...(children.get(part.id) ?? []).toReversed());
    }
    return parts;
  });
}

function readPassages(doc: Y.Doc): Map<string, Passage> {
  const passages = new Map<string, Passage>();
  for (const [id, map] of passagesOf(doc)) {
    const notes = fragmentOf(map, "notes");
    const prose = fragmentOf(map, "prose");
    if (notes === undefined || prose === undefined) continue;
    const attributes = {} as Attributes;
    for (const name of ATTRIBUTES) attributes[name] = stringOf(map.get(name));
    passages.set(id, {
      id,
      pos: posOf(map.get("pos")),
      gone: stringOf(map.get("gone")),
      notes: readHalf(notes, "notes"),
      prose: readHalf(prose, "prose"),
      attributes,
    });
  }
  return passages;
}

/** The passage that each is merged under, without circles. */
function parentsOf(doc: Y.Doc, passages: Map<string, Passage>): Map<string, string> {
  const parents = new Map<string, string>();
  for (const id of passages.keys()) {
    const under = stringOf(passagesOf(doc).get(id)?.get("under"));
    if (under !== null && under !== id && passages.has(under)) parents.set(id, under);
  }
  const settled = new Set<string>();
  for (const start of passages.keys()) {
    const path = new Set<string>();
    let at: string | undefined = start;
    while (at !== undefined && !settled.has(at) && !path.has(at)) {
      path.add(at);
      at = parents.get(at);
    }
    if (at !== undefined && path.has(at)) {
      const circle = [...path].slice([...path].indexOf(at));
      const smallest = circle.toSorted()[0];
      parents.delete(circle.find((id) => parents.get(id) === smallest)!);
    }
    for (const id of path) settled.add(id);
  }
  return parents;
}

function rowOf(parts: Passage[]): Row {
  const first = parts[0]!;
  return {
    id: first.id,
    passages: parts.map(({ id }) => id),
    parts,
    notes: joined(parts, "notes"),
    prose: joined(parts, "prose"),
    attributes: first.attributes,
  };
}

function joined(parts: Passage[], half: Half): PMNode {
  if (parts.length === 1) return parts[0]![half];
  const blocks = parts.reduce((all, part) => all.append(part[half].content), Fragment.empty);
  return schema.nodes[half].create(null, blocks);
}

/** Drawn passages, by the half that they begin with: what has not changed is the same node again. */
const drawn = new WeakMap<PMNode, PMNode>();

/** The `chapter` node that an editor shows: every part of every row, in order. */
export function readChapter(doc: Y.Doc): PMNode {
  const nodes = readRows(doc).flatMap(({ id, parts }, index) =>
    parts.map((part, place) =>
      draw(part, {
        id: part.id,
        number: place === 0 ? index + 1 : null,
        under: place === 0 ? null : id,
      }),
    ),
  );
  return schema.nodes.chapter.create(null, nodes);
}

function draw(part: Passage, attrs: { id: string; number: number | null; under: string | null }) {
  const before = drawn.get(part.notes);
  const node = schema.nodes.passage.create(attrs, [part.notes, part.prose]);
  const same = before?.lastChild === part.prose && before.sameMarkup(node);
  if (same) return before;
  drawn.set(part.notes, node);
  return node;
}

/** What is no position (`src/position.ts`) is before all of them. */
const posOf = (value: unknown): string =>
  typeof value === "string" && /^[0-9a-z]*[1-9a-z]$/.test(value) ? value : "";

const byOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const stringOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

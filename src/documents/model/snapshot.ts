/**
 * A chapter as JSON (`chapter-v1`): what the document said at one moment, made by the pure reader. It is kept
 * as a blob, compared with others, and restored from.
 */
import type { Node as PMNode } from "prosemirror-model";
import type * as Y from "yjs";
import { positionBetween } from "../../position.ts";
import type { ChapterV1 } from "../../schemas/types.ts";
import { bear } from "./birth.ts";
import { replaceHalf } from "./commands.ts";
import { ATTRIBUTES, type Attributes, passagesOf, STRUCTURE } from "./document.ts";
import { type Passage, readRows } from "./rows.ts";
import { HALVES, type Half, schema } from "./schema.ts";
import { countWords } from "./text.ts";

type Saved = ChapterV1["passages"][number];

/** Without what is in the trash. */
export function toSnapshot(doc: Y.Doc): ChapterV1 {
  const rows = readRows(doc);
  const words = (half: Half) => rows.reduce((sum, row) => sum + countWords(row[half]), 0);
  return {
    passages: rows.flatMap(({ id, parts }) =>
      parts.map((part) => saved(part, part.id === id ? null : id)),
    ),
    words: { notes: words("notes"), prose: words("prose") },
  };
}

function saved({ id, notes, prose, attributes }: Passage, under: string | null): Saved {
  const one: Saved = { id, notes: blocksOf(notes), prose: blocksOf(prose) };
  if (under !== null) one.under = under;
  for (const name of ATTRIBUTES) {
    const value = attributes[name] ?? null;
    if (value !== null) one[name] = value;
  }
  return one;
}

const blocksOf = (half: PMNode): Saved[Half] => half.children.map((block) => block.toJSON());

/** A `notes` or `prose` node. @throws RangeError for what the schema does not know */
export function halfFrom(blocks: Saved[Half], half: Half): PMNode {
  const nodes = blocks.map((block) => schema.nodeFromJSON(block));
  return nodes.length > 0
    ? schema.nodes[half].create(null, nodes)
    : schema.nodes[half].createAndFill()!;
}

/**
 * Makes the chapter say what it said then, or one passage of it. What came in since goes to the trash; what
 * was removed since comes back. One step of undo.
 */
export function restoreSnapshot(doc: Y.Doc, { passages }: ChapterV1, now: Date, only?: string) {
  const wanted = passages.filter(({ id }) => only === undefined || id === only);
  const missing = wanted.filter(({ id }) => !passagesOf(doc).has(id));
  for (const { id } of missing) bear(doc, id, positionAfter(doc, passages, id));
  const rows = readRows(doc);
  doc.transact(() => {
    if (only === undefined) {
      const kept = new Set(wanted.map(({ id }) => id));
      for (const id of rows.flatMap((row) => row.passages))
        if (!kept.has(id)) passagesOf(doc).get(id)!.set("gone", now.toISOString());
      arrange(doc, wanted);
    }
    for (const one of wanted) {
      for (const half of HALVES) {
        const attributes = Object.fromEntries(ATTRIBUTES.map((name) => [name, one[name] ?? null]));
        replaceHalf(doc, one.id, half, halfFrom(one[half], half), attributes as Attributes);
      }
      const map = passagesOf(doc).get(one.id)!;
      if (map.has("gone")) map.delete("gone");
    }
  }, STRUCTURE);
}

/** Behind the nearest passage before it that the chapter still has. */
function positionAfter(doc: Y.Doc, passages: Saved[], id: string): string {
  const rows = readRows(doc);
  const before = passages.slice(
    0,
    passages.findIndex((one) => one.id === id),
  );
  const at = rows.findLastIndex((row) => before.some((one) => row.passages.includes(one.id)));
  return positionBetween(rows[at]?.parts[0]?.pos ?? null, rows[at + 1]?.parts[0]?.pos ?? null);
}

/** Gives the passages the order and the rows they had; a position that fits already stays. */
function arrange(doc: Y.Doc, wanted: Saved[]): void {
  let last = "";
  for (const { id, under } of wanted) {
    const map = passagesOf(doc).get(id)!;
    const pos = map.get("pos");
    if (typeof pos === "string" && pos > last) last = pos;
    else {
      last = positionBetween(last === "" ? null : last, null);
      map.set("pos", last);
    }
    if (under === undefined && map.has("under")) map.delete("under");
    if (under !== undefined && map.get("under") !== under) map.set("under", under);
  }
}

/**
 * One half of a passage between Yjs and ProseMirror.
 *
 * Reading is pure and lenient: whatever is in the fragment becomes a valid node, and nothing is
 * written. What this version does not know shows its words: an unknown block as a paragraph or a
 * quote, an unknown mark as plain text. Since every Y type remembers the node that was read from it, writing
 * leaves untouched what nobody touched, known or not.
 */
import { Fragment, type Mark, type Node as PMNode } from "prosemirror-model";
import { updateYFragment } from "y-prosemirror";
import * as Y from "yjs";
import { fragmentOf, passagesOf, TEXT } from "./document.ts";
import { type Half, HEADING_LEVELS, isSafeHref, schema } from "./schema.ts";

// biome-ignore lint/suspicious/noExplicitAny: Yjs names its types by their events, which do not matter here.
type YType = Y.AbstractType<any>;
type Known = WeakMap<YType, PMNode | PMNode[]>;

/** How deep containers may lie in each other; what is deeper is shown as one paragraph. */
const NESTING_LIMIT = 32;

/** What was read from each Y type that has not changed since, by document. */
const known = new WeakMap<Y.Doc, Known>();

/** A valid `notes` or `prose` node; identical to the last one while nothing in it has changed. */
export function readHalf(fragment: Y.XmlFragment, half: Half): PMNode {
  const read = reader(fragment.doc);
  return read.remembered(fragment, () =>
    schema.nodes[half].create(null, filled(read.blocks(fragment))),
  );
}

/**
 * Makes the half say what `node` says, by the smallest change that `updateYFragment` finds.
 * @param node anything with blocks in it.
 * @throws RangeError when the passage is not there.
 */
export function writeHalf(doc: Y.Doc, id: string, half: Half, node: PMNode, origin = TEXT): void {
  const fragment = fragmentOf(passagesOf(doc).get(id), half);
  if (fragment === undefined) throw new RangeError(`There is no passage ${id}.`);
  doc.transact(() => writeFragment(doc, fragment, node), origin);
}

/** The node that was read from a Y type, if it has not changed since. */
export function nodeOf(type: YType): PMNode | undefined {
  const node = type.doc === null ? undefined : known.get(type.doc)?.get(type);
  return Array.isArray(node) ? undefined : node;
}

/** Inside a transaction. */
export function writeFragment(doc: Y.Doc, fragment: Y.XmlFragment, node: PMNode): void {
  updateYFragment(doc, fragment, node, {
    // Of a Map only get, set and delete are asked for.
    mapping: knownOf(doc) as unknown as Map<YType, PMNode | PMNode[]>,
    isOMark: new Map(),
  });
  giveTexts(fragment);
}

/**
 * An empty textblock gets an empty text: two people who begin to write in it at the same moment
 * then write in one text, where each would have made one of their own, and the next change
 * would have removed the second with its words.
 */
function giveTexts(parent: Y.XmlFragment | Y.XmlElement): void {
  for (const child of parent.toArray()) {
    if (!(child instanceof Y.XmlElement)) continue;
    if (!schema.nodes[child.nodeName as "text"]?.isTextblock) giveTexts(child);
    else if (child.length === 0) child.insert(0, [new Y.XmlText()]);
  }
}

function knownOf(doc: Y.Doc): Known {
  const there = known.get(doc);
  if (there !== undefined) return there;
  const made: Known = new WeakMap();
  known.set(doc, made);
  doc.on("beforeObserverCalls", ({ changed }) => {
    for (const type of changed.keys())
      for (let at: YType | null = type; at !== null; at = at.parent) made.delete(at);
  });
  return made;
}

function reader(doc: Y.Doc | null) {
  // While a transaction runs, or one waits for its observers, what has changed is not forgotten yet.
  const current = doc?._transaction === null && doc._transactionCleanups.length <= 1;
  const memory = current ? knownOf(doc) : null;

  function remembered<Read extends PMNode | PMNode[]>(type: YType, read: () => Read): Read {
    const before = memory?.get(type) as Read | undefined;
    if (before !== undefined) return before;
    const now = read();
    memory?.set(type, now);
    return now;
  }

  /** The blocks of a container, whatever is in it. */
  function blocks(parent: Y.XmlFragment, depth = 0): PMNode[] {
    const found: PMNode[] = [];
    for (const child of parent.toArray()) {
      if (child instanceof Y.XmlText) {
        const words = text(child);
        if (words.length > 0) found.push(paragraph(words));
      } else if (child instanceof Y.XmlElement)
        found.push(remembered(child, () => block(child, depth + 1)));
    }
    return found;
  }

  function block(element: Y.XmlElement, depth: number): PMNode {
    const { nodes } = schema;
    if (depth > NESTING_LIMIT) return paragraph(inline(element));
    switch (element.nodeName) {
      case "paragraph":
        return paragraph(inline(element));
      case "heading":
        return nodes.heading.create({ level: levelOf(element) }, inline(element));
      case "blockquote":
        return nodes.blockquote.create(null, filled(blocks(element, depth)));
      case "bullet_list":
        return nodes.bullet_list.create(null, items(element, depth));
      case "ordered_list":
        return nodes.ordered_list.create({ start: startOf(element) }, items(element, depth));
      case "list_item":
        return nodes.bullet_list.create(null, item(element, depth));
      case "scene_break":
        return nodes.scene_break.create();
      default:
        return holdsText(element)
          ? paragraph(inline(element))
          : nodes.blockquote.create(null, filled(blocks(element, depth)));
    }
  }

  function items(list: Y.XmlElement, depth: number): PMNode[] {
    const found: PMNode[] = [];
    for (const child of list.toArray()) {
      if (child instanceof Y.XmlElement && child.nodeName === "list_item")
        found.push(remembered(child, () => item(child, depth + 1)));
      else if (child instanceof Y.XmlElement)
        found.push(schema.nodes.list_item.create(null, led([block(child, depth + 1)])));
      else if (child instanceof Y.XmlText)
        found.push(schema.nodes.list_item.create(null, led([paragraph(text(child))])));
    }
    return found.length > 0 ? found : [schema.nodes.list_item.create(null, led([]))];
  }

  const item = (element: Y.XmlElement, depth: number) =>
    schema.nodes.list_item.create(null, led(blocks(element, depth)));

  return { remembered, blocks };
}

/** The text of a textblock, in order; blocks that came into it give theirs. */
function inline(element: Y.XmlElement): Fragment {
  const found: PMNode[] = [];
  const rest: unknown[] = element.toArray().reverse();
  while (rest.length > 0) {
    const child = rest.pop();
    if (child instanceof Y.XmlText) found.push(...text(child));
    else if (child instanceof Y.XmlElement && child.nodeName === "hard_break")
      found.push(schema.nodes.hard_break.create());
    else if (child instanceof Y.XmlElement) rest.push(...child.toArray().reverse());
  }
  return Fragment.fromArray(found);
}

function text(type: Y.XmlText): PMNode[] {
  const found: PMNode[] = [];
  for (const { insert, attributes } of type.toDelta() as Delta[]) {
    if (typeof insert === "string" && insert !== "")
      found.push(schema.text(clean(insert), marksOf(attributes)));
  }
  return found;
}

/** What Postgres takes as text, as long as it was: half a surrogate pair is what two edits in one leave behind. */
const clean = (text: string): string => text.toWellFormed().replaceAll("\0", "\ufffd");

type Delta = { insert: unknown; attributes?: Record<string, unknown> };

function marksOf(attributes: Record<string, unknown> = {}): readonly Mark[] {
  let set: readonly Mark[] = [];
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "em" || name === "strong") set = schema.marks[name].create().addToSet(set);
    const href = name === "link" ? (value as { href?: unknown } | null)?.href : undefined;
    if (isSafeHref(href)) set = schema.marks.link.create({ href }).addToSet(set);
  }
  return set;
}

const paragraph = (words: Fragment | PMNode[] = []): PMNode =>
  schema.nodes.paragraph.create(null, words);

const filled = (blocks: PMNode[]): PMNode[] => (blocks.length > 0 ? blocks : [paragraph()]);

/** A list item begins with a paragraph: ProseMirror's list commands count on it. */
const led = (blocks: PMNode[]): PMNode[] =>
  blocks[0]?.type === schema.nodes.paragraph ? blocks : [paragraph(), ...blocks];

const holdsText = (element: Y.XmlElement): boolean =>
  element.length === 0 || element.toArray().some((child) => child instanceof Y.XmlText);

function levelOf(element: Y.XmlElement): number {
  const level = Math.round(Number(element.getAttribute("level")));
  return level >= 1 ? Math.min(level, HEADING_LEVELS) : 1;
}

function startOf(element: Y.XmlElement): number {
  const start = Number(element.getAttribute("start"));
  return Number.isSafeInteger(start) && start >= 0 ? start : 1;
}

/**
 * Accepting a take, whole or in part. Each is one transaction, one step of undo, and looks at the document as it is in
 * that moment: words that somebody typed are never replaced unless that is what was asked. The same take
 * accepted twice, also by two who have not heard of each other, is in the prose once.
 */
import { Fragment, type Mark, type Node as PMNode, Slice } from "prosemirror-model";
import { Transform } from "prosemirror-transform";
import type * as Y from "yjs";
import { writeDerived } from "./birth.ts";
import { setAttributes } from "./commands.ts";
import { fragmentOf, passagesOf, STRUCTURE } from "./document.ts";
import { alsoOf, type Fit, fitOf, isUntouched, placeOf } from "./fit.ts";
import { readHalf, writeFragment } from "./halves.ts";
import { type Passage, type Row, readRows } from "./rows.ts";
import { schema } from "./schema.ts";
import { hashOf, isBlank, paragraphsOf, textOf } from "./text.ts";
import type { Words } from "./words-at.ts";

export type Offered = {
  /** The take's blob. */
  take: string;
  /** As it is accepted, which may not be as it came. */
  text: string;
  /** The writer has changed it: the take as it came, should it be in the prose already, gives way to that. */
  isChanged?: boolean;
  /** Of the notes that it was made of; null for rewritten words. */
  askHash: string | null;
  /** The words that it was asked to rewrite. */
  rewrites?: Words | null;
};

/** Undefined: the passage is gone, and nothing was changed. */
export function acceptTake(
  doc: Y.Doc,
  passage: string,
  offered: Offered,
  how: "kindly" | "replace" = "kindly",
): Fit | undefined {
  const row = rowOf(doc, passage);
  if (!row) return undefined;
  const fit = fitOf(row, offered);
  if (fit === "accepted") return fit;
  if (fit === "below" && how === "kindly") putBelow(doc, row, offered);
  else if (offered.rewrites) putInPlace(doc, row, offered, offered.rewrites);
  else fill(doc, row, offered);
  return how === "replace" ? "fits" : fit;
}

/** Prose of what is merged under the row's first passage stays. */
function fill(doc: Y.Doc, row: Row, { take, text, askHash }: Offered): void {
  const first = row.parts[0]!;
  const blocks = paragraphsOf(text);
  const rest = row.parts.slice(1).flatMap((part) => part.prose.children);
  write(
    doc,
    row,
    { part: first, blocks },
    {
      take,
      askHash,
      // Of a row whose other parts hold words, the hash is of them all, as it is compared.
      proseHash: hashOf(proseOf([...blocks, ...rest])),
      also: null,
    },
  );
}

/** No hash is kept: the prose is by hand, and no later take may take its place. */
function putBelow(doc: Y.Doc, row: Row, { take, text, askHash, rewrites }: Offered): void {
  const first = row.parts[0]!;
  const typed = isBlank(first.prose) ? [] : first.prose.children;
  const blocks = [...typed, ...paragraphsOf(text)];
  const before = row.attributes.take;
  write(
    doc,
    row,
    { part: first, blocks },
    {
      ...(rewrites ? {} : { take, askHash }),
      proseHash: null,
      also: ids([...alsoOf(row), ...(rewrites ? [take] : before === null ? [] : [before])]),
    },
  );
}

function putInPlace(doc: Y.Doc, row: Row, { take, text }: Offered, rewrites: Words): void {
  const place = placeOf(row, rewrites);
  if (!place) throw new RangeError("The words are not there any more.");
  const prose = replaced(place.part.prose, place.from, place.to, text);
  write(
    doc,
    row,
    { part: place.part, blocks: prose.children },
    {
      ...(isUntouched(row) && { proseHash: hashOf(proseWith(row, place.part, prose.children)) }),
      also: ids([...alsoOf(row), take]),
    },
  );
}

export type ParagraphOffered = Offered & {
  /** The paragraph of the take, and of the prose the one whose place it takes; null: none. */
  paragraph: string;
  before: number | null;
  /** The paragraph that it comes behind where it takes nobody's place; null: at the beginning. */
  behind: number | null;
  /** Hash of the prose that these count in. */
  proseHash: string;
};

/**
 * Takes one paragraph over. What is named here was seen: paragraphs count as they were compared, and when the prose
 * has changed since, nothing is.
 * @returns "changed" then; undefined when the passage is gone
 */
export function acceptParagraph(
  doc: Y.Doc,
  passage: string,
  offered: ParagraphOffered,
): "done" | "changed" | undefined {
  const row = rowOf(doc, passage);
  if (!row) return undefined;
  if (hashOf(row.prose) !== offered.proseHash) return "changed";
  const places = row.parts.flatMap((part) =>
    part.prose.children.map((block, index) => ({ part, block, index })),
  );
  const worded = places.filter(({ block }) => textOf(block).trim() !== "");
  const coming = paragraphsOf(offered.paragraph);
  const place = offered.before === null ? undefined : worded[offered.before];
  const behind = offered.behind === null ? undefined : worded[offered.behind];
  const target = place ?? behind ?? { part: row.parts[0]!, index: -1 };
  const blocks = [...target.part.prose.children];
  if (isBlank(target.part.prose)) blocks.splice(0, blocks.length, ...coming);
  else if (place) blocks.splice(place.index, 1, ...coming);
  else blocks.splice(target.index + 1, 0, ...coming);

  const whole = proseWith(row, target.part, blocks);
  const isAll = textOf(whole) === textOf(proseOf(paragraphsOf(offered.text)));
  const isEmpty = isBlank(row.prose);
  const kept = isEmpty || isUntouched(row) ? hashOf(whole) : row.attributes.proseHash;
  write(
    doc,
    row,
    { part: target.part, blocks },
    isAll
      ? { take: offered.take, askHash: offered.askHash, proseHash: hashOf(whole), also: null }
      : {
          ...(isEmpty && { take: null, askHash: offered.askHash }),
          proseHash: kept,
          also: ids([...(isEmpty ? [] : alsoOf(row)), offered.take]),
        },
  );
  return "done";
}

const rowOf = (doc: Y.Doc, passage: string): Row | undefined =>
  readRows(doc).find(({ passages }) => passages.includes(passage));

const ids = (all: string[]): string | null => [...new Set(all)].join(" ") || null;

const proseOf = (blocks: readonly PMNode[]): PMNode => schema.nodes.prose.create(null, blocks);

/** The prose of the row with other blocks in one of its parts. */
const proseWith = (row: Row, changed: Passage, blocks: readonly PMNode[]): PMNode =>
  proseOf(row.parts.flatMap((part) => (part === changed ? blocks : part.prose.children)));

/** Within one paragraph the words keep the marks that all of the old ones had. */
function replaced(prose: PMNode, from: number, to: number, text: string): PMNode {
  const [$from, $to] = [prose.resolve(from), prose.resolve(to)];
  const blocks = paragraphsOf(text);
  const marks = ($from.sameParent($to) ? ($from.nodeAfter?.marks ?? []) : []).filter((mark) =>
    isEverywhere(prose, from, to, mark),
  );
  const marked = blocks.map((block) =>
    block.copy(Fragment.fromArray(block.children.map((node) => node.mark(marks)))),
  );
  const [only, second] = marked;
  const slice =
    second === undefined
      ? new Slice(only?.content ?? Fragment.empty, 0, 0)
      : new Slice(Fragment.fromArray(marked), 1, 1);
  return new Transform(prose).replace(from, to, slice).doc;
}

function isEverywhere(prose: PMNode, from: number, to: number, mark: Mark): boolean {
  let all = true;
  prose.nodesBetween(from, to, (node) => {
    if (node.isText && !mark.isInSet(node.marks)) all = false;
  });
  return all;
}

type Change = { part: Passage; blocks: readonly PMNode[] };

function write(
  doc: Y.Doc,
  row: Row,
  { part, blocks }: Change,
  attributes: Parameters<typeof setAttributes>[2],
): void {
  const node = blocks.length > 0 ? proseOf(blocks) : schema.nodes.prose.createAndFill()!;
  const fragmentIn = (on: Y.Doc) => fragmentOf(passagesOf(on).get(part.id), "prose")!;
  doc.transact(() => {
    writeDerived(doc, (draft) => writeFragment(draft, fragmentIn(draft), node));
    setAttributes(doc, row.id, attributes);
  }, STRUCTURE);
  // What was made once and undone does not come in again by the same bytes.
  if (!readHalf(fragmentIn(doc), "prose").eq(node))
    doc.transact(() => writeFragment(doc, fragmentIn(doc), node), STRUCTURE);
}

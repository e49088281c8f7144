/** Looks which words of the notes are new since the takes beside them were asked for, and draws them. */
import type { Node as PMNode } from "prosemirror-model";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import { type Row, readRows } from "../../../src/documents/model/rows.ts";
import { hashOf } from "../../../src/documents/model/text.ts";
import type { NotesChanged } from "../../../src/documents/takes.ts";
import { changedWordsPath } from "../../chapters/takes-ids.ts";
import type { ChangedParts } from "./changed-words.ts";
import { CHANGED_WORDS } from "./changed-words-key.ts";
import { offerOf, spineOf } from "./furniture.ts";
import { findCell } from "./place.ts";

/** The studio is asked this long after the last change, in milliseconds. */
const ASK_AFTER_MS = 600;
/** How long it is waited for what was typed to be kept, in milliseconds. */
const KEPT_WITHIN_MS = 5_000;

type Since = { row: Row; take: string };
type Found = { row: Row; ranges: NotesChanged["ranges"] };

/** Answers what is to be called when notes may have moved on. */
export function lookingAt(view: EditorView, { doc, bucket, sync }: ChangedParts): () => void {
  const known = new Map<string, NotesChanged & { since: string }>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let drawnOf = "";

  const seen = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), ASK_AFTER_MS);
  };

  async function look(): Promise<void> {
    const since = readRows(doc).flatMap((row) => sinceOf(row) ?? []);
    const unknown = since.filter(({ row, take }) => !isKnown(row, take));
    // What is drawn stays until it is known better.
    if (unknown.length > 0 && !sync.state().isTogether) return;
    if (unknown.length > 0) {
      await sync.kept(KEPT_WITHIN_MS).catch(() => {});
      const named = unknown.map(({ row, take }) => `${row.id}:${take}`).join(" ");
      const query = new URLSearchParams({ since: named });
      const answer = await fetch(`${changedWordsPath(bucket)}?${query}`).catch(() => undefined);
      if (!answer?.ok) return;
      const { items } = (await answer.json()) as { items: NotesChanged[] };
      const takes = new Map(unknown.map(({ row, take }) => [row.id, take]));
      for (const one of items)
        known.set(one.passage, { ...one, since: takes.get(one.passage) ?? "" });
    }
    draw();
  }

  const isKnown = (row: Row, take: string): boolean => {
    const before = known.get(row.id);
    return before?.since === take && before.notesHash === hashOf(row.notes);
  };

  function draw(): void {
    if (view.isDestroyed) return;
    if (view.composing) {
      seen();
      return;
    }
    const found = readRows(doc).flatMap((row): Found[] => {
      const [since] = sinceOf(row) ?? [];
      return since && isKnown(row, since.take) ? [{ row, ranges: known.get(row.id)!.ranges }] : [];
    });
    const said = JSON.stringify(
      found.map(({ row, ranges }) => [row.id, hashOf(row.notes), ranges]),
    );
    if (said === drawnOf) return;
    drawnOf = said;
    const set = drawn(view.state.doc, found);
    view.dispatch(view.state.tr.setMeta(CHANGED_WORDS, set).setMeta("addToHistory", false));
  }

  return seen;
}

/** The take whose ask the notes have moved on from; undefined where they have not. */
function sinceOf(row: Row): [Since] | undefined {
  if (!spineOf(row.id)?.classList.contains("changed")) return undefined;
  const offer = offerOf(row.id);
  const isOffered =
    offer?.dataset.askHash !== undefined && offer.dataset.askHash !== hashOf(row.notes);
  const take = (isOffered ? offer.dataset.take : undefined) ?? row.attributes.take;
  return take === null ? undefined : [{ row, take }];
}

function drawn(chapter: PMNode, found: Found[]): DecorationSet {
  const decorations = found.flatMap(({ row, ranges }) => {
    const blocks = row.passages.flatMap((id) => blocksOf(chapter, id));
    return ranges.flatMap(({ block, from, to }) => {
      const at = blocks[block];
      if (at === undefined) return [];
      const end = Math.min(at.start + to, at.end);
      return at.start + from < end
        ? [Decoration.inline(at.start + from, end, { class: "changed-word" })]
        : [];
    });
  });
  return DecorationSet.create(chapter, decorations);
}

/** Where the textblocks of a passage's notes begin and end. */
function blocksOf(chapter: PMNode, passage: string): { start: number; end: number }[] {
  const cell = findCell(chapter, passage, "notes");
  const blocks: { start: number; end: number }[] = [];
  cell?.node.descendants((node, pos) => {
    if (!node.isTextblock) return true;
    const start = cell.start + pos + 1;
    blocks.push({ start, end: start + node.content.size });
    return false;
  });
  return blocks;
}

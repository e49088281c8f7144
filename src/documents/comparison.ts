/** Two standings of a chapter beside each other, passage by passage. */
import { canonicalJson } from "../json.ts";
import type { ChapterV1 } from "../schemas/types.ts";
import { type Comparison, compare, EDIT_WORK } from "./compare.ts";
import { HALVES, type Half } from "./model/schema.ts";
import { halfFrom } from "./model/snapshot.ts";

type Saved = ChapterV1["passages"][number];

export type PassageChange = {
  id: string;
  kind: "same" | "changed" | "added" | "removed";
  /** It stands elsewhere among those that both have. */
  isMoved: boolean;
  notes: TextChange;
  prose: TextChange;
};

/** `isSame`: neither a word nor how it is set has changed. */
export type TextChange = Comparison & { isSame: boolean };

/** The passages of `after` in their order; what only `before` has stands behind what it stood behind there. */
export function compareChapters(before: ChapterV1, after: ChapterV1): PassageChange[] {
  const old = new Map(before.passages.map((passage) => [passage.id, passage]));
  const now = new Map(after.passages.map((passage) => [passage.id, passage]));
  const order = after.passages.map(({ id }) => id);
  let previous: string | undefined;
  for (const { id } of before.passages) {
    if (!now.has(id)) order.splice(previous === undefined ? 0 : order.indexOf(previous) + 1, 0, id);
    previous = id;
  }
  const stayed = stayedIn(
    before.passages.map(({ id }) => id).filter((id) => now.has(id)),
    after.passages.map(({ id }) => id).filter((id) => old.has(id)),
  );
  const budget = { work: EDIT_WORK };
  return order.map((id) => {
    const [was, is] = [old.get(id), now.get(id)];
    const [notes, prose] = HALVES.map((half) => change(half, was, is, budget)) as [
      TextChange,
      TextChange,
    ];
    const kind = !was
      ? "added"
      : !is
        ? "removed"
        : notes.isSame && prose.isSame
          ? "same"
          : "changed";
    return { id, kind, isMoved: Boolean(was && is) && !stayed.has(id), notes, prose };
  });
}

function change(
  half: Half,
  was: Saved | undefined,
  is: Saved | undefined,
  budget: { work: number },
): TextChange {
  const [before, after] = [was?.[half] ?? [], is?.[half] ?? []];
  return {
    ...compare(halfFrom(before, half), halfFrom(after, half), budget),
    isSame: canonicalJson(before) === canonicalJson(after),
  };
}

/** The most ids whose order is the same in both: the longest rising sequence of places, by patience. */
function stayedIn(before: string[], after: string[]): Set<string> {
  const place = new Map(before.map((id, at) => [id, at]));
  const ends: string[] = [];
  const previous = new Map<string, string | undefined>();
  for (const id of after) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (place.get(ends[middle]!)! < place.get(id)!) low = middle + 1;
      else high = middle;
    }
    previous.set(id, ends[low - 1]);
    ends[low] = id;
  }
  const stayed = new Set<string>();
  for (let id = ends.at(-1); id !== undefined; id = previous.get(id)) stayed.add(id);
  return stayed;
}

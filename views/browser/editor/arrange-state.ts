/** Which rows are chosen, whether they are carried, and where to: a set of ids outside the selection in the text. */
import { PluginKey } from "prosemirror-state";
import type { DecorationSet, EditorView } from "prosemirror-view";
import type * as Y from "yjs";
import type { Undoing } from "./undo.ts";

export type ArrangeParts = { doc: Y.Doc; undo: Undoing };

/** Where what is carried would come to lie: beside a row that is not carried. */
export type Drop = { row: string; side: "before" | "after" };

/** Ids are of rows: of their first passages. */
export type Arranged = { chosen: ReadonlySet<string>; isCarried: boolean; drop: Drop | null };

export type Shown = Arranged & { drawn: DecorationSet };

export const NOTHING_CHOSEN: Arranged = { chosen: new Set(), isCarried: false, drop: null };

export const key = new PluginKey<Shown>("arrange");

export const arranged = (view: EditorView): Arranged => key.getState(view.state)!;

export const setArranged = (view: EditorView, next: Arranged): void =>
  view.dispatch(view.state.tr.setMeta(key, next).setMeta("addToHistory", false));

const GRIP = ".grip";

/** The passage whose grip an event is at. */
export const gripped = ({ target }: Event): string | undefined =>
  (target as Element).closest?.(GRIP)?.closest<HTMLElement>("[data-passage]")?.dataset.passage;

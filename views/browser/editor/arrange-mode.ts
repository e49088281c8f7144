/**
 * Whole passages by keyboard: one has the focus, on its grip; Shift chooses several; Space picks up, arrows carry, Enter
 * puts down, Esc leaves all as it was. What is carried stays where it is until it is put down, and a line
 * shows where that would be: so it is one change, and what others do meanwhile takes nothing away.
 */
import type { EditorView } from "prosemirror-view";
import { gripId, proseId } from "../../chapters/passage-view.ts";
import { announce } from "../announce.ts";
import { mergeRows, moveRows, type Place, removeRows } from "./arrange-commands.ts";
import { copied } from "./arrange-copy.ts";
import { carrying } from "./arrange-drag.ts";
import { type ArrangedRow, arrangedRows, rowOfPassage } from "./arrange-rows.ts";
import {
  type ArrangeParts,
  arranged,
  gripped,
  NOTHING_CHOSEN,
  setArranged,
} from "./arrange-state.ts";
import { cellOf } from "./place.ts";
import { focusCell } from "./structure.ts";

export type Arranging = {
  /** Chooses the row of a passage, and goes to it. */
  enter(passage: string): void;
  /** A press on a passage's grip, which may become a drag. */
  press(event: PointerEvent, passage: string): void;
  /** After the chapter changed. */
  follow(): void;
  close(): void;
};

/** What single letters press in the take bar of a passage, and how that is called. */
const ACTS: Record<string, { press: string; name: string }> = {
  a: { press: "button[data-accept]", name: "accept" },
  d: { press: "button[data-discard]", name: "discard" },
  r: { press: "button[data-opens]", name: "ask again" },
  c: { press: "button[data-compare]", name: "compare" },
  p: { press: "button[data-beside]", name: "compare side by side" },
};

export function openArranging(view: EditorView, parts: ArrangeParts): Arranging {
  const page = view.dom.ownerDocument;
  /** Where a range of rows begins, and the row that has the focus. */
  let anchor: string | null = null;
  let lead: string | null = null;
  /** Rows as they were last seen: tells who is beside one that went. */
  let seen: string[] = [];

  const rows = () => arrangedRows(view.state.doc);
  const isOn = () => arranged(view).chosen.size > 0;
  const chosenRows = () => rows().filter(({ id }) => arranged(view).chosen.has(id));

  function choose(chosen: Iterable<string>, to: string, from: string | null = to): void {
    anchor = from;
    lead = to;
    seen = rows().map(({ id }) => id);
    setArranged(view, { ...NOTHING_CHOSEN, chosen: new Set(chosen) });
    focus();
  }

  function focus(): void {
    const grip = lead && page.getElementById(gripId(lead));
    if (grip && page.activeElement !== grip) grip.focus();
  }

  function leave(): void {
    if (!isOn()) return;
    drag.end(false);
    anchor = lead = null;
    setArranged(view, NOTHING_CHOSEN);
  }

  function extend(to: ArrangedRow): void {
    const all = rows();
    const [a, b] = [indexOf(all, anchor), all.indexOf(to)].toSorted((x, y) => x - y);
    const range = all.slice(Math.max(a!, 0), b! + 1);
    choose(
      range.map(({ id }) => id),
      to.id,
      anchor ?? to.id,
    );
    announce(`${counted(range)} chosen.`);
  }

  function go(to: ArrangedRow | undefined, isExtending: boolean): void {
    if (!to) return;
    if (isExtending) extend(to);
    else choose([to.id], to.id);
  }

  function put(place: Place, where: string): void {
    const moved = chosenRows();
    const chosen = new Set(moved.map(({ id }) => id));
    moveRows(
      parts,
      moved.map(({ id }) => id),
      place,
    );
    choose(chosen, lead && chosen.has(lead) ? lead : moved[0]!.id, anchor);
    announce(where);
  }

  const drag = carrying(view, { rows, put, focus });

  /** By one row, at once. */
  function shift(by: 1 | -1): void {
    const all = rows();
    const chosen = chosenRows();
    const edge = by < 0 ? all.indexOf(chosen[0]!) : all.indexOf(chosen.at(-1)!);
    const beside = all[edge + by];
    if (!beside) return;
    put(
      by < 0 ? { before: beside.id } : { after: beside.id },
      `Moved ${by < 0 ? "before" : "after"} passage ${beside.number}.`,
    );
  }

  function remove(): void {
    const all = rows();
    const gone = chosenRows();
    const back = all[all.indexOf(gone.at(-1)!) + 1] ?? all[all.indexOf(gone[0]!) - 1];
    const made = removeRows(
      parts,
      gone.map(({ id }) => id),
      all.length,
    );
    const next = back && !gone.includes(back) ? back.id : (made ?? rows()[0]?.id);
    if (next) choose([next], next);
    announce(`${counted(gone)} removed. Undo brings ${gone.length > 1 ? "them" : "it"} back.`);
  }

  function merge(): void {
    const all = rows();
    const [first, ...rest] = chosenRows();
    const above = all[all.indexOf(first!) - 1];
    const into = rest.length > 0 ? first : above;
    if (!into) {
      announce("There is no passage above.");
      return;
    }
    const merged = rest.length > 0 ? rest : [first!];
    mergeRows(
      parts,
      merged.map(({ id }) => id),
      into.id,
    );
    choose([into.id], into.id);
    announce(`${counted(merged)} merged into passage ${into.number}.`);
  }

  function act(letter: string): void {
    const { press, name } = ACTS[letter]!;
    const beside = lead ? page.getElementById(proseId(lead)) : null;
    const shown = (selector: string) =>
      [...(beside?.querySelectorAll<HTMLElement>(selector) ?? [])].find((one) =>
        one.checkVisibility(),
      );
    const found = shown(press) ?? (letter === "p" ? opensBeside(shown(ACTS.c!.press)) : undefined);
    if (found) found.click();
    else announce(`There is nothing to ${name} here.`);
  }

  /** Back to where one was in the text, or to its beginning in another row. */
  function write(): void {
    const row = rowOfPassage(rows(), lead ?? "");
    if (!row) return;
    const cell = cellOf(view.state.selection.$head);
    leave();
    if (cell && row.parts.some(({ id }) => id === cell.passage)) view.focus();
    else focusCell(view, row.id, visibleHalf(view, row, cell?.half ?? "prose"));
    view.dispatch(view.state.tr.scrollIntoView());
  }

  /** Whether it was a key of this mode. */
  function pressed(event: KeyboardEvent): boolean {
    const all = rows();
    const at = indexOf(all, lead);
    const isMod = event.ctrlKey || event.metaKey;
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key] as 1 | -1 | undefined;
    const { shiftKey, altKey } = event;
    if (drag.isOn() && !isMod && !altKey) {
      if (by) drag.shift(by);
      else if (event.key === "Home" || event.key === "End") drag.toEdge(event.key === "Home");
      else if (event.key === "Enter" || event.key === " ") drag.end(true);
      else if (event.key === "Escape") drag.end(false);
      else return false;
      return true;
    }
    if (isMod) return chord(event, all);
    if (by && altKey && shiftKey) shift(by);
    else if (altKey) return false;
    else if (by) go(all[at + by], shiftKey);
    else if (event.key === "Home") go(all[0], shiftKey);
    else if (event.key === "End") go(all.at(-1), shiftKey);
    else if (shiftKey) return false;
    else if (event.key === " ") drag.begin();
    else if (event.key === "Enter") write();
    else if (event.key === "Escape") go(all[at], false);
    else if (event.key === "Delete" || event.key === "Backspace") remove();
    else if (letterOf(event) === "m") merge();
    else if (letterOf(event) in ACTS) act(letterOf(event));
    else return false;
    return true;
  }

  function chord(event: KeyboardEvent, all: ArrangedRow[]): boolean {
    const letter = letterOf(event);
    if (event.altKey) return false;
    if (letter === "z") event.shiftKey ? parts.undo.redo() : parts.undo.undo();
    else if (letter === "y") parts.undo.redo();
    else if (letter === "a") {
      choose(
        all.map(({ id }) => id),
        lead ?? all[0]!.id,
        all[0]!.id,
      );
      announce(`${counted(all)} chosen.`);
    } else if (/^[cx]$/.test(letter) && !event.isTrusted) copyLate(letter === "x");
    else return false;
    return true;
  }

  /** By a key that was held while this came: the browser does nothing by itself then. */
  function copyLate(isCut: boolean): void {
    if (page.execCommand("copy") && isCut) remove();
  }

  const keydown = (event: KeyboardEvent) => {
    if (!isOn() || !gripped(event) || event.isComposing || !pressed(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  // The focus moving on ends the mode; that the window lost it does not.
  const focusin = (event: FocusEvent) => {
    if (isOn() && !gripped(event)) leave();
  };
  const pointerdown = (event: PointerEvent) => {
    if (isOn() && !gripped(event)) leave();
  };
  const clipboard = (event: ClipboardEvent) => {
    if (!isOn() || !event.clipboardData || !page.activeElement?.matches(".grip")) return;
    const { text, html } = copied(chosenRows());
    event.clipboardData.setData("text/plain", text);
    event.clipboardData.setData("text/html", html);
    event.preventDefault();
    if (event.type === "cut") remove();
    else announce(`Prose of ${counted(chosenRows()).toLowerCase()} copied.`);
  };
  view.dom.addEventListener("keydown", keydown);
  page.addEventListener("focusin", focusin);
  page.addEventListener("pointerdown", pointerdown, { capture: true });
  page.addEventListener("copy", clipboard);
  page.addEventListener("cut", clipboard);

  return {
    enter(passage) {
      const row = rowOfPassage(rows(), passage);
      if (row) choose([row.id], row.id);
    },
    press(event, passage) {
      const row = rowOfPassage(rows(), passage);
      if (!row) return;
      const { chosen } = arranged(view);
      if (event.shiftKey && anchor) extend(row);
      else if (event.ctrlKey || event.metaKey) {
        const toggled = new Set(chosen);
        if (chosen.has(row.id) && chosen.size > 1) toggled.delete(row.id);
        else toggled.add(row.id);
        choose(toggled, row.id);
      } else {
        choose(chosen.has(row.id) ? chosen : [row.id], row.id, anchor);
        drag.press(event, () => choose([row.id], row.id));
      }
    },
    follow() {
      if (!isOn()) return;
      const all = rows();
      const state = arranged(view);
      const left = [...state.chosen].filter((id) => indexOf(all, id) >= 0);
      const before = seen;
      seen = all.map(({ id }) => id);
      drag.follow();
      if (left.length === state.chosen.size && indexOf(all, lead) >= 0) return focus();
      // What others removed is chosen no more; whoever stood on it stands beside it.
      const isHere = page.activeElement === page.body || page.activeElement?.matches(".grip");
      const next = left[0] ?? nearest(before, seen, lead) ?? seen[0];
      if (!next) return leave();
      if (left.length === 0) drag.end(false);
      if (indexOf(all, lead) < 0) lead = next;
      if (indexOf(all, anchor) < 0) anchor = lead;
      setArranged(view, {
        ...arranged(view),
        chosen: new Set(left.length > 0 ? left : [next]),
      });
      if (isHere) focus();
    },
    close() {
      view.dom.removeEventListener("keydown", keydown);
      page.removeEventListener("focusin", focusin);
      page.removeEventListener("pointerdown", pointerdown, { capture: true });
      page.removeEventListener("copy", clipboard);
      page.removeEventListener("cut", clipboard);
    },
  };
}

/** Before anything is compared, the button that begins it can begin it side by side. */
function opensBeside(compare: HTMLElement | undefined): HTMLElement | undefined {
  if (compare) compare.dataset.compares = "side";
  return compare;
}

const indexOf = (rows: ArrangedRow[], id: string | null): number =>
  rows.findIndex((row) => row.id === id);

/** The letter of a key, also where the layout writes another alphabet. */
function letterOf({ key, code }: KeyboardEvent): string {
  const written = key.toLowerCase();
  return /^[a-z]$/.test(written) ? written : (/^Key([A-Z])$/.exec(code)?.[1] ?? "").toLowerCase();
}

export const counted = (rows: ArrangedRow[]): string =>
  rows.length === 1 ? `Passage ${rows[0]!.number}` : `${rows.length} passages`;

/** Of those that are still there, the one that stood closest. */
function nearest(before: string[], now: string[], id: string | null): string | undefined {
  const at = before.indexOf(id ?? "");
  const left = before.filter((one) => now.includes(one));
  return left.toSorted(
    (a, b) => Math.abs(before.indexOf(a) - at) - Math.abs(before.indexOf(b) - at),
  )[0];
}

/** The half that one was in, unless only the other is shown. */
function visibleHalf(view: EditorView, row: ArrangedRow, half: "notes" | "prose") {
  const { from, node } = row.parts[0]!;
  const starts = { notes: from + 1, prose: from + 1 + node.child(0).nodeSize };
  const shown = view.nodeDOM(starts[half]) as HTMLElement | null;
  const isHidden = shown && getComputedStyle(shown).display === "none";
  return isHidden ? (half === "notes" ? "prose" : "notes") : half;
}

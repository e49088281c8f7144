/**
 * Rows that are carried: picked up by a key, by the mouse, or by a finger that is held on the grip. The place is
 * remembered by the row beside it, so that it stays true when others change the chapter meanwhile.
 */
import type { EditorView } from "prosemirror-view";
import { passageId } from "../../chapters/passage-view.ts";
import { announce } from "../announce.ts";
import type { Place } from "./arrange-commands.ts";
import type { ArrangedRow } from "./arrange-rows.ts";
import { arranged, type Drop, setArranged } from "./arrange-state.ts";

/** A mouse has to go so far before it carries; a finger may move so far while it is held. In CSS pixels. */
const SLACK = 5;
/** So long a finger is held before it carries, in milliseconds. */
const HOLD_MS = 400;
/** So near the upper or lower edge the page scrolls while something is carried, in CSS pixels. */
const EDGE = 72;
/** Of the way into that edge, what is scrolled in a frame. */
const SPEED = 0.3;

type Parts = {
  rows(): ArrangedRow[];
  put(place: Place, sentence: string): void;
  focus(): void;
};

export function carrying(view: EditorView, { rows, put, focus }: Parts) {
  const page = view.dom.ownerDocument;
  /** The pointer that carries, and how high it is; null for the keyboard. */
  let pointer: { id: number; y: number } | null = null;
  let end: ((isKept: boolean) => void) | null = null;

  const rest = () => rows().filter(({ id }) => !arranged(view).chosen.has(id));
  const carried = () => rows().filter(({ id }) => arranged(view).chosen.has(id));

  /** How many of the rest would stand before. */
  function at(others: ArrangedRow[]): number {
    const { drop } = arranged(view);
    const beside = others.findIndex(({ id }) => id === drop?.row);
    if (drop && beside >= 0) return drop.side === "before" ? beside : beside + 1;
    const all = rows();
    const first = all.indexOf(carried()[0]!);
    return all.slice(0, Math.max(first, 0)).filter((row) => others.includes(row)).length;
  }

  function show(to: number, others: ArrangedRow[]): void {
    const above = others[to - 1];
    const drop: Drop | null = above
      ? { row: above.id, side: "after" }
      : others[0]
        ? { row: others[0].id, side: "before" }
        : null;
    const before = arranged(view);
    const isSame = before.drop?.row === drop?.row && before.drop?.side === drop?.side;
    if (before.isCarried && isSame) return;
    setArranged(view, { ...before, isCarried: true, drop });
  }

  const isOn = () => arranged(view).isCarried;

  function begin(): void {
    const others = rest();
    show(at(others), others);
    const [only, ...more] = carried();
    announce(
      more.length > 0
        ? `${more.length + 1} passages, grabbed.`
        : `Passage ${only?.number}, grabbed.`,
    );
  }

  function goTo(to: number): void {
    const others = rest();
    show(Math.min(Math.max(to, 0), others.length), others);
    const { drop } = arranged(view);
    const beside = others.find(({ id }) => id === drop?.row);
    if (!beside) return;
    sectionsOf(beside)
      .at(drop?.side === "before" ? 0 : -1)
      ?.scrollIntoView({ block: "nearest" });
    announce(`${whereOf(others)}.`);
  }

  function whereOf(others: ArrangedRow[]): string {
    const below = others[at(others)];
    return below ? `Before passage ${below.number}` : "At the end";
  }

  function finish(isKept: boolean): void {
    if (!isOn()) return;
    const others = rest();
    const to = at(others);
    const all = rows();
    const wanted = [...others.slice(0, to), ...carried(), ...others.slice(to)];
    const isMoved = wanted.some((row, i) => row !== all[i] && row.id !== all[i]?.id);
    const sentence = `Moved ${whereOf(others).toLowerCase().replace("at the end", "to the end")}.`;
    pointer = null;
    setArranged(view, { ...arranged(view), isCarried: false, drop: null });
    if (!isKept || !isMoved) {
      announce("Where it was.");
      return;
    }
    const below = others[to];
    put(below ? { before: below.id } : { after: others.at(-1)!.id }, sentence);
  }

  const sectionsOf = ({ parts }: ArrangedRow): HTMLElement[] =>
    parts.flatMap(({ id }) => page.getElementById(passageId(id)) ?? []);

  /** The gap between the rest that is nearest to the pointer. */
  function follow(): void {
    if (!isOn() || !pointer) return;
    const { y } = pointer;
    const others = rest();
    const gaps = others.map((row) => sectionsOf(row).at(-1)!.getBoundingClientRect().bottom);
    if (others[0]) gaps.unshift(sectionsOf(others[0])[0]!.getBoundingClientRect().top);
    let to = 0;
    for (const [i, gap] of gaps.entries()) if (Math.abs(gap - y) < Math.abs(gaps[to]! - y)) to = i;
    show(to, others);
  }

  function press(event: PointerEvent, clicked: () => void): void {
    end?.(false);
    const { pointerId, clientX, clientY } = event;
    const isFinger = event.pointerType === "touch";
    let frame = 0;
    let hold: ReturnType<typeof setTimeout> | undefined;

    const scroller = scrollerOf(view.dom);
    function scroll(): void {
      frame = requestAnimationFrame(scroll);
      if (!pointer) return;
      const { top, bottom } = visible(scroller);
      const into = Math.min(0, pointer.y - top - EDGE) + Math.max(0, pointer.y - bottom + EDGE);
      if (into === 0) return;
      scroller.scrollBy({ top: into * SPEED, behavior: "instant" });
      follow();
    }
    function pickUp(y: number): void {
      pointer = { id: pointerId, y };
      view.dom.classList.add("carrying");
      begin();
      frame = requestAnimationFrame(scroll);
    }
    function move(moved: PointerEvent): void {
      if (moved.pointerId !== pointerId) return;
      const far = Math.hypot(moved.clientX - clientX, moved.clientY - clientY);
      if (pointer) {
        pointer.y = moved.clientY;
        follow();
      } else if (moved.buttons === 0) stop(false);
      else if (far <= SLACK) return;
      else if (isFinger) stop(false);
      else pickUp(moved.clientY);
    }
    function stop(isKept: boolean): void {
      clearTimeout(hold);
      cancelAnimationFrame(frame);
      view.dom.classList.remove("carrying");
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", up);
      removeEventListener("pointercancel", cancel);
      end = null;
      if (pointer) finish(isKept);
    }
    function up(released: PointerEvent): void {
      if (released.pointerId !== pointerId) return;
      if (pointer) stop(true);
      else {
        stop(false);
        clicked();
      }
      focus();
    }
    const cancel = () => stop(false);
    end = stop;
    addEventListener("pointermove", move);
    addEventListener("pointerup", up);
    addEventListener("pointercancel", cancel);
    if (isFinger) hold = setTimeout(() => pickUp(clientY), HOLD_MS);
  }

  return {
    isOn,
    begin,
    press,
    shift: (by: 1 | -1) => goTo(at(rest()) + by),
    toEdge: (isStart: boolean) => goTo(isStart ? 0 : rest().length),
    end: (isKept: boolean) => (end && pointer ? end(isKept) : finish(isKept)),
    /** After the chapter changed: what was beside may be gone. */
    follow(): void {
      if (!isOn()) return;
      const others = rest();
      if (pointer) follow();
      else show(at(others), others);
    },
  };
}

function scrollerOf(element: HTMLElement): HTMLElement {
  const root = element.ownerDocument.scrollingElement as HTMLElement;
  for (let up = element.parentElement; up && up !== root; up = up.parentElement)
    if (/auto|scroll/.test(getComputedStyle(up).overflowY) && up.scrollHeight > up.clientHeight)
      return up;
  return root;
}

/** The part of the window that a scroller's content shows in. */
function visible(scroller: HTMLElement): { top: number; bottom: number } {
  if (scroller === scroller.ownerDocument.scrollingElement) return { top: 0, bottom: innerHeight };
  return scroller.getBoundingClientRect();
}

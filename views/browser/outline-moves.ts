/**
 * Rows on the move: by mouse, by a finger that is held, by Alt, Shift and an arrow, or picked up with Space, carried
 * with arrows and put down with Enter. A line shows where a row would come to lie; the rows stay where they are until
 * the studio has moved it, so an update in between takes nothing away.
 */
import { chapterLinkId, DROP_LINE_ID } from "../chapters/outline-ids.ts";
import { announce } from "./announce.ts";
import { send } from "./outline-send.ts";

/** A mouse has to go so far before it carries, in CSS pixels; a finger may move so far while it is held. */
const SLACK = 6;
/** So long a finger is held before it carries, in milliseconds. */
const HOLD_MS = 450;
/** So near an edge the outline scrolls while something is carried, and so far in one step. In CSS pixels. */
const EDGE = 32;
const STEP = 10;
/** A step of scrolling each frame or so, in milliseconds. */
const STEP_EVERY_MS = 16;

type Carry = {
  chapter: string;
  /** Among the rows without it: how many stand before it, were it put down now. */
  to: number;
  /** The pointer that carries; null for the keyboard. */
  pointer: number | null;
};

export function startMoves(outline: HTMLElement) {
  const line = document.getElementById(DROP_LINE_ID)!;
  let carry: Carry | null = null;
  let pressed: { event: PointerEvent; row: HTMLElement; timer?: number } | null = null;
  let scrolling: number | undefined;
  let justCarried = false;

  const rows = () => [...outline.querySelectorAll<HTMLElement>(".chapters [data-chapter]")];
  const others = () => rows().filter(({ dataset }) => dataset.chapter !== carry?.chapter);
  const carried = () => rows().find(({ dataset }) => dataset.chapter === carry?.chapter);
  const nameOf = (row: HTMLElement | undefined) => row?.dataset.name || "Untitled";

  function lift(row: HTMLElement, pointer: number | null): void {
    carry = { chapter: row.dataset.chapter!, to: rows().indexOf(row), pointer };
    follow();
  }

  /** Draws what is carried, anew where rows were replaced. */
  function follow(): void {
    const row = carried();
    if (carry && !row) {
      drop(false);
      return;
    }
    outline.classList.toggle("lifting", carry !== null);
    for (const one of rows()) one.classList.toggle("lifted", one === row);
    line.hidden = carry === null;
    if (!carry) return;
    const rest = others();
    carry.to = Math.min(carry.to, rest.length);
    const below = rest[carry.to];
    const above = rest[carry.to - 1];
    const top = below && !isFirst(below, above) ? below.offsetTop : bottomOf(above ?? below!);
    line.style.top = `${top}px`;
  }

  /** Between two parts the line stands under the upper one. */
  const isFirst = (below: HTMLElement, above: HTMLElement | undefined) =>
    above !== undefined && above.parentElement !== below.parentElement;
  const bottomOf = (row: HTMLElement) => row.offsetTop + row.offsetHeight;

  function drop(isKept: boolean): void {
    const done = carry;
    const rest = others();
    const was = done ? rows().findIndex(({ dataset }) => dataset.chapter === done.chapter) : -1;
    carry = null;
    clearInterval(scrolling);
    scrolling = undefined;
    follow();
    if (!done || !isKept || done.to === was) return;
    const above = rest[done.to - 1]?.dataset.chapter;
    const below = rest[done.to]?.dataset.chapter;
    void moveTo(done.chapter, above ? { after: above } : { before: below! });
  }

  async function moveTo(chapter: string, place: Record<string, string>): Promise<void> {
    const link = document.getElementById(chapterLinkId(chapter));
    if (link) await send(link, "PATCH", `/chapters/${chapter}`, place);
  }

  function step(row: HTMLElement, by: 1 | -1): void {
    const all = rows();
    const beside = all[all.indexOf(row) + by];
    if (!beside) return;
    const place: Record<string, string> = {};
    place[by < 0 ? "before" : "after"] = beside.dataset.chapter!;
    void moveTo(row.dataset.chapter!, place);
  }

  function shift(by: 1 | -1): void {
    const rest = others();
    carry!.to = Math.min(Math.max(carry!.to + by, 0), rest.length);
    follow();
    line.scrollIntoView({ block: "nearest" });
    const above = rest[carry!.to - 1];
    announce(above ? `After ${nameOf(above)}.` : `Before ${nameOf(rest[0])}.`);
  }

  outline.addEventListener("keydown", (event) => {
    const row = (event.target as Element).closest<HTMLElement>("[data-chapter]");
    if (!row || !(event.target as Element).matches("a")) return;
    const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : null;
    if (carry && carry.pointer === null) {
      if (by) shift(by);
      else if (event.key === "Enter" || event.key === " ") {
        announce(`Put down ${nameOf(carried())}.`);
        drop(true);
      } else if (event.key === "Escape") {
        announce(`${nameOf(carried())} stays where it was.`);
        drop(false);
      } else return;
    } else if (by && event.altKey && event.shiftKey) step(row, by);
    else if (by && !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      const all = rows();
      all[all.indexOf(row) + by]?.querySelector("a")?.focus();
    } else if (event.key === " ") {
      lift(row, null);
      announce(`Picked up ${nameOf(row)}. Arrows carry it, Enter puts it down, Escape leaves it.`);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  outline.addEventListener("focusout", () => {
    if (carry?.pointer === null) drop(false);
  });

  function press(event: PointerEvent): void {
    const row = (event.target as Element).closest<HTMLElement>(".chapters [data-chapter]");
    if (!row || event.button !== 0 || !(event.target as Element).closest("a")) return;
    pressed = { event, row };
    if (event.pointerType === "mouse") return;
    pressed.timer = setTimeout(() => {
      lift(row, event.pointerId);
      navigator.vibrate?.(10);
    }, HOLD_MS) as unknown as number;
  }

  function release(): void {
    clearTimeout(pressed?.timer);
    pressed = null;
  }

  function carryTo({ clientY }: PointerEvent): void {
    const { top, bottom } = outline.getBoundingClientRect();
    const y = clientY - top + outline.scrollTop;
    carry!.to = others().filter((row) => row.offsetTop + row.offsetHeight / 2 < y).length;
    follow();
    const by = clientY < top + EDGE ? -STEP : clientY > bottom - EDGE ? STEP : 0;
    clearInterval(scrolling);
    scrolling = by
      ? (setInterval(() => outline.scrollBy(0, by), STEP_EVERY_MS) as unknown as number)
      : undefined;
  }

  outline.addEventListener("pointerdown", press);
  document.addEventListener("pointermove", (event) => {
    if (carry && carry.pointer === event.pointerId) return carryTo(event);
    if (!pressed || pressed.event.pointerId !== event.pointerId) return;
    const { clientX, clientY, pointerType } = pressed.event;
    if (Math.hypot(event.clientX - clientX, event.clientY - clientY) < SLACK) return;
    // A finger that moves scrolls.
    if (pointerType !== "mouse") return release();
    lift(pressed.row, event.pointerId);
    carryTo(event);
  });
  const up = (event: PointerEvent) => {
    release();
    if (carry?.pointer !== event.pointerId) return;
    // The click that ends it is no click on the link.
    justCarried = true;
    setTimeout(() => {
      justCarried = false;
    });
    drop(event.type === "pointerup");
  };
  document.addEventListener("pointerup", up);
  document.addEventListener("pointercancel", up);
  outline.addEventListener("dragstart", (event) => event.preventDefault());
  // While a finger carries, the page does not scroll under it.
  outline.addEventListener(
    "touchmove",
    (event) => {
      if (carry?.pointer != null) event.preventDefault();
    },
    { passive: false },
  );
  outline.addEventListener(
    "click",
    (event) => {
      if (!justCarried) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    { capture: true },
  );
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || carry?.pointer == null) return;
    event.preventDefault();
    drop(false);
  });

  return { follow, press };
}

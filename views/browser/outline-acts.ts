/** What one can do in the outline: rows are picked up, renamed, opened in a menu; the title is written in place. */
import {
  CHAPTER_MENU_ID,
  CHAPTER_TITLE_ID,
  chapterLinkId,
  OUTLINE_SAID_ID,
} from "../chapters/outline-ids.ts";
import { announce } from "./announce.ts";
import { onHtmx, type RequestDetail } from "./htmx-events.ts";
import { closeMenu, openMenu } from "./outline-menu.ts";
import { startMoves } from "./outline-moves.ts";
import { startRenaming } from "./outline-rename.ts";
import { startTitle } from "./outline-title.ts";

/** @param first what brought somebody near; it is looked at as if this had been here before */
export function startActs(outline: HTMLElement, first: Event): void {
  const rename = startRenaming(outline);
  const moves = startMoves(outline);
  const head = document.getElementById(CHAPTER_TITLE_ID)?.closest("h1");
  const title = head && startTitle(head);
  const undo = startUndo(outline);

  outline.addEventListener("click", (event) => {
    const target = event.target as Element;
    const opens = target.closest<HTMLElement>("[data-menu]");
    const renames = target.closest<HTMLElement>("[data-renames]")?.dataset.renames;
    if (opens) void openMenu(opens);
    if (renames) {
      closeMenu();
      rename.begin(renames);
    }
    // One is there already; and the second click of two renames.
    if (target.closest("a[aria-current]") && !event.ctrlKey && !event.metaKey)
      event.preventDefault();
  });
  outline.addEventListener("dblclick", ({ target }) => {
    const id = rowOf(target)?.dataset.chapter;
    if (id && (target as Element).closest("a")) rename.begin(id);
  });
  outline.addEventListener("contextmenu", (event) => {
    const more = rowOf(event.target)?.querySelector<HTMLElement>("[data-menu]");
    // Of a touch that is held, the row is picked up instead.
    if (!more || event.shiftKey) return;
    event.preventDefault();
    if ((event as PointerEvent).pointerType !== "touch") void openMenu(more);
  });
  outline.addEventListener("keydown", (event) => {
    const { key } = event;
    const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && key.toLowerCase() === "z";
    if (isUndo && !(event.target as Element).matches("input")) {
      event.preventDefault();
      undo();
    }
    const row = rowOf(event.target);
    if (!row || !(event.target as Element).matches("a")) return;
    if (key === "F2") {
      event.preventDefault();
      rename.begin(row.dataset.chapter!);
    }
  });

  startFollowing(outline, { rename, moves });
  startRefusals((source, reason) => {
    if (outline.contains(source)) say(reason);
    if (source !== head) return;
    title?.refused(reason);
    announce(reason);
  });
  if (first instanceof PointerEvent && first.type === "pointerdown") moves.press(first);
}

/** How the last change is taken back comes with its answer, which the socket may be ahead of: Undo waits for it. */
function startUndo(outline: HTMLElement): () => void {
  const underWay = new Set<RequestDetail["ctx"]>();
  let isWanted = false;

  function undo(): void {
    const last = [...underWay].at(-1);
    // Where that is Undo itself, it was pressed twice.
    isWanted = last !== undefined && !last.sourceElement.matches(UNDO);
    if (!last) outline.querySelector<HTMLFormElement>(UNDO)?.requestSubmit();
  }
  outline.addEventListener(
    "submit",
    (event) => {
      if (underWay.size === 0 || !(event.target as Element).matches(UNDO)) return;
      event.preventDefault();
      event.stopPropagation();
      undo();
    },
    { capture: true },
  );
  onHtmx<RequestDetail>("htmx:before:request", ({ ctx }) => {
    const isHere = outline.contains(ctx.sourceElement) && ctx.request.method !== "GET";
    if (isHere) underWay.add(ctx);
  });
  onHtmx<RequestDetail>("htmx:finally:request", ({ ctx }) => {
    if (underWay.delete(ctx) && isWanted) undo();
  });
  return undo;
}

const UNDO = "[data-undo]";

export const rowOf = (target: EventTarget | null) =>
  (target as Element | null)?.closest<HTMLElement>("[data-chapter]") ?? null;

/** What follows each swap: nobody loses their place, and what was said is heard. */
function startFollowing(
  outline: HTMLElement,
  parts: { rename: ReturnType<typeof startRenaming>; moves: ReturnType<typeof startMoves> },
): void {
  let focused: { id: string; beside: string[] } | null = null;

  onHtmx("htmx:before:swap", () => {
    const active = document.activeElement;
    if (!active || !outline.contains(active)) return;
    const row = rowOf(active);
    const links = [...outline.querySelectorAll(".chapters a")].map(({ id }) => id);
    const at = row ? links.indexOf(chapterLinkId(row.dataset.chapter!)) : -1;
    focused = { id: active.id, beside: [links[at], links[at + 1], links[at - 1]].filter(isText) };
  });
  onHtmx("htmx:after:swap", () => {
    if (focused && (document.activeElement ?? document.body) === document.body) {
      const ids = [focused.id, ...focused.beside].filter((id) => id !== "");
      const next = ids.map((id) => document.getElementById(id)).find(Boolean);
      (next ?? outline.querySelector<HTMLElement>(".chapters a, button"))?.focus();
    }
    focused = null;
    parts.rename.follow();
    parts.moves.follow();
    const now = said()?.dataset.renameNow;
    if (!now) return;
    delete said()!.dataset.renameNow;
    parts.rename.begin(now);
  });
  onHtmx<RequestDetail>("htmx:after:request", ({ ctx }) => {
    const { sourceElement } = ctx;
    if (sourceElement.closest(`#${CHAPTER_MENU_ID}`) && !sourceElement.querySelector("label"))
      closeMenu();
  });
}

/** What the studio refused, or did not answer, is told where it was asked for. */
function startRefusals(tell: (source: Element, reason: string) => void): void {
  const failed = ({ ctx }: RequestDetail) => {
    if (ctx) tell(ctx.sourceElement, sentence(ctx));
  };
  onHtmx<RequestDetail>("htmx:response:error", failed);
  onHtmx<RequestDetail>("htmx:error", (detail) => {
    if (!detail.ctx?.response) failed(detail);
  });
}

const isText = (id: string | undefined): id is string => typeof id === "string";
const said = () => document.getElementById(OUTLINE_SAID_ID);

const AWAY = "The studio did not answer. Nothing was changed; try again.";

function sentence({ response, text }: RequestDetail["ctx"]): string {
  if (response?.status === 401) return "You are signed out. Sign in, then try again.";
  try {
    const { detail, title, errors } = JSON.parse(text ?? "");
    const [first] = errors ?? [];
    return detail ?? (first ? `${title}: it ${first.message}.` : title) ?? AWAY;
  } catch {
    return AWAY;
  }
}

function say(words: string): void {
  const place = said();
  if (!place) return;
  place.textContent = words;
  place.classList.add("refused");
  announce(words);
}

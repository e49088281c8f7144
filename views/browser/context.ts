/**
 * The context drawer: it follows the passage one is in and what is typed there, and remembers what is to go along anyway
 * until that ask is made. Its words come from the studio.
 */
import { passageId } from "../chapters/passage-view.ts";
import { CONTEXT_ID, contextPath, PROMPT_ID, summariesPath } from "../context/context-ids.ts";
import { announce } from "./announce.ts";
import { tellsAway } from "./drawer-away.ts";
import { onHtmx, type RequestDetail } from "./htmx-events.ts";

/** Another passage is asked about once the caret rests there, changed notes once one pauses; in milliseconds. */
const FOLLOW_MS = 250;
const TYPED_MS = 1_200;
/** How often it is looked whether summaries are made, in milliseconds. */
const MAKING_MS = 2_000;

let opened: { toggle(): void } | undefined;

export function toggleContext(button: HTMLElement): void {
  opened ??= start(button);
  opened.toggle();
}

const root = document.documentElement;
const drawer = () => document.getElementById(CONTEXT_ID);
const isOpen = () => root.classList.contains("context-open");

function start(button: HTMLElement) {
  const chapter = button.dataset.context!.split("/")[2]!;
  /** By passage. */
  const included = new Map<string, Set<string>>();
  let focusBefore: Element | null = null;
  let isAsking = false;
  let asksAgain = false;
  let timer: Timer | undefined;
  let moving: Timer | undefined;
  tellsAway(button, drawer);
  const current = () => rowOneIsIn()?.dataset.passage ?? null;

  const shown = () => drawer()?.dataset.passageShown ?? null;

  /** The passage that is shown may be one that others are merged under; what is to go along is noted with it. */
  const includedWith = (passage: string | null) => [...(included.get(passage ?? "") ?? [])];

  async function ask(): Promise<void> {
    if (!isOpen()) return;
    clearTimeout(timer);
    if (isAsking) {
      asksAgain = true;
      return;
    }
    isAsking = true;
    const passage = current();
    const context = { source: button, swap: "none" };
    try {
      await htmx().ajax("GET", contextPath(chapter, passage, includedWith(passage)), context);
    } finally {
      isAsking = false;
    }
    if (drawer()?.dataset.making) later(MAKING_MS);
    if (!asksAgain) return;
    asksAgain = false;
    void ask();
  }

  function later(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), ms);
  }

  async function open(): Promise<void> {
    focusBefore = document.activeElement;
    // One at a time.
    root.classList.remove("history-open");
    document.querySelector("[data-history]")?.setAttribute("aria-expanded", "false");
    show(true);
    await ask();
    drawer()?.focus({ preventScroll: true });
  }

  function show(isShown: boolean): void {
    root.classList.toggle("context-open", isShown);
    button.setAttribute("aria-expanded", String(isShown));
  }

  function close(): void {
    clearTimeout(timer);
    show(false);
    if (document.activeElement === button) return;
    const back =
      focusBefore instanceof HTMLElement && focusBefore.isConnected ? focusBefore : button;
    (back === document.body ? button : back).focus({ preventScroll: true });
  }

  // The history takes its place.
  new MutationObserver(() => {
    if (isOpen() && root.classList.contains("history-open")) show(false);
  }).observe(root, { attributes: true, attributeFilter: ["class"] });

  for (const moved of ["selectionchange", "focusin"])
    document.addEventListener(moved, () => {
      if (!isOpen()) return;
      clearTimeout(moving);
      // The editor marks its row a moment later.
      moving = setTimeout(() => !holdsCurrent() && void ask(), FOLLOW_MS);
    });
  /** Also where what is shown is the row that the passage is merged under. */
  const holdsCurrent = () =>
    current() === shown() ||
    document.getElementById(passageId(current() ?? ""))?.classList.contains("under");
  document.addEventListener("input", ({ target }) => {
    if (isOpen() && (target as Element).matches(".passages")) later(TYPED_MS);
  });

  document.addEventListener("click", ({ target }) => {
    const pressed = (target as Element).closest?.<HTMLElement>(`#${CONTEXT_ID} button`);
    if (!pressed) return;
    if ("closes" in pressed.dataset) close();
    const { includes } = pressed.dataset;
    const passage = shown();
    if (includes === undefined || passage === null) return;
    const those = included.get(passage) ?? new Set();
    included.set(passage, those);
    const isNow = !those.delete(includes);
    if (isNow) those.add(includes);
    void ask().then(() => {
      announce(isNow ? "It goes along with the next ask." : "It goes along as it fits.");
      document.getElementById(pressed.id)?.focus({ preventScroll: true });
      if (document.activeElement === document.body) drawer()?.focus({ preventScroll: true });
    });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !isOpen()) return;
    // Esc there closes the prompt that lies over it.
    if (document.getElementById(PROMPT_ID)?.matches(":popover-open")) return;
    if (drawer()?.contains(event.target as Node) || event.target === button) close();
  });

  onHtmx<RequestDetail>("htmx:config:request", ({ ctx }) => {
    const { asks } = (ctx.sourceElement as HTMLElement).dataset;
    const along = includedWith(asks ?? null);
    if (along.length > 0) ctx.request.body.set("include", along.join(" "));
  });
  onHtmx("htmx:after:swap", () => {
    if (isOpen() && drawer()?.dataset.making) later(MAKING_MS);
  });
  // No swap: there is none if what was pressed is gone by then, for the socket may tell of an ask before its answer does.
  onHtmx<RequestDetail>("htmx:finally:request", ({ ctx }) => {
    if (!ctx.response || ctx.response.status >= 400) return;
    const source = ctx.sourceElement as HTMLElement;
    // What was asked before that press may be answered after it, and would show what was.
    if (source.getAttribute("hx-post") === summariesPath(chapter)) void ask();
    // That ask is made; the next one is its own.
    if (source.dataset.asks && included.delete(source.dataset.asks)) later(FOLLOW_MS);
  });

  return { toggle: () => (isOpen() ? close() : void open()) };
}

/** By the focus, else by the caret that stays where it was; else the first that is on screen. */
function rowOneIsIn(): HTMLElement | null {
  const { anchorNode } = getSelection() ?? {};
  const caret = anchorNode instanceof Element ? anchorNode : anchorNode?.parentElement;
  const rows = [...document.querySelectorAll<HTMLElement>(".passage")];
  const { bottom = 0 } = document.querySelector(".topbar")?.getBoundingClientRect() ?? {};
  return (
    document.querySelector<HTMLElement>(".passage.here") ??
    document.activeElement?.closest<HTMLElement>(".passage") ??
    caret?.closest<HTMLElement>(".passage") ??
    rows.find((row) => row.getBoundingClientRect().bottom > bottom) ??
    null
  );
}

type Htmx = {
  ajax(verb: string, path: string, context: { source: Element; swap: string }): Promise<void>;
};

const htmx = () => (window as unknown as { htmx: Htmx }).htmx;

/**
 * The history drawer, what is compared in place of the page, and the way back after a restoration. The words come from
 * the studio as fragments; here is what follows them: which of the three shows, and where the focus goes.
 */
import { PASSAGES_ID } from "../chapters/passage-view.ts";
import { COMPARISON_ID, HISTORY_ID, RESTORED_ID } from "../versions/version-view.ts";
import { announce } from "./announce.ts";
import { tellsAway } from "./drawer-away.ts";
import type { Editor } from "./editor/editor.ts";
import { onHtmx, type RequestDetail } from "./htmx-events.ts";

export type Versions = {
  toggle(): void;
  /** Opens the drawer with the caret in the field for a name. */
  nameNow(): void;
};

let opened: Versions | undefined;

export function openVersions(button: HTMLElement, editor: Editor | null): Versions {
  opened ??= start(button, editor);
  return opened;
}

const part = (id: string) => document.getElementById(id);
const isComparing = () => document.documentElement.classList.contains("comparing");
const isOpen = () => document.documentElement.classList.contains("history-open");

function start(button: HTMLElement, editor: Editor | null): Versions {
  /** Where the page was when it gave way to a comparison. In CSS pixels. */
  let scrolled = 0;
  let wantsName = false;
  let focusBefore: Element | null = null;
  tellsAway(button, () => part(HISTORY_ID));

  async function open(): Promise<void> {
    if (!isOpen()) focusBefore = document.activeElement;
    show(true);
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    await htmx().ajax("GET", `${button.dataset.history}?${new URLSearchParams({ zone })}`, {
      source: button,
      swap: "none",
    });
    // Nothing came in its place that took the focus.
    if (isOpen() && focusBefore && document.activeElement === focusBefore)
      part(HISTORY_ID)?.focus({ preventScroll: true });
  }

  function show(isShown: boolean): void {
    document.documentElement.classList.toggle("history-open", isShown);
    button.setAttribute("aria-expanded", String(isShown));
  }

  function close(): void {
    if (isComparing()) leave();
    show(false);
    if (document.activeElement === button) return;
    const back =
      focusBefore instanceof HTMLElement && focusBefore.isConnected ? focusBefore : button;
    (back === document.body ? button : back).focus({ preventScroll: true });
  }

  function compare(): void {
    const comparison = part(COMPARISON_ID)!;
    if (!isComparing()) scrolled = scrollY;
    document.documentElement.classList.add("comparing");
    mark(comparison.dataset.from);
    announce(comparison.querySelector("[data-summary]")?.textContent ?? "");
    if (comparison.contains(document.activeElement)) return;
    scrollTo(0, 0);
    comparison.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true });
  }

  function leave(): void {
    document.documentElement.classList.remove("comparing");
    scrollTo(0, scrolled);
    const chosen = part(HISTORY_ID)?.querySelector<HTMLElement>("[aria-current]");
    mark(undefined);
    if (
      document.activeElement === document.body ||
      part(COMPARISON_ID)?.contains(document.activeElement)
    )
      (chosen ?? button).focus({ preventScroll: true });
  }

  function mark(version: string | undefined): void {
    for (const row of document.querySelectorAll<HTMLElement>("[data-version]"))
      if (row.dataset.version === version) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
  }

  onHtmx<RequestDetail>("htmx:after:swap", ({ ctx }) => {
    const source = ctx?.sourceElement as HTMLElement | undefined;
    const url = (ctx?.request as { action?: string } | undefined)?.action ?? "";
    if (/\/comparison\b/.test(url)) compare();
    else if (/\/restoration\b/.test(url)) restored();
    else if (/\/versions\b/.test(url)) listed(source);
  });

  function listed(source: HTMLElement | undefined): void {
    if (source?.matches(".naming")) announce("The version is kept.");
    const drawer = part(HISTORY_ID);
    if (source === button) {
      const name = wantsName ? drawer?.querySelector<HTMLElement>("input[name=name]") : null;
      wantsName = false;
      (name ?? drawer)?.focus({ preventScroll: true });
    } else if (source?.matches(".naming")) {
      drawer?.querySelector("form")?.reset();
      drawer?.querySelector<HTMLElement>("[data-version]")?.focus();
    } else if (document.activeElement === document.body) {
      // The button that brought them is gone: on with the first of those.
      const [brought] = [...(drawer?.querySelectorAll("[data-brought]") ?? [])].slice(-1);
      brought?.nextElementSibling?.querySelector<HTMLElement>("[data-version]")?.focus();
    }
  }

  function restored(): void {
    // Who left the comparison before the answer came may be writing.
    const isWriting = document.activeElement === part(PASSAGES_ID);
    if (isComparing()) leave();
    // Over the page it would hide what is restored.
    if (matchMedia("(width < 1200px)").matches) show(false);
    if (!isWriting) part(RESTORED_ID)?.querySelector<HTMLElement>("button")?.focus();
  }

  document.addEventListener("click", ({ target }) => {
    const pressed = (target as Element).closest?.("button");
    if (!pressed) return;
    if ("closes" in pressed.dataset && pressed.closest(`#${HISTORY_ID}`)) close();
    if ("closesComparison" in pressed.dataset) leave();
    if ("dismisses" in pressed.dataset && pressed.closest(`#${RESTORED_ID}`)) dismiss();
  });

  function dismiss(): void {
    part(RESTORED_ID)!.hidden = true;
    part(PASSAGES_ID)?.focus({ preventScroll: true });
  }

  /** Names the chord of Undo. While it is there that means the restoration, which the editor's own does not reach. */
  const hint = () => part(RESTORED_ID)!.querySelector("[data-undo-chord]");
  const undoes = (event: KeyboardEvent) =>
    (event.ctrlKey || event.metaKey) &&
    !event.shiftKey &&
    event.key.toLowerCase() === "z" &&
    !part(RESTORED_ID)!.hidden &&
    hint() !== null &&
    !(event.target as Element).matches("input, textarea");

  document.addEventListener(
    "keydown",
    (event) => {
      if (!undoes(event)) return;
      event.preventDefault();
      event.stopPropagation();
      part(RESTORED_ID)!.querySelector("button")?.click();
    },
    { capture: true },
  );
  // What was changed since is the first to be taken back.
  editor?.onChange(() => hint()?.remove());

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    const within = (id: string) => part(id)?.contains(event.target as Node);
    if (within(COMPARISON_ID)) leave();
    else if (within(HISTORY_ID)) close();
    else if (within(RESTORED_ID)) dismiss();
  });

  return {
    toggle: () => (isOpen() ? close() : void open()),
    nameNow() {
      wantsName = true;
      void open();
    },
  };
}

type Htmx = {
  ajax(verb: string, path: string, context: { source: Element; swap: string }): Promise<void>;
};

const htmx = () => (window as unknown as { htmx: Htmx }).htmx;

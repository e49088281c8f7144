/** A take is changed before it is accepted: its text in a field of its own, until it is left or taken over. */

import { unfolded } from "../folded.ts";
import { onHtmx } from "../htmx-events.ts";

export type Edits = ReturnType<typeof editing>;

/** @param accept what Ctrl or ⌘ with Enter does in the field */
export function editing(accept: () => void) {
  /** What was written into takes, by take: fragments that are swapped in know nothing of it. */
  const drafts = new Map<string, string>();
  const open = new Set<string>();
  /** Takes whose changed text stands nowhere else. */
  const unaccepted = new Set<string>();

  /** Null while nobody has looked for it: it comes folded. */
  const fieldIn = (offer: HTMLElement) => offer.querySelector<HTMLTextAreaElement>(".edited");
  const buttonIn = (offer: HTMLElement) => offer.querySelector<HTMLElement>("[data-edit]");

  /** Where one writes in such a field: a swap would take it away. */
  let caret: { take: string; start: number; end: number } | null = null;
  onHtmx("htmx:before:swap", () => {
    const field = document.activeElement;
    const take = field?.closest<HTMLElement>(".offer")?.dataset.take;
    if (!(field instanceof HTMLTextAreaElement) || take === undefined) return;
    caret = { take, start: field.selectionStart, end: field.selectionEnd };
  });

  /** Shows the field as it was, also after a fragment took the place of the one it was in. */
  function restore(offer: HTMLElement): void {
    const { take = "" } = offer.dataset;
    if (open.has(take)) unfolded(offer);
    const field = fieldIn(offer);
    if (!field || take === "") return;
    const text = drafts.get(take) ?? field.defaultValue;
    if (field.value !== text) field.value = text;
    const isOpen = open.has(take);
    field.hidden = !isOpen;
    if (isOpen && caret?.take === take) {
      field.focus({ preventScroll: true });
      field.setSelectionRange(caret.start, caret.end);
    }
    offer.toggleAttribute("data-editing", isOpen);
    offer.toggleAttribute("data-in-hand", isOpen || unaccepted.has(take));
    buttonIn(offer)?.setAttribute("aria-pressed", String(isOpen));
  }

  function close(offer: HTMLElement): void {
    open.delete(offer.dataset.take ?? "");
    restore(offer);
  }

  document.addEventListener("input", ({ target }) => {
    const field = (target as Element).closest<HTMLTextAreaElement>("textarea.edited");
    const take = field?.closest<HTMLElement>(".offer")?.dataset.take;
    if (!field || !take) return;
    drafts.set(take, field.value);
    if (field.value === field.defaultValue) unaccepted.delete(take);
    else unaccepted.add(take);
  });
  addEventListener("beforeunload", (event) => {
    const offers = document.querySelectorAll<HTMLElement>(".offer[data-take]");
    if ([...offers].some(({ dataset }) => unaccepted.has(dataset.take!))) event.preventDefault();
  });
  // Before the editor hears of it, to whom Escape means to step out of the text.
  document.addEventListener("keydown", hear, { capture: true });
  function hear(event: KeyboardEvent): void {
    const field = (event.target as Element).closest<HTMLElement>("textarea.edited");
    const offer = field?.closest<HTMLElement>(".offer");
    if (!offer || event.isComposing) return;
    const isAccept = event.key === "Enter" && (event.ctrlKey || event.metaKey);
    if (!isAccept && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (isAccept) accept();
    else {
      close(offer);
      buttonIn(offer)?.focus();
    }
  }

  return {
    restore,
    restoreAll(): void {
      for (const offer of document.querySelectorAll<HTMLElement>(".offer[data-take]"))
        restore(offer);
      caret = null;
    },
    close,
    toggle(offer: HTMLElement): void {
      const take = offer.dataset.take ?? "";
      if (!open.delete(take)) open.add(take);
      restore(offer);
      if (open.has(take)) fieldIn(offer)?.focus();
    },
    /** The take as it is shown: as it came, or as it was changed. */
    textOf(offer: HTMLElement): string {
      unfolded(offer);
      const field = fieldIn(offer);
      const isOpen = open.has(offer.dataset.take ?? "");
      return (isOpen ? field?.value : field?.defaultValue) ?? "";
    },
    /** What is shown is not the take as it came. */
    isChanged(offer: HTMLElement): boolean {
      return this.textOf(offer) !== (fieldIn(offer)?.defaultValue ?? "");
    },
    /** It is accepted: what was written into it stands in the prose. */
    done(offer: HTMLElement): void {
      unaccepted.delete(offer.dataset.take ?? "");
      close(offer);
    },
  };
}

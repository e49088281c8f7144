/** In the writer's top bar: looking for something, and the page with nothing on it but the words. */
import { CloseIcon, FocusIcon, SearchIcon } from "../ui/icons.tsx";
import { FOCUS_ID, LEAVE_FOCUS_ID } from "./head-ids.ts";

/** Opens the palette; whoever draws that listens for `PALETTE_EVENT`. */
export function SearchButton() {
  return (
    <button
      type="button"
      class="icon-button wide-only"
      aria-label="Search"
      aria-keyshortcuts="Control+K Meta+K"
      data-opens-palette
    >
      <SearchIcon />
    </button>
  );
}

export function FocusButton() {
  return (
    <button
      type="button"
      class="icon-button wide-only"
      id={FOCUS_ID}
      aria-label="Focus"
      aria-keyshortcuts="F Alt+Shift+F"
      data-toggles-focus
    >
      <FocusIcon />
    </button>
  );
}

/** Stands alone at the left of the bar while nothing else does. */
export function LeaveFocus() {
  return (
    <button
      type="button"
      class="leave-focus"
      id={LEAVE_FOCUS_ID}
      aria-keyshortcuts="Escape"
      data-toggles-focus
    >
      <CloseIcon />
      Leave focus <kbd>Esc</kbd>
    </button>
  );
}

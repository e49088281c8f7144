/** Buttons and keys of the head: the palette, which others draw, and focus, which is loaded then. */
import { PALETTE_EVENT } from "../chapters/head-ids.ts";
import { onUse } from "./on-use.ts";

export function startHead(): void {
  const focus = onUse(() => import("./focus.ts"));
  const toggle = () => void focus().then((mode) => mode.toggle());
  document.addEventListener("click", ({ target }) => {
    const button = (target as Element).closest<HTMLElement>("button");
    if (!button) return;
    if ("togglesFocus" in button.dataset) toggle();
    if ("opensPalette" in button.dataset) document.dispatchEvent(new CustomEvent(PALETTE_EVENT));
  });
  // F beside the text, as other plain keys; with Alt and Shift anywhere, by the key's place: Option writes signs.
  document.addEventListener("keydown", (event) => {
    const { target, altKey, shiftKey, ctrlKey, metaKey, isComposing, repeat } = event;
    if (event.code !== "KeyF" || ctrlKey || metaKey || isComposing || repeat) return;
    const isBeside = (target as Element).matches("body, .tabs button, .passages button");
    if (altKey ? !shiftKey : shiftKey || !isBeside) return;
    event.preventDefault();
    toggle();
  });
}

/** The menu of a row: made by the studio when it is asked for, shown beside its button. */
import { CHAPTER_MENU_ID } from "../chapters/outline-ids.ts";
import { send } from "./outline-send.ts";

/** Between the menu and its button, and between it and the edge of the screen. In CSS pixels. */
const GAP = 4;

const menu = () => document.getElementById(CHAPTER_MENU_ID);

export async function openMenu(button: HTMLElement): Promise<void> {
  const isOpen = button.getAttribute("aria-expanded") === "true";
  closeMenu();
  if (isOpen) return;
  await send(button, "GET", button.dataset.menu!);
  const made = menu();
  if (!made?.firstElementChild || !button.isConnected) return;
  made.showPopover({ source: button });
  button.setAttribute("aria-expanded", "true");
  place(made, button.getBoundingClientRect());
  made.querySelector<HTMLElement>("button")?.focus();
  made.addEventListener(
    "beforetoggle",
    () => {
      button.removeAttribute("aria-expanded");
      if (made.contains(document.activeElement)) button.focus();
    },
    { once: true },
  );
}

export function closeMenu(): void {
  const made = menu();
  if (made?.matches(":popover-open")) made.hidePopover();
}

function place(made: HTMLElement, { left, bottom, top }: DOMRect): void {
  const { offsetWidth: width, offsetHeight: height } = made;
  const fitsBelow = bottom + GAP + height <= innerHeight;
  const at = {
    left: Math.min(left, innerWidth - width - GAP),
    top: fitsBelow ? bottom + GAP : Math.max(GAP, Math.min(top, innerHeight - GAP) - height),
  };
  made.style.left = `${Math.max(GAP, at.left)}px`;
  made.style.top = `${at.top}px`;
}

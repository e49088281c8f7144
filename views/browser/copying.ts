/** `data-copies="<id>"` on a button: it puts what that field holds on the clipboard, and says so. */
import { announce } from "./announce.ts";
import { toClipboard } from "./clipboard.ts";

/** How long it says so, in milliseconds. */
const SAYS_FOR_MS = 2_000;

export function attachCopying(root: ParentNode = document): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>("button[data-copies]")) {
    const field = document.getElementById(button.dataset.copies!) as HTMLInputElement | null;
    if (!field) continue;
    button.hidden = false;
    const label = button.textContent;
    button.addEventListener("click", async () => {
      field.select();
      // Refused, the address is selected, which is half of it.
      if (!(await toClipboard(field.value))) return field.focus();
      announce("Copied.");
      button.textContent = "Copied";
      setTimeout(() => {
        button.textContent = label;
      }, SAYS_FOR_MS);
    });
  }
}

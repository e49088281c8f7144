/** The button of the context drawer, and its key outside of text. What they do is loaded then. */
import { CONTEXT_TOGGLE_ID } from "../context/context-ids.ts";

export function startContext(): void {
  const button = document.getElementById(CONTEXT_TOGGLE_ID);
  const toggle = () => import("./context.ts").then(({ toggleContext }) => toggleContext(button!));
  button?.addEventListener("click", toggle);
  document.addEventListener("keydown", ({ key, target }) => {
    if (button && key === "]" && !(target as Element).matches("input, textarea, .passages"))
      void toggle();
  });
}

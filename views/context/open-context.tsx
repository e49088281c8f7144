/** In the writer's top bar; what it does is loaded when it is pressed, or with the key. */
import { CONTEXT_ID, CONTEXT_TOGGLE_ID } from "./context-ids.ts";

export function OpenContext({ chapter }: { chapter: string }) {
  return (
    <button
      type="button"
      class="icon-button"
      id={CONTEXT_TOGGLE_ID}
      aria-label="Context"
      aria-controls={CONTEXT_ID}
      aria-expanded="false"
      aria-keyshortcuts="]"
      data-context={`/chapters/${chapter}/context`}
    >
      <svg
        width="16"
        height="16"
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        stroke-width="1.3"
        aria-hidden="true"
      >
        <rect x="2" y="3" width="12" height="10" rx="1.2" />
        <path d="M10 3v10" />
      </svg>
    </button>
  );
}

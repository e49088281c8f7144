import { HistoryIcon } from "../ui/icons.tsx";
import { HISTORY_ID } from "./version-view.ts";

/** In the top bar; `browser/history.ts` asks for the drawer's words, with the reader's time zone. */
export function OpenHistory({ chapter }: { chapter: string }) {
  return (
    <button
      type="button"
      class="icon-button"
      id="open-history"
      aria-label="History"
      aria-controls={HISTORY_ID}
      aria-expanded="false"
      data-history={`/chapters/${chapter}/versions`}
    >
      <HistoryIcon />
    </button>
  );
}

import { Clock } from "./clock.tsx";

/**
 * Whether what was typed is in the database. It stands outside everything that is swapped; `browser/
 * save-chip.ts` keeps it true. Pressed while something is not saved, it copies that text. What each letter turns
 * it to and back from is there already, one on the other: a word that came and went would be laid out twice for each.
 */
export function SaveChip({ savedAt }: { savedAt: string | null }) {
  return (
    <button type="button" class="chip" id="save-chip" data-state="saved">
      <span class="shape" aria-hidden="true" />
      <span class="says">
        <span data-saved>
          Saved
          {savedAt && (
            <>
              {" "}
              <Clock at={savedAt} />
            </>
          )}
        </span>
        <span data-saving>Saving…</span>
        <span data-says />
      </span>
    </button>
  );
}

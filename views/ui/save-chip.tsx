import { Clock } from "./clock.tsx";

/**
 * Whether what was typed is in the database. It stands outside everything that is swapped; `browser/
 * save-chip.ts` keeps it true. Pressed while something is not saved, it copies that text.
 */
export function SaveChip({ savedAt }: { savedAt: string | null }) {
  return (
    <button type="button" class="chip" id="save-chip" data-state="saved">
      <span class="shape" aria-hidden="true" />
      <span data-says>
        Saved
        {savedAt && (
          <>
            {" "}
            <Clock at={savedAt} />
          </>
        )}
      </span>
    </button>
  );
}

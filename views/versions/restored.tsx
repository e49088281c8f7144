/** Told over the page after a restoration, with the way back: Undo of the editor does not reach what the studio wrote. */
import { Button } from "../ui/button.tsx";
import { CloseIcon } from "../ui/icons.tsx";
import { ModifierKey } from "../ui/key.tsx";
import { Replace } from "../ui/partial.tsx";
import { RESTORED_ID } from "./version-view.ts";

export type RestoredProps = {
  chapter: string;
  /** The version that was kept before. */
  before: string;
  /** Of one passage, or of all. */
  passage: string | undefined;
  /** Whether it took a restoration back. */
  isUndone: boolean;
  /** IANA. */
  zone: string;
};

export function RestoredPlace() {
  return <div class="restored" id={RESTORED_ID} role="status" hidden />;
}

export function RestoredUpdate({ chapter, before, passage, isUndone, zone }: RestoredProps) {
  const query = new URLSearchParams({ zone, ...(isUndone ? {} : { undo: "1" }) });
  return (
    <Replace id={RESTORED_ID}>
      <div class="restored answers" id={RESTORED_ID} role="status">
        <p>{says(passage !== undefined, isUndone)}</p>
        <Button
          look="primary"
          hx-post={`/chapters/${chapter}/versions/${before}/restoration?${query}`}
          hx-vals={passage === undefined ? undefined : JSON.stringify({ passage })}
          hx-swap="none"
          hx-sync="this:drop"
          data-flushes
        >
          {isUndone ? "Restore again" : "Undo"}
        </Button>
        {!isUndone && (
          <span class="hint" data-undo-chord>
            <ModifierKey then="Z" />
          </span>
        )}
        <button type="button" class="icon-button" aria-label="Close" data-dismisses>
          <CloseIcon />
        </button>
        <p class="refused" data-problem hidden />
      </div>
    </Replace>
  );
}

function says(isPassage: boolean, isUndone: boolean): string {
  if (isUndone)
    return `Undone: ${isPassage ? "the passage" : "all"} is as it was. What stood there is kept as a version.`;
  return isPassage
    ? "The passage is restored. What stood there is kept as a version."
    : "Restored. What stood there is kept as a version.";
}

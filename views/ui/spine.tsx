import { ChevronDownIcon } from "./icons.tsx";
import { GLOSS, Mark, type MarkName } from "./mark.tsx";

/** A stretch of the spine: the mark that ties two halves, its gloss, the thread to the next. */
export function SpineCell({
  mark,
  gloss = GLOSS[mark],
  id,
  folds,
}: {
  mark: MarkName;
  gloss?: string;
  id?: string;
  /** Where halves are stacked, it folds the notes above it to a line. */
  folds?: boolean;
}) {
  return (
    <div class={`spine ${mark}`} id={id}>
      <Mark name={mark} />
      <span class="gloss">{gloss}</span>
      <span class="thread" aria-hidden="true" />
      {folds && (
        <button
          type="button"
          class="fold"
          tabindex={-1}
          aria-label="All notes"
          aria-expanded="false"
        >
          <ChevronDownIcon />
        </button>
      )}
    </div>
  );
}

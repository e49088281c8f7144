/** What a writer takes a whole passage by (`browser/editor/arrange.ts`); the place of each is at the left of its row. */
import { gripId, passageId } from "./passage-view.ts";

const HELP_ID = "arrange-help";

/** Tab does not stop here: Esc out of the text leads to it, and the arrows from one to the next. */
export function Grip({ id }: { id: string }) {
  return (
    <button
      type="button"
      class="grip"
      id={gripId(id)}
      tabindex={-1}
      aria-label="Arrange"
      aria-labelledby={`${gripId(id)} ${passageId(id)}`}
      aria-describedby={HELP_ID}
    >
      <GripIcon />
    </button>
  );
}

export function ArrangeHelp() {
  return (
    <p id={HELP_ID} hidden>
      Arrows go from passage to passage, with Shift they choose several. Space picks up, arrows
      carry, Enter puts down. M merges into the passage above, Delete removes. Enter goes back into
      the text.
    </p>
  );
}

const DOTS = [3, 7, 11].flatMap((y) => [3, 7].map((x) => [x, y] as const));

function GripIcon() {
  return (
    <svg aria-hidden="true" width="10" height="14" viewBox="0 0 10 14" fill="currentColor">
      {DOTS.map(([x, y]) => (
        <circle cx={x} cy={y} r="1.1" />
      ))}
    </svg>
  );
}

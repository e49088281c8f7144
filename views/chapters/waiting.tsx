import { Button } from "../ui/button.tsx";
import { SAVE_STATE_IDS } from "./save-state-ids.ts";

/** What the save chip opens: how it stands with what was typed, and the words that are not saved. */
export function Waiting() {
  return (
    <section
      class="menu waiting"
      id={SAVE_STATE_IDS.waiting}
      popover="auto"
      aria-label="What waits"
    >
      <p data-says />
      <section data-words hidden aria-label="Not saved yet" tabindex={-1} />
      <p class="acts">
        <Button look="outlined" data-copies hidden>
          Copy
        </Button>
        <Button look="outlined" data-again hidden>
          Try again
        </Button>
      </p>
    </section>
  );
}

import { Button } from "../ui/button.tsx";
import { SAVE_STATE_IDS } from "./save-state-ids.ts";

/** How it stands, for the script to say: it has no room for sentences. */
const SENTENCES = {
  "data-saved": "All that you typed is in the studio’s database.",
  "data-saving": "What you typed is on its way to the studio.",
  "data-away":
    "The studio does not answer. All that you typed is saved; what you type now stays on this device until it does.",
  "data-reconnecting":
    "The studio does not answer. This is on this device, and goes to the studio when it does.",
  "data-gone": "This chapter is not there any more, or not for you. Copy what you typed.",
  "data-viewing": "You may read this chapter, not change it.",
  "data-viewer": "You may only read this chapter now. Copy what you typed.",
  "data-unsaved":
    "The studio does not answer, and this device could not keep it. Copy it to be safe.",
};

/** What the save chip opens: how it stands with what was typed, and the words that are not saved. */
export function Waiting() {
  return (
    <section
      class="menu waiting"
      id={SAVE_STATE_IDS.waiting}
      popover="auto"
      aria-label="What waits"
    >
      <p data-says {...SENTENCES} />
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

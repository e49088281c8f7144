/** Where a link leads: for the selected words, or for the link that the caret is in. */
import { Button } from "../ui/button.tsx";
import { LINK_IDS } from "./head-ids.ts";

/** The script puts it beside the words (`browser/editor/link-editor.ts`). */
export function LinkEditor() {
  return (
    <form
      class="menu link-editor"
      id={LINK_IDS.box}
      popover="auto"
      role="dialog"
      aria-label="Link"
      novalidate
    >
      <label for={LINK_IDS.field}>Leads to</label>
      <input
        id={LINK_IDS.field}
        inputmode="url"
        autocomplete="off"
        spellcheck={false}
        placeholder="https://"
        aria-describedby={LINK_IDS.problem}
        autofocus
      />
      <p class="refused" id={LINK_IDS.problem} role="alert" hidden />
      <p class="acts">
        <Button type="submit" look="primary">
          Set link
        </Button>
        <Button data-unlinks hidden>
          Remove link
        </Button>
      </p>
    </form>
  );
}

/**
 * What was removed and can come back: whole passages, at the foot of the chapter, and words that somebody typed while
 * their place was removed, at their passage. Which there are, the document in the browser says
 * (`browser/editor/recovered.ts`); it fills copies of these.
 */
import { Button } from "../ui/button.tsx";
import { REMOVED_IDS } from "./recovered-ids.ts";

/** The models, and the place at the foot. */
export function Removed() {
  return (
    <>
      <template id={REMOVED_IDS.words}>
        <aside class="recovered" aria-label="Typed while this was removed">
          <p class="says">Typed while this was removed:</p>
          <blockquote data-words />
          <p class="deeds">
            <Button data-puts-back>Put back</Button>
            <Button data-lets-go>Discard</Button>
          </p>
        </aside>
      </template>
      <template id={REMOVED_IDS.passage}>
        <li>
          <div class="words">
            <p class="notes" data-words-of-notes />
            <p class="prose" data-words-of-prose />
          </div>
          <Button data-puts-passage-back>Put back</Button>
        </li>
      </template>
      <div id={REMOVED_IDS.noPlace} class="no-place" hidden />
      <details id={REMOVED_IDS.passages} class="removed" hidden>
        <summary>
          Removed passages, <span data-count>0</span>
        </summary>
        <ol />
      </details>
    </>
  );
}

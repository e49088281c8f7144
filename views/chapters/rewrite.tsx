/** Rewriting some words of the prose: the command beside the selection, and what to do with them. */
import { Button } from "../ui/button.tsx";
import type { PassageView } from "./passage-view.ts";
import { INSTRUCTION_LIMIT, WordsFields } from "./take-bar.tsx";
import { rewrites } from "./takes-ids.ts";

/** `browser/editor/rewrite.ts` fills in which words, and puts the command beside them. */
export function RewriteForm({ passage }: { passage: PassageView }) {
  const { id } = passage;
  return (
    <>
      <button
        type="button"
        class="rewrite asking"
        id={`rewrite-${id}`}
        aria-keyshortcuts="Alt+Shift+R"
        data-rewrite
        hidden
      >
        Rewrite…
      </button>
      <template data-folded>
        <form
          class="instruction asking"
          id={`rewriting-${id}`}
          {...rewrites(passage)}
          data-rewriting
          hidden
        >
          <WordsFields />
          <p class="says">
            In place of <q data-rewriting-words />
          </p>
          <input
            id={`rewriting-how-${id}`}
            name="instruction"
            aria-label="How to rewrite the selected words"
            placeholder="How to rewrite the selected words"
            maxlength={INSTRUCTION_LIMIT}
            autocomplete="off"
          />
          <Button type="submit">Rewrite</Button>
          <Button data-closes-rewriting>Leave</Button>
        </form>
      </template>
    </>
  );
}

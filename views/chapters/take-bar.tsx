/**
 * Below a take: leafing through takes, deciding about the one that is shown, and asking for another. What one writes in
 * comes folded (`browser/folded.ts`).
 */
import type { Words } from "../../src/documents/model/words-at.ts";
import type { ExpandedTextV1 } from "../../src/schemas/types.ts";
import { countWords, excerpt, paragraphs, wordsLabel } from "../prose.ts";
import { Button } from "../ui/button.tsx";
import { WordsChanged } from "../ui/word-diff.tsx";
import type { PassageView, ShownTake } from "./passage-view.ts";
import { PricePlace } from "./price.tsx";
import { CompareWays } from "./take-compared.tsx";
import { asks, rewrites } from "./takes-ids.ts";

type Props = { passage: PassageView; take: ExpandedTextV1 };

/** What Accept does follows the prose as it is typed (`browser/editor/standing.ts`). */
export function TakeBar({ passage, take }: Props) {
  const { id, shown, compared } = passage;
  if (shown?.isDiscarded) return <PutAsideBar passage={passage} take={take} />;
  return (
    <>
      <template data-folded>
        <textarea
          class="edited"
          id={`edited-${id}`}
          aria-label="The take, as you change it; paragraphs are parted by an empty line"
          rows={3}
          spellcheck={true}
          hidden
        >
          {take.text}
        </textarea>
      </template>
      <div class="takebar">
        {shown && shown.ids.length > 1 && <Flip shown={shown} />}
        {shown && <Decide passage={passage} shown={shown} />}
        <AskAgain passage={passage} />
        {shown?.rewrites && (
          <Button id={`expand-${id}`} class="button quiet asking" {...asks(passage)}>
            Expand the notes
          </Button>
        )}
        {shown && <CompareButton passage={passage} shown={shown} take={take} />}
        {shown && !compared && (
          <Button id={`edit-${id}`} class="button quiet deciding" aria-pressed="false" data-edit>
            Edit
          </Button>
        )}
        {compared && shown && <CompareWays shown={shown} compared={compared} />}
        {!compared && <Discarded passage={passage} />}
        <WrittenBy take={take}>{compared && <WordsChanged {...compared} />}</WrittenBy>
      </div>
      <Lines shown={shown} />
      <Instruction passage={passage} />
      <Waits />
    </>
  );
}

function Decide({ passage, shown }: { passage: PassageView; shown: ShownTake }) {
  const { id, compared } = passage;
  return (
    <>
      <Button
        id={`accept-${id}`}
        look="primary"
        class="button primary deciding"
        aria-keyshortcuts="A"
        data-accept
      >
        <span class="when-fits">Accept</span>
        <span class="when-below">Accept below</span>
      </Button>
      {compared && compared.against === "prose" && !shown.rewrites && (
        <Button
          id={`replace-${id}`}
          class="button outlined deciding when-below"
          data-accept="replace"
        >
          Replace my words
        </Button>
      )}
      {shown.rewrites && (
        <Button id={`copy-${id}`} class="button quiet deciding when-below" data-copy>
          Copy
        </Button>
      )}
      <Button id={`discard-${id}`} class="button quiet deciding" data-discard={shown.id}>
        Discard
      </Button>
    </>
  );
}

/** Alone beside empty prose there is nothing to compare, but its paragraphs can be taken one by one. */
function CompareButton({ passage, shown, take }: Props & { shown: ShownTake }) {
  const isAlone = shown.ids.length < 2 && !shown.rewrites && paragraphs(take.text).length < 2;
  return (
    <Button
      id={`compare-${passage.id}`}
      class={`button quiet${isAlone ? " alone" : ""}`}
      aria-pressed={passage.compared ? "true" : "false"}
      data-compares={passage.compared ? "" : "inline"}
      data-compare
    >
      Compare
    </Button>
  );
}

function Lines({ shown }: { shown: ShownTake | null }) {
  if (shown?.rewrites)
    return (
      <>
        <p class="says when-fits">
          In place of <q>{excerpt(shown.rewrites.text)}</q>
        </p>
        <p class="says when-below">
          The words that it was to replace have changed since. They stay; it can go below, or be
          copied.
        </p>
      </>
    );
  return (
    <>
      <p class="says when-below">
        You wrote here yourself: your words stay, the take goes below them.
      </p>
      <p class="says when-changed">Your notes have changed since this take was asked for.</p>
    </>
  );
}

function Flip({ shown }: { shown: ShownTake }) {
  const at = shown.ids.indexOf(shown.id);
  return (
    <span class="flip">
      <button
        type="button"
        class="icon-button"
        data-shows={shown.ids[at - 1]}
        data-flip="-1"
        aria-label="The take before"
        aria-disabled={at === 0 ? "true" : undefined}
      >
        <Chevron d="M10 3.5 5.5 8l4.5 4.5" />
      </button>
      <span data-place>
        {at + 1}/{shown.ids.length}
      </span>
      <button
        type="button"
        class="icon-button"
        data-shows={shown.ids[at + 1]}
        data-flip="1"
        aria-label="The take after"
        aria-disabled={at === shown.ids.length - 1 ? "true" : undefined}
      >
        <Chevron d="M6 3.5 10.5 8 6 12.5" />
      </button>
    </span>
  );
}

function Chevron({ d }: { d: string }) {
  return (
    <svg
      aria-hidden="true"
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.3"
    >
      <path d={d} />
    </svg>
  );
}

/** A discarded take is looked at; it offers nothing but to come back. */
function PutAsideBar({ passage, take }: Props) {
  const shown = passage.shown!;
  return (
    <div class="takebar">
      {shown.ids.length > 1 && <Flip shown={shown} />}
      <Button
        id={`put-back-${passage.id}`}
        class="button outlined deciding"
        data-puts-back={shown.id}
      >
        Put back
      </Button>
      <Button id={`leave-${passage.id}`} data-shows="">
        Leave it
      </Button>
      <span class="says">Discarded</span>
      <WrittenBy take={take} />
    </div>
  );
}

/** In the bar: that one was discarded just now, or the way to those that were. */
export function Discarded({ passage }: { passage: PassageView }) {
  const { id, discarded = [], discardedNow, shown } = passage;
  if (discarded.length === 0 || shown?.isDiscarded) return null;
  const count = discarded.length === 1 ? "1 discarded take" : `${discarded.length} discarded takes`;
  return (
    <span class="says discarded">
      {discardedNow && (
        <>
          Discarded.{" "}
          <button type="button" class="act" id={`undo-${id}`} data-puts-back={discardedNow}>
            Undo
          </button>{" "}
        </>
      )}
      {(!discardedNow || discarded.length > 1) && (
        <button
          type="button"
          class="act quiet-act"
          id={`discarded-${id}`}
          data-shows={discarded.at(-1)}
        >
          {count}
        </button>
      )}
    </span>
  );
}

export function AskAgain({ passage }: { passage: PassageView }) {
  return (
    <Button
      id={`again-${passage.id}`}
      class="button quiet asking"
      aria-expanded="false"
      aria-controls={`ask-${passage.id}`}
      data-opens
    >
      Ask again…
    </Button>
  );
}

/** Longest instruction, in UTF-16 units (`text-input-v1`). */
export const INSTRUCTION_LIMIT = 2_000;

/** Asks again for what is shown: the notes to be expanded, or the same words to be rewritten. */
export function Instruction({ passage }: { passage: PassageView }) {
  const { id, shown } = passage;
  const again = shown?.rewrites ? rewrites(passage) : asks(passage);
  return (
    <template data-folded>
      <form class="instruction asking" id={`ask-${id}`} hidden {...again}>
        {shown?.rewrites && <WordsFields words={shown.rewrites} />}
        <input
          id={`instruction-${id}`}
          name="instruction"
          aria-label="What to do differently; empty for the same again"
          placeholder="What to do differently, if anything"
          maxlength={INSTRUCTION_LIMIT}
          autocomplete="off"
        />
        {!shown?.rewrites && <PricePlace chapter={passage.chapter} passage={id} />}
        <Button type="submit">Ask</Button>
      </form>
    </template>
  );
}

/** Which words of the prose. */
export function WordsFields({ words }: { words?: Words }) {
  return (
    <>
      <input type="hidden" name="text" value={words?.text} />
      <input type="hidden" name="before" value={words?.before} />
      <input type="hidden" name="after" value={words?.after} />
    </>
  );
}

/** Shown while the studio is out of reach. */
export function Waits() {
  return (
    <p class="says when-away">Accept and Ask wait for the connection. Your writing does not.</p>
  );
}

const ENDED: Record<NonNullable<ExpandedTextV1["ended"]>, string> = {
  stopped: "stopped",
  length: "ended at the model’s limit",
  cut: "cut off",
};

/** Who wrote it; the practice model is named wherever its text shows. */
export function WrittenBy({ take, children }: { take: ExpandedTextV1; children?: unknown }) {
  return (
    <span class="written">
      {take.practice ? (
        <span class="tag">Practice model</span>
      ) : (
        <span class="says">{take.model}</span>
      )}
      {take.ended && (
        <span class="says" data-stopped={take.ended === "stopped" || undefined}>
          {ENDED[take.ended]}
        </span>
      )}
      <span class="count">{children || wordsLabel(countWords(take.text))}</span>
    </span>
  );
}

/** What stands beside the prose of a passage: a take as it grows, the newest take, or the way to one. */
import type { ExpandedTextV1 } from "../../src/schemas/types.ts";
import { countWords, paragraphs, wordsLabel } from "../prose.ts";
import { Button } from "../ui/button.tsx";
import { Clock } from "../ui/clock.tsx";
import { StopIcon } from "../ui/icons.tsx";
import { ModifierKey } from "../ui/key.tsx";
import {
  isExpanding,
  type PassageView,
  proseId,
  type RunView,
  type ShownTake,
} from "./passage-view.ts";

export function Prose({ passage }: { passage: PassageView }) {
  const { id, number, run, take, shown } = passage;
  return (
    <section
      class="offer"
      id={proseId(id)}
      aria-label={number > 0 ? `Take of passage ${number}` : "Take"}
      tabindex={-1}
      data-take={isExpanding(run) ? undefined : shown?.id}
      data-takes={shown?.ids.join(" ")}
      data-ask-hash={isExpanding(run) ? undefined : shown?.askHash}
    >
      {isExpanding(run) ? (
        <Expanding id={id} run={run} />
      ) : (
        <>
          {take && <Take take={take} />}
          {run?.status === "dead" ? (
            <Dead passage={passage} run={run} />
          ) : take ? (
            <TakeBar passage={passage} take={take} />
          ) : (
            <Empty passage={passage} stopped={run?.status === "cancelled"} />
          )}
        </>
      )}
      <p class="refused" role="alert" data-problem hidden />
    </section>
  );
}

/**
 * A take as it grows. `browser/grow.ts` appends to it; `data-partial` is what the server knew, letter for
 * letter, since the positions of later pieces count from its start.
 */
function Expanding({ id, run }: { id: string; run: RunView }) {
  const shown = paragraphs(run.partial);
  const waits = run.status === "queued" && run.problem !== null;
  return (
    <>
      <div
        class={waits ? "take halted" : "take growing"}
        data-run={run.id}
        data-attempt={run.attempt}
        data-partial={run.partial}
      >
        {(shown.length ? shown : [""]).map((paragraph) => (
          <p>{paragraph}</p>
        ))}
      </div>
      {waits && <p class="refused">{run.problem}</p>}
      <div class="takebar">
        <Button
          id={`stop-${id}`}
          hx-post={`/runs/${run.id}/cancellation`}
          hx-swap="none"
          hx-sync="this:drop"
          data-stops
        >
          <StopIcon />
          {run.partial || !waits ? "Stop, keep this" : "Stop"}
        </Button>
        {waits ? (
          <span class="says">
            Trying again{" "}
            {run.dueAt && (
              <>
                at <Clock at={run.dueAt} />
              </>
            )}
          </span>
        ) : (
          <span class="says">
            Expanding, <span data-words>{wordsLabel(countWords(run.partial))}</span>
          </span>
        )}
      </div>
    </>
  );
}

function Take({ take }: { take: ExpandedTextV1 }) {
  return (
    <div class="take">
      {paragraphs(take.text).map((paragraph) => (
        <p>{paragraph}</p>
      ))}
    </div>
  );
}

/** What Accept does follows the prose as it is typed (`browser/editor/standing.ts`). */
function TakeBar({ passage, take }: { passage: PassageView; take: ExpandedTextV1 }) {
  const { shown } = passage;
  return (
    <>
      <div class="takebar">
        {shown && shown.ids.length > 1 && <Flip shown={shown} />}
        {shown && (
          <>
            <Button
              id={`accept-${passage.id}`}
              look="primary"
              class="button primary deciding"
              data-accept
            >
              <span class="when-fits">Accept</span>
              <span class="when-below">Accept below</span>
            </Button>
            <Button id={`discard-${passage.id}`} class="button quiet deciding" data-discard>
              Discard
            </Button>
          </>
        )}
        <AskAgain passage={passage} />
        <WrittenBy take={take} />
      </div>
      <p class="says when-below">
        You wrote here yourself: your words stay, the take goes below them.
      </p>
      <Instruction passage={passage} />
      <Waits />
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

function Dead({ passage, run }: { passage: PassageView; run: RunView }) {
  return (
    <>
      <p class="refused">{run.problem ?? "The take could not be written."}</p>
      <div class="takebar">
        <Button
          id={`retry-${passage.id}`}
          look="outlined"
          hx-post={`/runs/${run.id}/retry`}
          hx-swap="none"
          hx-sync="this:drop"
        >
          Try again
        </Button>
        <AskAgain passage={passage} />
        {passage.take && <WrittenBy take={passage.take} />}
      </div>
      <Instruction passage={passage} />
      <Waits />
    </>
  );
}

function AskAgain({ passage }: { passage: PassageView }) {
  return (
    <Button
      id={`again-${passage.id}`}
      aria-expanded="false"
      aria-controls={`ask-${passage.id}`}
      data-opens
    >
      Ask again…
    </Button>
  );
}

/** Longest instruction, in UTF-16 units (`text-input-v1`). */
const INSTRUCTION_LIMIT = 2_000;

function Instruction({ passage }: { passage: PassageView }) {
  return (
    <form class="instruction" id={`ask-${passage.id}`} hidden {...asks(passage)}>
      <input
        id={`instruction-${passage.id}`}
        name="instruction"
        aria-label="What to do differently; empty for the same again"
        placeholder="What to do differently, if anything"
        maxlength={INSTRUCTION_LIMIT}
        autocomplete="off"
      />
      <Button type="submit">Ask</Button>
    </form>
  );
}

/** Shown while the studio is out of reach. */
function Waits() {
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
function WrittenBy({ take }: { take: ExpandedTextV1 }) {
  return (
    <>
      {take.practice ? (
        <span class="tag">Practice model</span>
      ) : (
        <span class="says">{take.model}</span>
      )}
      {take.ended && <span class="says">{ENDED[take.ended]}</span>}
      <span class="count">{wordsLabel(countWords(take.text))}</span>
    </>
  );
}

/** Which of the lines shows follows notes and prose as they are typed (`writer.css`). */
function Empty({ passage, stopped }: { passage: PassageView; stopped: boolean }) {
  return (
    <div class="empty">
      <p class="without-notes">Or begin here, and leave the notes for later.</p>
      <p class="with-notes">
        {stopped ? "Stopped before the first word. Write here, or " : "Write here, or "}
        <button type="button" class="act" id={`expand-${passage.id}`} {...asks(passage)}>
          {stopped ? "expand the notes again" : "expand the notes"}
        </button>
        <span class="when-away"> as soon as the connection is back</span>
      </p>
      <p class="with-notes hint">
        <ModifierKey then="↵" /> writes a take, in blue until it is yours
      </p>
    </div>
  );
}

/**
 * A press sends the notes as they stand on the page (`browser/asks.ts` adds them), with a key of its own;
 * presses while it is under way are dropped, so it makes one ask.
 */
function asks({ id, chapter }: PassageView) {
  return {
    "hx-post": `/chapters/${chapter}/passages/${id}/asks`,
    "hx-swap": "none",
    "hx-sync": "this:drop",
    "data-asks": id,
  };
}

/** The prose half of a passage: a take as it grows, the newest take, or the way to one. */
import type { ExpandedTextV1 } from "../../src/schemas/types.ts";
import { countWords, paragraphs, wordsLabel } from "../prose.ts";
import { Button } from "../ui/button.tsx";
import { Clock } from "../ui/clock.tsx";
import { StopIcon } from "../ui/icons.tsx";
import { ModifierKey } from "../ui/key.tsx";
import { isExpanding, notesId, type PassageView, proseId, type RunView } from "./passage-view.ts";

export function Prose({ passage }: { passage: PassageView }) {
  const { id, number, run, take } = passage;
  return (
    <section class="prose" id={proseId(id)} aria-label={`Prose of passage ${number}`} tabindex={-1}>
      {isExpanding(run) ? (
        <Expanding id={id} run={run} />
      ) : (
        <>
          {take && <Take take={take} />}
          {run?.status === "dead" ? (
            <Dead id={id} run={run} take={take} />
          ) : take ? (
            <TakeBar id={id} take={take} />
          ) : (
            <Empty id={id} stopped={run?.status === "cancelled"} />
          )}
        </>
      )}
      <p class="refused" role="alert" data-problem hidden />
    </section>
  );
}

/**
 * A take as it grows. `browser/live.ts` appends to it; `data-partial` is what the server knew, letter for
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

function TakeBar({ id, take }: { id: string; take: ExpandedTextV1 }) {
  return (
    <div class="takebar">
      <AskAgain id={id} />
      <WrittenBy take={take} />
    </div>
  );
}

function Dead({ id, run, take }: { id: string; run: RunView; take: ExpandedTextV1 | null }) {
  return (
    <>
      <p class="refused">{run.problem ?? "The take could not be written."}</p>
      <div class="takebar">
        <Button
          id={`retry-${id}`}
          look="outlined"
          hx-post={`/runs/${run.id}/retry`}
          hx-swap="none"
          hx-sync="this:drop"
        >
          Try again
        </Button>
        <AskAgain id={id} />
        {take && <WrittenBy take={take} />}
      </div>
    </>
  );
}

function AskAgain({ id }: { id: string }) {
  return (
    <Button id={`again-${id}`} {...asks(id)}>
      Ask again
    </Button>
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

/** Which of the two lines shows follows the notes as they are typed (`writer.css`). */
function Empty({ id, stopped }: { id: string; stopped: boolean }) {
  return (
    <div class="empty">
      <p class="without-notes">The prose grows here, out of the notes.</p>
      <p class="with-notes">
        {stopped && "Stopped before the first word. "}
        <button type="button" class="act" id={`expand-${id}`} {...asks(id)}>
          {stopped ? "Expand the notes again" : "Expand the notes"}
        </button>
      </p>
      <p class="with-notes hint">
        <ModifierKey then="↵" /> writes a take, in blue until it is yours
      </p>
    </div>
  );
}

/**
 * A press sends the notes as they stand in the field, with a key of its own; presses while it is
 * under way are dropped, so it makes one ask.
 */
function asks(passage: string) {
  return {
    "hx-post": `/passages/${passage}/asks`,
    "hx-include": `#${notesId(passage)}`,
    "hx-swap": "none",
    "hx-sync": "this:drop",
    "data-asks": passage,
  };
}

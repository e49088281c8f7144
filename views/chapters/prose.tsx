/** What stands beside the prose of a passage: a take as it grows, the take that is looked at, or the way to one. */
import type { ExpandedTextV1 } from "../../src/schemas/types.ts";
import { countWords, paragraphs, wordsLabel } from "../prose.ts";
import { SoFar } from "../runs/so-far.tsx";
import { Button } from "../ui/button.tsx";
import { Clock } from "../ui/clock.tsx";
import { StopIcon } from "../ui/icons.tsx";
import { ModifierKey } from "../ui/key.tsx";
import { isExpanding, type PassageView, proseId, type RunView } from "./passage-view.ts";
import { RewriteForm } from "./rewrite.tsx";
import { AskAgain, Discarded, Instruction, TakeBar, Waits, WrittenBy } from "./take-bar.tsx";
import { ComparedTakeView } from "./take-compared.tsx";
import { asks } from "./takes-ids.ts";

export function Prose({ passage }: { passage: PassageView }) {
  const { id, number, run, take, shown, compared } = passage;
  const isStill = !isExpanding(run);
  const rewrites = isStill ? shown?.rewrites : null;
  return (
    <section
      class={`offer${shown?.isDiscarded ? " put-aside" : ""}`}
      id={proseId(id)}
      aria-label={number > 0 ? `Take of passage ${number}` : "Take"}
      tabindex={-1}
      data-chapter={passage.chapter}
      data-take={isStill && !shown?.isDiscarded ? shown?.id : undefined}
      data-shown={isStill ? shown?.id : undefined}
      data-takes={shown?.ids.join(" ")}
      data-ask-hash={isStill && !shown?.isDiscarded ? (shown?.askHash ?? undefined) : undefined}
      data-rewrites={rewrites?.text}
      data-before={rewrites?.before}
      data-after={rewrites?.after}
      data-compare={isStill ? compared?.look : undefined}
      data-against={isStill ? compared?.against : undefined}
      data-compared={isStill ? compared?.proseHash : undefined}
    >
      {isExpanding(run) ? (
        <Expanding id={id} run={run} />
      ) : (
        <>
          {take &&
            (compared && shown ? (
              <ComparedTakeView shown={shown} take={take} compared={compared} />
            ) : (
              <Take take={take} />
            ))}
          {run?.status === "dead" && !shown?.isDiscarded ? (
            <Dead passage={passage} run={run} />
          ) : take ? (
            <TakeBar passage={passage} take={take} />
          ) : (
            <>
              <Empty passage={passage} stopped={run?.status === "cancelled"} />
              {passage.discarded && passage.discarded.length > 0 && (
                <div class="takebar">
                  <Discarded passage={passage} />
                </div>
              )}
            </>
          )}
        </>
      )}
      <RewriteForm passage={passage} />
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
            <Elapsed run={run} />
          </span>
        )}
        <SoFar run={run.id} />
      </div>
    </>
  );
}

/** The seconds since it began; `browser/grow.ts` counts on. */
function Elapsed({ run }: { run: RunView }) {
  if (run.elapsedMs === undefined || run.elapsedMs === null) return null;
  return (
    <>
      {" in "}
      <span data-elapsed={run.elapsedMs}>{Math.round(run.elapsedMs / 1_000)} s</span>
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

function Dead({ passage, run }: { passage: PassageView; run: RunView }) {
  return (
    <>
      <p class="refused">{run.problem ?? "The take could not be written."}</p>
      <div class="takebar">
        <Button
          id={`retry-${passage.id}`}
          class="button outlined asking"
          hx-post={`/runs/${run.id}/retry`}
          hx-swap="none"
          hx-sync="this:drop"
        >
          Try again
        </Button>
        {run.isSettings && (
          <a class="button quiet" href="/settings/model">
            Model and budget
          </a>
        )}
        <AskAgain passage={passage} />
        {passage.take && <WrittenBy take={passage.take} />}
      </div>
      <Instruction passage={passage} />
      <Waits />
    </>
  );
}

/** Which of the lines shows follows notes and prose as they are typed (`writer.css`). */
function Empty({ passage, stopped }: { passage: PassageView; stopped: boolean }) {
  return (
    <div class="empty">
      <p class="without-notes">Or begin here, and leave the notes for later.</p>
      <p class="with-notes" data-stopped={stopped || undefined}>
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

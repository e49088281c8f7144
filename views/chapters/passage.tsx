/**
 * A passage: notes, spine, prose. The same fragments stand in the page, in the answers to its buttons and in
 * what the socket sends. Only the spine and the prose are ever replaced; the notes hold the caret and are not.
 */
import type { ExpandedTextV1 } from "../../src/schemas/types.ts";
import { countWords, paragraphs, wordsLabel } from "../prose.ts";
import { Button } from "../ui/button.tsx";
import { Clock } from "../ui/clock.tsx";
import { StopIcon } from "../ui/icons.tsx";
import { ModifierKey } from "../ui/key.tsx";
import type { MarkName } from "../ui/mark.tsx";
import { Append, Replace } from "../ui/partial.tsx";
import { SpineCell } from "../ui/spine.tsx";

export type PassageView = {
  id: string;
  /** Its place in the chapter, from 1. */
  number: number;
  notes: string;
  /** Revision of the notes, for If-Match. */
  revision: number;
  /** The newest run of the newest ask; null before the first. */
  run: RunView | null;
  /** The newest take, a kept partial included; null while there is none. */
  take: ExpandedTextV1 | null;
  /** Whether the notes differ from the text of the ask that the take came from. */
  notesChanged: boolean;
};

export type RunView = {
  id: string;
  status: "queued" | "running" | "succeeded" | "cancelled" | "dead";
  attempt: number;
  /** What this attempt has streamed so far. */
  partial: string;
  /** The sentence of the last failed attempt, for the writer. */
  problem: string | null;
  /** RFC 3339; when a queued run that failed before is tried again. */
  dueAt: string | null;
};

export const PASSAGES_ID = "passages";
export const passageId = (id: string) => `passage-${id}`;
export const notesId = (id: string) => `notes-${id}`;
export const spineId = (id: string) => `spine-${id}`;
export const proseId = (id: string) => `prose-${id}`;

/** Where the halves of a passage stand; also the mark of its row in an outline. */
export function markOf({ run, take, notesChanged }: PassageView): MarkName {
  if (isExpanding(run)) return "expanding";
  if (!take) return "to-write";
  return notesChanged ? "changed" : "fresh";
}

export function isExpanding(
  run: RunView | null,
): run is RunView & { status: "queued" | "running" } {
  return run?.status === "queued" || run?.status === "running";
}

/** What an answer or a frame carries when the run, the take or the notes of a passage moved on. */
export function PassageUpdate({ passage }: { passage: PassageView }) {
  return (
    <>
      <Replace id={spineId(passage.id)}>
        <Spine passage={passage} />
      </Replace>
      <Replace id={proseId(passage.id)}>
        <Prose passage={passage} />
      </Replace>
    </>
  );
}

/** What an answer or a frame carries when a passage came to be at the end of the chapter. */
export function PassageAdded({ passage, focus }: { passage: PassageView; focus?: boolean }) {
  return (
    <Append to={PASSAGES_ID}>
      <PassageRow passage={passage} focus={focus} />
    </Append>
  );
}

/** `focus`: the caret goes into its notes; for the one who asked for the row, nobody else. */
export function PassageRow({ passage, focus }: { passage: PassageView; focus?: boolean }) {
  return (
    <section
      class="passage"
      id={passageId(passage.id)}
      aria-label={`Passage ${passage.number}`}
      data-passage={passage.id}
      data-number={passage.number}
    >
      <Notes passage={passage} focus={focus} />
      <Spine passage={passage} />
      <Prose passage={passage} />
    </section>
  );
}

export function Notes({ passage, focus }: { passage: PassageView; focus?: boolean }) {
  return (
    <div class="notes">
      <textarea
        id={notesId(passage.id)}
        name="notes"
        rows={1}
        aria-label={`Notes of passage ${passage.number}`}
        placeholder="What happens here, in your own shorthand. One passage, one thing."
        maxlength={NOTES_LIMIT}
        autocomplete="off"
        autofocus={focus}
        data-autosave
        data-url={`/passages/${passage.id}/notes`}
        data-revision={passage.revision}
      >
        {/* A parser drops the first line break inside a textarea; this one is for it. */}
        {`\n${passage.notes}`}
      </textarea>
    </div>
  );
}

/** Characters (UTF-16 units, as browsers count) of notes in one passage; `text-input-v1` takes as many. */
const NOTES_LIMIT = 20_000;

export function Spine({ passage }: { passage: PassageView }) {
  return <SpineCell id={spineId(passage.id)} mark={markOf(passage)} />;
}

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

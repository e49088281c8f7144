/**
 * The drawer beside the page: what an ask of the passage one is in would send, what of it had no room, what of the codex
 * came up, and which chapters before it have yet to be told of.
 */
import { raw } from "hono/html";
import type { ContextEntry, ContextPart, ContextView } from "../../src/context/context-view.ts";
import { codexPath, entryPath } from "../codex/paths.ts";
import { CloseIcon } from "../ui/icons.tsx";
import { Replace } from "../ui/partial.tsx";
import { CONTEXT_ID, contextPath, PROMPT_ID } from "./context-ids.ts";
import { PromptPlace } from "./prompt.tsx";
import { Summaries } from "./summaries.tsx";

const NUMBERS = new Intl.NumberFormat("en");
const figure = (count: number) => NUMBERS.format(count);

/** The drawer before it is opened for the first time. */
export function ContextPlace() {
  return (
    <>
      <aside class="context-drawer" id={CONTEXT_ID} aria-label="Context" tabindex={-1}>
        <Head />
      </aside>
      <PromptPlace />
    </>
  );
}

/** What there is before its words. */
function Head() {
  return (
    <>
      <header>
        <h2>Context</h2>
        <button type="button" class="icon-button" aria-label="Close the context" data-closes>
          <CloseIcon />
        </button>
      </header>
      <p class="refused" role="alert" data-problem hidden />
    </>
  );
}

export function ContextUpdate(view: ContextView) {
  return (
    <Replace id={CONTEXT_ID}>
      <Drawer {...view} />
    </Replace>
  );
}

function Drawer(view: ContextView) {
  const { chapter, passage, sent, why, include, budget, summaries } = view;
  const isMaking = summaries.needed.some(({ state }) => state === "making");
  return (
    <aside
      class="context-drawer answers"
      id={CONTEXT_ID}
      aria-label="Context"
      tabindex={-1}
      data-passage-shown={passage?.id}
      data-include={include.join(" ")}
      data-making={isMaking ? true : undefined}
    >
      <Head />
      {budget && (
        <p class="refused">
          {budget}{" "}
          <a class="act" href="/settings/model">
            Model and budget
          </a>
        </p>
      )}
      {sent && passage ? (
        <>
          <Total number={passage.number} sent={sent} model={view.model} />
          <ul class="parts">
            {sent.parts.map((part) => (
              <PartRow part={part} isForced={include.includes(part.id)} />
            ))}
          </ul>
          <button
            type="button"
            class="whole"
            popovertarget={PROMPT_ID}
            popovertargetaction="show"
            hx-get={`${contextPath(chapter, passage.id, include)}&prompt`}
            hx-swap="none"
            hx-sync="this:drop"
          >
            Read the exact prompt
            <GoChevron />
          </button>
        </>
      ) : (
        <p class="hint">{why}</p>
      )}
      <Summaries {...view} />
      {sent && <Codex book={view.book} chapter={chapter} entries={sent.codex} />}
    </aside>
  );
}

function Total(props: {
  number: number;
  sent: NonNullable<ContextView["sent"]>;
  model: string | null;
}) {
  const { number, sent, model } = props;
  const { tokens, limit, answer, cost } = sent;
  const isOver = tokens + answer > limit;
  return (
    <section class="total" aria-label="In all">
      <p>
        Passage {number} would send{model ? ` to ${model}` : ""}
      </p>
      <p class="figures">
        <strong>{figure(tokens)}</strong> <span>of {figure(limit)} tokens</span>
        {cost && <span class="cost">≈ {cost}</span>}
      </p>
      <Meter sent={sent} />
      <p class={isOver ? "over" : ""}>
        {isOver
          ? `More than there is room for: ${figure(answer)} are kept free for the answer.`
          : `${figure(answer)} kept free for the answer`}
      </p>
    </section>
  );
}

/** A segment a part, each as long as it weighs; the figures stand beside it. */
function Meter({ sent: { parts, limit } }: { sent: NonNullable<ContextView["sent"]> }) {
  const WIDTH = 1_000;
  const GAP = 4;
  let at = 0;
  const segments = parts
    .filter(({ state }) => state !== "dropped")
    .map(({ tokens }) => {
      const width = (tokens / Math.max(limit, 1)) * WIDTH;
      const rect = `<rect x="${at.toFixed(1)}" width="${Math.max(width - GAP, 1).toFixed(1)}" height="3"/>`;
      at += width;
      return rect;
    });
  return (
    <svg class="meter" viewBox={`0 0 ${WIDTH} 3`} preserveAspectRatio="none" aria-hidden="true">
      {raw(segments.join(""))}
    </svg>
  );
}

function PartRow({ part, isForced }: { part: ContextPart; isForced: boolean }) {
  const { id, what, tokens, state, from } = part;
  const isDropped = state === "dropped";
  return (
    <li data-state={state}>
      <p>
        {isDropped ? <s>{what}</s> : <span>{what}</span>}
        <span class="count">
          {figure(tokens)}
          <span class="unseen"> tokens</span>
        </span>
      </p>
      {state === "trimmed" && from !== undefined && (
        <p class="trimmed">
          Trimmed from {figure(from)}
          {id === "passages" || id === "summaries" ? ", oldest first" : ""}
          <Anyway id={id} says="Include all" what={what} />
        </p>
      )}
      {isDropped && (
        <p class="dropped">
          Dropped: no room.
          <Anyway id={id} says="Include anyway" what={what} />
        </p>
      )}
      {isForced && (
        <p class="dropped">
          Goes along whole with this ask.
          <Anyway id={id} says="As it fits" what={what} />
        </p>
      )}
    </li>
  );
}

/** `browser/context.ts` asks anew with it, and sends it along with the ask. */
function Anyway({ id, says, what }: { id: string; says: string; what: string }) {
  return (
    <>
      {" "}
      <button type="button" class="act" id={`anyway-${id}`} data-includes={id}>
        {says}
        <span class="unseen">: {what}</span>
      </button>
    </>
  );
}

function Codex(props: { book: string; chapter: string; entries: ContextEntry[] }) {
  const { book, chapter, entries } = props;
  const back = { back: `/chapters/${chapter}` };
  return (
    <section class="matched" aria-labelledby="context-codex">
      <h3 id="context-codex">Codex, matched in the notes</h3>
      {entries.map((entry) => (
        <article data-state={entry.state}>
          <h4>
            <a href={entryPath(book, entry.id, back)}>{entry.name}</a> <span>{wayOf(entry)}</span>
          </h4>
          <p>{entry.text}</p>
        </article>
      ))}
      {entries.length === 0 && (
        <p class="hint">No entry of the codex comes up in these notes, and none is pinned. </p>
      )}
      <p>
        <a class="act" href={codexPath(book, back)}>
          Open the codex
        </a>
      </p>
    </section>
  );
}

function wayOf({ name, by, pinned, state }: ContextEntry): string {
  if (state === "dropped") return "dropped, no room";
  if (pinned) return "pinned";
  const named = by.map((one) => `“${one}”`).join(", ");
  return by.length === 1 && by[0] === name ? "by name" : named;
}

function GoChevron() {
  return (
    <svg
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.3"
      aria-hidden="true"
    >
      <path d="m6 3.5 4.5 4.5L6 12.5" />
    </svg>
  );
}

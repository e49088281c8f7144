import { countWords, wordsLabel } from "../prose.ts";
import { Clock } from "../ui/clock.tsx";
import { Replace } from "../ui/partial.tsx";
import { bookToken, RUN_LIST_ID, runPath, runRowId } from "./ids.ts";
import { duration, farLabel, figure, type RunRowView } from "./run-view.ts";
import { SoFar } from "./so-far.tsx";
import { StateMark } from "./state-mark.tsx";

type Props = {
  run: RunRowView;
  /** Of the address that the list has, so that it stays as it is. */
  search?: string;
  isCurrent?: boolean;
};

export function RunRow({ run, search = "", isCurrent }: Props) {
  return (
    <tr id={runRowId(run.id)} class="run" data-state={run.state}>
      <td class="state">
        <StateMark state={run.state} />
      </td>
      <th scope="row" class="what">
        <a
          id={`${runRowId(run.id)}-link`}
          href={`${runPath(run.id)}${search}`}
          data-opens-run={run.id}
          aria-current={isCurrent ? "true" : undefined}
        >
          {run.what}
          <span class="where">
            {run.where}
            {run.book && <span class="of">, {run.book}</span>}
          </span>
        </a>
      </th>
      <td class="outcome">
        <Outcome run={run} />
      </td>
      <td class="figure">
        <Took run={run} />
      </td>
      <td class="figure">{run.tokens !== null && figure(run.tokens)}</td>
      <td class="figure">
        {run.state === "running" ? <SoFar run={run.id} cost={run.cost} isShort /> : run.cost}
      </td>
    </tr>
  );
}

export function Took({ run }: { run: Pick<RunRowView, "took" | "state"> }) {
  if (run.took === null) return null;
  if (run.state !== "running" && run.state !== "stopping") return <>{duration(run.took)}</>;
  return <span data-elapsed={String(run.took)}>{duration(run.took)}</span>;
}

/** What came of it; while it runs, how far it is. */
function Outcome({ run }: { run: RunRowView }) {
  if (run.state === "running" && run.stream)
    return (
      <>
        <Far progress={run.progress} />
        <Words run={run} stream={run.stream} />
      </>
    );
  return (
    <>
      {run.outcome}
      {run.retryAt && (
        <>
          {" "}
          <Clock at={run.retryAt} />
        </>
      )}
    </>
  );
}

/** Of a processor that counts what it does; filled by `browser/runs.ts` as it goes on. */
function Far({ progress }: Pick<RunRowView, "progress">) {
  const { done = 0, total = null } = progress ?? {};
  return (
    <span class="far" hidden={progress === null}>
      <progress
        max={String(total ?? 1)}
        value={String(done)}
        aria-hidden="true"
        hidden={total === null}
      />
      <span>{progress && farLabel(progress)}</span>
    </span>
  );
}

/** The text goes into what is hidden (`browser/grow.ts`), which counts it beside. */
function Words({ run, stream }: { run: RunRowView; stream: NonNullable<RunRowView["stream"]> }) {
  const words = countWords(stream.partial);
  return (
    <span class="words" hidden={run.progress !== null}>
      {run.asked !== null && (
        <progress max={String(run.asked)} value={String(words)} aria-hidden="true" data-follows />
      )}
      <span data-words>{wordsLabel(words)}</span>
      {run.asked !== null && ` of ~${figure(run.asked)}`}
      <span
        hidden
        data-run={run.id}
        data-attempt={String(stream.attempt)}
        data-partial={stream.partial}
      />
    </span>
  );
}

type Change = {
  run: RunRowView;
  status: string;
  processor: string;
  root: string;
  /** It was not there before: it stands first in every list that would show it. */
  isNew: boolean;
};

/** For a frame: the row where it is shown, or at the top of the lists that it comes into. */
export function RunRowUpdate({ run, status, processor, root, isNew }: Change) {
  const list = [
    `#${RUN_LIST_ID}`,
    ":not([data-before])",
    `:not(:has(#${runRowId(run.id)}))`,
    isNew ? `:not([data-status]:not([data-status=${status}]))` : `[data-status=${status}]`,
    `:not([data-processor]:not([data-processor=${processor}]))`,
    `:not([data-book]:not([data-book=${bookToken(root)}]))`,
  ].join("");
  return (
    <>
      <Replace id={runRowId(run.id)}>
        <RunRow run={run} />
      </Replace>
      <hx-partial hx-target={list} hx-swap="afterbegin">
        <RunRow run={run} />
      </hx-partial>
    </>
  );
}

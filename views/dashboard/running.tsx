/** What is at work now, wherever it was asked for, each with Stop. */
import type { AtWork, Running as AtWorkList } from "../../src/dashboard/running.ts";
import { countWords, wordsLabel } from "../prose.ts";
import { runPath } from "../runs/ids.ts";
import { duration, farLabel } from "../runs/run-view.ts";
import { StopIcon } from "../ui/icons.tsx";
import { Mark } from "../ui/mark.tsx";
import { RUNNING_ID } from "./ids.ts";

export function Running({ running: { runs, more } }: { running: AtWorkList }) {
  return (
    <section id={RUNNING_ID} class="running-now" aria-labelledby="running-title">
      <h2 id="running-title">Running now</h2>
      {runs.length === 0 && <p class="hint nothing">Nothing is at work.</p>}
      <ul>
        {runs.map((run) => (
          <Run run={run} />
        ))}
      </ul>
      {more > 0 && (
        <p class="hint more">
          <a href="/runs">And {more.toLocaleString("en")} more</a>
        </p>
      )}
    </section>
  );
}

function Run({ run }: { run: AtWork }) {
  const { id, what, where, book, state, stream, progress, cost } = run;
  const name = `${what}, ${where}`;
  const words = countWords(stream?.partial ?? "");
  return (
    <li id={`running-${id}`}>
      <Mark name={state === "queued" ? "to-write" : "expanding"} />
      <div>
        <a href={runPath(id)}>
          {where}
          {book && <span class="of">, {book}</span>}
        </a>
        <p class="hint">
          {what}
          {state === "queued" && ", waiting"}
          {state === "stopping" && ", stopping"}
          {progress && `, ${farLabel(progress)}`}
          {stream && !progress && (
            <>
              {", "}
              <span data-words>{wordsLabel(words)}</span>
              <span
                hidden
                data-run={id}
                data-attempt={String(stream.attempt)}
                data-partial={stream.partial}
              />
            </>
          )}
          {run.took !== null && (
            <>
              {" in "}
              <span data-elapsed={String(run.took)}>{duration(run.took)}</span>
            </>
          )}
          {cost && `, ${cost}`}
        </p>
      </div>
      <form
        method="post"
        action={`/dashboard/runs/${id}/cancellation`}
        hx-post={`/dashboard/runs/${id}/cancellation`}
        hx-swap="none"
      >
        <button
          type="submit"
          class="icon-button"
          aria-label={`Stop ${name}`}
          id={`stop-${id}`}
          disabled={state === "stopping"}
        >
          <StopIcon />
        </button>
      </form>
    </li>
  );
}

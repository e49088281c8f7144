/** One run: how it stands, where it comes from, each attempt, and every word that went in and out. */
import type { Child } from "hono/jsx";
import { paragraphs } from "../prose.ts";
import { Button } from "../ui/button.tsx";
import { BackIcon, StopIcon } from "../ui/icons.tsx";
import { DateClock } from "./date-clock.tsx";
import { cancellationPath, retryPath, runDetailId, runDetailPulseId } from "./ids.ts";
import { Lineage } from "./lineage.tsx";
import { Took } from "./row.tsx";
import { type AttemptView, type BlobShown, figure, type RunDetailView } from "./run-view.ts";
import { StateMark } from "./state-mark.tsx";

export function RunDetail({ run, search = "" }: { run: RunDetailView; search?: string }) {
  const title = run.where ? `${run.what}, ${run.where}` : run.what;
  return (
    <article id={runDetailId(run.id)} class="run-detail answers" data-shows-run={run.id}>
      <a class="back" href={`/runs${search}`}>
        <BackIcon />
        Runs
      </a>
      <header>
        <StateMark state={run.state} />
        <h2 id="run-title" tabindex={-1}>
          {title}
        </h2>
        <div class="deeds">
          {run.passagePath && (
            <a class="button quiet" href={run.passagePath}>
              Open passage
            </a>
          )}
          {run.mayWrite && <Deed run={run} />}
        </div>
        <p class="about">
          <code>{run.id}</code>
          {run.model && <span>{run.model}</span>}
          <span>
            Asked for <DateClock at={run.queuedAt} /> by {run.by}
          </span>
          {run.book && <span>{run.book}</span>}
        </p>
      </header>
      <p class="standing" data-state={run.state}>
        {run.problem ?? STANDING[run.state] ?? (run.outcome === "Pending" && WAITS)}
      </p>
      <p class="refused" role="alert" data-problem hidden />
      <Lineage view={run.lineage} />
      <Attempts run={run} />
      <Output run={run} />
      <Prompt run={run} />
      {run.input && (
        <Part id="run-input" title="Input" links={<BlobLinks blob={run.input} />}>
          <Texts blob={run.input} />
        </Part>
      )}
      <ReadBeside run={run} />
      {run.config && (
        <Part id="run-config" title="Settings">
          <pre>{run.config}</pre>
        </Part>
      )}
      <span hidden id={runDetailPulseId(run.id)} />
    </article>
  );
}

/** Where the row beside it does not say it all. */
const STANDING: Partial<Record<RunDetailView["state"], string>> = {
  queued: "It waits for its turn.",
  stopping: "It was asked to stop, and keeps what it has.",
  dead: "It failed for good. Trying again queues it anew.",
};
const WAITS = "Its take waits for you beside the passage.";

/** One thing at a time can be done with a run. */
function Deed({ run }: { run: RunDetailView }) {
  if (run.state === "queued" || run.state === "running")
    return (
      <form method="post" action={cancellationPath(run.id)} {...inPlace(run, cancellationPath)}>
        <Button type="submit" look="outlined" data-deed>
          <StopIcon />
          {run.state === "running" ? "Stop, keep partial" : "Cancel"}
        </Button>
      </form>
    );
  if (run.state === "stopping")
    return (
      <Button look="outlined" aria-disabled="true" aria-busy="true">
        Stopping
      </Button>
    );
  if (run.state !== "dead") return null;
  return (
    <form method="post" action={retryPath(run.id)} {...inPlace(run, retryPath)}>
      <Button type="submit" look="primary" data-deed>
        Try again
      </Button>
    </form>
  );
}

const inPlace = ({ id }: RunDetailView, path: (run: string) => string) => ({
  "hx-post": path(id),
  "hx-target": `#${runDetailId(id)}`,
  "hx-swap": "outerMorph",
  "hx-sync": "this:drop",
});

type PartProps = { id: string; title: string; links?: Child; children: Child };

function Part({ id, title, links, children }: PartProps) {
  return (
    <section aria-labelledby={id}>
      <header>
        <h3 id={id}>{title}</h3>
        {links}
      </header>
      {children}
    </section>
  );
}

function Attempts({ run }: { run: RunDetailView }) {
  if (run.attempts.length === 0) return null;
  return (
    <Part id="run-attempts" title="Attempts">
      <table class="attempts">
        <thead>
          <tr>
            {["State", "Attempt", "What came of it"].map((name) => (
              <th scope="col">
                <span class="unseen">{name}</span>
              </th>
            ))}
            {["Time", "Tokens", "Cost"].map((name) => (
              <th scope="col" class="figure">
                <span class="unseen">{name}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {run.attempts.map((attempt) => (
            <Attempt attempt={attempt} />
          ))}
        </tbody>
      </table>
    </Part>
  );
}

function Attempt({ attempt }: { attempt: AttemptView }) {
  const { number, state, sentence, at, worker, tokens, cost } = attempt;
  return (
    <tr data-state={state}>
      <td class="state">
        <StateMark state={state} />
      </td>
      <th scope="row">Attempt {number}</th>
      <td class="sentence">
        {sentence}
        <span class="when">
          <DateClock at={at} />, {worker}
        </span>
      </td>
      <td class="figure">
        <Took run={{ took: attempt.took, state: state === "lost" ? "dead" : state }} />
      </td>
      <td class="figure">{tokens !== null && figure(tokens)}</td>
      <td class="figure">{cost}</td>
    </tr>
  );
}

/** What it made; while it runs, what it has written so far. */
function Output({ run }: { run: RunDetailView }) {
  if (run.output)
    return (
      <Part id="run-output" title="Output" links={<BlobLinks blob={run.output} />}>
        <Texts blob={run.output} />
      </Part>
    );
  if (run.stream && run.state !== "dead")
    return (
      <Part id="run-output" title="So far">
        <div
          class="prose wet"
          data-run={run.id}
          data-attempt={String(run.stream.attempt)}
          data-partial={run.stream.partial}
        >
          <Paragraphs text={run.stream.partial} />
        </div>
      </Part>
    );
  if (!run.partial?.trim()) return null;
  return (
    <Part id="run-output" title="Kept of what broke off">
      <div class="prose">
        <Paragraphs text={run.partial} />
      </div>
    </Part>
  );
}

function Paragraphs({ text }: { text: string }) {
  return (
    <>
      {paragraphs(text).map((paragraph) => (
        <p>{paragraph}</p>
      ))}
    </>
  );
}

function Prompt({ run: { id, prompt } }: { run: RunDetailView }) {
  if (!prompt.kept)
    return (
      <Part id="run-prompt" title="Exact prompt">
        <p class="hint">{prompt.why}</p>
      </Part>
    );
  const links = (
    <div class="links">
      <a href={`/api/runs/${id}`}>Raw JSON</a>
      <button type="button" class="link" data-copies="run-prompt-text" hidden>
        Copy
      </button>
    </div>
  );
  return (
    <Part id="run-prompt" title="Exact prompt" links={links}>
      {prompt.note && <p class="hint">{prompt.note}</p>}
      <div class="prompt" id="run-prompt-text">
        {prompt.messages.map(({ role, text }) => (
          <div>
            <strong>{role}</strong>
            <pre>{text}</pre>
          </div>
        ))}
      </div>
    </Part>
  );
}

function BlobLinks({ blob }: { blob: BlobShown }) {
  return (
    <div class="links">
      <span>
        {blob.schema}, revision {blob.revision}
      </span>
      <a href={`/api/blobs/${blob.id}`}>
        Raw JSON<span class="unseen"> of {blob.schema}</span>
      </a>
    </div>
  );
}

function Texts({ blob }: { blob: BlobShown }) {
  return (
    <dl class="texts">
      {blob.texts.map(({ name, text }) => (
        <div>
          <dt>{name}</dt>
          <dd class="prose">
            <Paragraphs text={text} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function ReadBeside({ run: { read } }: { run: RunDetailView }) {
  if (read.length === 0) return null;
  return (
    <Part id="run-read" title="What it read beside">
      <ul class="read">
        {read.map(({ id, name, schema, revision }) => (
          <li>
            <a href={`/api/blobs/${id}`}>{name || schema}</a>
            <span>
              {name ? `${schema}, ` : ""}revision {revision}
            </span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

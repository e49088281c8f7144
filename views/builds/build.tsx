/** One build: what it makes, how far it is, what came of it, what has changed since. The same for all who may see it. */
import { Button } from "../ui/button.tsx";
import type { BuildView, CheckView, ResultView, RunView } from "./build-view.ts";
import { buildId, buildPath, FORMAT_NAMES } from "./ids.ts";

const STATES = { queued: "Waiting", running: "Compiling", stopping: "Stopping" } as const;

export function BuildItem({ book, build }: { book: string; build: BuildView }) {
  const { id, name, formats, chapters, run, problem, result } = build;
  const path = buildPath(book, id);
  const taken =
    chapters.taken === chapters.all
      ? `${chapters.all === 1 ? "" : "all "}${count(chapters.all, "chapter")}`
      : `${chapters.taken} of ${count(chapters.all, "chapter")}`;
  return (
    <article class="build" id={buildId(id)} aria-labelledby={`${buildId(id)}-name`}>
      <header>
        <div>
          <h2 id={`${buildId(id)}-name`}>
            <a href={path}>{name}</a>
          </h2>
          <p class="hint">
            {formats.map((format) => FORMAT_NAMES[format]).join(", ")}, {taken}
          </p>
        </div>
        <div class="deeds writes">
          {run ? (
            <form
              method="post"
              action={`${path}/cancellation`}
              hx-post={`${path}/cancellation`}
              hx-swap="none"
            >
              <Button
                type="submit"
                look="outlined"
                data-act={id}
                aria-label={`Stop compiling ${name}`}
                aria-disabled={run.state === "stopping" ? "true" : undefined}
              >
                Cancel
              </Button>
            </form>
          ) : (
            <form method="post" action={`${path}/runs`} hx-post={`${path}/runs`} hx-swap="none">
              <Button
                type="submit"
                look={isDue(result) ? "primary" : "outlined"}
                data-act={id}
                aria-label={`Compile ${name}`}
              >
                Compile
              </Button>
            </form>
          )}
          <a class="button quiet" href={path} aria-label={`Settings of ${name}`}>
            Settings
          </a>
          <form method="post" action={`${path}/copy`}>
            <Button type="submit" aria-label={`Duplicate ${name}`}>
              Duplicate
            </Button>
          </form>
          <form method="post" action={`${path}/trash`}>
            <Button type="submit" aria-label={`Put ${name} in the trash`}>
              Trash
            </Button>
          </form>
        </div>
      </header>
      {run && <Far run={run} />}
      {problem && !run && (
        <p class="refused" role="alert">
          {problem}
        </p>
      )}
      {result ? (
        <Result result={result} />
      ) : (
        !run && !problem && <p class="hint">Not compiled yet.</p>
      )}
    </article>
  );
}

/** The accent is for what awaits somebody: a build that stands as it was made awaits nobody. */
const isDue = (result: ResultView | null): boolean =>
  !result ||
  result.settings ||
  [result.changed, result.added, result.gone].some(({ length }) => length > 0);

function Far({ run: { id, state, done, total, note } }: { run: RunView }) {
  const said = note ? `${STATES[state]}: ${note.toLowerCase()}` : STATES[state];
  return (
    <div class="far" data-far={id}>
      <progress
        aria-label="How far it is"
        max={total === null ? undefined : String(total)}
        value={done === null || total === null ? undefined : String(done)}
      />
      <span>{said}</span>
    </div>
  );
}

function Result({ result }: { result: ResultView }) {
  return (
    <>
      <ul class="files">
        {result.files.map(({ format, name, size, href }) => (
          <li>
            <a href={href} download={name}>
              <strong>{FORMAT_NAMES[format]}</strong> <span>{name}</span>
            </a>
            <span class="size">{size}</span>
          </li>
        ))}
      </ul>
      <Since result={result} />
      {result.check && <Check check={result.check} />}
      {result.remarks.length > 0 && (
        <ul class="remarks">
          {result.remarks.map((remark) => (
            <li>{remark}</li>
          ))}
        </ul>
      )}
    </>
  );
}

/** “Built from 12 chapters, 2 changed since”. */
function Since({ result }: { result: ResultView }) {
  const { at, words, chapters, changed, added, gone, settings } = result;
  const told = [
    changed.length > 0 && `${changed.length} changed since`,
    added.length > 0 && `${added.length} new since`,
    gone.length > 0 && `${gone.length} gone since`,
    settings && "its settings changed since",
  ].filter(Boolean);
  const built = (
    <>
      Built from {count(chapters, "chapter")}
      {told.length > 0 && (
        <>
          , <span class="since">{told.join(", ")}</span>
        </>
      )}
    </>
  );
  const named = [
    ...changed.map((title) => [title, "changed"] as const),
    ...added.map((title) => [title, "new"] as const),
    ...gone.map((title) => [title, "gone"] as const),
  ];
  const when = (
    <p class="hint">
      {words} {words === "1" ? "word" : "words"},{" "}
      <time datetime={at} data-date-clock>
        {at.slice(0, 16).replace("T", " ")}
      </time>
    </p>
  );
  if (named.length === 0)
    return (
      <>
        <p class="built">{built}</p>
        {when}
      </>
    );
  return (
    <>
      <details class="built">
        <summary>{built}</summary>
        <ul>
          {named.map(([title, what]) => (
            <li>
              {title} <span class="gloss">{what}</span>
            </li>
          ))}
        </ul>
      </details>
      {when}
    </>
  );
}

function Check({ check: { version, errors, warnings, messages } }: { check: CheckView }) {
  const said = `EPUBCheck${version ? ` ${version}` : ""}: ${count(errors, "error")}, ${count(warnings, "warning")}`;
  if (messages.length === 0) return <p class="check passed">{said}</p>;
  return (
    <details class="check">
      <summary>{said}</summary>
      <ul>
        {messages.map(({ severity, id, message, path }) => (
          <li>
            <strong>{severity}</strong> {id}: {message}
            {path && <span class="gloss"> {path}</span>}
          </li>
        ))}
      </ul>
    </details>
  );
}

const count = (many: number, what: string) => `${many} ${what}${many === 1 ? "" : "s"}`;

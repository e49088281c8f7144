/** Trying things out: a version that is not registered yet, a document that is not stored. Nothing of either is kept. */
import { Button } from "../ui/button.tsx";
import {
  DOCUMENT_ANSWER_ID,
  DRAFT_FIELD_ID,
  DRAFT_ID,
  draftPath,
  VERDICT_ID,
  validationPath,
} from "./ids.ts";
import {
  type DocumentView,
  type Fault,
  LEVEL_NOTES,
  LEVELS,
  type SchemaView,
} from "./schema-view.ts";

export function TryVersion({ schema }: { schema: SchemaView }) {
  const { draft, name, versions } = schema;
  const isWrong = draft.faults.length > 0 || draft.problem !== null;
  return (
    <section class="try" aria-labelledby="try-version">
      <h3 id="try-version">Try a version</h3>
      <form id={DRAFT_ID} method="post" action={`${draftPath(name)}#${VERDICT_ID}`}>
        <label for={DRAFT_FIELD_ID}>JSON Schema of the next version</label>
        <textarea
          id={DRAFT_FIELD_ID}
          name="schema"
          rows={12}
          spellcheck={false}
          autocomplete="off"
          aria-invalid={isWrong ? "true" : undefined}
          aria-describedby={isWrong ? "draft-faults" : undefined}
          required
        >
          {`\n${draft.text}`}
        </textarea>
        {isWrong && (
          <div class="refused" id="draft-faults" role="alert">
            {draft.problem && <p>{draft.problem}</p>}
            <Faults faults={draft.faults} whole="the schema" />
          </div>
        )}
        <div class="choices">
          <label>
            <span>Held to</span>
            <select name="level">
              {LEVELS.map((level) => (
                <option value={level} selected={level === draft.level}>
                  {level}: {LEVEL_NOTES[level]}
                </option>
              ))}
            </select>
          </label>
          <label>
            <span>Against</span>
            <select name="against">
              <option value="latest" selected={draft.against === "latest"}>
                the latest version
              </option>
              <option value="all" selected={draft.against === "all"}>
                all versions
              </option>
              {versions.slice(1).map(({ version }) => (
                <option value={String(version)} selected={draft.against === String(version)}>
                  version {version}
                </option>
              ))}
            </select>
          </label>
          <Button type="submit" look="outlined" name="deed" value="try">
            Try it
          </Button>
        </div>
      </form>
    </section>
  );
}

export function TryDocument({ schema }: { schema: SchemaView }) {
  const { document, name, versions } = schema;
  const path = validationPath(name);
  return (
    <section class="try answers" aria-labelledby="try-document">
      <h3 id="try-document">Try a document</h3>
      <form
        method="post"
        action={`${path}#${DOCUMENT_ANSWER_ID}`}
        hx-post={path}
        hx-target={`#${DOCUMENT_ANSWER_ID}`}
        hx-swap="outerMorph"
        hx-sync="this:replace"
      >
        <label for="document">A document, as JSON</label>
        <textarea
          id="document"
          name="document"
          rows={6}
          spellcheck={false}
          autocomplete="off"
          aria-describedby={DOCUMENT_ANSWER_ID}
          required
        >
          {`\n${document.text}`}
        </textarea>
        <DocumentAnswer document={document} />
        <p class="refused" role="alert" data-problem hidden />
        <div class="choices">
          <label>
            <span>Held to</span>
            <select name="version">
              {versions.map(({ version }) => (
                <option value={String(version)} selected={version === document.version}>
                  version {version}
                </option>
              ))}
            </select>
          </label>
          <Button type="submit" look="outlined">
            Try it
          </Button>
        </div>
      </form>
    </section>
  );
}

export function DocumentAnswer({ document: { answer, version } }: { document: DocumentView }) {
  return (
    <div class="answer" id={DOCUMENT_ANSWER_ID} role="status">
      {answer === null ? null : "problem" in answer ? (
        <p class="refused">{answer.problem}</p>
      ) : answer.faults.length === 0 ? (
        <p class="fine">
          <span aria-hidden="true">✓</span> Valid: v{version} takes it.
        </p>
      ) : (
        <>
          <p class="refused">
            <span aria-hidden="true">✕</span> v{version} refuses it.
          </p>
          <Faults faults={answer.faults} whole="the document" />
        </>
      )}
    </div>
  );
}

export function Faults({ faults, whole }: { faults: readonly Fault[]; whole: string }) {
  if (faults.length === 0) return null;
  return (
    <dl class="faults">
      {faults.map(({ pointer, message }) => (
        <div>
          <dt>
            <code>{pointer || whole}</code>
          </dt>
          <dd>{message}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A new schema, and what holds for all schemas that say nothing of their own. */
import { Button } from "../ui/button.tsx";
import { BackIcon } from "../ui/icons.tsx";
import { ALL_CONFIG_PATH, NEW_SCHEMA_PATH, SCHEMAS_PATH } from "./ids.ts";
import { LevelChoice } from "./keeping.tsx";
import { type Fault, LEVEL_WORDS, type SchemaView } from "./schema-view.ts";
import { Faults } from "./tries.tsx";

export type MakingView = {
  name: string;
  text: string;
  faults: Fault[];
  problem: string | null;
  /** What holds for all. */
  config: SchemaView["config"];
  isAdministrator: boolean;
};

export function Making({ making }: { making: MakingView }) {
  const { name, text, faults, problem } = making;
  const isWrong = faults.length > 0 || problem !== null;
  return (
    <>
      <article class="schema" aria-labelledby="schema-title">
        <a class="back" href={SCHEMAS_PATH}>
          <BackIcon />
          Schemas
        </a>
        <header>
          <h2 id="schema-title">New schema</h2>
          <p>
            A kind of document of your own: JSON Schema says what it takes. It is yours to change,
            and everybody here may use it.
          </p>
        </header>
        <section class="try">
          <form method="post" action={NEW_SCHEMA_PATH}>
            <label for="new-name">Name</label>
            <input
              id="new-name"
              name="name"
              value={name}
              maxlength={100}
              autocomplete="off"
              spellcheck={false}
              aria-describedby="new-name-hint"
              required
            />
            <p class="hint" id="new-name-hint">
              Small letters, digits and dashes, such as <code>weather-note</code>. Its first version
              is then weather-note-v1. For a kind of place, begin with <code>bucket-</code>.
            </p>
            <label for="new-schema">JSON Schema of its first version</label>
            <textarea
              id="new-schema"
              name="schema"
              rows={18}
              spellcheck={false}
              autocomplete="off"
              aria-invalid={isWrong ? "true" : undefined}
              aria-describedby={isWrong ? "new-faults" : undefined}
              required
            >
              {`\n${text}`}
            </textarea>
            {isWrong && (
              <div class="refused" id="new-faults" role="alert">
                {problem && <p>{problem}</p>}
                <Faults faults={faults} whole="the schema" />
              </div>
            )}
            <div class="choices">
              <Button type="submit" look="primary">
                Register it
              </Button>
            </div>
          </form>
        </section>
      </article>
      <aside class="panel" aria-label="What holds for all schemas">
        <ForAll making={making} />
      </aside>
    </>
  );
}

function ForAll({ making: { config, isAdministrator } }: { making: MakingView }) {
  return (
    <section class="keeping" aria-labelledby="keeping">
      <h3 id="keeping">What holds for all</h3>
      <p class="hint">For schemas without a level of their own.</p>
      {isAdministrator ? (
        <form method="post" action={ALL_CONFIG_PATH}>
          <LevelChoice config={config} />
          <div class="deeds">
            <Button type="submit" look="outlined">
              Set the level
            </Button>
          </div>
        </form>
      ) : (
        <p>
          <code>{config.level}</code> {LEVEL_WORDS[config.level]}.
        </p>
      )}
    </section>
  );
}

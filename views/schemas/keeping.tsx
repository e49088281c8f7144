/** What new versions owe older ones, who says so, and the versions there are. */
import { Button } from "../ui/button.tsx";
import { Day } from "./day.tsx";
import { configPath, deprecationPath, schemaPath } from "./ids.ts";
import {
  documentsIn,
  LEVEL_NOTES,
  LEVEL_WORDS,
  LEVELS,
  POLICY_WORDS,
  type SchemaView,
} from "./schema-view.ts";

export function Keeping({ schema }: { schema: SchemaView }) {
  const { config, isSteward, owner, name } = schema;
  return (
    <section class="keeping" aria-labelledby="keeping">
      <h3 id="keeping">What a new version owes</h3>
      {isSteward ? (
        <form method="post" action={configPath(name)}>
          <LevelChoice config={config} />
          <div class="deeds">
            <Button type="submit" look="outlined" name="deed" value="set">
              Set the level
            </Button>
            <Button type="submit" name="deed" value="clear">
              As for all schemas
            </Button>
          </div>
        </form>
      ) : (
        <>
          <p>
            <code>{config.level}</code> {LEVEL_WORDS[config.level]}.
          </p>
          <p class="hint">
            {owner === "built-in"
              ? "It came with the studio and changes only by its files. You may try versions of it here."
              : "Its owner and administrators may set this and register versions."}
          </p>
        </>
      )}
    </section>
  );
}

export function LevelChoice({ config }: Pick<SchemaView, "config">) {
  return (
    <>
      <label>
        <span>Level</span>
        <select name="compatibility">
          {LEVELS.map((level) => (
            <option value={level} selected={level === config.level}>
              {level}: {LEVEL_NOTES[level]}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>Policy</span>
        <select name="policy">
          {(["strict", "lenient"] as const).map((policy) => (
            <option value={policy} selected={policy === config.policy}>
              {POLICY_WORDS[policy]}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}

/** Versions in the list; older ones are chosen above the columns. */
const MOST_VERSIONS = 20;

export function Versions({ schema }: { schema: SchemaView }) {
  const { name, versions, isSteward, owner } = schema;
  return (
    <section class="all-versions" aria-labelledby="all-versions">
      <h3 id="all-versions">Versions</h3>
      <ul>
        {versions.slice(0, MOST_VERSIONS).map(({ version, at, deprecatedAt, documents }) => (
          <li>
            <a class="act" href={schemaPath(name, { to: version })}>
              v{version}
            </a>
            <span>
              <Day at={at} />
              {documents > 0 && `, ${documentsIn(documents)}`}
              {deprecatedAt && ", deprecated"}
            </span>
            {isSteward && owner !== "built-in" && !deprecatedAt && (
              <form method="post" action={deprecationPath(name, version)}>
                <Button type="submit">
                  Deprecate<span class="unseen"> version {version}</span>
                </Button>
              </form>
            )}
          </li>
        ))}
      </ul>
      {isSteward && owner !== "built-in" && (
        <p class="hint">
          Documents of a deprecated version stay readable; no processor gets them, and there is no
          way back.
        </p>
      )}
    </section>
  );
}

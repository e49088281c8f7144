/** In words: each change, what it does to documents, and to how many. */
import type { Words } from "../../src/schemas/page-changes.ts";
import type { Compared } from "../../src/schemas/page-comparison.ts";
import type { Told } from "../../src/schemas/page-effects.ts";
import { figure } from "./schema-view.ts";

const MARKS: Record<Told["mark"], readonly [string, string]> = {
  fine: ["✓", "Fine"],
  careful: ["~", "Mind"],
  refused: ["✕", "Refused"],
};

export function InWords({ compared }: { compared: Compared }) {
  const { told, counted, before } = compared;
  return (
    <section class="in-words" aria-labelledby="in-words">
      <h3 id="in-words">In words</h3>
      {told.length === 0 && compared.isTooLong ? null : told.length === 0 ? (
        <p class="hint">Nothing differs but the order in which it is written.</p>
      ) : (
        <ul>
          {told.map(({ mark, words, effect }) => (
            <li data-mark={mark}>
              <span class="mark-sign" aria-hidden="true">
                {MARKS[mark][0]}
              </span>
              <span class="unseen">{MARKS[mark][1]}: </span>
              <span class="sentence">
                <Sentence words={words} />
              </span>
              <span class="effect">{effect}</span>
            </li>
          ))}
        </ul>
      )}
      {counted?.isPart && (
        <p class="hint">
          Counted over the newest {figure(counted.looked)} documents on v{before.version} that you
          may read.
        </p>
      )}
      {!counted && <p class="hint">The documents could not be counted in time.</p>}
    </section>
  );
}

function Sentence({ words }: { words: Words }) {
  return (
    <>{words.map((word) => (typeof word === "string" ? word : <strong>{word.name}</strong>))}</>
  );
}

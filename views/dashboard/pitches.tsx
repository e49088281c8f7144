/** The pitches, each with what changed since it was built. */
import { PlusIcon } from "../ui/icons.tsx";
import { PITCHES_ID } from "./ids.ts";
import { type Moment, When } from "./when.tsx";

export type PitchLine = {
  id: string;
  name: string;
  /** What it is: a fiction query, a proposal. */
  kind: string;
  /** How far it is: sections in range, or its words. */
  far: string;
  /** What of its book changed since; empty: nothing, or it was never built. */
  changed: string;
  isStale: boolean;
  when: Moment;
};

export function Pitches({ pitches }: { pitches: PitchLine[] }) {
  return (
    <section id={PITCHES_ID} class="pitches" aria-labelledby="pitches-title">
      <header>
        <h2 id="pitches-title">Pitches</h2>
        <a class="button quiet" href="/pitches/new">
          <PlusIcon /> New pitch
        </a>
      </header>
      {pitches.length === 0 && (
        <p class="hint">
          A pitch grows from the same book: begin one from the book’s menu, or one that stands
          alone.
        </p>
      )}
      <ul>
        {pitches.map(({ id, name, kind, far, changed, isStale, when }) => (
          <li>
            <span class="name">
              <a href={`/pitches/${id}`} dir="auto">
                {name}
              </a>
              <span class="kind">{kind}</span>
            </span>
            <span class="far">{far}</span>
            <span class={isStale ? "since stale" : "since"}>{changed}</span>
            <span class="when">
              <When {...when} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

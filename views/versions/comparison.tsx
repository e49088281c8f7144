/** What changed between two standings of a chapter, in place of the page, and the way back to the older one. */
import type { PassageChange, TextChange } from "../../src/documents/comparison.ts";
import { Button } from "../ui/button.tsx";
import { Replace } from "../ui/partial.tsx";
import { WordDiff } from "../ui/word-diff.tsx";
import {
  COMPARISON_ID,
  figures,
  NOW,
  nameOfVersion,
  type VersionView,
  WHY,
} from "./version-view.ts";
import { dayIn, timeIn } from "./when.ts";

export type ComparisonProps = {
  chapter: string;
  /** Null: as it stands. */
  from: VersionView;
  to: VersionView | null;
  /** What one may choose from, newest first. */
  versions: VersionView[];
  changes: PassageChange[];
  mayWrite: boolean;
  /** IANA. */
  zone: string;
};

/** Stands empty and unseen until two standings are compared. */
export function ComparisonPlace() {
  return <section class="comparison" id={COMPARISON_ID} hidden />;
}

export function NoComparisonUpdate() {
  return (
    <Replace id={COMPARISON_ID}>
      <ComparisonPlace />
    </Replace>
  );
}

export function ComparisonUpdate(props: ComparisonProps) {
  return (
    <Replace id={COMPARISON_ID}>
      <Comparison {...props} />
    </Replace>
  );
}

export function Comparison(props: ComparisonProps) {
  const { chapter, from, changes, mayWrite, zone } = props;
  const restoration = `/chapters/${chapter}/versions/${from.id}/restoration?${new URLSearchParams({ zone })}`;
  return (
    <section
      class="comparison answers"
      id={COMPARISON_ID}
      aria-labelledby={`${COMPARISON_ID}-title`}
      data-from={from.id}
    >
      <header>
        <h2 id={`${COMPARISON_ID}-title`} tabindex={-1}>
          {props.to ? "Between two versions" : "What changed since"}
        </h2>
        <Pair {...props} />
        <p class="summary" data-summary>
          {summaryOf(changes)}
        </p>
        <p class="deeds">
          {mayWrite && (
            <Button
              look="outlined"
              hx-post={restoration}
              hx-swap="none"
              hx-sync="this:drop"
              data-flushes
            >
              Restore “{nameOfVersion(from, zone)}”
            </Button>
          )}
          <Button data-closes-comparison>Back to writing</Button>
        </p>
        <p class="refused" role="alert" data-problem hidden />
      </header>
      {stretches(changes).map((stretch) =>
        "same" in stretch ? (
          <p class="unchanged">
            {stretch.same === 1 ? "1 passage as it was" : `${stretch.same} passages as they were`}
          </p>
        ) : (
          <Change {...stretch} restoration={mayWrite ? restoration : null} />
        ),
      )}
    </section>
  );
}

/** Any two: the older one on the left is what would be restored. */
function Pair({ chapter, from, to, versions, zone }: ComparisonProps) {
  return (
    <form
      class="pair"
      hx-get={`/chapters/${chapter}/comparison`}
      hx-trigger="change"
      hx-swap="none"
    >
      <input type="hidden" name="zone" value={zone} />
      <span>
        <label for="compare-from">From</label>
        <Choice name="from" versions={versions} chosen={from} zone={zone} />
      </span>
      <span>
        <label for="compare-to">to</label>
        <Choice name="to" versions={versions} chosen={to} zone={zone} />
      </span>
    </form>
  );
}

function Choice(props: {
  name: "from" | "to";
  versions: VersionView[];
  chosen: VersionView | null;
  zone: string;
}) {
  const { name, versions, chosen, zone } = props;
  const known = chosen && !versions.some(({ id }) => id === chosen.id);
  return (
    <select id={`compare-${name}`} name={name}>
      {name === "to" && (
        <option value={NOW} selected={chosen === null}>
          Now
        </option>
      )}
      {[...versions, ...(known ? [chosen] : [])].map((version) => (
        <option value={version.id} selected={version.id === chosen?.id}>
          {version.name && `${version.name}, `}
          {dayIn(zone, version.createdAt)} {timeIn(zone, version.createdAt)}
          {version.name ? "" : `, ${WHY[version.reason]}`}
        </option>
      ))}
    </select>
  );
}

type Stretch = { same: number } | { change: PassageChange; number: number };

/** Changed passages one by one, and how many lie between them unchanged. */
function stretches(changes: PassageChange[]): Stretch[] {
  const all: Stretch[] = [];
  for (const [at, change] of changes.entries()) {
    const last = all.at(-1);
    if (change.kind !== "same" || change.isMoved) all.push({ change, number: at + 1 });
    else if (last && "same" in last) last.same++;
    else all.push({ same: 1 });
  }
  return all;
}

const KIND: Record<PassageChange["kind"], string> = {
  same: "moved",
  changed: "changed",
  added: "new since",
  removed: "removed since",
};

function Change(props: { change: PassageChange; number: number; restoration: string | null }) {
  const { change, number, restoration } = props;
  const { id, kind, isMoved, notes, prose } = change;
  const gloss = kind === "changed" && isMoved ? "changed, and moved" : KIND[kind];
  return (
    <article class={`change ${kind}`} aria-label={`Passage ${number}, ${gloss}`}>
      <div class="then notes">
        <Text text={notes} />
      </div>
      <p class="gloss">{gloss}</p>
      <div class="then prose">
        <Text text={prose} />
        {restoration && kind !== "same" && (
          <Button
            hx-post={restoration}
            hx-vals={JSON.stringify({ passage: id })}
            hx-swap="none"
            hx-sync="this:drop"
            data-flushes
          >
            {DEED[kind]}
          </Button>
        )}
      </div>
    </article>
  );
}

const DEED = {
  changed: "Restore this passage",
  removed: "Put this passage back",
  added: "Take this passage out",
};

function Text({ text }: { text: TextChange }) {
  const { paragraphs, inserted, removed, isSame } = text;
  return (
    <>
      <WordDiff paragraphs={paragraphs} />
      {!isSame && inserted + removed === 0 && (
        <p class="hint">The same words, set in another way.</p>
      )}
    </>
  );
}

function summaryOf(changes: PassageChange[]): string {
  const differing = changes.filter(({ kind, isMoved }) => kind !== "same" || isMoved).length;
  if (differing === 0) return "Nothing has changed.";
  const words = (kind: "inserted" | "removed") =>
    figures.format(changes.reduce((sum, { prose }) => sum + prose[kind], 0));
  const passages = changes.length === 1 ? "passage differs" : "passages differ";
  return `${differing} of ${changes.length} ${passages}: +${words("inserted")} −${words("removed")} words of prose.`;
}

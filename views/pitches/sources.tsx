/** What a pitch was built from, what has changed since, and the way to build it anew. */
import type { Since } from "../../src/pitches/changed.ts";
import { Button } from "../ui/button.tsx";
import { Replace } from "../ui/partial.tsx";
import { BUILT_ID, figure, SOURCES_ID } from "./pitch-view.ts";

export type SourcesProps = {
  pitch: string;
  /** Null: it stands alone, and is made of facts. */
  book: { id: string; title: string } | null;
  /** “chapters 1–12”; empty before the first draft. */
  from: string;
  /** RFC 3339. */
  at: string | null;
  chapters: Since[];
  /** Chapters with words that there are to build from. */
  available: number;
  /** Titles of sections that a rebuild would ask for, of those by hand that it leaves, and of those nobody wrote. */
  touched: string[];
  byHand: string[];
  unwritten: string[];
  /** All passages that chapters changed under, for the script. */
  touchedPassages: string[];
  /** What only the writer can know, and whether it is given. */
  claims: { title: string; isGiven: boolean }[];
  mayWrite: boolean;
  isAiOn: boolean;
  /** About what the button asks for would cost, as people read it; null: unknown. */
  price: string | null;
};

const count = (many: number, one: string) => `${figure(many)} ${one}${many === 1 ? "" : "s"}`;

/** Under the title. */
export function BuiltLine({
  book,
  from,
  chapters,
}: Pick<SourcesProps, "book" | "from" | "chapters">) {
  const changed = chapters.filter(({ state }) => state !== "same").length;
  return (
    <p class="built" id={BUILT_ID}>
      {from === "" ? (
        book ? (
          "Nothing built yet"
        ) : (
          "Made of your facts"
        )
      ) : (
        <>
          Built from {from}
          {changed > 0 && (
            <>
              , <span class="since">{figure(changed)} changed since</span>
            </>
          )}
        </>
      )}
    </p>
  );
}

export function Sources(props: SourcesProps) {
  const { pitch, book, from, at, chapters, touched, byHand, unwritten, isAiOn } = props;
  const changed = chapters.filter(({ state }) => state !== "same");
  const same = chapters.filter(({ state }) => state === "same");
  const rebuilds = touched.length > 0;
  const many = rebuilds ? touched.length : unwritten.length;
  return (
    <aside
      class="sources"
      id={SOURCES_ID}
      aria-labelledby="sources-title"
      tabindex={-1}
      data-touched={props.touchedPassages.join(" ")}
    >
      <h2 id="sources-title">
        {from ? `Built from ${from}` : book ? "Sources" : "Made of your facts"}
      </h2>
      {from === "" ? (
        <p class="hint">
          {book
            ? `${count(props.available, "chapter")} with words to draw on. Drafts are made of their summaries, or of how they begin and end, with the codex and your facts.`
            : "This pitch belongs to no book: sections are drafted from what you note beside them."}
        </p>
      ) : (
        <p class={changed.length > 0 ? "since" : "hint"}>
          {changed.length > 0 ? `${figure(changed.length)} changed since` : "Nothing changed since"}
          {at && `, built ${dayOf(at)}`}
        </p>
      )}
      {changed.length > 0 && (
        <ol class="changes">
          {changed.map((chapter) => (
            <li>
              <span class="number">{chapter.number}</span>
              <span>{chapter.name || "Untitled"}</span>
              <a href={`/chapters/${chapter.id}`}>
                See<span class="unseen"> {chapter.name || "this chapter"}</span>
              </a>
              <span class="what">{whatOf(chapter)}</span>
            </li>
          ))}
        </ol>
      )}
      {changed.length > 0 && same.length > 0 && (
        <details class="as-read">
          <summary>{count(same.length, "chapter")} unchanged</summary>
          <ol>
            {same.map(({ number, name }) => (
              <li>
                <span class="number">{number}</span> {name || "Untitled"}
              </li>
            ))}
          </ol>
        </details>
      )}
      {props.mayWrite && isAiOn && many > 0 && (
        <form
          class="answers"
          hx-post={`/pitches/${pitch}/drafts`}
          hx-swap="none"
          hx-sync="this:drop"
          data-flushes
        >
          <input type="hidden" name="which" value={rebuilds ? "touched" : "unwritten"} />
          <Button type="submit" look="primary">
            {rebuilds ? `Rebuild ${count(many, "section")}` : `Draft ${count(many, "section")}`}
          </Button>
          <p class="hint">
            {rebuilds
              ? `${listed(touched)} ${touched.length === 1 ? "draws" : "draw"} on them. `
              : ""}
            {props.price && `About ${props.price}. `}
            {!rebuilds &&
              from === "" &&
              book &&
              "Drafting lets the pitch builder read this book, here and from now on. "}
            {rebuilds
              ? "Each arrives as a take."
              : "Each arrives as a take, in blue until it is yours."}
            {rebuilds &&
              byHand.length > 0 &&
              ` What you edited by hand stays as it is: ${listed(byHand)}.`}
          </p>
          <p class="refused" role="alert" data-problem hidden />
        </form>
      )}
      {props.claims.length > 0 && (
        <>
          <h3>Claims the model may not make</h3>
          <ul class="claims">
            {props.claims.map(({ title, isGiven }) => (
              <li>
                <span>{title}</span> <span class="given">{isGiven ? "yours" : "blank"}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </aside>
  );
}

export const SourcesUpdate = (props: SourcesProps) => (
  <>
    <Replace id={SOURCES_ID}>
      <Sources {...props} />
    </Replace>
    <Replace id={BUILT_ID}>
      <BuiltLine {...props} />
    </Replace>
  </>
);

function whatOf({ state, more }: Since): string {
  if (state === "new") return "New since";
  if (more === 0) return "Other words, as many";
  return `${more > 0 ? "+" : "−"}${count(Math.abs(more), "word")}`;
}

/** “Blurb, Two pages and Elevator”. */
const listed = (titles: readonly string[]): string =>
  new Intl.ListFormat("en", { type: "conjunction" }).format(titles);

const dayOf = (at: string): string =>
  new Date(at).toLocaleDateString("en", { day: "numeric", month: "long" });

/** A take beside the prose as it stands, or beside another take: in one text, or in two columns. */
import type { ComparedParagraph } from "../../src/documents/compare.ts";
import type { ExpandedTextV1 } from "../../src/schemas/types.ts";
import { paragraphs } from "../prose.ts";
import { Clock } from "../ui/clock.tsx";
import { Pieces } from "../ui/word-diff.tsx";
import { AGAINST_PROSE, type ComparedTake, type ShownTake } from "./passage-view.ts";

type Props = { shown: ShownTake; take: ExpandedTextV1; compared: ComparedTake };

export function ComparedTakeView({ shown, take, compared }: Props) {
  const texts = paragraphs(take.text);
  const mayTake = compared.against === AGAINST_PROSE && !shown.rewrites && !shown.isDiscarded;
  const acceptOf = (paragraph: ComparedParagraph) =>
    mayTake && isChanged(paragraph) && compared.paragraphs.length > 1 ? (
      <AcceptOne paragraph={paragraph} among={compared.paragraphs} text={texts} />
    ) : null;
  // One's own words are in ink; what the take has in common with them, too.
  if (compared.look === "inline")
    return (
      <div class="take compared">
        {compared.paragraphs.map((paragraph) => (
          <p class={paragraph.after === null ? "diff gone" : "diff"}>
            <Pieces pieces={paragraph.pieces} />
            {acceptOf(paragraph)}
          </p>
        ))}
      </div>
    );
  const side = (which: "before" | "after") => {
    const other = which === "before" ? "inserted" : "removed";
    const there = compared.paragraphs.filter((paragraph) => paragraph[which] !== null);
    if (there.length === 0) return <p class="nothing">Nothing yet</p>;
    return there.map((paragraph) => (
      <p class="diff">
        <Pieces pieces={paragraph.pieces.filter(({ kind }) => kind !== other)} />
        {which === "after" && acceptOf(paragraph)}
      </p>
    ));
  };
  return (
    <div class="take compared sides">
      <section class="side" aria-label={beforeName(shown, compared)}>
        <p class="caption">
          {beforeName(shown, compared)}
          {compared.against === AGAINST_PROSE ? " at " : ", from the notes of "}
          <Clock at={compared.at} />
        </p>
        {side("before")}
      </section>
      <section class="side" aria-label={takeName(shown, shown.id)}>
        <p class="caption new">
          {takeName(shown, shown.id)}
          {shown.askedAt && (
            <>
              {shown.rewrites ? ", asked for at " : ", from the notes of "}
              <Clock at={shown.askedAt} />
            </>
          )}
        </p>
        {side("after")}
      </section>
    </div>
  );
}

const isChanged = ({ after, pieces }: ComparedParagraph): boolean =>
  after !== null && pieces.some(({ kind }) => kind !== "same");

/** Takes this one over and leaves the rest as it is; places count as they were compared. */
function AcceptOne(props: {
  paragraph: ComparedParagraph;
  among: readonly ComparedParagraph[];
  text: readonly string[];
}) {
  const { paragraph, among, text } = props;
  const { before, after } = paragraph;
  const behind = among.slice(0, among.indexOf(paragraph)).findLast((one) => one.before !== null);
  return (
    <>
      {" "}
      <button
        type="button"
        class="accept-one deciding"
        data-accept-one={text[after!]}
        data-place={before ?? ""}
        data-behind={behind?.before ?? ""}
        aria-label={`Accept paragraph ${after! + 1} of the take`}
      >
        accept this
      </button>
    </>
  );
}

const beforeName = (shown: ShownTake, { against }: ComparedTake): string =>
  against !== AGAINST_PROSE
    ? takeName(shown, against)
    : shown.rewrites
      ? "Your words"
      : "Your prose";

function takeName({ ids }: ShownTake, id: string): string {
  const at = ids.indexOf(id);
  return at < 0 ? "A take" : `Take ${at + 1} of ${ids.length}`;
}

/** In the bar while comparing: how, and with what. */
export function CompareWays({ shown, compared }: { shown: ShownTake; compared: ComparedTake }) {
  const others = shown.ids.filter((id) => id !== shown.id);
  return (
    <fieldset class="compare-ways" aria-label="How to compare">
      {(["inline", "side"] as const).map((look) => (
        <button
          type="button"
          class="tab"
          aria-pressed={compared.look === look ? "true" : "false"}
          data-compares={look}
          data-beside={look === "side" ? true : undefined}
        >
          {look === "inline" ? "Inline" : "Side by side"}
        </button>
      ))}
      {others.length > 0 && (
        <select aria-label="Compare with" data-compares-with>
          <option value={AGAINST_PROSE} selected={compared.against === AGAINST_PROSE}>
            {shown.rewrites ? "Your words" : "Your prose"}
          </option>
          {others.map((id) => (
            <option value={id} selected={compared.against === id}>
              Take {shown.ids.indexOf(id) + 1}
            </option>
          ))}
        </select>
      )}
    </fieldset>
  );
}

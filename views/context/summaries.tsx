/** Chapters before this one that a model knows nothing of yet, and the button that has them told. */
import type { ContextView, SummaryNeeded } from "../../src/context/context-view.ts";
import { Button } from "../ui/button.tsx";
import { summariesPath } from "./context-ids.ts";

const NUMBERS = new Intl.NumberFormat("en");

export function Summaries(view: ContextView) {
  const { summaries } = view;
  const { needed, chapters } = summaries;
  if (needed.length === 0)
    return chapters === 0 ? null : (
      <p class="hint summaries">
        {chapters === 1 ? "The chapter before has" : `The ${chapters} chapters before have`} a
        summary.
      </p>
    );
  const making = needed.filter(({ state }) => state === "making");
  const asked = needed.filter(({ state }) => state !== "making");
  return (
    <section class="summaries" aria-label="Summaries of the chapters before">
      {SAID.map(([state, says]) => {
        const those = asked.filter((one) => one.state === state);
        return those.length > 0 && <p>{says(called(those), those.length === 1)}</p>;
      })}
      <Failed needed={asked} />
      {making.length > 0 && (
        <p class="making">
          <span class="ring" aria-hidden="true" />
          Telling of {called(making)}
        </p>
      )}
      {asked.length > 0 && view.mayWrite && <Make {...view} asked={asked} />}
    </section>
  );
}

const SAID: [SummaryNeeded["state"], (called: string, isOne: boolean) => string][] = [
  ["none", (called, isOne) => `No summary of ${called}${isOne ? "" : " yet"}.`],
  ["changed", (called, isOne) => `Changed since ${isOne ? "its" : "their"} summary: ${called}.`],
];

/** They fail alike, so each reason is told once. */
function Failed({ needed }: { needed: SummaryNeeded[] }) {
  const failed = Map.groupBy(
    needed.filter(({ state }) => state === "failed"),
    ({ problem }) => problem ?? "It could not be written.",
  );
  return (
    <>
      {[...failed].map(([problem, those]) => (
        <p class="refused">
          {called(those).replace("chapter", "Chapter")}: {problem}{" "}
          {those.some(({ isSettings }) => isSettings) && (
            <a class="act" href="/settings/model">
              Model and budget
            </a>
          )}
        </p>
      ))}
    </>
  );
}

function Make(props: ContextView & { asked: SummaryNeeded[] }) {
  const { chapter, passage, include, summaries, asked } = props;
  const { isAllowed, isOwner, cost } = summaries;
  if (!isAllowed && !isOwner)
    return (
      <p class="hint">An owner of the book can allow that a model reads its chapters for this.</p>
    );
  const tokens = asked.reduce((sum, one) => sum + one.tokens, 0);
  const about = `~${NUMBERS.format(tokens)} tokens${cost ? `, ${cost}` : ""}`;
  const make = asked.length === 1 ? "Make it" : `Make all ${asked.length}`;
  return (
    <form hx-post={summariesPath(chapter)} hx-swap="none" hx-sync="this:drop">
      <input type="hidden" name="chapters" value={asked.map(({ id }) => id).join(" ")} />
      <input type="hidden" name="passage" value={passage?.id ?? ""} />
      <input type="hidden" name="include" value={include.join(" ")} />
      {!isAllowed && (
        <>
          <input type="hidden" name="allow" value="on" />
          <p class="hint">
            A model then reads those chapters whole, and tells in short what happens. As the book's
            owner you allow this once, for all of its chapters.
          </p>
        </>
      )}
      <p class="deeds">
        <Button type="submit" look="outlined">
          {isAllowed ? make : `Allow, and ${make.toLowerCase()}`}
        </Button>
        <span class="hint">{about}</span>
      </p>
    </form>
  );
}

/** `chapter 3`, `chapters 1, 3–5`. */
function called(those: SummaryNeeded[]): string {
  const runs: [number, number][] = [];
  for (const { number } of those) {
    const last = runs.at(-1);
    if (last && last[1] === number - 1) last[1] = number;
    else runs.push([number, number]);
  }
  const said = runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(", ");
  return `chapter${those.length === 1 ? "" : "s"} ${said}`;
}

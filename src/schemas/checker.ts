/**
 * The compatibility checker off the event loop. It watches its own deadline; where that does not help
 * (a pattern that backtracks without end), its process is ended, and the answer is "undecided".
 */
import type { Verdict } from "./compatibility/check.ts";
import { openConfined } from "./confined/confined.ts";
import type { Comparison, SourceComparison } from "./confined/jobs.ts";

/** What one question may take, in milliseconds. */
export const DEADLINE_MS = 2_000;

export type Checker = {
  /** @throws Busy when too many questions wait; Error once it is closed */
  check(asked: Comparison, milliseconds?: number): Promise<Verdict>;
  /** The same of schemas as text. */
  checkSources(asked: SourceComparison, milliseconds?: number): Promise<Verdict>;
  close(): void;
};

export function openChecker(): Checker {
  const confined = openConfined();
  return {
    check: async (asked, milliseconds = DEADLINE_MS) => {
      const outcome = await confined.ask("compare", asked, milliseconds);
      return outcome.kind === "done" ? outcome.answer : overdue(asked);
    },
    checkSources: async (asked, milliseconds = DEADLINE_MS) => {
      const outcome = await confined.ask("compareSources", asked, milliseconds);
      return outcome.kind === "done" ? outcome.answer : overdue(asked);
    },
    close: confined.close,
  };
}

function overdue({ versions }: { versions: readonly { version: number }[] }): Verdict {
  const against = Math.max(0, ...versions.map(({ version }) => version));
  const message = "Not decided: comparing the schemas took too long. It is refused to be safe.";
  return {
    compatible: false,
    errors: [{ pointer: "", rule: "undecided", message, against, direction: "backward" }],
  };
}

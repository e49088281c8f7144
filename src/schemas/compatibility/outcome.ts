import type { Tick } from "./budget.ts";
import type { Holds } from "./holds.ts";
import type { Term, Terms } from "./terms.ts";

/** What the search for a value says: none exists (proved), here is one, or neither was settled. */
export type Outcome =
  | { kind: "empty" }
  | { kind: "found"; value: unknown }
  | { kind: "maybe"; why: string };

export const EMPTY: Outcome = { kind: "empty" };
export const found = (value: unknown): Outcome => ({ kind: "found", value });
export const maybe = (why: string): Outcome => ({ kind: "maybe", why });

/** What the parts of the search share. */
export type Search = {
  terms: Terms;
  tick: Tick;
  holds: Holds;
  /** Looks for a value that all goals hold of. */
  solve(goals: readonly Term[]): Outcome;
};

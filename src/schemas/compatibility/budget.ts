/**
 * What a decision may cost. Containment of JSON Schemas is exponential at worst, so every loop that
 * a schema can make long counts its steps here, and an exhausted budget ends the whole as undecided.
 */

/** Steps a decision may take when its caller states none; some two seconds here. */
export const STEP_LIMIT = 2_000_000;
/** How often the clock is read, in steps. */
const CLOCK_INTERVAL_STEPS = 256;

export type Budget = {
  /** Steps that are left; undefined is {@link STEP_LIMIT}. */
  steps?: number;
  /** True once the deadline has passed. Asked every few microseconds of work. */
  expired?: () => boolean;
};

/** Not decided, and why, in words. */
export class Undecided extends Error {
  override name = "Undecided";
}

/** Counts `cost` steps. @throws Undecided past the budget or the deadline */
export type Tick = (cost?: number) => void;

export function ticking(budget: Budget = {}): Tick {
  let left = budget.steps ?? STEP_LIMIT;
  let untilClock = CLOCK_INTERVAL_STEPS;
  return (cost = 1) => {
    left -= cost;
    if (left < 0) throw new Undecided("the schemas are too involved to compare within the limit");
    untilClock -= cost;
    if (untilClock > 0) return;
    untilClock = CLOCK_INTERVAL_STEPS;
    if (budget.expired?.()) throw new Undecided("comparing the schemas took too long");
  };
}

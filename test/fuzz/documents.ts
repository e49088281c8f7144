/**
 * `bun test/fuzz/documents.ts [--minutes 5] [--seed N] [--steps 1500]`: simulated writers on one chapter, with another
 * seed each time, until the time is over or one ends wrongly; the seed that is told then makes it happen again.
 */
import { parseArgs } from "node:util";
import { simulate } from "./simulation.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    steps: { type: "string", default: "1500" },
    seed: { type: "string" },
  },
});
const steps = Number(values.steps);
const end = Date.now() + Number(values.minutes) * 60_000;
const first = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);

let runs = 0;
let typed = 0;
let rescued = 0;
do {
  const seed = first + runs;
  const outcome = simulate({ seed, steps, writers: 2 + (seed % 4), undo: seed % 2 === 0 });
  runs += 1;
  typed += outcome.typed;
  rescued += outcome.rescued;
} while (values.seed === undefined && Date.now() < end);
console.log(
  `${runs} chapters of ${steps} steps from seed ${first}: ${typed} characters typed, ${rescued} rescued, none lost.`,
);

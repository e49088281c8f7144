/**
 * `bun run fuzz:documents [--minutes 5] [--seed N] [--writers 3]`: first the model alone, quick and with many seeds for
 * a tenth of the time; then writers in real browsers for the rest. The seed that is told makes it happen again, as far as
 * clocks allow.
 */
import { parseArgs } from "node:util";
import { simulate } from "./simulation.ts";
import { write } from "./writing.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    seed: { type: "string" },
    writers: { type: "string", default: "3" },
  },
});
const minutes = Number(values.minutes);
const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
const STEPS = 1_500;

const modelEnds = Date.now() + minutes * 6_000;
let runs = 0;
let typed = 0;
let rescued = 0;
do {
  const chapter = simulate({
    seed: seed + runs,
    steps: STEPS,
    writers: 2 + ((seed + runs) % 4),
    undo: runs % 2 === 0,
  });
  runs += 1;
  typed += chapter.typed;
  rescued += chapter.rescued;
} while (Date.now() < modelEnds);
console.log(
  `The model: ${runs} chapters of ${STEPS} steps from seed ${seed}: ${typed} characters typed, ${rescued} rescued, none lost.`,
);

const outcome = await write({
  seed,
  forMs: minutes * 54_000,
  writers: Number(values.writers),
  killEveryMs: 6_000,
  say: console.log,
});
if (outcome) {
  console.log(JSON.stringify(outcome));
  console.log(
    `Real browsers, seed ${seed}: no word lost, all the same, ${outcome.marks} marks true.`,
  );
}
process.exit(outcome ? 0 : 1);

/**
 * `bun run fuzz:documents [--minutes 5] [--seed N] [--writers 3]`: first the model alone, quick and with many seeds for
 * a tenth of the time; then the green lights of the chip, each held to the database after a SIGKILL, for four tenths; then
 * writers in real browsers on one chapter for the rest. The seed that is told makes it happen again, as far as clocks allow.
 */
import { parseArgs } from "node:util";
import { holdMarks } from "./marks.ts";
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
/** Chapters that are written at once, each on a page of its own, where green lights are held to their word. */
const PAGES = 3;

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

const held = await holdMarks({ seed, forMs: minutes * 24_000, pages: PAGES });
if (held) {
  const { marks, kills, typed: words, promised, unsaid, complaints } = held;
  console.log(
    `Green lights, seed ${seed}: ${marks} marks, ${kills} SIGKILLs of studio and browser at once, ${words} words typed, ${promised} called saved, ${unsaid} on their way at a SIGKILL with nothing said of them; called saved and lost: 0.`,
  );
  for (const complaint of complaints) console.log(complaint);
}

const outcome = await write({
  seed,
  forMs: minutes * 30_000,
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

import { expect, test } from "bun:test";
import { simulate } from "../../../test/fuzz/simulation.ts";

/** Many more, and longer ones: `bun test/fuzz/documents.ts`. */
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

test.each(SEEDS)("writers in any order end with one chapter and every word (seed %d)", (seed) => {
  const { typed, passages } = simulate({ seed, steps: 400 });
  expect(typed).toBeGreaterThan(30);
  expect(passages).toBeGreaterThan(1);
});

test.each(SEEDS)("and so they do when they undo and redo (seed %d)", (seed) => {
  expect(simulate({ seed, steps: 400, undo: true }).typed).toBeGreaterThan(30);
});

/** The short form of `bun run fuzz:documents`, always the same. */
import { expect, test } from "bun:test";
import { chromiumPath } from "../support/services.ts";
import { holdMarks } from "./marks.ts";
import { write } from "./writing.ts";

test("two writers in real browsers lose no word, and no green light is a lie", async () => {
  if (!chromiumPath()) return;
  const outcome = await write({ seed: 1, forMs: 10_000, writers: 2, killEveryMs: 3_000 });
  if (!outcome) return;
  expect(outcome.marks).toBeGreaterThan(5);
}, 180_000);

test("a green light outlives studio and browser, killed in the moment it is seen", async () => {
  if (!chromiumPath()) return;
  const held = await holdMarks({ seed: 1, forMs: 0, pages: 2 });
  if (!held) return;
  expect(held.kills).toBeGreaterThan(0);
}, 180_000);

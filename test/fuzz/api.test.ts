/** The short form of `bun run fuzz:api`, always the same. */
import { expect, test } from "bun:test";
import { signUp } from "../support/client.ts";
import { echo } from "../support/processors.ts";
import { openTestStudio } from "../support/studio.ts";
import { fuzzApi } from "./api-run.ts";

const NEVER_MS = 24 * 60 * 60 * 1_000;

test("requests of every operation, right and wrong, break nothing and leave nothing half-made", async () => {
  const studio = await openTestStudio({
    processors: [echo],
    tuning: { snapshots: { idleMs: NEVER_MS, everyMs: NEVER_MS } },
  });
  const client = await signUp(studio.url);
  const outcome = await fuzzApi({ ...studio, client, count: 2_000, seed: 1 });
  await studio.stop();
  expect(outcome.failures).toEqual([]);
  expect(outcome.unchanged).toBeGreaterThan(5);
}, 120_000);

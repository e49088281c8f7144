/**
 * `bun run fuzz:api [--count 100000] [--seed N]`: requests of every operation, right and wrong. The seed that is told
 * sends the same again, as far as ids allow.
 */
import { parseArgs } from "node:util";
import { signUp } from "../support/client.ts";
import { echo } from "../support/processors.ts";
import { startPostgres } from "../support/services.ts";
import { openTestStudio } from "../support/studio.ts";
import { fuzzApi } from "./api-run.ts";

const { values } = parseArgs({
  options: { count: { type: "string", default: "100000" }, seed: { type: "string" } },
});
const count = Number(values.count);
const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
const NEVER_MS = 24 * 60 * 60 * 1_000;

const postgres = await startPostgres();
process.env.TEST_DATABASE_URL = postgres.url;
const studio = await openTestStudio({
  processors: [echo],
  tuning: { snapshots: { idleMs: NEVER_MS, everyMs: NEVER_MS } },
});
const client = await signUp(studio.url);
const outcome = await fuzzApi({ ...studio, client, count, seed, say: console.log });
await studio.stop();
await postgres.stop();
const { failures, ...rest } = outcome;
for (const failure of failures) console.log(failure);
console.log(`Seed ${seed}: ${JSON.stringify(rest)}, ${failures.length} failures.`);
process.exit(failures.length === 0 ? 0 : 1);

/**
 * `bun run bench --only schemas`: what a decision on compatibility costs over labelled pairs, warm, alone and with its
 * checked counterexample; a candidate against 200 versions; validation of content that people's schemas describe, beside
 * the studio's own; and the memory of many schemas registered and used in turn. `REYNA_PAIRS` names another file of
 * labelled pairs, `REYNA_SCHEMAS` how many schemas are registered.
 */
import { existsSync } from "node:fs";
import { checkCompatibility } from "../../src/schemas/compatibility/check.ts";
import { errorsIn } from "../../src/schemas/holding.ts";
import { type Client, signUp } from "../support/client.ts";
import { openTestStudio } from "../support/studio.ts";

const ROUNDS = 5;
const VERSIONS = 200;
const CALLS = 2_000;
const MANY = Number(process.env.REYNA_SCHEMAS ?? 10_000);
/** Requests at once. */
const LANES = 8;
const PAIRS =
  process.env.REYNA_PAIRS ??
  new URL("../../../shared/data/apicurio-compatibility-test-data.json", import.meta.url).pathname;

export async function benchSchemas(): Promise<void> {
  await benchDecisions();
  benchAgainstAll();
  await benchHolding();
  await benchMany();
}

type Pair = { original: unknown; updated: unknown };

async function benchDecisions(): Promise<void> {
  if (!existsSync(PAIRS)) return console.log("schemas: no labelled pairs here (REYNA_PAIRS)");
  const { tests } = (await Bun.file(PAIRS).json()) as { tests: Pair[] };
  for (const examples of [false, true]) {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++)
      for (const { original, updated } of tests)
        for (const [candidate, schema] of [
          [updated, original],
          [original, updated],
        ]) {
          const versions = [{ version: 1, schema }];
          const start = performance.now();
          checkCompatibility({ level: "BACKWARD", candidate, versions, examples });
          // The first round warms.
          if (round > 0) times.push(performance.now() - start);
        }
    const { p50, p99 } = percentiles(times);
    console.log(`schemas: decision ${examples ? "with its counterexample" : "alone"}`, {
      p50,
      p99,
    });
  }
}

function benchAgainstAll(): void {
  const versions = Array.from({ length: VERSIONS }, (_, i) => ({
    version: i + 1,
    schema: form(i),
  }));
  for (const level of ["BACKWARD_TRANSITIVE", "FULL_TRANSITIVE"] as const) {
    const times: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const start = performance.now();
      checkCompatibility({ level, candidate: { ...form(VERSIONS), title: "Next" }, versions });
      if (round > 0) times.push(performance.now() - start);
    }
    console.log(`schemas: ${level} against ${VERSIONS} versions`, percentiles(times));
  }
}

/** Twenty fields; a later one takes longer texts. */
const form = (nr: number) => ({
  type: "object",
  properties: Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [`p${i}`, { type: "string", maxLength: 100 + nr }]),
  ),
  required: ["p0", "p1"],
  additionalProperties: false,
});

async function benchHolding(): Promise<void> {
  const source = JSON.stringify(form(0));
  const content = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [`p${i}`, "x".repeat(100)]),
  );
  for (const isOurs of [true, false]) {
    const schema = { source, pins: {}, isOurs, key: "bench" };
    const times: number[] = [];
    for (let call = 0; call < CALLS; call++) {
      const start = performance.now();
      await errorsIn(schema, content, async () => ({}));
      times.push(performance.now() - start);
    }
    console.log(`schemas: holding 2 KB to ${isOurs ? "ours" : "one that people made"}`, {
      ...percentiles(times.slice(CALLS / 10)),
    });
  }
}

async function benchMany(): Promise<void> {
  const studio = await openTestStudio({ processors: [] });
  try {
    const client = await signUp(studio.url);
    const path = (nr: number) => `/api/schemas/made-${nr}/versions`;
    await inTurn("registered", (nr) =>
      client.post(path(nr), { schema: { ...form(nr % 50), title: `Made ${nr}` } }),
    );
    const content = { p0: "a", p1: "b" };
    await inTurn("validated", (nr) => client.post(`${path(nr)}/1/validation`, { content }));
  } finally {
    await studio.stop();
  }
}

async function inTurn(done: string, ask: (nr: number) => ReturnType<Client["post"]>) {
  const memory: number[] = [];
  const start = performance.now();
  for (let nr = 0; nr < MANY; nr += LANES) {
    const answers = await Promise.all(Array.from({ length: LANES }, (_, i) => ask(nr + i)));
    for (const { status } of answers)
      if (status >= 300) throw new Error(`A schema was not ${done}: ${status}`);
    if (nr % (MANY / 5) < LANES) {
      Bun.gc(true);
      memory.push(Math.round(process.memoryUsage.rss() / 1024 / 1024));
    }
  }
  const rate = Math.round((MANY / (performance.now() - start)) * 1_000);
  console.log(`schemas: ${MANY} ${done} in turn`, { "per second": rate, "MiB on the way": memory });
}

function percentiles(times: number[]): { p50: number; p99: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number) => Number(sorted[Math.floor(sorted.length * part)]!.toFixed(3));
  return { p50: at(0.5), p99: at(0.99) };
}

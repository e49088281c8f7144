/**
 * `bun test/bench/compatibility.ts [FILE]`: what a decision costs over labelled pairs, warm, alone and
 * with its checked counterexample; and one candidate against 200 versions. Milliseconds.
 */
import { checkCompatibility } from "../../src/schemas/compatibility/check.ts";

const ROUNDS = 5;
const VERSIONS = 200;

const file =
  process.argv[2] ??
  new URL("../../../shared/data/apicurio-compatibility-test-data.json", import.meta.url);
const { tests } = (await Bun.file(file).json()) as {
  tests: { original: unknown; updated: unknown }[];
};

function measure(examples: boolean): { p50: number; p99: number } {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++)
    for (const { original, updated } of tests)
      for (const [candidate, schema] of [
        [updated, original],
        [original, updated],
      ]) {
        const start = performance.now();
        checkCompatibility({
          level: "BACKWARD",
          candidate,
          versions: [{ version: 1, schema }],
          examples,
        });
        // The first round warms.
        if (round > 0) times.push(performance.now() - start);
      }
  times.sort((a, b) => a - b);
  const at = (part: number) => Number(times[Math.floor(times.length * part)]!.toFixed(3));
  return { p50: at(0.5), p99: at(0.99) };
}

const versions = Array.from({ length: VERSIONS }, (_, i) => ({
  version: i + 1,
  schema: {
    type: "object",
    properties: Object.fromEntries(
      Array.from({ length: 20 }, (_, j) => [`p${j}`, { type: "string", maxLength: 100 + i }]),
    ),
    required: ["p0", "p1"],
    additionalProperties: false,
  },
}));
const candidate = { ...versions[0]!.schema, properties: { ...versions.at(-1)!.schema.properties } };
const against = () => {
  const start = performance.now();
  const { compatible } = checkCompatibility({ level: "FULL_TRANSITIVE", candidate, versions });
  return { compatible, milliseconds: Math.round(performance.now() - start) };
};
against();
console.log({
  decision: measure(false),
  withExample: measure(true),
  [`against ${VERSIONS} versions`]: against(),
  [`backward against ${VERSIONS} versions`]: (() => {
    const start = performance.now();
    checkCompatibility({ level: "BACKWARD_TRANSITIVE", candidate, versions });
    return Math.round(performance.now() - start);
  })(),
});

/** What is done with schemas that people wrote, in the process of `child.ts` only. */
import type { FieldError } from "../../problem.ts";
import { checkCompatibility, type Question, type Verdict } from "../compatibility/check.ts";
import { type Apart, type ApartInput, toldApart } from "../page-apart.ts";
import { type CountAnswer, type CountInput, countRefused } from "../page-count.ts";
import { type Sample, type SampleInput, sampleOf } from "../page-sample.ts";
import { pinned, registered } from "../pins.ts";
import { type Bundle, compile, examine, type Source, validateWith } from "./compiled.ts";

export type Comparison = Omit<Question, "resolve" | "budget"> & {
  /** Schemas that `$ref`s may mean, by id or URI. */
  known?: Record<string, unknown>;
};

/** The same of schemas as text, so that the studio need not read them. */
export type SourceComparison = Pick<Question, "level" | "policy"> & {
  candidate: Source;
  versions: (Source & { version: number })[];
  /** What they refer to, by id. */
  others: Record<string, Source>;
};

export type Jobs = {
  compare: { input: Comparison; answer: Verdict };
  compareSources: { input: SourceComparison; answer: Verdict };
  /** What keeps a schema from being one; nothing when it can be used. */
  examine: { input: { bundle: Bundle; key?: string }; answer: FieldError[] };
  /** Undefined: the schema is not compiled here (any more); ask again with its bundle. */
  validate: {
    input: { key: string; content: unknown; bundle?: Bundle };
    answer: FieldError[] | undefined;
  };
  /** How many documents a schema refuses, and by which of its rules. */
  count: { input: CountInput & { bundle: Bundle }; answer: CountAnswer };
  /** Two versions side by side, as a page shows them. */
  apart: { input: ApartInput; answer: Apart };
  /** A document that one of two schemas takes and the other refuses. */
  sample: { input: SampleInput & { taker: Keyed; refuser: Keyed }; answer: Sample | null };
};

type Keyed = { key: string; bundle: Bundle };

export type Order = {
  [K in keyof Jobs]: { kind: K; id: number; milliseconds: number; input: Jobs[K]["input"] };
}[keyof Jobs];

/** `bytes`: what the process takes, resident. */
export type Reply =
  | { kind: "ready" }
  | { kind: "done"; id: number; answer: unknown; bytes: number }
  | { kind: "failed"; id: number; message: string; bytes: number };

/** Bounds the memory of one comparison; its deadline comes first as a rule. */
const STEPS = 5_000_000;

export function run(order: Order): Jobs[keyof Jobs]["answer"] {
  switch (order.kind) {
    case "compare":
      return compare(order.input, order.milliseconds);
    case "compareSources":
      return compareSources(order.input, order.milliseconds);
    case "examine":
      return examine(order.input.bundle, order.input.key);
    case "validate":
      return validateWith(order.input.key, order.input.content, order.input.bundle);
    case "count":
      return countRefused(compile(order.input.bundle, true), order.input);
    case "apart":
      return toldApart(order.input);
    case "sample": {
      const { examples, order: fields, taker, refuser } = order.input;
      const says = (one: Keyed) => (document: unknown) =>
        validateWith(one.key, document, one.bundle)!;
      return sampleOf(examples, fields, says(taker), says(refuser));
    }
  }
}

function compare({ known = {}, ...question }: Comparison, milliseconds: number): Verdict {
  const end = performance.now() + milliseconds;
  return checkCompatibility({
    ...question,
    resolve: (uri) => (Object.hasOwn(known, uri) ? known[uri] : undefined),
    budget: { steps: STEPS, expired: () => performance.now() > end },
  });
}

function compareSources(asked: SourceComparison, milliseconds: number): Verdict {
  const known: Record<string, unknown> = {};
  for (const [id, other] of Object.entries(asked.others)) {
    known[id] = schemaOf(other);
    known[registered(id)] = known[id];
  }
  const { level, policy } = asked;
  const candidate = schemaOf(asked.candidate);
  const versions = asked.versions.map((one) => ({ version: one.version, schema: schemaOf(one) }));
  return compare({ level, policy, candidate, versions, known }, milliseconds);
}

const schemaOf = ({ source, pins }: Source): unknown => pinned(JSON.parse(source), pins);

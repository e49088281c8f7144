/** Containment of one schema in another: every value of `inner` is a value of `outer`, or why not. */
import { canonicalJson } from "../../json.ts";
import { type Budget, ticking, Undecided } from "./budget.ts";
import { Compiler, type Reading, type Targets } from "./compile.ts";
import { impliedBy } from "./implied.ts";
import { lift, type Schema } from "./lift.ts";
import type { Search } from "./outcome.ts";
import { References, type Resolve } from "./references.ts";
import { declaredNames, type Rule, rulesOf } from "./rules.ts";
import { searchIn } from "./solve.ts";
import { type Term, Terms } from "./terms.ts";

/** A rule of `outer` that some value of `inner` breaks, or that nothing was decided of. */
export type Breach = {
  rule: Omit<Rule, "term" | "isRecursive">;
  /** A value of `inner` that is none of `outer`, as computed here. */
  value?: unknown;
  /** Why it is not decided. */
  undecided?: string;
};

export type Policy = "strict" | "lenient";

export type Containment = {
  breaches: Breach[];
  /** The two schemas in 2020-12, with the others that they refer to. */
  lifted?: { inner: Lifted; outer: Lifted };
};
export type Lifted = { schema: Schema; others: ReadonlyMap<string, Schema> };

/** Of a schema as a whole, where no keyword can be named. */
const WHOLE = { pointer: "", rule: "undecided", stated: null, path: [] } as const;
/** Breaches that are looked for; more help nobody. */
const MOST_BREACHES = 100;

/** A schema as it is read once for many comparisons: its canonical text, and itself in 2020-12. */
type Read = (schema: unknown) => { text: string; lifted: () => Schema };

/** For schemas that stay as they are while it is used. */
export function reader(): Read {
  const known = new Map<unknown, ReturnType<Read>>();
  return (schema) => {
    let read = known.get(schema);
    if (!read) {
      let lifted: Schema | undefined;
      read = { text: canonicalJson(schema), lifted: () => (lifted ??= lift(schema)) };
      known.set(schema, read);
    }
    return read;
  };
}

export function contain(
  inner: unknown,
  outer: unknown,
  options: { resolve?: Resolve; budget?: Budget; policy?: Policy; read?: Read } = {},
): Containment {
  const tick = ticking(options.budget);
  const read = options.read ?? reader();
  try {
    // Also where a part of both is beyond reading.
    if (read(inner).text === read(outer).text) return { breaches: [] };
    const both = { ...options, inner: read(inner).lifted(), outer: read(outer).lifted() };
    const first = compare(both, tick, {});
    if (first.breaches.length > 0 || !first.readsApart) return first;
    return compare(both, tick, { likeAjv: true });
  } catch (error) {
    if (error instanceof Undecided)
      return { breaches: [{ rule: WHOLE, undecided: error.message }] };
    if (error instanceof RangeError)
      return { breaches: [{ rule: WHOLE, undecided: "the schemas nest too deep to compare" }] };
    throw error;
  }
}

function compare(
  options: { inner: Schema; outer: Schema; resolve?: Resolve; policy?: Policy },
  tick: (cost?: number) => void,
  reading: Reading,
): Containment & { readsApart: boolean } {
  const resolve = options.resolve ?? (() => undefined);
  const terms = new Terms(tick);
  const targets: Targets = new Map();
  terms.openRef = (target) => targets.get(target)!();
  const innerReferences = new References(options.inner, resolve, tick);
  const outerReferences = new References(options.outer, resolve, tick);
  const big = new Compiler(terms, outerReferences, reading, targets, "outer");
  const whole = big.root();
  const absentNames = options.policy === "lenient" ? declaredNames(big) : undefined;
  const small = new Compiler(terms, innerReferences, { ...reading, absentNames }, targets, "inner");
  const goal = small.root();
  const readsApart = [innerReferences, outerReferences].some(hasTwoReadings);
  const done = { readsApart, lifted: liftedOf(innerReferences, outerReferences) };
  if (goal === whole) return { ...done, breaches: [] };

  const search = searchIn(terms, tick);
  const isImplied = impliedBy((rulesOf(small) ?? []).map(({ term }) => term));
  const rules = rulesOf(big) ?? [
    { ...WHOLE, rule: "schema", term: whole, isRecursive: false } satisfies Rule,
  ];
  const breaches: Breach[] = [];
  const asked = new Set<Term>();
  // A recursion's inner rules repeat the outer ones: asked last, and told only if alone.
  for (const rule of rules.toSorted((a, b) => Number(a.isRecursive) - Number(b.isRecursive))) {
    if (asked.has(rule.term) || isImplied(rule.term)) continue;
    if (breaches.length >= MOST_BREACHES) break;
    asked.add(rule.term);
    const isRepeated = rule.isRecursive && breaches.some(({ value }) => value !== undefined);
    if (isRepeated) continue;
    const breach = ask(search, goal, rule);
    if (breach) breaches.push(breach);
    if (breach?.undecided === OUT_OF_BUDGET) break;
  }
  return { ...done, breaches };
}

const OUT_OF_BUDGET = "comparing the schemas took too long";

function ask(search: Search, goal: Term, rule: Rule): Breach | undefined {
  const { term: _term, isRecursive: _isRecursive, ...told } = rule;
  try {
    const outcome = search.solve([goal, search.terms.not(rule.term)]);
    if (outcome.kind === "empty") return undefined;
    if (outcome.kind === "maybe") return { rule: told, undecided: outcome.why };
    return { rule: told, value: outcome.value };
  } catch (error) {
    if (error instanceof Undecided || error instanceof RangeError)
      return { rule: told, undecided: OUT_OF_BUDGET };
    throw error;
  }
}

/** ajv reads two things otherwise than the specification; where they occur both readings must agree. */
function hasTwoReadings({ root, others }: References): boolean {
  const text = [root.schema, ...others.values()].map((one) => JSON.stringify(one)).join();
  return text.includes('"unevaluated') && (text.includes('"contains"') || text.includes('"if"'));
}

const liftedOf = (inner: References, outer: References) => ({
  inner: { schema: inner.root.schema, others: inner.others },
  outer: { schema: outer.root.schema, others: outer.others },
});

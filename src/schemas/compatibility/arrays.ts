/**
 * Arrays. What must stand somewhere is assigned to indices, what must not be frequent is avoided,
 * and lengths are tried from the shortest: an array longer than `minItems`, the fixed positions and
 * what must stand somewhere can lose an item and stay valid, so longer ones need no trial.
 */
import { canonicalJson } from "../../json.ts";
import { EMPTY, found, maybe, type Outcome, type Search } from "./outcome.ts";
import type { LiteralTerm, Term } from "./terms.ts";

/** The longest array that is made. */
const LONGEST_ARRAY_ITEMS = 5_000;
/** The longest array whose items are told apart one by one. */
const LONGEST_UNIQUE_ITEMS = 60;
/** Items that must be found somewhere, at once. */
const MOST_NEEDS = 40;
/** Assignments that are tried of what must stand somewhere. */
const MOST_ASSIGNMENTS = 3_000;

type Each = { from: number; to: number; each: Term };
/** Something that must stand in a range; members of one group stand apart. */
type Need = Each & { group: number };
type Limit = { each: Term; most: number };
type Twin = [number, number] | undefined;

type Parts = {
  min: number;
  max: number;
  everywhere: Each[];
  needs: Need[];
  limits: Limit[];
  distinct: boolean;
  twins: boolean;
};

export function solveArray(search: Search, literals: readonly LiteralTerm[]): Outcome {
  const parts = partsOf(search, literals);
  const { everywhere, needs, limits, distinct, twins } = parts;
  if (parts.max < 0 || parts.min > parts.max || limits.some(({ most }) => most < 0)) return EMPTY;
  if (needs.length > MOST_NEEDS) return maybe("too many items are asked for at once");

  // Behind the last bound all positions are alike.
  const tail = Math.max(
    0,
    ...[...everywhere, ...needs].flatMap(({ from, to }) => [from, to === Infinity ? 0 : to]),
  );
  if (tail > LONGEST_ARRAY_ITEMS) return maybe("only very long lists could tell");
  const goalsAt = (index: number) =>
    everywhere.filter(({ from, to }) => index >= from && index < to).map(({ each }) => each);
  let max = parts.max;
  for (let i = 0; i <= tail && i < max; i++) if (search.solve(goalsAt(i)).kind === "empty") max = i;
  const min = Math.max(parts.min, twins ? 2 : 0, ...needs.map(({ from }) => from + 1));
  const longest = Math.min(max, Math.max(min, tail + needs.length + (twins ? 2 : 0)));
  if (min > longest) return EMPTY;
  if (min > LONGEST_ARRAY_ITEMS) return maybe("only very long lists could tell");

  let unclear: Outcome | undefined;
  const budget = { left: MOST_ASSIGNMENTS };
  for (let length = min; length <= longest; length++) {
    search.tick(length + 1);
    const outcome = ofLength(search, parts, goalsAt, tail, length, budget);
    if (outcome.kind === "found") return outcome;
    if (outcome.kind === "maybe") unclear = outcome;
    if (needs.length === 0 && !twins && (limits.length === 0 || !distinct)) break;
  }
  return unclear ?? EMPTY;
}

function partsOf(search: Search, literals: readonly LiteralTerm[]): Parts {
  const parts: Parts = {
    min: 0,
    max: Infinity,
    everywhere: [],
    needs: [],
    limits: [],
    distinct: false,
    twins: false,
  };
  const atLeast = (each: Term, count: number) => {
    const group = parts.needs.length;
    // Beyond the bound one more is enough to give up.
    for (let i = 0; i < Math.min(count, MOST_NEEDS + 1); i++)
      parts.needs.push({ from: 0, to: Infinity, each, group });
    parts.min = Math.max(parts.min, count);
  };
  const most = new Map<Term, number>();
  const least = new Map<Term, number>();
  for (const one of literals)
    switch (one.kind) {
      case "minItems":
        if (one.negated) parts.max = Math.min(parts.max, Math.ceil(one.limit) - 1);
        else parts.min = Math.max(parts.min, Math.ceil(one.limit));
        break;
      case "maxItems":
        if (one.negated) parts.min = Math.max(parts.min, Math.floor(one.limit) + 1);
        else parts.max = Math.min(parts.max, Math.floor(one.limit));
        break;
      case "uniqueItems":
        if (one.negated) parts.twins = true;
        else parts.distinct = true;
        break;
      case "items": {
        const { from, to } = one;
        if (one.negated)
          parts.needs.push({ from, to, each: search.terms.not(one.each), group: -1 });
        else parts.everywhere.push({ from, to, each: one.each });
        break;
      }
      case "minContains":
      case "maxContains":
        if ((one.kind === "minContains") !== one.negated) {
          const count = one.negated ? one.count + 1 : one.count;
          least.set(one.each, Math.max(count, least.get(one.each) ?? 0));
        } else {
          const count = one.negated ? one.count - 1 : one.count;
          most.set(one.each, Math.min(count, most.get(one.each) ?? Infinity));
        }
    }
  for (const [each, count] of most) {
    parts.limits.push({ each, most: Math.max(count, -1) });
    if ((least.get(each) ?? 0) > count) parts.max = -1;
  }
  for (const [each, count] of least) if (count > 0) atLeast(each, count);
  return parts;
}

function ofLength(
  search: Search,
  parts: Parts,
  goalsAt: (index: number) => Term[],
  tail: number,
  length: number,
  budget: { left: number },
): Outcome {
  const goals = Array.from({ length }, (_, i) => goalsAt(Math.min(i, tail)));
  const taken: number[][] = goals.map(() => []);
  let unclear: Outcome | undefined;

  const place = (index: number): Outcome => {
    if (budget.left-- < 0) return maybe("too many ways to fill the list");
    const need = parts.needs[index];
    if (!need) return parts.twins ? pair() : fill(search, parts, goals, undefined);
    let sawFreeTail = false;
    for (let i = need.from; i < Math.min(need.to, length); i++) {
      search.tick();
      if (need.group >= 0 && taken[i]!.includes(need.group)) continue;
      if (i >= tail && taken[i]!.length === 0) {
        if (sawFreeTail) continue;
        sawFreeTail = true;
      }
      const before = goals[i]!;
      if (search.solve([...before, need.each]).kind === "empty") continue;
      goals[i] = [...before, need.each];
      taken[i]!.push(need.group);
      const outcome = place(index + 1);
      taken[i]!.pop();
      goals[i] = before;
      if (outcome.kind === "found") return outcome;
      if (outcome.kind === "maybe") unclear = outcome;
    }
    return unclear ?? EMPTY;
  };

  /** Two equal items, somewhere. */
  const pair = (): Outcome => {
    for (let i = 0; i < length; i++)
      for (let j = i + 1; j < length; j++) {
        search.tick();
        if (budget.left-- < 0) return maybe("too many ways to fill the list");
        const both = [...goals[i]!, ...goals[j]!];
        if (search.solve(both).kind === "empty") continue;
        const before = [goals[i]!, goals[j]!] as const;
        goals[i] = both;
        goals[j] = both;
        const outcome = fill(search, parts, goals, [i, j]);
        [goals[i], goals[j]] = before;
        if (outcome.kind === "found") return outcome;
        if (outcome.kind === "maybe") unclear = outcome;
      }
    return unclear ?? EMPTY;
  };

  return place(0);
}

/** Chooses a value for each position, of which `twin` share one. */
function fill(search: Search, parts: Parts, goals: readonly Term[][], twin: Twin): Outcome {
  if (parts.limits.length > 0) return fillWithin(search, parts, [...goals], twin);
  return parts.distinct ? distinctValues(search, goals) : values(search, goals, twin);
}

/** Keeps what is limited as rare as can be. */
function fillWithin(search: Search, parts: Parts, goals: Term[][], twin: Twin): Outcome {
  const left = parts.limits.map(({ most }) => most);
  let tries = MOST_ASSIGNMENTS;
  let unclear: Outcome | undefined;
  // Among goals that are alike, the same choices come in one order only.
  const choose = (index: number, limit: number): Outcome => {
    search.tick();
    if (tries-- < 0) return maybe("too many ways to fill the list");
    if (index === goals.length) {
      const outcome = parts.distinct ? distinctValues(search, goals) : values(search, goals, twin);
      if (outcome.kind === "maybe") unclear = outcome;
      return outcome;
    }
    if (limit === parts.limits.length) return choose(index + 1, 0);
    const before = goals[index]!;
    const { each } = parts.limits[limit]!;
    let outcome: Outcome = EMPTY;
    const weight = twin && index === twin[1] ? 0 : twin && index === twin[0] ? 2 : 1;
    const inherited = twin && index === twin[1];
    if (inherited) {
      // Equal to its twin, which has chosen.
      goals[index] = goals[twin[0]]!;
      outcome = choose(index + 1, 0);
      goals[index] = before;
      return outcome;
    }
    const avoiding = [...before, search.terms.not(each)];
    const avoids = search.solve(avoiding).kind;
    if (avoids !== "empty") {
      goals[index] = avoiding;
      outcome = choose(index, limit + 1);
      goals[index] = before;
      if (outcome.kind === "found") return outcome;
      // With one limit and nothing else at stake, avoiding is never the worse choice.
      if (avoids === "found" && parts.limits.length === 1 && !parts.distinct) return outcome;
    }
    if (left[limit]! >= weight) {
      const having = [...before, each];
      if (search.solve(having).kind !== "empty") {
        goals[index] = having;
        left[limit]! -= weight;
        const other = choose(index, limit + 1);
        left[limit]! += weight;
        goals[index] = before;
        if (other.kind !== "empty") outcome = other;
      }
    }
    return outcome;
  };
  const outcome = choose(0, 0);
  if (outcome.kind === "empty" && unclear) return unclear;
  return tries < 0 && outcome.kind !== "found" ? maybe("too many ways to fill the list") : outcome;
}

function values(search: Search, goals: readonly Term[][], twin: Twin): Outcome {
  const made: unknown[] = [];
  let unclear: Outcome | undefined;
  for (const [i, goal] of goals.entries()) {
    const outcome = search.solve(goal);
    if (outcome.kind === "empty") return EMPTY;
    if (outcome.kind === "maybe") unclear = outcome;
    else made[i] = outcome.value;
  }
  if (unclear) return unclear;
  if (twin) made[twin[1]] = made[twin[0]];
  return found(made);
}

/** Different values for all positions: a matching of positions and the values they can have. */
function distinctValues(search: Search, goals: readonly Term[][]): Outcome {
  const length = goals.length;
  if (length > LONGEST_UNIQUE_ITEMS) return maybe("only long lists of different items could tell");
  const options: Map<string, unknown>[] = [];
  let unclear: Outcome | undefined;
  for (const goal of goals) {
    const found = new Map<string, unknown>();
    while (found.size < length) {
      search.tick();
      const other = search.terms.not(search.terms.values([...found.values()]));
      const outcome = search.solve([...goal, other]);
      if (outcome.kind === "maybe") unclear = outcome;
      if (outcome.kind !== "found") break;
      const text = canonicalJson(outcome.value);
      if (found.has(text)) break;
      found.set(text, outcome.value);
    }
    options.push(found);
  }
  // Kuhn's augmenting paths.
  const owner = new Map<string, number>();
  const assign = (position: number, tried: Set<string>): boolean => {
    for (const text of options[position]!.keys()) {
      search.tick();
      if (tried.has(text)) continue;
      tried.add(text);
      const other = owner.get(text);
      if (other === undefined || assign(other, tried)) {
        owner.set(text, position);
        return true;
      }
    }
    return false;
  };
  for (let i = 0; i < length; i++) if (!assign(i, new Set())) return unclear ?? EMPTY;
  const made: unknown[] = [];
  for (const [text, position] of owner) made[position] = options[position]!.get(text);
  return found(made);
}

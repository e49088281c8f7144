/**
 * The search for a value that formulas hold of: containment of A in B is the proof that none exists
 * for A and not B. Type by type, formulas are broken into literals; the literals are solved by their
 * type's file; a value found is held against the alternatives that are still open, and only one that
 * it breaks is branched on.
 *
 * Schemas may contain themselves. A smallest value for some goals never holds a value for the same
 * goals inside it, so a goal met again inside itself counts as empty there. What was concluded
 * on such an assumption is forgotten when the goal turns out otherwise.
 */
import { solveArray } from "./arrays.ts";
import { type Tick, Undecided } from "./budget.ts";
import { holdsIn } from "./holds.ts";
import { solveNumber } from "./numbers.ts";
import { solveObject } from "./objects.ts";
import { EMPTY, found, maybe, type Outcome, type Search } from "./outcome.ts";
import { solveString } from "./strings.ts";
import {
  ARRAY,
  BOOLEAN,
  DOMAINS,
  type LiteralTerm,
  NULL,
  NUMBER,
  OBJECT,
  STRING,
  type Term,
  type Terms,
} from "./terms.ts";
import { under } from "./under.ts";

/** How deep values may be nested in a search. */
const DEEPEST_VALUE = 150;
/** Types in the order in which examples are looked for. */
const ORDER = [NULL, BOOLEAN, STRING, NUMBER, ARRAY, OBJECT];

/** What is known to hold of the value, and what of it is still to be chosen. */
type State = { asserted: Set<number>; literals: LiteralTerm[]; choices: Term[][] };
type Values = Extract<Term, { kind: "values" }>;

export function searchIn(terms: Terms, tick: Tick): Search {
  const holds = holdsIn(terms);
  const settled = new Map<string, Outcome>();
  const provisional = new Map<string, { outcome: Outcome; lowest: number }>();
  let log: string[] = [];
  const stack = new Map<string, number>();
  /** The outermost goal that the current conclusion assumes to be empty. */
  let lowest = Infinity;
  let depth = 0;

  const remember = (key: string, compute: () => Outcome): Outcome => {
    tick();
    const known = settled.get(key);
    if (known) return known;
    const assumed = provisional.get(key);
    if (assumed) {
      lowest = Math.min(lowest, assumed.lowest);
      return assumed.outcome;
    }
    const again = stack.get(key);
    if (again !== undefined) {
      lowest = Math.min(lowest, again);
      return EMPTY;
    }
    const index = stack.size;
    stack.set(key, index);
    const outer = lowest;
    const logged = log.length;
    lowest = Infinity;
    const outcome = compute();
    stack.delete(key);
    const own = lowest;
    if (outcome.kind === "empty" && own < index) {
      provisional.set(key, { outcome, lowest: own });
      log.push(key);
      lowest = Math.min(outer, own);
      return outcome;
    }
    lowest = outer;
    settled.set(key, outcome);
    const inside = log.slice(logged);
    log = log.slice(0, logged);
    for (const one of inside) {
      const entry = provisional.get(one)!;
      provisional.delete(one);
      if (outcome.kind !== "empty") continue;
      if (entry.lowest >= index) settled.set(one, entry.outcome);
      else {
        provisional.set(one, entry);
        log.push(one);
      }
    }
    return outcome;
  };

  const solve = (goals: readonly Term[]): Outcome => {
    const goal = terms.and(goals);
    if (goal === terms.none) return EMPTY;
    if (goal === terms.any) return found(null);
    return remember(`${goal.id}`, () => {
      if (++depth > DEEPEST_VALUE) throw new Undecided("the schemas nest too deep to compare");
      let unclear: Outcome | undefined;
      for (const type of ORDER) {
        const outcome = solveType(type, goal);
        if (outcome.kind === "maybe") unclear = outcome;
        if (outcome.kind !== "found") continue;
        depth--;
        return outcome;
      }
      depth--;
      return unclear ?? EMPTY;
    });
  };

  const solveType = (type: number, goal: Term): Outcome => {
    const rest = under(terms, goal, type, tick);
    if (rest === terms.none) return EMPTY;
    if (type === NULL) return holds(rest, null) ? found(null) : EMPTY;
    if (type === BOOLEAN) return oneOf([true, false], rest);
    return branch(type, { asserted: new Set(), literals: [], choices: [] }, [rest]);
  };

  const oneOf = (values: readonly unknown[], goal: Term): Outcome => {
    tick(values.length);
    const value = values.find((one) => holds(goal, one));
    return value === undefined ? EMPTY : found(value);
  };

  const branch = (type: number, state: State, fresh: readonly Term[]): Outcome => {
    tick(1 + state.literals.length);
    if (!assert(type, state, fresh)) return EMPTY;
    const values = state.literals.find(isEnumeration);
    if (values) {
      const all = [...state.literals, ...state.choices.map((parts) => terms.or(parts))];
      return oneOf((values as unknown as Values).values, terms.and(all));
    }
    const cell = solveCell(type, state.literals);
    if (cell.kind === "empty" || state.choices.length === 0) return cell;
    const broken = cell.kind === "found" ? breaksOf(state.choices, cell.value) : state.choices;
    if (broken.length === 0) return cell;
    const choice = broken.reduce((a, b) => (b.length < a.length ? b : a));
    let unclear: Outcome | undefined;
    const refuted: Term[] = [];
    for (const part of choice) {
      const outcome = branch(
        type,
        {
          asserted: new Set(state.asserted),
          literals: [...state.literals],
          choices: state.choices.filter((one) => one !== choice),
        },
        [part, ...refuted],
      );
      if (outcome.kind === "found") return outcome;
      if (outcome.kind === "maybe") unclear = outcome;
      // Later parts need not be tried where this one holds; worth knowing where it is one literal.
      if (outcome.kind === "empty" && part.kind in DOMAINS)
        refuted.push(under(terms, terms.not(part), type, tick));
    }
    return unclear ?? EMPTY;
  };

  const breaksOf = (choices: readonly Term[][], value: unknown) =>
    choices.filter((parts) => {
      tick(parts.length);
      return !parts.some((part) => holds(part, value));
    });

  /** Breaks formulas into literals and choices. @returns false when they contradict each other */
  const assert = (type: number, state: State, fresh: readonly Term[]): boolean => {
    const { asserted, literals } = state;
    const queue = [...fresh];
    for (;;) {
      for (let term = queue.pop(); term; term = queue.pop()) {
        tick();
        if (term === terms.none || (term.not && asserted.has(term.not.id))) return false;
        if (term === terms.any || asserted.has(term.id)) continue;
        if (term.kind === "types") {
          if ((term.mask & type) === 0) return false;
          continue;
        }
        asserted.add(term.id);
        if (term.kind === "and") queue.push(...term.parts);
        else if (term.kind === "or") state.choices.push(term.parts);
        else if (term.kind === "ref" || term.kind === "one")
          queue.push(under(terms, terms.open(term), type, tick));
        else literals.push(term as LiteralTerm);
      }
      const choices: Term[][] = [];
      for (const parts of state.choices) {
        tick(parts.length);
        if (parts.some((part) => asserted.has(part.id))) continue;
        const alive = parts.filter((part) => !isRefuted(part, asserted));
        if (alive.length === 0) return false;
        if (alive.length === 1) queue.push(alive[0]!);
        else choices.push(alive);
      }
      state.choices = choices;
      if (queue.length === 0) return true;
    }
  };

  const isRefuted = (term: Term, asserted: Set<number>): boolean =>
    (term.not !== undefined && asserted.has(term.not.id)) ||
    (term.kind === "and" && term.parts.some((part) => isRefuted(part, asserted)));

  const solveCell = (type: number, literals: readonly LiteralTerm[]): Outcome => {
    const key = `${type}:${literals
      .map(({ id }) => id)
      .sort((a, b) => a - b)
      .join()}`;
    return remember(key, () => {
      const plain = literals.filter((one) => (one as Term).kind !== "values");
      const refused = literals.flatMap((one) =>
        (one as Term).kind === "values" ? (one as unknown as Values).values : [],
      );
      switch (type) {
        case NUMBER:
          return solveNumber(search, plain, refused);
        case STRING:
          return solveString(search, plain, refused as string[]);
        case ARRAY:
          return solveArray(search, plain);
        case OBJECT:
          return solveObject(search, plain);
        default:
          return maybe("no such type");
      }
    });
  };

  const search: Search = { terms, tick, holds, solve };
  return search;
}

function isEnumeration(term: LiteralTerm): boolean {
  return (term as Term).kind === "values" && !term.negated;
}

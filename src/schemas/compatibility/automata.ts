/**
 * Finite automata over code points. A machine is deterministic and made as it is walked; code
 * points that it treats alike are one class. State 0 is the dead one, from which nothing is accepted.
 */
import type { Tick } from "./budget.ts";
import { type CodePoints, MAX_CODE_POINT, NotRegular, type Regex } from "./regex.ts";

export type Machine = {
  /** Where its classes begin, ascending, the first at 0. */
  cuts: readonly number[];
  /** Its class, by index into `cuts`. */
  classes: readonly number[];
  start: number;
  step(state: number, of: number): number;
  accepts(state: number): boolean;
};

export const DEAD = 0;
/** States of the nondeterministic automaton; `[a-z]{1000}` makes as many. */
const NFA_LIMIT_STATES = 5_000;
/** Deterministic states; `(a|b)*a(a|b){20}` would make a million. */
const DFA_LIMIT_STATES = 5_000;
/** Numbers that the sets behind them hold together; some 2 MB. */
const DFA_LIMIT_MEMBERS = 200_000;

type Edge = { set: CodePoints; to: number };

/** A machine that accepts what contains a match of `regex`, as an unanchored pattern does. */
export function machineOf(regex: Regex, tick: Tick): Machine {
  const nfa = new Nfa(tick);
  const begin = nfa.state();
  const end = nfa.state();
  const all: CodePoints = [[0, MAX_CODE_POINT]];
  nfa.edges[begin]!.push({ set: all, to: begin });
  nfa.edges[end]!.push({ set: all, to: end });
  const inner = nfa.state();
  nfa.free[begin]!.push(inner);
  nfa.add(regex, inner, end);
  return nfa.determined(begin, end);
}

/** A machine for a set of words. */
export function machineOfWords(words: readonly string[], tick: Tick): Machine {
  // State 1 is the root; 0 is dead.
  const next: Map<number, number>[] = [new Map(), new Map()];
  const accepting = new Set<number>();
  const points = new Set<number>();
  for (const word of words) {
    let state = 1;
    for (const char of word) {
      tick();
      const point = char.codePointAt(0)!;
      points.add(point);
      let to = next[state]!.get(point);
      if (to === undefined) {
        to = next.length;
        next.push(new Map());
        next[state]!.set(point, to);
      }
      state = to;
    }
    accepting.add(state);
  }
  const cuts = [...new Set([0, ...[...points].flatMap((point) => [point, point + 1])])].sort(
    (a, b) => a - b,
  );
  const classes = cuts.map((cut, i) => (points.has(cut) ? i + 1 : 0));
  const pointOf = new Map(classes.map((of, i) => [of, cuts[i]!]));
  return {
    cuts,
    classes,
    start: 1,
    step: (state, of) => (of === 0 ? DEAD : (next[state]!.get(pointOf.get(of)!) ?? DEAD)),
    accepts: (state) => accepting.has(state),
  };
}

class Nfa {
  readonly edges: Edge[][] = [];
  /** Steps that take no character: always, at the start only, at the end only. */
  readonly free: number[][] = [];
  readonly atStart: number[][] = [];
  readonly atEnd: number[][] = [];

  constructor(private readonly tick: Tick) {}

  state(): number {
    this.tick();
    if (this.edges.length >= NFA_LIMIT_STATES) throw new NotRegular("too large");
    this.edges.push([]);
    this.free.push([]);
    this.atStart.push([]);
    this.atEnd.push([]);
    return this.edges.length - 1;
  }

  /** Adds what leads from `from` to `to` by a match of `regex`. */
  add(regex: Regex, from: number, to: number): void {
    switch (regex.kind) {
      case "set":
        this.edges[from]!.push({ set: regex.of, to });
        return;
      case "start":
        this.atStart[from]!.push(to);
        return;
      case "end":
        this.atEnd[from]!.push(to);
        return;
      case "ahead":
        throw new NotRegular("lookahead in mid-pattern");
      case "choice":
        for (const part of regex.parts) this.add(part, from, to);
        return;
      case "sequence": {
        let at = from;
        for (const part of regex.parts) {
          const next = this.state();
          this.add(part, at, next);
          at = next;
        }
        this.free[at]!.push(to);
        return;
      }
      case "repeat": {
        let at = this.state();
        this.free[from]!.push(at);
        for (let i = 0; i < regex.min; i++) {
          const next = this.state();
          this.add(regex.part, at, next);
          at = next;
        }
        if (regex.max === Infinity) {
          const loop = this.state();
          this.free[at]!.push(loop);
          const back = this.state();
          this.add(regex.part, loop, back);
          this.free[back]!.push(loop);
          this.free[loop]!.push(to);
          return;
        }
        for (let i = regex.min; i < regex.max; i++) {
          this.free[at]!.push(to);
          const next = this.state();
          this.add(regex.part, at, next);
          at = next;
        }
        this.free[at]!.push(to);
      }
    }
  }

  determined(begin: number, end: number): Machine {
    const { cuts, classes, members } = this.alphabet();
    const subsets: number[][] = [[]];
    const accepting: boolean[] = [false];
    const numbers = new Map<string, number>([["", DEAD]]);
    const steps: (number | undefined)[][] = [[]];
    let held = 0;
    const intern = (states: number[], isStart: boolean): number => {
      const key = `${isStart ? "^" : ""}${states.join()}`;
      const known = numbers.get(key);
      if (known !== undefined) return known;
      held += states.length;
      if (subsets.length >= DFA_LIMIT_STATES || held > DFA_LIMIT_MEMBERS)
        throw new NotRegular("too large");
      this.tick(1 + states.length);
      numbers.set(key, subsets.length);
      subsets.push(states);
      accepting.push(this.closure(states, isStart, true).includes(end));
      steps.push([]);
      return subsets.length - 1;
    };
    const start = intern(this.closure([begin], true, false), true);
    return {
      cuts,
      classes,
      start,
      accepts: (state) => accepting[state]!,
      step: (state, of) => {
        const known = steps[state]![of];
        if (known !== undefined) return known;
        const point = members[of]!;
        const reached: number[] = [];
        for (const from of subsets[state]!)
          for (const { set, to } of this.edges[from]!) if (has(set, point)) reached.push(to);
        const made = intern(this.closure(reached, false, false), false);
        steps[state]![of] = made;
        return made;
      },
    };
  }

  private closure(states: readonly number[], atStart: boolean, atEnd: boolean): number[] {
    const seen = new Set(states);
    const stack = [...states];
    while (stack.length > 0) {
      const state = stack.pop()!;
      this.tick();
      const push = (to: number) => {
        if (seen.has(to)) return;
        seen.add(to);
        stack.push(to);
      };
      this.free[state]!.forEach(push);
      if (atStart) this.atStart[state]!.forEach(push);
      if (atEnd) this.atEnd[state]!.forEach(push);
    }
    return [...seen].sort((a, b) => a - b);
  }

  /** Code points that no edge tells apart are one class. */
  private alphabet() {
    const sets = [
      ...new Map(this.edges.flat().map(({ set }) => [JSON.stringify(set), set])).values(),
    ];
    this.tick(sets.length);
    const cuts = [...new Set([0, ...sets.flat().flatMap(([from, to]) => [from, to + 1])])]
      .filter((cut) => cut <= MAX_CODE_POINT)
      .sort((a, b) => a - b);
    const numbers = new Map<string, number>();
    const members: number[] = [];
    const classes = cuts.map((cut) => {
      this.tick();
      const key = sets.map((set) => (has(set, cut) ? 1 : 0)).join("");
      let of = numbers.get(key);
      if (of === undefined) {
        of = numbers.size;
        numbers.set(key, of);
        members.push(cut);
      }
      return of;
    });
    return { cuts, classes, members };
  }
}

function has(set: CodePoints, point: number): boolean {
  let low = 0;
  let high = set.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [from, to] = set[middle]!;
    if (point < from) high = middle - 1;
    else if (point > to) low = middle + 1;
    else return true;
  }
  return false;
}

/** The class of a code point in a machine. */
export function classOf(machine: Machine, point: number): number {
  let low = 0;
  let high = machine.cuts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (machine.cuts[middle]! <= point) low = middle;
    else high = middle - 1;
  }
  return machine.classes[low]!;
}

/** Strings under lengths, patterns, formats and exceptions. */
import { DEAD, type Machine, machineOfWords } from "./automata.ts";
import { FORMATS, takesAllOf } from "./formats.ts";
import { EMPTY, found, maybe, type Outcome, type Search } from "./outcome.ts";
import { languageOf } from "./patterns.ts";
import { NotRegular } from "./regex.ts";
import type { LiteralTerm, Term } from "./terms.ts";
import { shortestWord, type Wanted } from "./words.ts";

/** Words that are tried against what no automaton follows. */
const TRIED_WORDS = 12;
/** The longest example that is spelt out, in code points. */
const LONGEST_WORD = 100_000;

export function solveString(
  search: Search,
  literals: readonly LiteralTerm[],
  refused: readonly string[],
): Outcome {
  let min = 0;
  let max = Infinity;
  const wanted: Wanted[] = [];
  const riddles: LiteralTerm[] = [];
  const samples: string[] = [];
  for (const one of literals)
    switch (one.kind) {
      case "minLength":
        if (one.negated) max = Math.min(max, Math.ceil(one.limit) - 1);
        else min = Math.max(min, Math.ceil(one.limit));
        break;
      case "maxLength":
        if (one.negated) min = Math.max(min, Math.floor(one.limit) + 1);
        else max = Math.min(max, Math.floor(one.limit));
        break;
      case "pattern": {
        const language = languageOf(one.source, search.tick);
        if (!language) riddles.push(one);
        else if (!one.negated) wanted.push(...language);
        else if (language.length === 1)
          wanted.push({ ...language[0]!, accepted: !language[0]!.accepted });
        else wanted.push({ machine: union(language), accepted: true });
        break;
      }
      case "format": {
        riddles.push(one);
        const { within, samples: known } = FORMATS[one.name]!;
        if (one.negated) break;
        samples.push(...known);
        if (within) wanted.push(...languageOf(within, search.tick)!);
      }
    }
  if (min > max || max < 0) return EMPTY;
  if (wanted.some((a) => wanted.some((b) => a.machine === b.machine && a.accepted !== b.accepted)))
    return EMPTY;
  const formats = riddles.flatMap((one) => (one.kind === "format" ? [one] : []));
  for (const refuses of formats.filter(({ negated }) => negated))
    if (formats.some((one) => !one.negated && takesAllOf(refuses.name, one.name))) return EMPTY;
  if (min > LONGEST_WORD) return maybe("only very long texts could tell");

  const shortest = (without: readonly string[]): string | undefined => {
    if (wanted.length === 0 && without.length === 0) return "a".repeat(min);
    const exceptions: Wanted[] =
      without.length === 0
        ? []
        : [{ machine: machineOfWords(without, search.tick), accepted: false }];
    return shortestWord([...wanted, ...exceptions], min, max, search.tick);
  };
  try {
    let word = shortest(refused);
    if (word === undefined) return EMPTY;
    if (riddles.length === 0) return found(word);
    const valid = (text: string) =>
      !refused.includes(text) && literals.every((one) => search.holds(one as Term, text));
    const sample = samples.find(valid);
    if (sample !== undefined) return found(sample);
    const tried: string[] = [];
    while (word !== undefined && tried.length < TRIED_WORDS) {
      if (valid(word)) return found(word);
      tried.push(word);
      word = shortest([...refused, ...tried]);
    }
    if (word === undefined) return EMPTY;
  } catch (error) {
    if (!(error instanceof NotRegular)) throw error;
  }
  return maybe(`${riddleOf(riddles)} cannot be compared`);
}

function riddleOf(riddles: readonly LiteralTerm[]): string {
  const [first] = riddles;
  if (first?.kind === "format") return `the format “${first.name}”`;
  return first?.kind === "pattern" ? `the pattern ${first.source}` : "these patterns";
}

/** A machine for "not all of these": runs them side by side. */
function union(language: readonly Wanted[]): Machine {
  const cuts = [...new Set(language.flatMap(({ machine }) => machine.cuts))].sort((a, b) => a - b);
  const columns = cuts.map((cut) => language.map(({ machine }) => classAt(machine, cut)));
  // 0 is kept for the dead state, which "not all" never reaches.
  const states: number[][] = [[]];
  const numbers = new Map<string, number>();
  const intern = (inner: number[]) => {
    const key = inner.join();
    let state = numbers.get(key);
    if (state === undefined) {
      state = states.length;
      states.push(inner);
      numbers.set(key, state);
    }
    return state;
  };
  return {
    cuts,
    classes: cuts.map((_, i) => i),
    start: intern(language.map(({ machine }) => machine.start)),
    step: (state, of) =>
      state === DEAD
        ? DEAD
        : intern(
            states[state]!.map((inner, i) => language[i]!.machine.step(inner, columns[of]![i]!)),
          ),
    accepts: (state) =>
      state !== DEAD &&
      !language.every(
        ({ machine, accepted }, i) => machine.accepts(states[state]![i]!) === accepted,
      ),
  };
}

function classAt(machine: Machine, point: number): number {
  let index = 0;
  while (machine.cuts[index + 1] !== undefined && machine.cuts[index + 1]! <= point) index++;
  return machine.classes[index]!;
}

/**
 * The patterns of schemas as languages: an intersection of machines, some of them complemented
 * (`^(?!x)y` is y and not x). Made once a pattern and kept within a bound.
 */
import { classOf, type Machine, machineOf } from "./automata.ts";
import type { Tick } from "./budget.ts";
import { NotRegular, parseRegex, type Regex } from "./regex.ts";
import type { Wanted } from "./words.ts";

/** The language of a pattern; undefined when no finite automaton follows it. */
type Language = readonly Wanted[] | undefined;

/** Patterns kept; each holds some 2 MB at worst. */
const CACHE_SIZE = 100;
const cache = new Map<string, { language: Language; tester?: RegExp }>();

export function languageOf(source: string, tick: Tick): Language {
  const known = cache.get(source);
  if (known) return known.language;
  let language: Language;
  try {
    // A machine outlives the decision that made it: it counts steps by no budget, and is bounded by its states.
    language = conjuncts(parseRegex(source)).map(({ regex, accepted }) => ({
      machine: machineOf(regex, () => {}),
      accepted,
    }));
    tick(source.length);
  } catch (error) {
    if (!(error instanceof NotRegular)) throw error;
  }
  if (cache.size >= CACHE_SIZE) cache.delete(cache.keys().next().value!);
  cache.set(source, { language });
  return language;
}

/** Whether a pattern matches somewhere in `text`: by its machine, which never backtracks, where it has one. */
export function matches(source: string, text: string): boolean {
  const language = languageOf(source, () => {});
  try {
    if (language)
      return language.every(({ machine, accepted }) => runs(machine, text) === accepted);
  } catch (error) {
    if (!(error instanceof NotRegular)) throw error;
  }
  const entry = cache.get(source)!;
  entry.tester ??= new RegExp(source, "u");
  return entry.tester.test(text);
}

function runs(machine: Machine, text: string): boolean {
  let state = machine.start;
  for (const char of text) state = machine.step(state, classOf(machine, char.codePointAt(0)!));
  return machine.accepts(state);
}

/** Lookaheads right behind the start are conditions of their own. */
function conjuncts(regex: Regex): { regex: Regex; accepted: boolean }[] {
  if (regex.kind !== "sequence" || regex.parts[0]?.kind !== "start") {
    return [{ regex, accepted: true }];
  }
  const start = regex.parts[0];
  const rest = [...regex.parts.slice(1)];
  const found: { regex: Regex; accepted: boolean }[] = [];
  while (rest[0]?.kind === "ahead") {
    const { part, negated } = rest.shift() as Extract<Regex, { kind: "ahead" }>;
    const inner = conjuncts({ kind: "sequence", parts: [start, part] });
    if (inner.length > 1 && negated) throw new NotRegular("lookahead in lookahead");
    for (const one of inner) found.push({ ...one, accepted: one.accepted !== negated });
  }
  return [...found, { regex: { kind: "sequence", parts: [start, ...rest] }, accepted: true }];
}

/** The shortest word that some machines accept and others do not, within bounds on its length. */
import { DEAD, type Machine } from "./automata.ts";
import type { Tick } from "./budget.ts";

export type Wanted = { machine: Machine; accepted: boolean };

/** Letters read best in an example, then digits, then what else can be printed. */
const PLEASANT = [..."aAbBcCxXzZ019 -_.@/:"].map((char) => char.codePointAt(0)!);

/** @returns undefined when there is no such word, which is then certain. */
export function shortestWord(
  wanted: readonly Wanted[],
  min: number,
  max: number,
  tick: Tick,
): string | undefined {
  if (min > max) return undefined;
  const letters = alphabetOf(wanted, tick);
  type Node = { states: number[]; length: number; from?: Node; point?: number };
  const isWord = (node: Node) =>
    node.length >= min &&
    wanted.every(({ machine, accepted }, i) => machine.accepts(node.states[i]!) === accepted);
  const start: Node = { states: wanted.map(({ machine }) => machine.start), length: 0 };
  // Breadth first, so that the first word is the shortest. Below `min` the length is part of the
  // state; from there on only which states are reached matters.
  let layer = [start];
  const seen = new Set<string>();
  while (layer.length > 0) {
    const next: Node[] = [];
    const fresh = new Set<string>();
    for (const node of layer) {
      if (isWord(node)) return spell(node);
      if (node.length >= max) continue;
      for (const { point, classes } of letters) {
        tick();
        const states = wanted.map(({ machine }, i) => machine.step(node.states[i]!, classes[i]!));
        if (wanted.some(({ accepted }, i) => accepted && states[i] === DEAD)) continue;
        const key = states.join();
        if (fresh.has(key)) continue;
        if (node.length + 1 >= min) {
          if (seen.has(key)) continue;
          seen.add(key);
        }
        fresh.add(key);
        next.push({ states, length: node.length + 1, from: node, point });
      }
    }
    layer = next;
  }
  return undefined;

  function spell(node: Node): string {
    const points: number[] = [];
    for (let at: Node | undefined = node; at?.point !== undefined; at = at.from)
      points.push(at.point);
    return points
      .reverse()
      .map((point) => String.fromCodePoint(point))
      .join("");
  }
}

/** One letter for all that no machine tells apart, pleasant ones first. */
function alphabetOf(wanted: readonly Wanted[], tick: Tick) {
  const cuts = [...new Set([0, ...wanted.flatMap(({ machine }) => machine.cuts)])].sort(
    (a, b) => a - b,
  );
  const at = wanted.map(() => 0);
  const letters = new Map<string, { point: number; rank: number; classes: number[] }>();
  for (const [i, cut] of cuts.entries()) {
    tick();
    const classes = wanted.map(({ machine }, m) => {
      while (machine.cuts[at[m]! + 1] !== undefined && machine.cuts[at[m]! + 1]! <= cut) at[m]!++;
      return machine.classes[at[m]!]!;
    });
    const { point, rank } = mostPleasant(cut, (cuts[i + 1] ?? 0x110000) - 1);
    const key = classes.join();
    const known = letters.get(key);
    if (!known || rank < known.rank) letters.set(key, { point, rank, classes });
  }
  return [...letters.values()].sort((a, b) => a.rank - b.rank);
}

function mostPleasant(from: number, to: number): { point: number; rank: number } {
  const index = PLEASANT.findIndex((point) => point >= from && point <= to);
  if (index >= 0) return { point: PLEASANT[index]!, rank: index };
  const printable = Math.max(from, 0x21);
  if (printable <= Math.min(to, 0x7e)) return { point: printable, rank: 100 };
  const beyond = Math.max(from, 0xa1);
  if (beyond <= to && (beyond < 0xd800 || beyond > 0xdfff)) return { point: beyond, rank: 200 };
  if (to > 0xdfff) return { point: Math.max(from, 0xe000), rank: 300 };
  return { point: from, rank: from < 0x20 ? 400 : 500 };
}

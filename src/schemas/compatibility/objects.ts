/**
 * Objects. What some property must be is assigned to a name: one that a schema mentions, or one
 * that none does, for which the formulas over names are solved as formulas over strings.
 */

import { EMPTY, found, maybe, type Outcome, type Search } from "./outcome.ts";
import type { LiteralTerm, Term } from "./terms.ts";

/** Properties that are made to reach `minProperties`. */
const MOST_FILLERS = 2_000;
/** Assignments that are tried of what some property must be. */
const MOST_ASSIGNMENTS = 3_000;

/** Names for properties that no schema mentions. */
const READABLE_NAMES = ["other", "another", "a"];

type Rule = { names: Term; each: Term };
/** A property of the object in the making. A fresh one is named last. */
type Entry = { name?: string; nameGoals: Term[]; goals: Term[] };

export function solveObject(search: Search, literals: readonly LiteralTerm[]): Outcome {
  const { terms, holds, tick } = search;
  const rules: Rule[] = [];
  const needs: Rule[] = [];
  const present = new Set<string>();
  const absent = new Set<string>();
  let min = 0;
  let max = Infinity;
  for (const one of literals)
    switch (one.kind) {
      case "required":
        (one.negated ? absent : present).add(one.name);
        break;
      case "properties":
        if (one.negated) needs.push({ names: one.names, each: terms.not(one.each) });
        else rules.push({ names: one.names, each: one.each });
        break;
      case "minProperties":
        if (one.negated) max = Math.min(max, Math.ceil(one.limit) - 1);
        else min = Math.max(min, Math.ceil(one.limit));
        break;
      case "maxProperties":
        if (one.negated) min = Math.max(min, Math.floor(one.limit) + 1);
        else max = Math.min(max, Math.floor(one.limit));
    }
  if (max < 0 || min > max) return EMPTY;
  for (const name of present) if (absent.has(name)) return EMPTY;

  const mentioned = new Set<string>([...present, ...absent]);
  for (const { names } of [...rules, ...needs]) mentionedIn(names, mentioned);
  tick(mentioned.size);
  // Most rules are about one name: they are looked up, the others asked.
  const byName = new Map<string, Term[]>();
  const wide: Rule[] = [];
  for (const rule of rules) {
    if (rule.names.kind === "values" && !rule.names.negated)
      for (const name of rule.names.values as string[])
        byName.set(name, [...(byName.get(name) ?? []), rule.each]);
    else wide.push(rule);
  }
  const valueGoals = (name: string): Term[] => {
    tick(1 + wide.length);
    const others = wide.filter(({ names }) => holds(names, name));
    return [...(byName.get(name) ?? []), ...others.map(({ each }) => each)];
  };

  const entries = new Map<string, Entry>();
  for (const name of present) entries.set(name, { name, nameGoals: [], goals: valueGoals(name) });
  const open: Rule[] = [];
  for (const need of needs) {
    const { names } = need;
    if (names.kind !== "values" || names.negated || names.values.length !== 1) {
      open.push(need);
      continue;
    }
    const name = names.values[0] as string;
    if (absent.has(name)) return EMPTY;
    const entry = entries.get(name) ?? { name, nameGoals: [], goals: valueGoals(name) };
    entries.set(name, { ...entry, goals: [...entry.goals, need.each] });
  }
  if (entries.size > max) return EMPTY;
  for (const { goals } of entries.values()) if (search.solve(goals).kind === "empty") return EMPTY;

  const elsewhere = terms.not(terms.values([...mentioned]));
  /** The kinds of names that no schema mentions, each with what its values must be. */
  const regions = (need: Rule): { nameGoals: Term[]; goals: Term[] }[] => {
    const made: { nameGoals: Term[]; goals: Term[] }[] = [];
    const split = (index: number, nameGoals: Term[], goals: Term[]): void => {
      tick();
      if (search.solve(nameGoals).kind === "empty") return;
      const rule = wide[index];
      if (!rule) {
        if (search.solve(goals).kind !== "empty") made.push({ nameGoals, goals });
        return;
      }
      split(index + 1, [...nameGoals, terms.not(rule.names)], goals);
      split(index + 1, [...nameGoals, rule.names], [...goals, rule.each]);
    };
    split(0, [terms.types(8), elsewhere, need.names], [need.each]);
    return made;
  };

  let unclear: Outcome | undefined;
  let tries = MOST_ASSIGNMENTS;
  const fresh: Entry[] = [];
  const place = (index: number): Outcome => {
    tick();
    if (tries-- < 0) return maybe("too many ways to fill the object");
    const need = open[index];
    if (!need) return finish();
    const attempt = (outcome: Outcome): Outcome | undefined => {
      if (outcome.kind === "found") return outcome;
      if (outcome.kind === "maybe") unclear = outcome;
      return undefined;
    };
    for (const name of mentioned) {
      tick();
      if (absent.has(name) || !holds(need.names, name)) continue;
      const before = entries.get(name);
      if (!before && entries.size + fresh.length >= max) continue;
      const goals = [...(before?.goals ?? valueGoals(name)), need.each];
      if (search.solve(goals).kind === "empty") continue;
      entries.set(name, { name, nameGoals: [], goals });
      const outcome = attempt(place(index + 1));
      if (before) entries.set(name, before);
      else entries.delete(name);
      if (outcome) return outcome;
    }
    if (entries.size + fresh.length < max)
      for (const region of regions(need)) {
        fresh.push(region);
        const outcome = attempt(place(index + 1));
        fresh.pop();
        if (outcome) return outcome;
      }
    for (const [i, entry] of fresh.entries()) {
      const both = {
        nameGoals: [...entry.nameGoals, need.names],
        goals: [...entry.goals, need.each],
      };
      if (search.solve(both.nameGoals).kind === "empty") continue;
      if (search.solve(both.goals).kind === "empty") continue;
      fresh[i] = both;
      const outcome = attempt(place(index + 1));
      fresh[i] = entry;
      if (outcome) return outcome;
    }
    return unclear ?? EMPTY;
  };

  const finish = (): Outcome => {
    const made: Record<string, unknown> = Object.create(null);
    let count = 0;
    let doubt: Outcome | undefined;
    const put = (name: string, goals: Term[]): boolean => {
      const outcome = search.solve(goals);
      if (outcome.kind === "empty") return false;
      count++;
      made[name] = null;
      if (outcome.kind === "maybe") doubt = outcome;
      else made[name] = outcome.value;
      return true;
    };
    for (const { name, goals } of entries.values()) if (!put(name!, goals)) return EMPTY;
    for (const { nameGoals, goals } of fresh) {
      const name = freshName(search, nameGoals, made);
      // Another order of choosing might have left a name.
      if (name.kind !== "found")
        return fresh.length === 1 && name.kind === "empty" ? EMPTY : maybe("no name was found");
      if (!put(name.value as string, goals)) return EMPTY;
    }
    if (count > max) return EMPTY;
    if (count < min) {
      const lack = fillUp(made, put);
      if (lack) return lack;
    }
    return doubt ?? found({ ...made });
  };

  /** Adds properties up to `min`. @returns why it cannot be, or nothing */
  const fillUp = (
    made: Record<string, unknown>,
    put: (name: string, goals: Term[]) => boolean,
  ): Outcome | undefined => {
    if (min > MOST_FILLERS) return maybe("only objects with very many properties could tell");
    const size = () => Object.keys(made).length;
    for (const name of mentioned) {
      if (size() >= min) return undefined;
      if (!absent.has(name) && !(name in made)) put(name, valueGoals(name));
    }
    let doubt: Outcome | undefined;
    for (const { nameGoals, goals } of regions({ names: terms.any, each: terms.any }))
      while (size() < min) {
        tick();
        const name = freshName(search, nameGoals, made);
        if (name.kind === "maybe") doubt = name;
        if (name.kind !== "found" || !put(name.value as string, goals)) break;
      }
    return size() >= min ? undefined : (doubt ?? EMPTY);
  };

  return place(0);
}

/** A name that the object does not have yet. */
function freshName(search: Search, goals: readonly Term[], made: Record<string, unknown>): Outcome {
  for (const name of READABLE_NAMES)
    if (!(name in made) && goals.every((goal) => search.holds(goal, name))) return found(name);
  const outcome = search.solve(goals);
  if (outcome.kind !== "found" || !((outcome.value as string) in made)) return outcome;
  const stem = outcome.value as string;
  for (let i = 2; i <= 9 + Object.keys(made).length; i++) {
    search.tick();
    const name = `${stem}${i}`;
    if (!(name in made) && goals.every((goal) => search.holds(goal, name))) return found(name);
  }
  const { terms } = search;
  return search.solve([...goals, terms.not(terms.values(Object.keys(made)))]);
}

/** The names that a formula over names spells out. */
function mentionedIn(names: Term, into: Set<string>): void {
  if (names.kind === "values")
    for (const name of names.values) if (typeof name === "string") into.add(name);
  if (names.kind === "and" || names.kind === "or")
    for (const part of names.parts) mentionedIn(part, into);
}

/**
 * `unevaluatedProperties` and `unevaluatedItems`: what remains depends on which subschemas hold of
 * the value. Which hold is a choice; the more hold, the less remains; so a disjunction over
 * choices, each "these hold, and the rest that they leave is as stated", says the same.
 */
import { Undecided } from "./budget.ts";
import type { Reading, Scope } from "./compile.ts";
import type { Json, SchemaObject } from "./lift.ts";
import type { Place, References } from "./references.ts";
import { STRING, type Term, type Terms } from "./terms.ts";

/** Choices that are told apart. */
const MOST_CHOICES = 300;

/** What the compiler offers here. */
export type Evaluating = {
  terms: Terms;
  references: References;
  reading: Reading;
  beside(place: Place, scope: Scope): Term;
  inside(place: Place, scope: Scope): Term;
  enter(place: Place, scope: Scope): Scope;
  target(place: Place, keyword: "$ref" | "$dynamicRef", scope: Scope): Place;
  declaredNames(schema: SchemaObject): Term;
  required(name: string): Term;
};

/** What a subschema evaluates if `when` holds. */
type Evaluated = {
  when: Term;
  /** Names of properties, as a formula. */
  names: Term;
  /** Items before this index. */
  items: number;
  /** And items that are one of these. */
  contained: Term[];
};

/** At most one of a group is chosen. */
type Group = Evaluated[];

/** @param only the names that it is about, if not all */
export function unevaluatedProperties(
  of: Evaluating,
  place: Place,
  scope: Scope,
  each: Term,
  only?: readonly string[],
): Term {
  const { terms } = of;
  const isLenient = only !== undefined;
  return overChoices(of, groupsOf(of, place, scope, isLenient, isLenient), (chosen) =>
    terms.properties(
      terms.and([
        only ? terms.values(only) : terms.types(STRING),
        terms.not(terms.or(chosen.map(({ names }) => names))),
      ]),
      each,
    ),
  );
}

export function unevaluatedItems(of: Evaluating, place: Place, scope: Scope, each: Term): Term {
  const { terms } = of;
  return overChoices(of, groupsOf(of, place, scope), (chosen) =>
    terms.items(
      Math.max(0, ...chosen.map(({ items }) => items)),
      Infinity,
      terms.or([each, ...chosen.flatMap(({ contained }) => contained)]),
    ),
  );
}

function overChoices(
  of: Evaluating,
  groups: readonly Group[],
  rest: (chosen: readonly Evaluated[]) => Term,
): Term {
  const { terms } = of;
  const sure: Evaluated[] = [];
  const open: Group[] = [];
  for (const group of groups)
    if (group.length === 1 && group[0]!.when === terms.any) sure.push(group[0]!);
    else open.push(group);
  let choices: Evaluated[][] = [[]];
  // A group that changes nothing of what remains is no choice.
  const without = rest(sure);
  for (const group of open) {
    const telling = group.filter((one) => rest([...sure, one]) !== without);
    choices = [...choices, ...choices.flatMap((chosen) => telling.map((one) => [...chosen, one]))];
    if (choices.length > MOST_CHOICES)
      throw new Undecided("too many alternatives decide what is unevaluated");
  }
  return terms.or(
    choices.map((chosen) =>
      terms.and([...chosen.map(({ when }) => when), rest([...sure, ...chosen])]),
    ),
  );
}

/** @param isInner its own `unevaluated…` counts: it is part of another schema */
function groupsOf(
  of: Evaluating,
  place: Place,
  scope: Scope,
  isInner = false,
  isLenient = false,
): Group[] {
  const { terms, references, reading } = of;
  const { schema } = place;
  if (typeof schema === "boolean") return [];
  const inner = (at: Place) => groupsOf(of, at, of.enter(at, scope), true, isLenient);
  const part = (sub: Json, ...tokens: (string | number)[]) =>
    references.at(place, sub as SchemaObject, ...tokens);
  const groups: Group[] = [[own(of, place, scope, isInner, isLenient)]];
  const given = (when: Term, more: readonly Group[]) =>
    more.map((group) => group.map((one) => ({ ...one, when: terms.and([when, one.when]) })));

  for (const keyword of ["$ref", "$dynamicRef"] as const)
    if (schema[keyword] !== undefined) groups.push(...inner(of.target(place, keyword, scope)));
  for (const [i, sub] of listOf(schema.allOf).entries())
    groups.push(...inner(part(sub, "allOf", i)));
  for (const [i, sub] of listOf(schema.anyOf).entries()) {
    const at = part(sub, "anyOf", i);
    groups.push(...given(of.beside(at, scope), inner(at)));
  }
  const exclusive: Group = [];
  for (const [i, sub] of listOf(schema.oneOf).entries()) {
    const at = part(sub, "oneOf", i);
    const when = of.beside(at, scope);
    for (const group of given(when, inner(at)))
      if (group.length === 1 && group[0]!.when === when) exclusive.push(group[0]!);
      else groups.push(group);
  }
  if (exclusive.length > 0) groups.push(exclusive);
  if (schema.if !== undefined) {
    const condition = of.beside(part(schema.if, "if"), scope);
    const isIdle = schema.then === undefined && schema.else === undefined;
    if (!isIdle || !reading.likeAjv) groups.push(...given(condition, inner(part(schema.if, "if"))));
    if (schema.then !== undefined)
      groups.push(...given(condition, inner(part(schema.then, "then"))));
    if (schema.else !== undefined)
      groups.push(...given(terms.not(condition), inner(part(schema.else, "else"))));
  }
  for (const [name, sub] of Object.entries((schema.dependentSchemas ?? {}) as SchemaObject))
    groups.push(
      ...given(terms.not(terms.absent(name)), inner(part(sub, "dependentSchemas", name))),
    );
  return merged(of, groups);
}

/** What a schema evaluates by its own keywords. */
function own(
  of: Evaluating,
  place: Place,
  scope: Scope,
  isInner: boolean,
  isLenient: boolean,
): Evaluated {
  const { terms, references, reading } = of;
  const schema = place.schema as SchemaObject;
  const isOpen = (keyword: string) => {
    const value = schema[keyword];
    if (value === undefined || (keyword.startsWith("unevaluated") && !isInner)) return true;
    // Where an open model is read leniently, being open says nothing of a name.
    return isLenient && (value === true || JSON.stringify(value) === "{}");
  };
  const hasAll = !isOpen("additionalProperties") || !isOpen("unevaluatedProperties");
  let items = Array.isArray(schema.prefixItems) ? schema.prefixItems.length : 0;
  if (schema.items !== undefined || (isInner && schema.unevaluatedItems !== undefined))
    items = Infinity;
  const contained: Term[] = [];
  if (schema.contains !== undefined) {
    const each = of.inside(
      references.at(place, schema.contains as SchemaObject, "contains"),
      scope,
    );
    const isIdle = schema.contains === true || JSON.stringify(schema.contains) === "{}";
    const isAnyCount = schema.minContains === 0 && schema.maxContains === undefined;
    if (!reading.likeAjv) contained.push(each);
    else if (!isIdle && !isAnyCount) items = Infinity;
  }
  const names = hasAll ? terms.types(STRING) : of.declaredNames(schema);
  return { when: terms.any, names, items, contained };
}

/** What holds at the same time is one. */
function merged(of: Evaluating, groups: readonly Group[]): Group[] {
  const { terms } = of;
  const byWhen = new Map<Term, Evaluated>();
  for (const group of groups) {
    const [one] = group;
    if (!one || group.length > 1) continue;
    const known = byWhen.get(one.when);
    byWhen.set(
      one.when,
      known
        ? {
            when: one.when,
            names: terms.or([known.names, one.names]),
            items: Math.max(known.items, one.items),
            contained: [...known.contained, ...one.contained],
          }
        : one,
    );
  }
  return [
    ...[...byWhen.values()].map((one) => [one]),
    ...groups.filter(({ length }) => length > 1),
  ];
}

function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

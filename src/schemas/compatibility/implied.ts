/**
 * Rules that follow from one rule at the same place: `maxLength` 5 from `maxLength` 3. Nearly all
 * rules of two versions do, and a look says so; what does not is searched for.
 */
import type { Term } from "./terms.ts";

export type Implied = (rule: Term) => boolean;

/** @returns whether a rule follows from one of `rules` alone; false says nothing */
export function impliedBy(rules: readonly Term[]): Implied {
  const byPlace = new Map<string, Term[]>();
  for (const rule of rules) {
    const place = placeOf(rule);
    const known = byPlace.get(place);
    if (known) known.push(rule);
    else byPlace.set(place, [rule]);
  }
  return (rule) => (byPlace.get(placeOf(rule)) ?? []).some((one) => implies(one, rule));
}

/** Where it applies and what kind of rule it is. */
function placeOf(term: Term): string {
  if (term.kind === "properties" && !term.negated)
    return `properties ${term.names.id} ${placeOf(term.each)}`;
  if (term.kind === "items" && !term.negated)
    return `items ${term.from} ${term.to} ${placeOf(term.each)}`;
  return term.kind;
}

function implies(a: Term, b: Term): boolean {
  if (a === b) return true;
  switch (a.kind) {
    case "types":
      return b.kind === "types" && (a.mask & ~b.mask) === 0;
    case "values":
      return (
        b.kind === "values" &&
        !a.negated &&
        !b.negated &&
        [...a.texts].every((text) => b.texts.has(text))
      );
    case "properties":
      return (
        b.kind === "properties" && !a.negated && a.names === b.names && implies(a.each, b.each)
      );
    case "items":
      return (
        b.kind === "items" &&
        !a.negated &&
        a.from === b.from &&
        a.to === b.to &&
        implies(a.each, b.each)
      );
    case "minimum":
    case "exclusiveMinimum":
    case "minLength":
    case "minItems":
    case "minProperties":
      return b.kind === a.kind && !a.negated && !b.negated && a.limit >= b.limit;
    case "maximum":
    case "exclusiveMaximum":
    case "maxLength":
    case "maxItems":
    case "maxProperties":
      return b.kind === a.kind && !a.negated && !b.negated && a.limit <= b.limit;
    default:
      return false;
  }
}

/** Whether a formula holds of a value: what a validator does, over terms. */
import { canonicalJson } from "../../json.ts";
import { formatHolds } from "./formats.ts";
import { matches } from "./patterns.ts";
import { DOMAINS, type LiteralTerm, type Term, type Terms, typeOf } from "./terms.ts";

export type Holds = (term: Term, value: unknown) => boolean;

export function holdsIn(terms: Terms): Holds {
  const holds: Holds = (term, value) => {
    switch (term.kind) {
      case "any":
        return true;
      case "none":
        return false;
      case "and":
        return term.parts.every((part) => holds(part, value));
      case "or":
        return term.parts.some((part) => holds(part, value));
      case "one":
        return (term.parts.filter((part) => holds(part, value)).length === 1) !== term.negated;
      case "ref":
        return holds(terms.open(term), value);
      case "types":
        return (term.mask & typeOf(value)) !== 0;
      case "values":
        return (
          term.texts.has(
            typeof value === "object" ? canonicalJson(value) : JSON.stringify(value),
          ) !== term.negated
        );
      default:
        if ((DOMAINS[term.kind] & typeOf(value)) === 0) return !term.negated;
        return literalHolds(term, value, holds) !== term.negated;
    }
  };
  return holds;
}

function literalHolds(term: LiteralTerm, value: unknown, holds: Holds): boolean {
  const number = value as number;
  const text = value as string;
  const items = value as unknown[];
  const object = value as Record<string, unknown>;
  switch (term.kind) {
    case "minimum":
      return number >= term.limit;
    case "exclusiveMinimum":
      return number > term.limit;
    case "maximum":
      return number <= term.limit;
    case "exclusiveMaximum":
      return number < term.limit;
    case "multipleOf":
      return isMultiple(number, term.of);
    case "minLength":
      return lengthOf(text) >= term.limit;
    case "maxLength":
      return lengthOf(text) <= term.limit;
    case "pattern":
      return matches(term.source, text);
    case "format":
      return formatHolds(term.name, text);
    case "minItems":
      return items.length >= term.limit;
    case "maxItems":
      return items.length <= term.limit;
    case "uniqueItems":
      return new Set(items.map(canonicalJson)).size === items.length;
    case "items":
      return items.slice(term.from, term.to).every((item) => holds(term.each, item));
    case "minContains":
      return items.filter((item) => holds(term.each, item)).length >= term.count;
    case "maxContains":
      return items.filter((item) => holds(term.each, item)).length <= term.count;
    case "minProperties":
      return Object.keys(object).length >= term.limit;
    case "maxProperties":
      return Object.keys(object).length <= term.limit;
    case "required":
      return Object.hasOwn(object, term.name);
    case "properties":
      return Object.entries(object).every(
        ([name, item]) => !holds(term.names, name) || holds(term.each, item),
      );
  }
}

/** As ajv computes it, in doubles: 0.07 is no multiple of 0.01. */
export function isMultiple(value: number, of: number): boolean {
  if (Number.isInteger(of) && Number.isInteger(value)) return value % of === 0;
  const quotient = value / of;
  return quotient === Number.parseInt(String(quotient), 10);
}

/** In code points, as JSON Schema counts. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}

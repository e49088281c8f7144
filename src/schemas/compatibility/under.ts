/** What remains of a formula for values of one type: keywords of other types say nothing of them. */
import type { Tick } from "./budget.ts";
import { ARRAY, DOMAINS, OBJECT, type Term, type Terms, TYPES, typeOf } from "./terms.ts";

export function under(terms: Terms, term: Term, type: number, tick: Tick): Term {
  const slot = TYPES.indexOf(type as (typeof TYPES)[number]);
  term.under ??= [];
  const known = term.under[slot];
  if (known) return known;
  tick();
  const made = simplified(terms, term, type, tick);
  term.under[slot] = made;
  return made;
}

function simplified(terms: Terms, term: Term, type: number, tick: Tick): Term {
  switch (term.kind) {
    case "any":
    case "none":
      return term;
    case "and":
      return terms.and(term.parts.map((part) => under(terms, part, type, tick)));
    case "or":
      return terms.or(term.parts.map((part) => under(terms, part, type, tick)));
    case "one": {
      const one = terms.one(term.parts.map((part) => under(terms, part, type, tick)));
      const signed = term.negated ? terms.not(one) : one;
      // Of few parts it becomes alternatives, whose constants are still to be taken apart.
      return signed.kind === "one" ? signed : under(terms, signed, type, tick);
    }
    case "ref":
      return term;
    case "types":
      return term.mask & type ? terms.any : terms.none;
    case "values": {
      const values = term.values.filter((value) => typeOf(value) === type);
      if (!term.negated) return terms.values(values);
      if (type !== ARRAY && type !== OBJECT) return terms.not(terms.values(values));
      tick(values.length);
      return terms.and(
        values.map((value) =>
          type === ARRAY ? notArray(terms, value as unknown[]) : notObject(terms, value as object),
        ),
      );
    }
    default:
      if (DOMAINS[term.kind] === type) return term;
      return term.negated ? terms.none : terms.any;
  }
}

/** Another length, or another item somewhere. */
function notArray(terms: Terms, value: readonly unknown[]): Term {
  const limit = value.length;
  return terms.or([
    terms.literal({ kind: "minItems", limit, negated: true }),
    terms.literal({ kind: "maxItems", limit, negated: true }),
    ...value.map((item, i) => terms.not(terms.items(i, i + 1, terms.values([item])))),
  ]);
}

/** A property less, one more, or one with another value. */
function notObject(terms: Terms, value: object): Term {
  const names = Object.keys(value);
  const others = terms.properties(terms.not(terms.values(names)), terms.none);
  return terms.or([
    terms.not(others),
    ...Object.entries(value).flatMap(([name, item]) => [
      terms.literal({ kind: "required", name, negated: true }),
      terms.not(terms.properties(terms.values([name]), terms.values([item]))),
    ]),
  ]);
}

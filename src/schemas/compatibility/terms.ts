/**
 * Schemas as formulas over one JSON value. Terms are interned: equal formulas are one object, so that
 * what two versions share is found by identity, and a formula and its negation know each other.
 *
 * A literal speaks of values of one type and, as JSON Schema's keywords do, holds of all others;
 * its negation holds only of values of that type. Negation is thus always pushed down to literals.
 */
import { canonicalJson } from "../../json.ts";
import type { Tick } from "./budget.ts";

export const NULL = 1;
export const BOOLEAN = 2;
export const NUMBER = 4;
export const STRING = 8;
export const ARRAY = 16;
export const OBJECT = 32;
export const ALL = 63;
export const TYPES = [NULL, BOOLEAN, NUMBER, STRING, ARRAY, OBJECT] as const;

export function typeOf(value: unknown): number {
  if (value === null) return NULL;
  if (Array.isArray(value)) return ARRAY;
  switch (typeof value) {
    case "boolean":
      return BOOLEAN;
    case "number":
      return NUMBER;
    case "string":
      return STRING;
    default:
      return OBJECT;
  }
}

type Shape =
  | { kind: "any" }
  | { kind: "none" }
  | { kind: "and"; parts: Term[] }
  | { kind: "or"; parts: Term[] }
  /** Exactly one of the parts holds, or (negated) none or several. */
  | { kind: "one"; parts: Term[]; negated: boolean }
  /** A schema that contains itself; opened when it is looked into. */
  | { kind: "ref"; target: string; negated: boolean }
  | { kind: "types"; mask: number }
  /** The value is one of these. `texts` are their canonical JSON. */
  | { kind: "values"; values: unknown[]; texts: Set<string>; negated: boolean }
  | Literal;

/** `negated` is "it is of that type, and this does not hold". */
export type Literal = { negated: boolean } & (
  | { kind: "minimum" | "exclusiveMinimum" | "maximum" | "exclusiveMaximum"; limit: number }
  | { kind: "multipleOf"; of: number }
  | { kind: "minLength" | "maxLength"; limit: number }
  | { kind: "pattern"; source: string }
  | { kind: "format"; name: string }
  | { kind: "minItems" | "maxItems"; limit: number }
  | { kind: "uniqueItems" }
  /** Every item from index `from` to before `to` is `each`. */
  | { kind: "items"; from: number; to: number; each: Term }
  /** At least (at most) `count` items are `each`. */
  | { kind: "minContains" | "maxContains"; each: Term; count: number }
  | { kind: "minProperties" | "maxProperties"; limit: number }
  | { kind: "required"; name: string }
  /** Every property whose name is `names` (a formula over strings) has a value that is `each`. */
  | { kind: "properties"; names: Term; each: Term }
);

export type Term = Shape & {
  id: number;
  /** Its negation, once that was asked for. */
  not?: Term;
  /** What remains of it for values of one type, by type; filled by `under`. */
  under?: (Term | undefined)[];
  /** "one" and "ref" in simpler terms. */
  opened?: Term;
};

export type LiteralTerm = Extract<Term, Literal>;

export const DOMAINS: Record<Literal["kind"], number> = {
  minimum: NUMBER,
  exclusiveMinimum: NUMBER,
  maximum: NUMBER,
  exclusiveMaximum: NUMBER,
  multipleOf: NUMBER,
  minLength: STRING,
  maxLength: STRING,
  pattern: STRING,
  format: STRING,
  minItems: ARRAY,
  maxItems: ARRAY,
  uniqueItems: ARRAY,
  items: ARRAY,
  minContains: ARRAY,
  maxContains: ARRAY,
  minProperties: OBJECT,
  maxProperties: OBJECT,
  required: OBJECT,
  properties: OBJECT,
};

type Values = Extract<Term, { kind: "values" }>;
type Open = (target: string) => Term;

export class Terms {
  readonly any: Term;
  readonly none: Term;
  private readonly interned = new Map<string, Term>();
  private readonly names = new Map<string, Term>();
  private nextId = 0;
  /** Finds the term of a reference. */
  openRef: Open = () => {
    throw new Error("no references here");
  };

  constructor(private readonly tick: Tick) {
    this.any = this.intern("any", { kind: "any" });
    this.none = this.intern("none", { kind: "none" });
    this.any.not = this.none;
    this.none.not = this.any;
  }

  /** Counts steps that are spent on terms elsewhere. */
  spend(steps: number): void {
    this.tick(steps);
  }

  types(mask: number): Term {
    if (mask === ALL) return this.any;
    if (mask === 0) return this.none;
    return this.intern(`t${mask}`, { kind: "types", mask });
  }

  values(values: readonly unknown[]): Term {
    return this.valuesOf(new Map(values.map((value) => [textOf(value), value])), false);
  }

  /** One name of a property. */
  name(name: string): Term {
    const known = this.names.get(name);
    if (known) return known;
    const made = this.values([name]);
    this.names.set(name, made);
    return made;
  }

  private valuesOf(byText: Map<string, unknown>, negated: boolean): Term {
    if (byText.size === 0) return negated ? this.any : this.none;
    const texts = [...byText.keys()].sort();
    this.tick(texts.length);
    return this.intern(`v${negated}${texts.join("\u0000")}`, {
      kind: "values",
      values: texts.map((text) => byText.get(text)),
      texts: new Set(texts),
      negated,
    });
  }

  ref(target: string, negated = false): Term {
    return this.intern(`r${negated}${target}`, { kind: "ref", target, negated });
  }

  literal(literal: Literal): Term {
    return this.intern(keyOf(literal), literal);
  }

  /** Items in a range; trivial ones vanish. */
  items(from: number, to: number, each: Term): Term {
    if (each === this.any || from >= to) return this.any;
    return this.literal({ kind: "items", from, to, each, negated: false });
  }

  /** Properties by a formula over their names; trivial ones vanish. */
  properties(names: Term, each: Term): Term {
    if (each === this.any || names === this.none) return this.any;
    if (each === this.none && names.kind === "values" && !names.negated)
      return this.and(names.values.map((name) => this.absent(name as string)));
    return this.literal({ kind: "properties", names, each, negated: false });
  }

  /** Not an object, or one without this property. */
  absent(name: string): Term {
    const required = this.literal({ kind: "required", name, negated: false });
    return this.or([this.types(ALL & ~OBJECT), this.not(required)]);
  }

  and(parts: readonly Term[]): Term {
    const kept = new Map<number, Term>();
    let mask = ALL;
    // The types that negated literals imply; stated again they would hide the literal.
    let implied = ALL;
    let values: Values | undefined;
    const refused: Values[] = [];
    const stack = [...parts].reverse();
    while (stack.length > 0) {
      const part = stack.pop()!;
      this.tick();
      if (part === this.any) continue;
      if (part === this.none) return this.none;
      if (part.kind === "and") stack.push(...part.parts.toReversed());
      else if (part.kind === "types") mask &= part.mask;
      else if (part.kind === "values" && part.negated) refused.push(part);
      else if (part.kind === "values")
        values = values ? this.keep(values, (text) => part.texts.has(text)) : part;
      else {
        if (part.not && kept.has(part.not.id)) return this.none;
        kept.set(part.id, part);
        if ("negated" in part && part.negated && part.kind in DOMAINS)
          implied &= DOMAINS[part.kind as Literal["kind"]];
      }
      if (values && values.values.length === 0) return this.none;
    }
    const isStated = (mask & implied) !== implied;
    mask &= implied;
    if (mask === 0) return this.none;
    if (values) {
      const all = values;
      values = this.keep(
        all,
        (text, value) =>
          (typeOf(value) & mask) !== 0 && !refused.some(({ texts }) => texts.has(text)),
      );
      if (values.values.length === 0) return this.none;
      kept.set(-1, this.valuesOf(new Map(zip(values)), false));
    } else {
      const byText = new Map<string, unknown>();
      for (const one of refused)
        for (const [text, value] of zip(one))
          if ((typeOf(value) & mask) !== 0) byText.set(text, value);
      if (byText.size > 0) kept.set(-1, this.valuesOf(byText, true));
      if (isStated) kept.set(-2, this.types(mask));
    }
    if (mask !== ALL)
      for (const [id, part] of kept)
        if (part.kind in DOMAINS && (DOMAINS[part.kind as Literal["kind"]] & mask) === 0)
          kept.delete(id);
    return this.join("and", kept, this.any);
  }

  or(parts: readonly Term[]): Term {
    const kept = new Map<number, Term>();
    let mask = 0;
    const allowed = new Map<string, unknown>();
    const stack = [...parts].reverse();
    while (stack.length > 0) {
      const part = stack.pop()!;
      this.tick();
      if (part === this.none) continue;
      if (part === this.any) return this.any;
      if (part.kind === "or") stack.push(...part.parts.toReversed());
      else if (part.kind === "types") mask |= part.mask;
      else if (part.kind === "values" && !part.negated)
        for (const [text, value] of zip(part)) allowed.set(text, value);
      else {
        if (part.not && kept.has(part.not.id)) return this.any;
        kept.set(part.id, part);
      }
    }
    if (mask === ALL) return this.any;
    for (const [text, value] of allowed) if ((typeOf(value) & mask) !== 0) allowed.delete(text);
    if (allowed.size > 0) kept.set(-1, this.valuesOf(allowed, false));
    if (mask !== 0) kept.set(-2, this.types(mask));
    return this.join("or", kept, this.none);
  }

  /** Exactly one of them. */
  one(parts: readonly Term[]): Term {
    const left = parts.filter((part) => part !== this.none);
    if (left.length === 0) return this.none;
    if (left.length === 1) return left[0]!;
    if (left.length === 2)
      return this.or([
        this.and([left[0]!, this.not(left[1]!)]),
        this.and([left[1]!, this.not(left[0]!)]),
      ]);
    const sorted = left.toSorted((a, b) => a.id - b.id);
    const key = sorted.map(({ id }) => id).join();
    return this.intern(`1false${key}`, { kind: "one", parts: sorted, negated: false });
  }

  not(term: Term): Term {
    if (term.not) return term.not;
    const made = this.negate(term);
    term.not = made;
    made.not ??= term;
    return made;
  }

  private negate(term: Term): Term {
    switch (term.kind) {
      case "any":
        return this.none;
      case "none":
        return this.any;
      case "and":
        return this.or(term.parts.map((part) => this.not(part)));
      case "or":
        return this.and(term.parts.map((part) => this.not(part)));
      case "one":
        return this.intern(`1${!term.negated}${term.parts.map(({ id }) => id).join()}`, {
          kind: "one",
          parts: term.parts,
          negated: !term.negated,
        });
      case "ref":
        return this.ref(term.target, !term.negated);
      case "types":
        return this.types(ALL & ~term.mask);
      case "values":
        return this.valuesOf(new Map(zip(term)), !term.negated);
      default: {
        const { id: _id, not: _not, under: _under, opened: _opened, ...literal } = term;
        return this.literal({ ...literal, negated: !literal.negated } as Literal);
      }
    }
  }

  /** A "one" or a "ref" in simpler terms. */
  open(term: Extract<Term, { kind: "one" | "ref" }>): Term {
    if (term.opened) return term.opened;
    this.tick();
    if (term.kind === "ref") {
      const target = this.openRef(term.target);
      term.opened = term.negated ? this.not(target) : target;
    } else {
      const { parts } = term;
      const none = () => this.and(parts.map((part) => this.not(part)));
      term.opened = term.negated
        ? this.or([
            none(),
            ...parts.flatMap((a, i) => parts.slice(i + 1).map((b) => this.and([a, b]))),
          ])
        : this.or(
            // By index: equal parts are one term and yet two alternatives.
            parts.map((part, i) =>
              this.and(parts.map((other, j) => (i === j ? part : this.not(other)))),
            ),
          );
    }
    return term.opened;
  }

  private keep(term: Values, which: (text: string, value: unknown) => boolean): Values {
    const kept = zip(term).filter(([text, value]) => which(text, value));
    return {
      ...term,
      values: kept.map(([, value]) => value),
      texts: new Set(kept.map(([text]) => text)),
    };
  }

  private join(kind: "and" | "or", kept: Map<number, Term>, otherwise: Term): Term {
    if (kept.size === 0) return otherwise;
    const parts = [...kept.values()].sort((a, b) => a.id - b.id);
    if (parts.length === 1) return parts[0]!;
    return this.intern(`${kind}${parts.map(({ id }) => id).join()}`, { kind, parts });
  }

  private intern(key: string, shape: Shape): Term {
    const known = this.interned.get(key);
    if (known) return known;
    this.tick();
    const made = Object.assign(shape, { id: this.nextId++ }) as Term;
    this.interned.set(key, made);
    return made;
  }
}

/** Canonical JSON, of what has only one form at once. */
function textOf(value: unknown): string {
  return typeof value === "object" ? canonicalJson(value) : JSON.stringify(value);
}

function zip(term: Values): [string, unknown][] {
  const texts = [...term.texts];
  return texts.map((text, i) => [text, term.values[i]]);
}

function keyOf(literal: Literal): string {
  const sign = literal.negated ? "-" : "+";
  switch (literal.kind) {
    case "multipleOf":
      return `${sign}multipleOf ${literal.of}`;
    case "pattern":
      return `${sign}pattern ${literal.source}`;
    case "format":
      return `${sign}format ${literal.name}`;
    case "uniqueItems":
      return `${sign}uniqueItems`;
    case "items":
      return `${sign}items ${literal.from} ${literal.to} ${literal.each.id}`;
    case "minContains":
    case "maxContains":
      return `${sign}${literal.kind} ${literal.count} ${literal.each.id}`;
    case "required":
      return `${sign}required ${literal.name}`;
    case "properties":
      return `${sign}properties ${literal.names.id} ${literal.each.id}`;
    default:
      return `${sign}${literal.kind} ${literal.limit}`;
  }
}

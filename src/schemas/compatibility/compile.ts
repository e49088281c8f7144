/**
 * Schemas as terms. Each keyword becomes one formula; a schema is their conjunction. References are
 * put in their place, except where a schema contains itself: there a "ref" stands, named by all that
 * it can reach, so that the same recursion in two versions is the same term.
 */
import { Undecided } from "./budget.ts";
import { type Evaluating, unevaluatedItems, unevaluatedProperties } from "./evaluated.ts";
import { isAsserted } from "./formats.ts";
import { isObject, type Json, type SchemaObject } from "./lift.ts";
import type { Place, References } from "./references.ts";
import {
  ARRAY,
  BOOLEAN,
  type Literal,
  NULL,
  NUMBER,
  OBJECT,
  STRING,
  type Term,
  type Terms,
} from "./terms.ts";

/** Which resource says what a dynamic anchor means: the outermost that was entered. */
export type Scope = ReadonlyMap<string, Place>;

export type Reading = {
  /** As ajv has it: `contains` evaluates all items, and an `if` alone nothing. */
  likeAjv?: boolean;
  /** Names that are taken to be absent where a schema does not speak of them. */
  absentNames?: ReadonlySet<string>;
};

/** Terms of references by name, for all schemas that are compared. */
export type Targets = Map<string, () => Term>;

const MASKS: Record<string, number> = {
  null: NULL,
  boolean: BOOLEAN,
  number: NUMBER,
  string: STRING,
  array: ARRAY,
  object: OBJECT,
};
/** Characters of a schema that are read at the cost of one step. */
const CHARACTERS_PER_STEP = 100;

export class Compiler implements Evaluating {
  private readonly done = new Map<string, Term>();
  /** Schemas that are being compiled, with how deep in the value they began. */
  private readonly begun = new Map<string, number>();
  private depth = 0;

  constructor(
    readonly terms: Terms,
    readonly references: References,
    readonly reading: Reading,
    private readonly targets: Targets,
    /** Tells this schema's own references from another's. */
    private readonly side: string,
  ) {}

  /** The whole schema. */
  root(): Term {
    const { root } = this.references;
    return this.term(root, this.enter(root, new Map()), true);
  }

  enter(place: Place, scope: Scope): Scope {
    const anchors = this.references.dynamic(place.base);
    if (!anchors) return scope;
    const inner = new Map(scope);
    for (const [name, target] of anchors) if (!inner.has(name)) inner.set(name, target);
    return inner;
  }

  /** @param isWhole the place describes a whole value, not a part of what another says of it */
  term(place: Place, scope: Scope, isWhole = false): Term {
    const { schema } = place;
    if (schema === true) return this.terms.any;
    if (schema === false) return this.terms.none;
    const key = `${place.id} ${scopeKey(scope)} ${isWhole && this.reading.absentNames ? "whole" : ""}`;
    const known = this.done.get(key);
    if (known) return known;
    const depth = this.begun.get(key);
    if (depth === this.depth) throw new Undecided("a schema refers to itself without end");
    if (depth !== undefined) return this.recursion(key, place, scope, isWhole);
    this.begun.set(key, this.depth);
    const parts = Object.keys(schema).map((keyword) => this.keyword(place, keyword, scope));
    if (isWhole && this.reading.absentNames)
      parts.push(
        unevaluatedProperties(this, place, scope, this.terms.none, [...this.reading.absentNames]),
      );
    const made = this.terms.and(parts);
    this.begun.delete(key);
    this.done.set(key, made);
    return made;
  }

  /** A value inside: an item, a property. */
  inside(place: Place, scope: Scope): Term {
    this.depth++;
    const term = this.term(place, this.enter(place, scope), true);
    this.depth--;
    return term;
  }

  /** What else is said of the same value. */
  beside(place: Place, scope: Scope): Term {
    return this.term(place, this.enter(place, scope));
  }

  /** The place that a `$ref` or a `$dynamicRef` leads to. */
  target(place: Place, keyword: "$ref" | "$dynamicRef", scope: Scope): Place {
    const ref = String((place.schema as SchemaObject)[keyword]);
    const first = this.references.follow(ref, place);
    if (keyword === "$ref") return first;
    const name = ref.split("#")[1] ?? "";
    const isDynamic =
      typeof first.schema === "object" && first.schema.$dynamicAnchor === name && name !== "";
    return (isDynamic && scope.get(name)) || first;
  }

  /** What one keyword of a schema says, together with those it works with. */
  keyword(place: Place, keyword: string, scope: Scope): Term {
    const { terms, references } = this;
    const schema = place.schema as SchemaObject;
    const value = schema[keyword];
    const part = (sub: Json, ...tokens: (string | number)[]) =>
      references.at(place, sub as SchemaObject, ...tokens);
    const literal = (made: Literal) => terms.literal(made);
    switch (keyword) {
      case "type":
        return this.types(value!);
      case "const":
        return terms.values([value]);
      case "enum":
        return terms.values(value as Json[]);
      case "minimum":
      case "exclusiveMinimum":
      case "maximum":
      case "exclusiveMaximum":
        return literal({ kind: keyword, limit: numberOf(value), negated: false });
      case "multipleOf":
        if (numberOf(value) <= 0) throw new Undecided("`multipleOf` is not positive");
        return literal({ kind: keyword, of: numberOf(value), negated: false });
      case "minLength":
      case "minItems":
      case "minProperties":
        if (numberOf(value) <= 0) return terms.any;
        return literal({ kind: keyword, limit: numberOf(value), negated: false });
      case "maxLength":
      case "maxItems":
      case "maxProperties":
        return literal({ kind: keyword, limit: numberOf(value), negated: false });
      case "pattern":
        return this.pattern(value);
      case "format":
        return this.format(String(value));
      case "uniqueItems":
        return value === true ? literal({ kind: keyword, negated: false }) : terms.any;
      case "prefixItems":
        return terms.and(
          (value as Json[]).map((sub, i) =>
            terms.items(i, i + 1, this.inside(part(sub, keyword, i), scope)),
          ),
        );
      case "items":
        return terms.items(
          Array.isArray(schema.prefixItems) ? schema.prefixItems.length : 0,
          Infinity,
          this.inside(part(value!, keyword), scope),
        );
      case "contains":
        return this.contains(schema, this.inside(part(value!, keyword), scope));
      case "properties":
        return terms.and(
          Object.entries(value as SchemaObject).map(([name, sub]) =>
            terms.properties(terms.name(name), this.inside(part(sub, keyword, name), scope)),
          ),
        );
      case "patternProperties":
        return terms.and(
          Object.entries(value as SchemaObject).map(([source, sub]) =>
            terms.properties(this.pattern(source), this.inside(part(sub, keyword, source), scope)),
          ),
        );
      case "additionalProperties":
        return terms.properties(
          terms.not(this.declaredNames(schema)),
          this.inside(part(value!, keyword), scope),
        );
      case "propertyNames":
        return terms.properties(terms.not(this.inside(part(value!, keyword), scope)), terms.none);
      case "required":
        return terms.and(this.strings(value).map((name) => this.required(name)));
      case "dependentRequired":
        return terms.and(
          Object.entries(value as SchemaObject).map(([name, others]) =>
            terms.or([
              terms.absent(name),
              terms.and(this.strings(others).map((other) => this.required(other))),
            ]),
          ),
        );
      case "dependentSchemas":
        return terms.and(
          Object.entries(value as SchemaObject).map(([name, sub]) =>
            terms.or([terms.absent(name), this.beside(part(sub, keyword, name), scope)]),
          ),
        );
      case "allOf":
        return terms.and(this.all(place, keyword, scope));
      case "anyOf":
        return terms.or(this.all(place, keyword, scope));
      case "oneOf":
        return terms.one(this.all(place, keyword, scope));
      case "not":
        return terms.not(this.beside(part(value!, keyword), scope));
      case "if":
        return this.conditional(place, scope);
      case "$ref":
      case "$dynamicRef":
        return this.beside(this.target(place, keyword, scope), scope);
      case "unevaluatedProperties":
        return unevaluatedProperties(this, place, scope, this.inside(part(value!, keyword), scope));
      case "unevaluatedItems":
        return unevaluatedItems(this, place, scope, this.inside(part(value!, keyword), scope));
      default:
        return terms.any;
    }
  }

  all(place: Place, keyword: "allOf" | "anyOf" | "oneOf", scope: Scope): Term[] {
    const subs = (place.schema as SchemaObject)[keyword] as Json[];
    return subs.map((sub, i) =>
      this.beside(this.references.at(place, sub as SchemaObject, keyword, i), scope),
    );
  }

  /** Names that `properties` and `patternProperties` speak of. */
  declaredNames(schema: SchemaObject): Term {
    const { terms } = this;
    const named = isObject(schema.properties) ? Object.keys(schema.properties) : [];
    const patterns = isObject(schema.patternProperties)
      ? Object.keys(schema.patternProperties)
      : [];
    return terms.and([
      terms.types(STRING),
      terms.or([terms.values(named), ...patterns.map((source) => this.pattern(source))]),
    ]);
  }

  required(name: string): Term {
    return this.terms.literal({ kind: "required", name, negated: false });
  }

  private types(value: Json): Term {
    const { terms } = this;
    const names = Array.isArray(value) ? value : [value];
    const integers = terms.and([
      terms.types(NUMBER),
      terms.literal({ kind: "multipleOf", of: 1, negated: false }),
    ]);
    return terms.or(
      names.map((name) => {
        if (name === "integer") return integers;
        const mask = typeof name === "string" ? MASKS[name] : undefined;
        if (mask === undefined) throw new Undecided(`“${String(name)}” is no type`);
        return terms.types(mask);
      }),
    );
  }

  private pattern(value: Json | undefined): Term {
    const source = String(value);
    try {
      new RegExp(source, "u");
    } catch {
      throw new Undecided(`${source} is no pattern`);
    }
    return this.terms.literal({ kind: "pattern", source, negated: false });
  }

  /** Formats of numbers are bounds; what ajv-formats does not know says nothing. */
  private format(name: string): Term {
    const { terms } = this;
    if (isAsserted(name)) return terms.literal({ kind: "format", name, negated: false });
    if (name !== "int32" && name !== "int64") return terms.any;
    const whole = terms.literal({ kind: "multipleOf", of: 1, negated: false });
    if (name === "int64") return whole;
    return terms.and([
      whole,
      terms.literal({ kind: "minimum", limit: -(2 ** 31), negated: false }),
      terms.literal({ kind: "maximum", limit: 2 ** 31 - 1, negated: false }),
    ]);
  }

  private contains(schema: SchemaObject, each: Term): Term {
    const { terms } = this;
    const min = schema.minContains === undefined ? 1 : numberOf(schema.minContains);
    const parts: Term[] = [];
    if (min > 0)
      parts.push(terms.literal({ kind: "minContains", each, count: min, negated: false }));
    if (schema.maxContains !== undefined)
      parts.push(
        terms.literal({
          kind: "maxContains",
          each,
          count: numberOf(schema.maxContains),
          negated: false,
        }),
      );
    return terms.and(parts);
  }

  private conditional(place: Place, scope: Scope): Term {
    const { terms } = this;
    const schema = place.schema as SchemaObject;
    const branch = (keyword: string) =>
      schema[keyword] === undefined
        ? terms.any
        : this.beside(this.references.at(place, schema[keyword] as SchemaObject, keyword), scope);
    const [condition, then, otherwise] = [branch("if"), branch("then"), branch("else")];
    return terms.and([terms.or([terms.not(condition), then]), terms.or([condition, otherwise])]);
  }

  private strings(value: Json | undefined): string[] {
    return Array.isArray(value) ? value.map(String) : [];
  }

  /** A reference into a schema that is being compiled, named by all that it can reach. */
  private recursion(key: string, place: Place, scope: Scope, isWhole: boolean): Term {
    const texts = new Map<string, string>();
    const queue = [place];
    let isDynamic = scope.size > 0;
    for (let at = queue.pop(); at; at = queue.pop()) {
      const name = `${at.base} ${at.pointer}`;
      if (texts.has(name)) continue;
      const from = at;
      const text = JSON.stringify(at.schema, (word, value: unknown) => {
        if (word === "$ref" && typeof value === "string") queue.push(...this.leadsTo(value, from));
        isDynamic ||= word === "$dynamicRef";
        return value;
      });
      this.terms.spend(1 + text.length / CHARACTERS_PER_STEP);
      texts.set(name, text);
    }
    const reading = `${this.reading.likeAjv} ${isWhole && [...(this.reading.absentNames ?? [])]}`;
    // With dynamic anchors the text says too little: the reference is this schema's own.
    const target = isDynamic
      ? `${this.side} ${key}`
      : JSON.stringify([`${place.base} ${place.pointer}`, [...texts].sort(), reading]);
    if (!this.targets.has(target)) this.targets.set(target, () => this.done.get(key)!);
    return this.terms.ref(target);
  }

  private leadsTo(ref: string, from: Place): Place[] {
    try {
      return [this.references.follow(ref, from)];
    } catch (error) {
      // Not a reference but a value that looks like one; a broken one is told where it is compiled.
      if (error instanceof Undecided) return [];
      throw error;
    }
  }
}

function scopeKey(scope: Scope): string {
  if (scope.size === 0) return "";
  return [...scope]
    .map(([name, { id }]) => `${name}=${id}`)
    .sort()
    .join();
}

function numberOf(value: Json | undefined): number {
  if (typeof value !== "number") throw new Undecided("a bound is not a number");
  return value;
}

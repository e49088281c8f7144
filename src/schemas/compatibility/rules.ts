/**
 * A schema taken apart into the single rules that a value must keep, each with its place: what
 * containment is asked of one by one, so that a refusal names the keyword that refuses. Their
 * conjunction is the schema.
 */
import type { Compiler, Scope } from "./compile.ts";
import type { Json, SchemaObject } from "./lift.ts";
import type { Place } from "./references.ts";
import type { Term } from "./terms.ts";

/** Rules that are told apart; a larger schema is then asked as a whole. */
const MOST_RULES = 5_000;
/** References followed on the way to a rule. */
const DEEPEST_REFERENCE = 24;

export type Rule = {
  /** JSON Pointer of the keyword in the document it stands in. */
  pointer: string;
  /** The keyword. */
  rule: string;
  /** What it says of the whole value. */
  term: Term;
  /** The keyword's value. */
  stated: Json;
  /** Where in a document it applies: names of properties, `[]` for an item. */
  path: readonly string[];
  /** What it says again of a value inside itself: told by the outer one. */
  isRecursive: boolean;
};

type Wrap = (term: Term) => Term;

/** @returns undefined when there are too many to tell apart */
export function rulesOf(compiler: Compiler): Rule[] | undefined {
  const { terms, references } = compiler;
  const rules: Rule[] = [];
  const entered = new Set<number>();
  let depth = 0;

  /** @param stands the pointer of the reference that led out of the document, if one did */
  const walk = (
    place: Place,
    outer: Scope,
    wrap: Wrap,
    path: readonly string[],
    stands?: string,
  ): void => {
    const scope = compiler.enter(place, outer);
    const { schema } = place;
    if (schema === true || rules.length > MOST_RULES) return;
    const add = (rule: string, term: Term, stated: Json, isRecursive = false, keyword = rule) => {
      const whole = wrap(term);
      if (whole !== terms.any)
        rules.push({
          pointer: stands ?? `${place.pointer}${keyword && `/${keyword}`}`,
          rule,
          term: whole,
          stated,
          path,
          isRecursive,
        });
    };
    if (schema === false) {
      add("false", terms.none, false, false, "");
      return;
    }
    if (entered.has(place.id) || depth > DEEPEST_REFERENCE) {
      add("$ref", compiler.beside(place, outer), null, true, "");
      return;
    }
    entered.add(place.id);
    depth++;
    const part = (sub: Json, ...tokens: (string | number)[]) =>
      references.at(place, sub as SchemaObject, ...tokens);
    const within = (at: Place, inner: Wrap, step: string) =>
      walk(at, scope, (term) => wrap(inner(term)), [...path, step], stands);
    for (const [keyword, value] of Object.entries(schema)) {
      terms.spend(1);
      switch (keyword) {
        case "properties":
          for (const [name, sub] of Object.entries(value as SchemaObject))
            within(
              part(sub, keyword, name),
              (term) => terms.properties(terms.name(name), term),
              name,
            );
          break;
        case "patternProperties":
          for (const [source, sub] of Object.entries(value as SchemaObject)) {
            const names = terms.literal({ kind: "pattern", source, negated: false });
            within(part(sub, keyword, source), (term) => terms.properties(names, term), "*");
          }
          break;
        case "additionalProperties": {
          const names = terms.not(compiler.declaredNames(schema));
          if (value === false) add(keyword, compiler.keyword(place, keyword, scope), value);
          else within(part(value, keyword), (term) => terms.properties(names, term), "*");
          break;
        }
        case "prefixItems":
          for (const [i, sub] of (value as Json[]).entries())
            within(part(sub, keyword, i), (term) => terms.items(i, i + 1, term), `${i}`);
          break;
        case "items": {
          const from = Array.isArray(schema.prefixItems) ? schema.prefixItems.length : 0;
          if (value === false) add(keyword, compiler.keyword(place, keyword, scope), value);
          else within(part(value, keyword), (term) => terms.items(from, Infinity, term), "[]");
          break;
        }
        case "propertyNames":
          add(
            keyword,
            terms.properties(terms.not(compiler.inside(part(value, keyword), scope)), terms.none),
            value,
          );
          break;
        case "allOf":
          for (const [i, sub] of (value as Json[]).entries())
            walk(part(sub, keyword, i), scope, wrap, path, stands);
          break;
        case "$ref":
        case "$dynamicRef":
          follow(place, compiler.target(place, keyword, scope), keyword, scope, wrap, path, stands);
          break;
        case "required":
          for (const name of Array.isArray(value) ? value.map(String) : [])
            add(keyword, compiler.required(name), name);
          break;
        case "contains":
        case "minContains":
        case "maxContains":
          addContains(place, schema, keyword, scope, add);
          break;
        default:
          add(keyword, compiler.keyword(place, keyword, scope), value);
      }
    }
    depth--;
    entered.delete(place.id);
  };

  const follow = (
    place: Place,
    target: Place,
    keyword: string,
    scope: Scope,
    wrap: Wrap,
    path: readonly string[],
    stands: string | undefined,
  ): void => {
    const isOut = target.document !== references.root.document;
    const pointer = isOut ? (stands ?? `${place.pointer}/${keyword}`) : undefined;
    walk(target, scope, wrap, path, pointer);
  };

  const addContains = (
    place: Place,
    schema: SchemaObject,
    keyword: "contains" | "minContains" | "maxContains",
    scope: Scope,
    add: (rule: string, term: Term, stated: Json) => void,
  ): void => {
    if (schema.contains === undefined) return;
    const each = compiler.inside(
      references.at(place, schema.contains as SchemaObject, "contains"),
      scope,
    );
    const count = schema[keyword];
    if (keyword === "maxContains")
      add(
        keyword,
        terms.literal({ kind: keyword, each, count: count as number, negated: false }),
        count!,
      );
    else if (keyword === "minContains" || schema.minContains === undefined) {
      const least = keyword === "minContains" ? (count as number) : 1;
      if (least > 0)
        add(
          keyword,
          terms.literal({ kind: "minContains", each, count: least, negated: false }),
          count!,
        );
    }
  };

  walk(references.root, new Map(), (term) => term, []);
  return rules.length > MOST_RULES ? undefined : rules;
}

/** Names that a schema declares anywhere; for a lenient policy. */
export function declaredNames(compiler: Compiler): Set<string> {
  const names = new Set<string>();
  const seen = new Set<unknown>();
  const stack: unknown[] = [
    compiler.references.root.schema,
    ...compiler.references.others.values(),
  ];
  while (stack.length > 0) {
    const at = stack.pop();
    compiler.terms.spend(1);
    if (typeof at !== "object" || at === null || seen.has(at)) continue;
    seen.add(at);
    for (const [keyword, value] of Object.entries(at)) {
      if (keyword === "properties" && typeof value === "object" && value !== null)
        for (const name of Object.keys(value)) names.add(name);
      stack.push(value);
    }
  }
  return names;
}

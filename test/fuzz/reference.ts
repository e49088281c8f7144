/**
 * JSON Schema 2020-12 read straight from the specification, annotations and all: the judge where ajv
 * errs, which it does for `unevaluated…` beside alternatives. Slow, and for lifted schemas only.
 */
import { fullFormats } from "ajv-formats/dist/formats.js";
import { canonicalJson } from "../../src/json.ts";
import type { Json, Schema, SchemaObject } from "../../src/schemas/compatibility/lift.ts";

/** What a schema evaluated of a value that it holds of. */
type Annotations = { names: Set<string>; items: Set<number> };
type Result = Annotations | undefined;

/** @throws RangeError when the schema refers to itself without end */
export function isValid(schema: Schema, document: Json): boolean {
  return check(schema, document, schema) !== undefined;
}

function check(schema: Json, value: Json, root: Schema): Result {
  const seen: Annotations = { names: new Set(), items: new Set() };
  if (typeof schema === "boolean") return schema ? seen : undefined;
  const rules = schema as SchemaObject;
  const merge = (inner: Annotations) => {
    for (const name of inner.names) seen.names.add(name);
    for (const item of inner.items) seen.items.add(item);
    return true;
  };
  const beside = (sub: Json | undefined) => (sub === undefined ? seen : check(sub, value, root));
  const also = (sub: Json | undefined) => {
    const inner = beside(sub);
    return inner !== undefined && merge(inner);
  };
  const inside = (sub: Json, of: Json) => check(sub, of, root) !== undefined;

  for (const word of ["$ref", "$dynamicRef"])
    if (rules[word] !== undefined && !also(targetOf(String(rules[word]), root))) return undefined;
  if (!plainRules(rules, value)) return undefined;
  for (const sub of listOf(rules.allOf)) if (!also(sub)) return undefined;
  if (rules.anyOf !== undefined) {
    const held = listOf(rules.anyOf)
      .map(beside)
      .filter((one) => one !== undefined);
    if (held.length === 0) return undefined;
    held.forEach(merge);
  }
  if (rules.oneOf !== undefined) {
    const held = listOf(rules.oneOf)
      .map(beside)
      .filter((one) => one !== undefined);
    if (held.length !== 1) return undefined;
    held.forEach(merge);
  }
  if (rules.not !== undefined && beside(rules.not)) return undefined;
  if (rules.if !== undefined) {
    const condition = beside(rules.if);
    if (condition) merge(condition);
    if (!also(condition ? rules.then : rules.else)) return undefined;
  }
  if (Array.isArray(value)) {
    const prefix = listOf(rules.prefixItems);
    for (const [i, item] of value.entries()) {
      const sub = prefix[i] ?? rules.items;
      if (sub === undefined) continue;
      if (!inside(sub, item)) return undefined;
      seen.items.add(i);
    }
    if (rules.contains !== undefined) {
      const held = value.flatMap((item, i) => (inside(rules.contains!, item) ? [i] : []));
      const least = (rules.minContains as number | undefined) ?? 1;
      if (held.length < least) return undefined;
      if (held.length > ((rules.maxContains as number | undefined) ?? Infinity)) return undefined;
      for (const i of held) seen.items.add(i);
    }
    if (rules.unevaluatedItems !== undefined)
      for (const [i, item] of value.entries())
        if (!seen.items.has(i)) {
          if (!inside(rules.unevaluatedItems, item)) return undefined;
          seen.items.add(i);
        }
  }
  if (isObject(value)) {
    const properties = (rules.properties ?? {}) as SchemaObject;
    const patterns = Object.entries((rules.patternProperties ?? {}) as SchemaObject);
    for (const [name, sub] of Object.entries((rules.dependentSchemas ?? {}) as SchemaObject))
      if (Object.hasOwn(value, name) && !also(sub)) return undefined;
    for (const [name, item] of Object.entries(value)) {
      if (rules.propertyNames !== undefined && !inside(rules.propertyNames, name)) return undefined;
      const subs = patterns
        .filter(([source]) => new RegExp(source, "u").test(name))
        .map(([, sub]) => sub);
      if (Object.hasOwn(properties, name)) subs.push(properties[name]!);
      if (subs.length === 0 && rules.additionalProperties !== undefined)
        subs.push(rules.additionalProperties);
      if (!subs.every((sub) => inside(sub, item))) return undefined;
      if (subs.length > 0) seen.names.add(name);
    }
    if (rules.unevaluatedProperties !== undefined)
      for (const [name, item] of Object.entries(value))
        if (!seen.names.has(name)) {
          if (!inside(rules.unevaluatedProperties, item)) return undefined;
          seen.names.add(name);
        }
  }
  return seen;
}

/** Rules without subschemas. */
function plainRules(rules: SchemaObject, value: Json): boolean {
  const limit = (word: string) => rules[word] as number | undefined;
  const within = (size: number, noun: string) =>
    size >= (limit(`min${noun}`) ?? 0) && size <= (limit(`max${noun}`) ?? Infinity);
  if (rules.type !== undefined) {
    const types = Array.isArray(rules.type) ? rules.type : [rules.type];
    if (!types.some((type) => isOf(String(type), value))) return false;
  }
  const text = canonicalJson(value);
  if (rules.const !== undefined && canonicalJson(rules.const) !== text) return false;
  if (rules.enum !== undefined && !listOf(rules.enum).some((one) => canonicalJson(one) === text))
    return false;
  if (typeof value === "number") {
    const of = limit("multipleOf");
    if (value < (limit("minimum") ?? -Infinity) || value > (limit("maximum") ?? Infinity))
      return false;
    if (value <= (limit("exclusiveMinimum") ?? -Infinity)) return false;
    if (value >= (limit("exclusiveMaximum") ?? Infinity)) return false;
    if (of !== undefined && !Number.isInteger(value / of)) return false;
    if (rules.format === "int32" && value !== (value | 0)) return false;
  }
  if (typeof value === "string") {
    if (!within([...value].length, "Length")) return false;
    if (rules.pattern !== undefined && !new RegExp(String(rules.pattern), "u").test(value))
      return false;
    if (!formatHolds(rules.format, value)) return false;
  }
  if (Array.isArray(value)) {
    if (!within(value.length, "Items")) return false;
    if (rules.uniqueItems === true && new Set(value.map(canonicalJson)).size < value.length)
      return false;
  }
  if (isObject(value)) {
    if (!within(Object.keys(value).length, "Properties")) return false;
    const has = (name: Json) => Object.hasOwn(value, String(name));
    if (!listOf(rules.required).every(has)) return false;
    for (const [name, others] of Object.entries((rules.dependentRequired ?? {}) as SchemaObject))
      if (has(name) && !listOf(others).every(has)) return false;
  }
  return true;
}

function formatHolds(name: Json | undefined, text: string): boolean {
  const format = (fullFormats as Record<string, unknown>)[String(name)];
  if (format instanceof RegExp) return format.test(text);
  if (typeof format === "function") return Boolean(format(text));
  if (isObject(format) && typeof format.validate === "function" && format.type !== "number")
    return Boolean((format.validate as (text: string) => boolean)(text));
  return true;
}

function isOf(type: string, value: Json): boolean {
  if (type === "integer") return Number.isInteger(value);
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isObject(value);
  return typeof value === type;
}

/** Of one document whose anchors are its own: a dynamic reference is then a plain one. */
function targetOf(ref: string, root: Schema): Json {
  if (ref === "#") return root;
  let found: Json = false;
  if (ref.startsWith("#/")) {
    found = ref
      .slice(2)
      .split("/")
      .reduce<Json>((at, token) => (at as SchemaObject)[token]!, root);
  } else
    JSON.stringify(root, (_word, at: Json) => {
      if (isObject(at) && (at.$anchor === ref.slice(1) || at.$dynamicAnchor === ref.slice(1)))
        found = at as Json;
      return at;
    });
  return found;
}

const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);
const isObject = (value: unknown): value is Record<string, Json> & Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

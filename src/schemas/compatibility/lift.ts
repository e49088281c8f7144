/**
 * Older drafts in the words of 2020-12, without annotations. In drafts up to 07 a `$ref` has no
 * siblings, and a keyword that a draft does not know is none.
 */
import { escapePointer } from "../../json.ts";
import { Undecided } from "./budget.ts";
import { unicodePattern } from "./unicode-pattern.ts";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type SchemaObject = { [key: string]: Json };
export type Schema = boolean | SchemaObject;

/** Keywords by the draft that brought them. */
const BROUGHT: [draft: number, keywords: string][] = [
  [
    4,
    "id $ref definitions type enum multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern format items additionalItems maxItems minItems uniqueItems maxProperties minProperties required properties patternProperties additionalProperties dependencies allOf anyOf oneOf not",
  ],
  [6, "$id const contains propertyNames"],
  [7, "if then else"],
  [
    2019,
    "$defs $anchor $recursiveRef $recursiveAnchor dependentRequired dependentSchemas minContains maxContains unevaluatedItems unevaluatedProperties nullable",
  ],
  [2020, "prefixItems $dynamicRef $dynamicAnchor"],
];
const DRAFT_OF = new Map(
  BROUGHT.flatMap(([draft, words]) => words.split(" ").map((word) => [word, draft] as const)),
);

const MAPS = ["properties", "patternProperties", "dependentSchemas", "$defs", "definitions"];
const LISTS = ["allOf", "anyOf", "oneOf", "prefixItems"];
const SINGLES = [
  "items",
  "contains",
  "not",
  "if",
  "then",
  "else",
  "additionalProperties",
  "propertyNames",
  "unevaluatedItems",
  "unevaluatedProperties",
];
export const SUBSCHEMAS = { maps: MAPS, lists: LISTS, singles: SINGLES };
/** `$recursiveRef` of 2019-09 is a `$dynamicRef` to an anchor that all share. */
const RECURSIVE_ANCHOR = "recursive";

export function lift(schema: unknown): Schema {
  return lifted(schema as Json, 2020, schema as Json, new Map());
}

/** By resource: what references lead to that lies under no keyword, by the name it gets in `$defs`. */
type Apart = Map<Json, Map<string, Json>>;

function draftOf(schema: SchemaObject, otherwise: number): number {
  const match = /^https?:\/\/json-schema\.org\/draft[-/](\d+)/.exec(String(schema.$schema ?? ""));
  if (!match) return otherwise;
  const draft = Number(match[1]);
  return draft < 6 ? 4 : draft;
}

function lifted(schema: Json, outer: number, root: Json, apart: Apart): Schema {
  if (typeof schema === "boolean") return schema;
  if (!isObject(schema)) throw new Undecided("it is not a JSON Schema");
  const draft = draftOf(schema, outer);
  const id = draft === 4 ? schema.id : schema.$id;
  const inner = typeof id === "string" && !id.startsWith("#") ? schema : root;
  const sub = (value: Json) => lifted(value, draft, inner, apart);
  const result: SchemaObject = {};
  const isLone = draft <= 7 && typeof schema.$ref === "string";

  for (const [keyword, value] of Object.entries(schema)) {
    const since = DRAFT_OF.get(keyword);
    const isContainer = keyword === "$defs" || keyword === "definitions";
    if (since === undefined || (since > draft && !isContainer)) continue;
    if (isLone && keyword !== "$ref" && !isContainer) continue;
    if (keyword === "patternProperties") result[keyword] = byPattern(mapped(value, sub));
    else if (keyword === "pattern") result[keyword] = unicodePattern(String(value));
    else if (MAPS.includes(keyword)) result[keyword] = mapped(value, sub);
    else if (LISTS.includes(keyword)) result[keyword] = listed(value).map(sub);
    else if (keyword === "items")
      result[Array.isArray(value) ? "prefixItems" : "items"] = Array.isArray(value)
        ? value.map(sub)
        : sub(value);
    else if (keyword === "additionalItems") {
      if (Array.isArray(schema.items)) result.items = sub(value);
    } else if (SINGLES.includes(keyword)) result[keyword] = sub(value);
    else if (keyword === "dependencies") liftDependencies(result, value, sub);
    else if (keyword === "dependentRequired")
      result[keyword] = { ...(result[keyword] as SchemaObject), ...(value as SchemaObject) };
    else if (keyword === "$ref" && typeof value === "string")
      result.$ref = liftPointer(value, inner, draft, apart);
    else if (keyword === "$recursiveRef") liftRecursiveRef(result, inner);
    else if (keyword === "$recursiveAnchor") {
      if (value === true) result.$dynamicAnchor = RECURSIVE_ANCHOR;
    } else if (keyword === "id" || keyword === "$id") {
      if (keyword === (draft === 4 ? "id" : "$id")) liftId(result, value);
    } else if (keyword === "exclusiveMinimum" || keyword === "exclusiveMaximum")
      liftExclusive(result, schema, keyword, value);
    else if (keyword === "minimum" || keyword === "maximum") {
      const strict = keyword === "minimum" ? "exclusiveMinimum" : "exclusiveMaximum";
      if (schema[strict] !== true) result[keyword] = value;
    } else if (keyword === "type") result.type = liftType(schema, value, draft);
    else if (keyword !== "nullable") result[keyword] = value;
  }
  if (inner === schema) liftApart(result, apart.get(schema), sub);
  return result;
}

/** What is found while it is lifted comes along, too. */
function liftApart(
  result: SchemaObject,
  found: ReadonlyMap<string, Json> | undefined,
  sub: (schema: Json) => Schema,
): void {
  if (!found) return;
  const made: SchemaObject = {};
  for (const [name, schema] of found) made[name] = sub(schema);
  result.$defs = { ...(result.$defs as SchemaObject), ...made };
}

/** `nullable`, which is OpenAPI's, as ajv has it. */
function liftType(schema: SchemaObject, type: Json, draft: number): Json {
  if (draft < 2019 || schema.nullable !== true) return type;
  return [...new Set([...(Array.isArray(type) ? type : [type]), "null"])];
}

/** In draft-04 it says of `minimum` that it is strict. */
function liftExclusive(
  result: SchemaObject,
  schema: SchemaObject,
  keyword: "exclusiveMinimum" | "exclusiveMaximum",
  value: Json,
): void {
  const limit = schema[keyword === "exclusiveMinimum" ? "minimum" : "maximum"];
  if (value === true && limit !== undefined) result[keyword] = limit;
  else if (typeof value === "number") result[keyword] = value;
}

function liftDependencies(result: SchemaObject, value: Json, sub: (schema: Json) => Schema): void {
  const required: SchemaObject = { ...(result.dependentRequired as SchemaObject) };
  const schemas: SchemaObject = { ...(result.dependentSchemas as SchemaObject) };
  for (const [name, dependency] of Object.entries(value as SchemaObject))
    if (Array.isArray(dependency)) required[name] = dependency;
    else schemas[name] = sub(dependency);
  if (Object.keys(required).length > 0) result.dependentRequired = required;
  if (Object.keys(schemas).length > 0) result.dependentSchemas = schemas;
}

/** Up to draft-07 an id that is a fragment is an anchor. */
function liftId(result: SchemaObject, value: Json): void {
  if (typeof value !== "string") return;
  const [uri = "", fragment] = value.split("#");
  if (uri) result.$id = uri;
  if (fragment) result.$anchor = fragment;
}

function liftRecursiveRef(result: SchemaObject, root: Json): void {
  if (isObject(root) && root.$recursiveAnchor === true) result.$dynamicRef = `#${RECURSIVE_ANCHOR}`;
  else result.$ref = "#";
}

/** Pointers follow what moved: `#/items/0` is `#/prefixItems/0`, and what lies under no keyword goes to `$defs`. */
function liftPointer(ref: string, root: Json, draft: number, apart: Apart): string {
  if (!ref.startsWith("#/")) return ref;
  let isApart = false;
  const tokens = ref.slice(2).split("/");
  const moved: string[] = [];
  let at: Json | undefined = root;
  let isNamed = false;
  for (const token of tokens) {
    const name = decodeToken(token);
    if (!isNamed && isObject(at)) {
      if (!MAPS.includes(name) && !((DRAFT_OF.get(name) ?? Infinity) <= draft)) isApart = true;
      if (name === "items" && Array.isArray(at.items)) moved.push("prefixItems");
      else if (name === "additionalItems") moved.push("items");
      else if (name === "dependencies") moved.push("dependentSchemas");
      else moved.push(token);
      isNamed = MAPS.includes(name) || name === "dependencies";
    } else {
      moved.push(token);
      isNamed = false;
    }
    at = (at as SchemaObject | undefined)?.[name];
  }
  if (!isApart || (typeof at !== "boolean" && !isObject(at))) return `#/${moved.join("/")}`;
  const found = apart.get(root) ?? new Map<string, Json>();
  apart.set(root, found.set(ref.slice(2), at));
  return `#/$defs/${encodeURIComponent(escapePointer(ref.slice(2)))}`;
}

/** A token of a JSON Pointer in a URI fragment. */
export function decodeToken(token: string): string {
  let text = token;
  try {
    text = decodeURIComponent(token);
  } catch {
    // Not percent-encoded then: as it stands.
  }
  return text.replaceAll("~1", "/").replaceAll("~0", "~");
}

function mapped(value: Json, sub: (schema: Json) => Schema): SchemaObject {
  if (!isObject(value)) throw new Undecided("it is not a JSON Schema");
  return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, sub(schema)]));
}

/** What two ways of writing one pattern say is said of the same names. */
function byPattern(schemas: SchemaObject): SchemaObject {
  const result: SchemaObject = {};
  for (const [source, schema] of Object.entries(schemas)) {
    const pattern = unicodePattern(source);
    result[pattern] = Object.hasOwn(result, pattern)
      ? { allOf: [result[pattern]!, schema] }
      : schema;
  }
  return result;
}

function listed(value: Json): Json[] {
  if (!Array.isArray(value)) throw new Undecided("it is not a JSON Schema");
  return value;
}

export function isObject(value: unknown): value is SchemaObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * A lifted schema in words that ajv gets right. It takes a `$dynamicRef` for the root unless the
 * anchor's schema was compiled before: one that can mean a single place is written as the `$ref` that
 * it is. And it compiles no empty `enum`, which takes nothing.
 */
export function forAjv(schema: Schema): Schema {
  const anchors = new Map<string, number>();
  let resources = 0;
  JSON.stringify(schema, (word, value: Json) => {
    if (word === "$dynamicAnchor")
      anchors.set(String(value), (anchors.get(String(value)) ?? 0) + 1);
    if (word === "$id") resources++;
    return value;
  });
  const rewrite = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(rewrite);
    if (!isObject(value)) return value;
    const copy = Object.fromEntries(
      // Constants are values and no schemas.
      Object.entries(value).map(([word, one]) => [
        word,
        word === "const" || word === "enum" ? one : rewrite(one),
      ]),
    );
    if (Array.isArray(copy.enum) && copy.enum.length === 0) {
      delete copy.enum;
      copy.not = true;
    }
    const name = String(value.$dynamicRef ?? "").slice(1);
    if (resources > 1 || anchors.get(name) !== 1) return copy;
    delete copy.$dynamicRef;
    const target = { $ref: `#${name}` };
    if (copy.$ref === undefined) return { ...copy, ...target };
    return { ...copy, allOf: [...((copy.allOf as Json[]) ?? []), target] };
  };
  return rewrite(schema) as Schema;
}

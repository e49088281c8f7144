/** What a part of a schema takes, in a writer's words: “text, 1 to 120”. */
import { isObject } from "./compatibility/lift.ts";

/** Values of an enum that are named; the rest is counted. */
const MOST_VALUES = 12;
/** The longest value that is quoted, in characters. */
const LONGEST_VALUE = 60;
/** Lists in lists that are spelled out. */
const DEEPEST_LIST = 4;

const FORMATS: Record<string, string> = {
  "date-time": "time",
  date: "date",
  time: "time of day",
  duration: "span of time",
  email: "email address",
  uri: "link",
  "uri-reference": "link",
  uuid: "id",
  regex: "pattern",
};

/** Without what its own fields say; empty where there is nothing to say but them. */
export function wordsFor(schema: unknown, depth = 0): string {
  if (schema === false) return "nothing";
  if (!isObject(schema)) return "anything";
  const said = [kindOf(schema, depth), ...conditions(schema)].filter(Boolean);
  return said.join(", ") || (hasFields(schema) || hasBranches(schema) ? "" : "anything");
}

/** A value as it is read aloud: a text as it stands, yes and no for true and false. */
export function spoken(value: unknown): string {
  if (value === true) return "yes";
  if (value === false) return "no";
  if (value === "") return "an empty text";
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  if (text === "[]") return "an empty list";
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text;
}

/** “1 to 120”, “at least 1”, “up to 800”; empty without bounds. */
export function range(least: unknown, most: unknown): string {
  const [from, to] = [least, most].map((one) => (typeof one === "number" ? figure(one) : ""));
  if (from && from !== "0" && to) return from === to ? `exactly ${from}` : `${from} to ${to}`;
  if (to) return `up to ${to}`;
  return from && from !== "0" ? `at least ${from}` : "";
}

export const figure = (value: number): string => value.toLocaleString("en-GB");

export const hasFields = (schema: Record<string, unknown>): boolean =>
  ["properties", "patternProperties"].some((keyword) => isObject(schema[keyword]));

const hasBranches = (schema: Record<string, unknown>): boolean =>
  ["anyOf", "oneOf", "allOf", "not", "if"].some((keyword) => keyword in schema);

function kindOf(schema: Record<string, unknown>, depth: number): string {
  if ("const" in schema) return `always ${spoken(schema.const)}`;
  if (Array.isArray(schema.enum)) {
    const values = schema.enum.slice(0, MOST_VALUES).map(spoken).join(" | ");
    const more = schema.enum.length - MOST_VALUES;
    return more > 0 ? `${values} | ${figure(more)} more` : values;
  }
  if (typeof schema.$ref === "string") return nameOfReference(schema.$ref);
  const types = [schema.type].flat().filter((type) => typeof type === "string");
  const kinds = types.length > 0 ? types : impliedType(schema);
  return kinds.map((type) => kindWords(type, schema, depth)).join(" or ");
}

/** A schema that states no type, but something of one. */
function impliedType(schema: Record<string, unknown>): string[] {
  if (hasFields(schema)) return ["object"];
  if ("items" in schema || "prefixItems" in schema) return ["array"];
  const branches = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(branches)) return [];
  return "minLength" in schema || "maxLength" in schema || "pattern" in schema ? ["string"] : [];
}

function kindWords(type: string, schema: Record<string, unknown>, depth: number): string {
  switch (type) {
    case "string": {
      const format = FORMATS[String(schema.format)] ?? schema.format;
      return [format ? String(format) : "text", range(schema.minLength, schema.maxLength)]
        .filter(Boolean)
        .join(", ");
    }
    case "integer":
    case "number":
      return [
        type === "integer" ? "whole number" : "number",
        range(schema.minimum, schema.maximum) || (schema.minimum === 0 ? "0 or more" : ""),
        typeof schema.exclusiveMinimum === "number" ? `more than ${schema.exclusiveMinimum}` : "",
        typeof schema.exclusiveMaximum === "number" ? `less than ${schema.exclusiveMaximum}` : "",
        typeof schema.multipleOf === "number" ? `a multiple of ${schema.multipleOf}` : "",
      ]
        .filter(Boolean)
        .join(", ");
    case "boolean":
      return "yes or no";
    case "null":
      return "null";
    case "array": {
      const items = isObject(schema.items) && depth < DEEPEST_LIST ? schema.items : undefined;
      const each = items ? wordsFor(items, depth + 1) : "";
      const bounds = range(schema.minItems, schema.maxItems);
      // “list of text, 1 to 200” would be ambiguous: whose figures are they?
      const counts = bounds && each.includes(",") ? `${bounds} of them` : bounds;
      return [`list of ${each}`.trim(), counts, schema.uniqueItems === true ? "none twice" : ""]
        .filter(Boolean)
        .join(", ");
    }
    case "object":
      return hasFields(schema) ? "" : "fields of any name";
    default:
      return type;
  }
}

function conditions(schema: Record<string, unknown>): string[] {
  const { pattern, minProperties, maxProperties } = schema;
  const fields = range(minProperties, maxProperties);
  const branches = (schema.anyOf ?? schema.oneOf) as unknown;
  return [
    Array.isArray(branches) && branches.length <= MOST_VALUES && branches.every(isShort)
      ? branches.map((branch) => wordsFor(branch)).join(" | ")
      : "",
    typeof pattern === "string" ? `like ${spoken(pattern)}` : "",
    fields && `${fields} fields`,
    "default" in schema ? `default ${spoken(schema.default)}` : "",
  ];
}

/** Said in a word or two; what has fields of its own gets rows of its own. */
export const isShort = (schema: unknown): boolean =>
  !isObject(schema) ||
  !(
    hasFields(schema) ||
    ["items", "prefixItems", "anyOf", "oneOf", "allOf", "not", "if", "contains"].some(
      (keyword) => keyword in schema,
    )
  );

/** `#/$defs/passage` is a passage, `text-input-v1` what it says. */
function nameOfReference(ref: string): string {
  const [base = "", fragment = ""] = ref.split("#");
  const last = decodeURIComponent(fragment.split("/").at(-1) ?? "");
  if (base) return last ? `${last} of ${base}` : base;
  return last || "the same again";
}

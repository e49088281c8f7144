/** A schema as the fields that it describes, a row each, in the order in which they are written. */
import { canonicalJson, escapePointer } from "../json.ts";
import { isObject } from "./compatibility/lift.ts";
import { figure, hasFields, isShort, wordsFor } from "./page-words.ts";

/** Rows that are shown; a schema with more is told apart in its JSON. */
const MOST_ROWS = 400;
/** Fields within fields. */
const DEEPEST = 16;

export type FieldRow = {
  /** From the document down to it; equal for the same field in two versions. */
  key: string;
  depth: number;
  name: string;
  words: string;
  /** What it says of itself, without its fields and without words for people: equal where nothing changed. */
  own: string;
  description: string;
};

/** Words for people, which no document is held to. */
export const ANNOTATIONS = new Set([
  "title",
  "description",
  "$comment",
  "examples",
  "default",
  "deprecated",
  "readOnly",
  "writeOnly",
  "x-reyna",
  "$schema",
  "$id",
]);
/** What stands in rows of their own. */
const PARTS = new Set(["properties", "patternProperties", "required", "$defs", "definitions"]);
const BRANCHES = ["anyOf", "oneOf", "allOf", "prefixItems"] as const;
const SINGLE = {
  contains: "holds",
  not: "but not",
  if: "if",
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: "then",
  else: "otherwise",
  unevaluatedProperties: "other fields",
  unevaluatedItems: "further items",
  propertyNames: "names",
} as const;
const BRANCH_NAMES = { anyOf: "either", oneOf: "one of", allOf: "and", prefixItems: "item" };

type Part = { name: string; schema: unknown; isRequired?: boolean };

export function fieldsOf(schema: unknown): FieldRow[] {
  const rows: FieldRow[] = [];
  let left = 0;

  const visit = (parts: readonly Part[], path: readonly string[], home = ""): void => {
    for (const { name, schema: part, isRequired } of parts) {
      if (rows.length >= MOST_ROWS || path.length > DEEPEST) {
        left++;
        continue;
      }
      const at = [...path, name];
      const words = wordsFor(part);
      const optional = isRequired === false && !(isObject(part) && "default" in part);
      rows.push({
        key: `${home}/${at.map(escapePointer).join("/")}`,
        depth: path.length,
        name,
        words: `${words}${optional ? `${words && ", "}optional` : ""}`,
        own: `${isRequired ? "!" : ""}${ownOf(part)}`,
        description: isObject(part) ? String(part.description ?? "") : "",
      });
      visit(partsOf(part), at, home);
    }
  };

  const top = partsOf(schema);
  if (!isObject(schema) || !hasFields(schema)) top.unshift({ name: "document", schema });
  visit(top, []);
  visit(definitionsIn(schema), [], "#");
  if (left > 0)
    rows.push({
      key: "",
      depth: 0,
      name: "…",
      words: `${figure(left)} more`,
      own: String(left),
      description: "",
    });
  return rows;
}

/** What stands below a part: its fields, those of its items, its alternatives. */
function partsOf(schema: unknown): Part[] {
  if (!isObject(schema)) return [];
  const required = new Set(Array.isArray(schema.required) ? schema.required.map(String) : []);
  const parts: Part[] = [];
  if (isObject(schema.properties))
    for (const [name, part] of Object.entries(schema.properties))
      parts.push({ name, schema: part, isRequired: required.has(name) });
  if (isObject(schema.patternProperties))
    for (const [pattern, part] of Object.entries(schema.patternProperties))
      parts.push({ name: `/${pattern}/`, schema: part });
  const { additionalProperties: others } = schema;
  if (isObject(others) || (others !== false && others !== undefined && hasFields(schema)))
    parts.push({ name: "other fields", schema: others });
  // A list's row says of what it is; the fields of its items stand right below it.
  if (isObject(schema.items)) parts.push(...partsOf(schema.items));
  for (const keyword of BRANCHES) {
    const branches = schema[keyword];
    if (!Array.isArray(branches)) continue;
    const isSaid = (keyword === "anyOf" || keyword === "oneOf") && branches.every(isShort);
    if (!isSaid)
      for (const [i, part] of branches.entries())
        parts.push({ name: `${BRANCH_NAMES[keyword]} ${i + 1}`, schema: part });
  }
  for (const [keyword, name] of Object.entries(SINGLE))
    if (isObject(schema[keyword])) parts.push({ name, schema: schema[keyword] });
  if (isObject(schema.dependentSchemas))
    for (const [name, part] of Object.entries(schema.dependentSchemas))
      parts.push({ name: `with ${name}`, schema: part });
  return parts;
}

function definitionsIn(schema: unknown): Part[] {
  if (!isObject(schema)) return [];
  return ["$defs", "definitions"].flatMap((keyword) =>
    isObject(schema[keyword])
      ? Object.entries(schema[keyword]).map(([name, part]) => ({ name, schema: part }))
      : [],
  );
}

function ownOf(schema: unknown): string {
  if (!isObject(schema)) return canonicalJson(schema);
  const own: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (PARTS.has(keyword) || keyword in SINGLE || keyword === "dependentSchemas") continue;
    if (ANNOTATIONS.has(keyword) && keyword !== "default") continue;
    if (keyword === "additionalProperties" && isObject(value)) continue;
    if (keyword === "items") own.items = ownOf(value);
    else if ((BRANCHES as readonly string[]).includes(keyword) && Array.isArray(value))
      own[keyword] = value.every(isShort) ? value : value.length;
    else own[keyword] = value;
  }
  return canonicalJson(own);
}

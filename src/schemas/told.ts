/** What ajv finds wrong, by pointer and in words that a writer understands. */
import type { ErrorObject } from "ajv";
import { escapePointer } from "../json.ts";
import { type FieldError, MAX_ERRORS } from "../problem.ts";

/** Keywords that only say that one below them failed, which is told itself. */
const HOLLOW = new Set(["if", "propertyNames"]);

export function told(errors: ErrorObject[] | null | undefined): FieldError[] {
  const all = errors ?? [];
  const precise = all.filter(({ keyword }) => !HOLLOW.has(keyword));
  return (precise.length > 0 ? precise : all).slice(0, MAX_ERRORS).map((error) => {
    const named: string | undefined =
      error.params.missingProperty ??
      error.params.additionalProperty ??
      error.params.unevaluatedProperty;
    if (error.propertyName !== undefined)
      return {
        pointer: `${error.instancePath}/${escapePointer(error.propertyName)}`,
        rule: "propertyNames",
        message: `is not a name for a property: it ${wording(error)}`,
      };
    return {
      pointer: named ? `${error.instancePath}/${escapePointer(named)}` : error.instancePath,
      rule: error.keyword,
      message: wording(error),
    };
  });
}

const TYPES: Record<string, string> = {
  string: "text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  object: "an object",
  array: "a list",
  null: "null",
};

/** Enough of a value to know which one is meant, in characters. */
const SHOWN_CHARS = 200;
const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "";
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text;
};
const some = (count: number, thing: string) => `${count} ${thing}${count === 1 ? "" : "s"}`;

function wording({ keyword, params, message }: ErrorObject): string {
  switch (keyword) {
    case "required":
      return "is missing";
    case "dependentRequired":
    case "dependencies":
      return `is missing, since “${params.property}” is there`;
    case "additionalProperties":
    case "unevaluatedProperties":
      return "is not a property this schema knows";
    case "type":
      return `must be ${[params.type]
        .flat()
        .map((type) => TYPES[type] ?? type)
        .join(" or ")}`;
    case "minLength":
      return params.limit === 1
        ? "must not be empty"
        : `must have at least ${some(params.limit, "character")}`;
    case "maxLength":
      return `must have at most ${some(params.limit, "character")}`;
    case "pattern":
      return `must fit the pattern ${params.pattern}`;
    case "format":
      return `must be a valid ${params.format}`;
    case "enum":
      return `must be one of ${(params.allowedValues as unknown[]).map(shown).join(", ")}`;
    case "const":
      return `must be ${shown(params.allowedValue)}`;
    case "minimum":
      return `must be at least ${params.limit}`;
    case "maximum":
      return `must be at most ${params.limit}`;
    case "exclusiveMinimum":
      return `must be more than ${params.limit}`;
    case "exclusiveMaximum":
      return `must be less than ${params.limit}`;
    case "multipleOf":
      return `must be a multiple of ${params.multipleOf}`;
    case "minItems":
      return params.limit === 1
        ? "must not be empty"
        : `must have at least ${some(params.limit, "item")}`;
    case "maxItems":
      return `must have at most ${some(params.limit, "item")}`;
    case "items":
    case "unevaluatedItems":
      return `must have no more than ${some(params.limit ?? params.len ?? 0, "item")}`;
    case "uniqueItems":
      return `must not hold the same twice, as items ${params.j} and ${params.i} do`;
    case "contains":
      return "holds too few or too many items of the kind this schema asks for";
    case "minProperties":
      return `must have at least ${params.limit} properties`;
    case "maxProperties":
      return `must have at most ${params.limit} properties`;
    case "anyOf":
      return "fits none of the alternatives";
    case "oneOf":
      return params.passingSchemas
        ? "fits more than one of the alternatives that exclude each other"
        : "fits none of the alternatives";
    case "not":
      return "is what this schema rules out";
    case "false schema":
      return "is not allowed here";
    default:
      return message ?? "is not valid";
  }
}

/** What a broken rule means, for a person. */
import type { Breach } from "./contain.ts";

/** The longest value that is quoted, in characters. */
const LONGEST_QUOTE = 80;

const TYPE_WORDS: Record<string, string> = {
  null: "null",
  boolean: "true or false",
  integer: "a whole number",
  number: "a number",
  string: "a text",
  array: "a list",
  object: "an object",
};

/** What the stated rule asks, to stand behind what it is asked of. */
function demand(rule: string, stated: unknown): string {
  const things = (noun: string) => `${String(stated)} ${noun}${stated === 1 ? "" : "s"}`;
  switch (rule) {
    case "type":
      return `must be ${listed(Array.isArray(stated) ? stated : [stated])}`;
    case "const":
      return `must be ${quoted(stated)}`;
    case "enum":
      return `must be one of ${(stated as unknown[]).slice(0, 8).map(quoted).join(", ")}`;
    case "minimum":
      return `must be at least ${String(stated)}`;
    case "maximum":
      return `must be at most ${String(stated)}`;
    case "exclusiveMinimum":
      return `must be more than ${String(stated)}`;
    case "exclusiveMaximum":
      return `must be less than ${String(stated)}`;
    case "multipleOf":
      return `must be a multiple of ${String(stated)}`;
    case "minLength":
      return `must have at least ${things("character")}`;
    case "maxLength":
      return `must have at most ${things("character")}`;
    case "pattern":
      return `must match ${quoted(stated)}`;
    case "format":
      return `must have the format “${String(stated)}”`;
    case "minItems":
      return `must have at least ${things("item")}`;
    case "maxItems":
      return `must have at most ${things("item")}`;
    case "uniqueItems":
      return "must not hold the same item twice";
    case "contains":
      return "must hold an item of a certain kind";
    case "minContains":
      return `must hold at least ${things("item")} of a certain kind`;
    case "maxContains":
      return `must hold at most ${things("item")} of a certain kind`;
    case "items":
    case "unevaluatedItems":
      return stated === false
        ? "must have no further items"
        : "is held to other rules for its items";
    case "additionalProperties":
    case "unevaluatedProperties":
      return stated === false
        ? "must have no properties that the schema does not name"
        : "is held to other rules for properties that the schema does not name";
    case "propertyNames":
      return "is held to other rules for the names of its properties";
    case "minProperties":
      return `must have at least ${String(stated)} ${stated === 1 ? "property" : "properties"}`;
    case "maxProperties":
      return `must have at most ${String(stated)} ${stated === 1 ? "property" : "properties"}`;
    case "required":
      return `must have “${String(stated)}”`;
    case "dependentRequired":
    case "dependentSchemas":
      return "must have other properties beside some that it has";
    case "anyOf":
      return "must be one of several alternatives";
    case "oneOf":
      return "must be exactly one of several alternatives";
    case "not":
      return "must not be of a certain kind";
    case "if":
      return "is held to other rules under a condition";
    case "false":
      return "must not be there";
    case "$ref":
      return "is held to other rules inside itself";
    default:
      return "is held to other rules";
  }
}

/**
 * @param stricter the version that refuses, as it is spoken of ("the new version")
 * @param wider the version whose documents are refused
 */
export function sentence(breach: Breach, stricter: string, wider: string): string {
  const { rule } = breach;
  const subject = rule.path.length === 0 ? "the document" : `“${pathOf(rule.path)}”`;
  const where = rule.rule === "undecided" ? "" : `, about ${subject} and ${rule.rule}`;
  if (breach.undecided !== undefined)
    return `Not decided${where}: ${breach.undecided}. It is refused to be safe.`;
  const whole = `In ${stricter} ${subject} ${demand(rule.rule, rule.stated)}; ${wider} takes documents that break this.`;
  return whole;
}

/** `tags[].name` */
function pathOf(path: readonly string[]): string {
  return path.reduce(
    (text, step) => (step === "[]" ? `${text}[]` : text ? `${text}.${step}` : step),
    "",
  );
}

function listed(types: readonly unknown[]): string {
  const words = types.map((type) => TYPE_WORDS[String(type)] ?? String(type));
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? "";
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE - 1)}…` : text;
}

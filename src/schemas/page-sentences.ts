/** What became of one rule of a field, to stand behind the field's name. */
import { figure, spoken } from "./page-words.ts";

/** Values that are named; the rest is counted. */
const MOST_NAMED = 6;

/** Tighter, looser, without a bound; `#` is the bound. */
const BOUNDS: Record<string, readonly [string, string, string]> = {
  minLength: ["must have at least # characters", "may be shorter, # characters", "any length"],
  maxLength: ["may have at most # characters", "may be longer, # characters", "any length"],
  minItems: ["must hold at least #", "may hold fewer, #", "any number"],
  maxItems: ["may hold at most #", "may hold more, #", "any number"],
  minProperties: ["must have at least # fields", "may have fewer fields, #", "any number"],
  maxProperties: ["may have at most # fields", "may have more fields, #", "any number"],
  minContains: ["must hold at least # of a kind", "may hold fewer of a kind, #", "one"],
  maxContains: ["may hold at most # of a kind", "may hold more of a kind, #", "any number"],
  minimum: ["must be at least #", "may be less, from #", "any number"],
  maximum: ["may be at most #", "may be more, up to #", "any number"],
  exclusiveMinimum: ["must be more than #", "may be less, down to #", "any number"],
  exclusiveMaximum: ["must be less than #", "may be more, up to #", "any number"],
};

const TYPES: Record<string, string> = {
  string: "text",
  integer: "a whole number",
  number: "a number",
  boolean: "yes or no",
  array: "a list",
  object: "fields",
  null: "null",
};

/** @param was undefined where the rule is new; @param is undefined where it is gone */
export function ruleSentence(keyword: string, was: unknown, is: unknown): string {
  if (keyword in BOUNDS) return boundSentence(keyword, was, is);
  switch (keyword) {
    case "type":
      return `is ${typesIn(is)} now, was ${typesIn(was)}`;
    case "enum":
      return valuesSentence(Array.isArray(was) ? was : [], Array.isArray(is) ? is : undefined);
    case "const":
      if (is === undefined) return `need not be ${spoken(was)} any more`;
      return `must be ${spoken(is)}${was === undefined ? "" : `, was ${spoken(was)}`}`;
    case "uniqueItems":
      return is === true ? "must not hold the same twice" : "may hold the same twice";
    case "multipleOf":
      if (is === undefined) return `need not be a multiple of ${spoken(was)} any more`;
      return `must be a multiple of ${spoken(is)}${was === undefined ? "" : `, was of ${spoken(was)}`}`;
    case "pattern":
      if (is === undefined) return `need not look like ${spoken(was)} any more`;
      return `must look like ${spoken(is)}${was === undefined ? "" : `, was ${spoken(was)}`}`;
    case "format":
      if (is === undefined) return `need not be written as ${spoken(was)} any more`;
      return `must be written as ${spoken(is)}${was === undefined ? "" : `, was ${spoken(was)}`}`;
    case "additionalProperties":
    case "unevaluatedProperties":
      if (is === false) return "may not have fields that are not named here";
      return was === false
        ? "may have fields that are not named here"
        : "holds fields that are not named here to other rules";
    case "items":
    case "prefixItems":
    case "unevaluatedItems":
      return is === undefined ? "may hold items of any kind" : "holds its items to other rules";
    case "$ref":
      if (is === undefined) return `is not described by ${spoken(was)} any more`;
      return `is described by ${spoken(is)}${was === undefined ? "" : `, was by ${spoken(was)}`}`;
    case "anyOf":
    case "oneOf":
      return "has other alternatives";
    default:
      if (was === undefined) return `has a new rule, ${keyword}`;
      return is === undefined
        ? `has lost its rule ${keyword}`
        : `is held to another rule of ${keyword}`;
  }
}

function boundSentence(keyword: string, was: unknown, is: unknown): string {
  const [tighter, looser, any] = BOUNDS[keyword]!;
  if (typeof is !== "number") return `may have ${any} now, was bounded by ${spoken(was)}`;
  const isLeast = /min/i.test(keyword);
  const before = typeof was === "number" ? was : isLeast ? -Infinity : Infinity;
  const isTighter = isLeast ? is > before : is < before;
  const isText = keyword === "minLength" || keyword === "minItems";
  if (isText && is === 1 && before <= 0) return `may not be empty, was ${any}`;
  if (isText && is === 0) return "may be empty";
  const bounded = (isTighter ? tighter : looser).replace("#", figure(is));
  const words = is === 1 ? bounded.replace("characters", "character") : bounded;
  return `${words}, was ${Number.isFinite(before) ? figure(before) : any}`;
}

function valuesSentence(was: readonly unknown[], is: readonly unknown[] | undefined): string {
  if (!is) return "may be anything of its kind, was one of a list";
  const known = (values: readonly unknown[]) => new Set(values.map((one) => JSON.stringify(one)));
  const [old, young] = [known(was), known(is)];
  const come = is.filter((one) => !old.has(JSON.stringify(one)));
  const gone = was.filter((one) => !young.has(JSON.stringify(one)));
  if (was.length === 0) return `must be one of ${listed(is)}`;
  return [
    come.length > 0 ? `may now be ${listed(come)}` : "",
    gone.length > 0 ? `may no longer be ${listed(gone)}` : "",
    come.length + gone.length === 0 ? "lists its values in another order" : "",
  ]
    .filter(Boolean)
    .join(", and ");
}

function listed(values: readonly unknown[]): string {
  const words = values.slice(0, MOST_NAMED).map(spoken);
  if (values.length > MOST_NAMED) words.push(`${figure(values.length - MOST_NAMED)} more`);
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function typesIn(type: unknown): string {
  if (type === undefined) return "of any kind";
  return [type]
    .flat()
    .map((one) => TYPES[String(one)] ?? String(one))
    .join(" or ");
}

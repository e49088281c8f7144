/**
 * Validation of content against schema versions with ajv (JSON Schema 2020-12). Compiling takes
 * tens of milliseconds and leaks when many schemas share one ajv instance (ajv#2557), so each
 * version has an instance of its own in a bounded cache; the source text is the key, so nothing
 * ever needs to be invalidated.
 */
import Ajv2020, { type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { escapePointer } from "../json.ts";
import { type FieldError, MAX_ERRORS } from "../problem.ts";

type Validator = { first: ValidateFunction; all: () => ValidateFunction };

/** Compiled schema versions kept at once. */
const CACHE_SIZE = 500;
/** Up to this many characters of JSON all errors are told, above only the first: a large array can break a rule a million times. */
const ALL_ERRORS_LIMIT_CHARS = 64 * 1024;

const cache = new Map<string, Validator>();

/** The errors of `content`, at most {@link MAX_ERRORS}; none when it validates. */
export function validate(schemaSource: string, content: unknown): FieldError[] {
  const validator = validatorOf(schemaSource);
  if (validator.first(content)) return [];
  if (JSON.stringify(content).length > ALL_ERRORS_LIMIT_CHARS) return told(validator.first.errors);
  const all = validator.all();
  all(content);
  return told(all.errors);
}

/** A copy of `value` with the defaults that its schema states; `value` is valid. */
export function withDefaults<T>(schema: object, value: T): T {
  let fill = fillers.get(schema);
  if (!fill) {
    const ajv = new Ajv2020({ useDefaults: true, strict: false });
    addFormats.default(ajv);
    fill = ajv.compile(schema);
    fillers.set(schema, fill);
  }
  const filled = structuredClone(value);
  fill(filled);
  return filled;
}

const fillers = new WeakMap<object, ValidateFunction>();

/** Compiles ahead, so that the first request need not. @throws when it is not a valid schema. */
export function warm(schemaSource: string): void {
  validatorOf(schemaSource);
}

function validatorOf(source: string): Validator {
  const known = cache.get(source);
  if (known) {
    // Moved to the young end: the cache drops the least recently used.
    cache.delete(source);
    cache.set(source, known);
    return known;
  }
  let all: ValidateFunction | undefined;
  const validator: Validator = {
    first: compile(source, false),
    all: () => (all ??= compile(source, true)),
  };
  cache.set(source, validator);
  if (cache.size > CACHE_SIZE) cache.delete(cache.keys().next().value!);
  return validator;
}

function compile(source: string, allErrors: boolean): ValidateFunction {
  const ajv = new Ajv2020({
    // Stopping at the first error, ajv skips what follows `prefixItems` in a list that is shorter.
    allErrors: allErrors || source.includes('"prefixItems"'),
    strict: false,
    validateSchema: true,
    messages: true,
  });
  addFormats.default(ajv);
  ajv.addKeyword({ keyword: "x-reyna", metaSchema: { type: "object" } });
  return ajv.compile(JSON.parse(source) as object);
}

function told(errors: ErrorObject[] | null | undefined): FieldError[] {
  return (errors ?? []).slice(0, MAX_ERRORS).map((error) => {
    const named: string | undefined =
      error.params.missingProperty ??
      error.params.additionalProperty ??
      error.params.unevaluatedProperty;
    return {
      pointer: named ? `${error.instancePath}/${escapePointer(named)}` : error.instancePath,
      rule: error.keyword,
      message: wording(error),
    };
  });
}

function wording(error: ErrorObject): string {
  switch (error.keyword) {
    case "required":
      return "is missing";
    case "additionalProperties":
    case "unevaluatedProperties":
      return "is not a property this schema knows";
    case "minLength":
      return error.params.limit === 1
        ? "must not be empty"
        : `must have at least ${error.params.limit} characters`;
    case "maxLength":
      return `must have at most ${error.params.limit} characters`;
    case "enum":
      return `must be one of ${(error.params.allowedValues as unknown[]).map((v) => JSON.stringify(v)).join(", ")}`;
    default:
      return error.message ?? "is not valid";
  }
}

/**
 * Schemas that people wrote, made ready to hold content to: older drafts in the words of 2020-12 (as
 * the compatibility checker reads them), references to registered schemas resolved, compiled by ajv,
 * kept within a bound. Runs in the process of `child.ts` only.
 */
import Ajv2020, { type ValidateFunction } from "ajv/dist/2020.js";
import draft06 from "ajv/dist/refs/json-schema-draft-06.json";
import draft07 from "ajv/dist/refs/json-schema-draft-07.json";
import addFormats from "ajv-formats";
import { type FieldError, MAX_ERRORS } from "../../problem.ts";
import { Undecided } from "../compatibility/budget.ts";
import { forAjv, lift, type Schema } from "../compatibility/lift.ts";
import { type Pins, pinned, referencesIn, registered } from "../pins.ts";
import { errorsBy, type Validator } from "../validator.ts";
import { hintErrors } from "./hints.ts";
import { metaErrors } from "./meta.ts";

export type Source = { source: string; pins: Pins };
/** A schema with all that it refers to, by id. */
export type Bundle = Source & { others: Record<string, Source> };

/** Compiled schemas kept at once. */
const CACHE_SIZE = 200;
/** Places in one schema; a larger one is none that a person wrote. */
const MOST_PLACES = 20_000;

/** Known without being registered, by the address that a schema may refer to. */
const METASCHEMAS = {
  "http://json-schema.org/draft-06/schema": draft06,
  "http://json-schema.org/draft-07/schema": draft07,
};

const SOME_OF_EACH_TYPE = [null, true, 0, "", [], {}];

const cache = new Map<string, Validator>();

/**
 * What keeps a schema from being used, by pointer into it.
 * @param key by which it is held to from now on, when nothing does
 */
export function examine(bundle: Bundle, key?: string): FieldError[] {
  const schema: unknown = JSON.parse(bundle.source);
  if (placesIn(schema) > MOST_PLACES)
    return [whole(`has more than ${MOST_PLACES} parts, which is more than is taken`)];
  const errors = [...metaErrors(schema), ...hintErrors(schema)].slice(0, MAX_ERRORS);
  if (errors.length > 0) return errors;
  try {
    const validator = validatorOf(bundle);
    // What refers to itself without end is found by using it.
    for (const one of SOME_OF_EACH_TYPE) validator.first(one);
    if (key !== undefined) keep(key, validator);
    return [];
  } catch (error) {
    return [wordsOf(error, schema)];
  }
}

/** @returns undefined when it is not compiled here and came without its bundle */
export function validateWith(
  key: string,
  content: unknown,
  bundle?: Bundle,
): FieldError[] | undefined {
  const validator = cache.get(key) ?? (bundle && validatorOf(bundle));
  if (!validator) return undefined;
  keep(key, validator);
  try {
    return errorsBy(validator, content);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = "nests too deep to be held to this schema";
    return [{ pointer: "", rule: "deadline", message }];
  }
}

/** At the young end: the cache drops the least recently used. */
function keep(key: string, validator: Validator): void {
  cache.delete(key);
  cache.set(key, validator);
  if (cache.size > CACHE_SIZE) cache.delete(cache.keys().next().value!);
}

function validatorOf(bundle: Bundle): Validator {
  let all: ValidateFunction | undefined;
  return { first: compile(bundle, false), all: () => (all ??= compile(bundle, true)) };
}

/** An instance of its own for each: many schemas in one leak (ajv#2557). */
export function compile(bundle: Bundle, allErrors: boolean): ValidateFunction {
  const root = inAjvsWords(bundle);
  const others = Object.entries(bundle.others).map(
    ([id, other]) => [registered(id), inAjvsWords(other)] as const,
  );
  // Stopping at the first error, ajv skips what follows `prefixItems` in a list that is shorter.
  const hasPrefix = JSON.stringify([root, others]).includes('"prefixItems"');
  const ajv = new Ajv2020({
    allErrors: allErrors || hasPrefix,
    strict: false,
    logger: false,
    meta: false,
    validateSchema: false,
    ownProperties: true,
  });
  addFormats.default(ajv);
  for (const [address, other] of others) ajv.addSchema(other as object, address);
  for (const [address, metaschema] of Object.entries(METASCHEMAS))
    if (bundle.source.includes(address)) ajv.addSchema(lift(metaschema) as object, address);
  ajv.addSchema(root as object, registered(""));
  return ajv.getSchema(registered(""))!;
}

function inAjvsWords({ source, pins }: Source): Schema {
  const schema = forAjv(lift(pinned(JSON.parse(source), pins)));
  // A boolean takes no key.
  return typeof schema === "boolean" ? (schema ? {} : { not: {} }) : schema;
}

function wordsOf(error: unknown, schema: unknown): FieldError {
  if (error instanceof RangeError)
    return whole("refers to itself without end, or too deep, to be used");
  const missing = (error as { missingRef?: unknown }).missingRef;
  if (typeof missing === "string") return missingReference(schema, missing);
  if (error instanceof Undecided) return whole(error.message);
  return whole(error instanceof Error ? error.message : "cannot be used");
}

function missingReference(schema: unknown, missing: string): FieldError {
  const [base = ""] = missing.split("#");
  const found = referencesIn(schema).find(({ ref }) => base === ref || base.endsWith(`/${ref}`));
  return {
    pointer: found?.pointer ?? "",
    rule: "$ref",
    message: found
      ? `leads to “${found.ref}”, which is no registered schema; nothing is fetched from elsewhere`
      : `leads to “${missing.replace(registered(""), "")}”, where nothing is`,
  };
}

const whole = (message: string): FieldError => ({ pointer: "", rule: "schema", message });

function placesIn(schema: unknown): number {
  let count = 0;
  const stack = [schema];
  while (stack.length > 0 && count <= MOST_PLACES) {
    const at = stack.pop();
    count++;
    if (typeof at === "object" && at !== null) stack.push(...Object.values(at));
  }
  return count;
}

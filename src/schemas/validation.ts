/**
 * Validation against schemas of the studio's own (its files, the shapes of requests) with ajv (JSON
 * Schema 2020-12), on the event loop; `holding.ts` holds content to what people wrote. Compiling takes
 * tens of milliseconds and leaks when many schemas share one ajv instance (ajv#2557), so each version
 * has an instance of its own in a bounded cache; the source text is the key, so nothing ever needs to
 * be invalidated.
 */
import Ajv2020, { type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { FieldError } from "../problem.ts";
import { errorsBy, type Validator } from "./validator.ts";

/** Compiled schema versions kept at once. */
const CACHE_SIZE = 500;

const cache = new Map<string, Validator>();

/** The errors of `content`, at most a hundred; none when it validates. */
export const validate = (schemaSource: string, content: unknown): FieldError[] =>
  errorsBy(validatorOf(schemaSource), content);

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
  const schema = JSON.parse(source) as object;
  metaschema ??= new Ajv2020({ strict: false });
  if (!metaschema.validateSchema(schema)) throw new Error(metaschema.errorsText());
  const ajv = new Ajv2020({
    // Stopping at the first error, ajv skips what follows `prefixItems` in a list that is shorter.
    allErrors: allErrors || source.includes('"prefixItems"'),
    strict: false,
    // Compiling the metaschema for each costs more than the schemas.
    meta: false,
    validateSchema: false,
    messages: true,
  });
  addFormats.default(ajv);
  ajv.addKeyword("x-reyna");
  return ajv.compile(schema);
}

/** Schemas are only held to it; it compiles none, so it does not grow. */
let metaschema: Ajv2020 | undefined;

/**
 * A counterexample is shown only when ajv agrees: one version takes it, the other does not. For
 * untrusted schemas this belongs into a worker, since it compiles them and runs their patterns.
 */
import Ajv2020, { type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { Lifted } from "./contain.ts";
import { forAjv } from "./lift.ts";
import { HERE } from "./references.ts";

/** Compiled schemas kept at once. */
const CACHE_SIZE = 64;
const cache = new Map<string, ValidateFunction | undefined>();

export function refutes(value: unknown, inner: Lifted, outer: Lifted): boolean {
  try {
    return validatorOf(inner)?.(value) === true && validatorOf(outer)?.(value) === false;
  } catch {
    // A schema that refers to itself without end exhausts the stack.
    return false;
  }
}

function validatorOf(lifted: Lifted): ValidateFunction | undefined {
  const key = JSON.stringify([lifted.schema, [...lifted.others]]);
  if (cache.has(key)) return cache.get(key);
  const validate = compiled(lifted);
  if (cache.size >= CACHE_SIZE) cache.delete(cache.keys().next().value!);
  cache.set(key, validate);
  return validate;
}

/** One instance a schema: many in one leak (ajv#2557). */
function compiled({ schema, others }: Lifted): ValidateFunction | undefined {
  const ajv = new Ajv2020({
    strict: false,
    logger: false,
    meta: false,
    validateSchema: false,
    ownProperties: true,
    // Else it skips `contains` in a list that is shorter than `prefixItems`.
    allErrors: true,
  });
  addFormats.default(ajv);
  try {
    for (const [uri, other] of others) ajv.addSchema(other as object, uri);
    if (typeof schema === "boolean") return ajv.compile(schema);
    // It lies where a name without an address is looked for.
    ajv.addSchema(forAjv(schema) as object, HERE);
    return ajv.getSchema(HERE);
  } catch {
    return undefined;
  }
}

/** A compiled schema, in two forms: one stops at the first error, the other looks for all. */
import type { ValidateFunction } from "ajv";
import type { FieldError } from "../problem.ts";
import { told } from "./told.ts";

export type Validator = { first: ValidateFunction; all: () => ValidateFunction };

/** Up to this many characters of JSON all errors are told, above only the first: a large array can break a rule a million times. */
const ALL_ERRORS_LIMIT_CHARS = 64 * 1024;

/** At most a hundred; none when it validates. */
export function errorsBy(validator: Validator, content: unknown): FieldError[] {
  if (validator.first(content)) return [];
  if (JSON.stringify(content).length > ALL_ERRORS_LIMIT_CHARS) return told(validator.first.errors);
  const all = validator.all();
  all(content);
  return told(all.errors);
}

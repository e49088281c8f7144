/** Shapes of requests: TypeBox makes JSON Schema of them, and the studio's own validation holds to it. */
import type { Static, TSchema } from "typebox";
import { invalid } from "./problem.ts";
import { validate } from "./schemas/validation.ts";

const sources = new WeakMap<TSchema, string>();

/** @throws 422 */
export function checked<Shape extends TSchema>(value: unknown, shape: Shape): Static<Shape> {
  let source = sources.get(shape);
  if (!source) {
    source = JSON.stringify(shape);
    sources.set(shape, source);
  }
  const errors = validate(source, value);
  if (errors.length > 0) throw invalid(errors, "The body does not validate");
  return value as Static<Shape>;
}

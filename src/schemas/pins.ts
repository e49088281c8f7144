/**
 * `$ref`s to other registered schemas. A reference means what it meant when its schema was registered:
 * `text-input` (the latest then) stays pinned to that version, so that a schema never changes its meaning.
 */
import { eachSchema } from "./walk.ts";

/** From a reference as written, without its fragment, to the id of the version that it means. */
export type Pins = Record<string, string>;

/** Registered schemas have their ids below this address, whatever `$id` stands around a reference. */
const REGISTERED = "reyna:///";
type Found = { ref: string; pointer: string };

/** The references of a schema that leave it, as written and without their fragment, each with its first place. */
export function referencesIn(schema: unknown): Found[] {
  const found = new Map<string, Found>();
  eachSchema(schema, ({ $ref }, pointer) => {
    if (typeof $ref !== "string") return;
    const [ref = ""] = $ref.split("#");
    if (ref && !found.has(ref)) found.set(ref, { ref, pointer: `${pointer}/$ref` });
  });
  return [...found.values()];
}

/** The same schema with its pinned references in absolute words. */
export function pinned(schema: unknown, pins: Pins): unknown {
  if (Object.keys(pins).length === 0) return schema;
  const copy = structuredClone(schema);
  eachSchema(copy, (held, _pointer, address) => {
    if (typeof held.$ref !== "string") return;
    const [base = "", fragment] = held.$ref.split("#");
    const id = base && (meant(pins, base) ?? meant(pins, addressOf(base, address)));
    if (id) held.$ref = `${registered(id)}${fragment === undefined ? "" : `#${fragment}`}`;
  });
  return copy;
}

const meant = (pins: Pins, ref: string): string | undefined =>
  Object.hasOwn(pins, ref) ? pins[ref] : undefined;

const addressOf = (ref: string, base: string | undefined): string =>
  URL.canParse(ref, base) ? new URL(ref, base).href : ref;

/** The address of a registered schema: `reyna:///text-input-v1`. */
export const registered = (id: string): string => `${REGISTERED}${id}`;

/** Those that do not only repeat the id that they mean: a part of what makes a version different. */
export function namedPins(pins: Pins): Pins | undefined {
  const named = Object.entries(pins).filter(([ref, id]) => ref !== id);
  return named.length > 0 ? Object.fromEntries(named) : undefined;
}

/** The schemas within a schema, of any draft, each with its place. */
import { escapePointer } from "../json.ts";

/** Values, in which keywords are words like any other. */
const VALUES = new Set(["const", "enum", "default", "examples", "example", "required", "x-reyna"]);
/** Keywords whose members are named by the schema: `properties: {const: …}` holds a schema. */
const NAMED = new Set([
  "properties",
  "patternProperties",
  "dependentSchemas",
  "dependencies",
  "$defs",
  "definitions",
]);

export type Held = Record<string, unknown>;

/** Calls `found` with each object that is a schema, its JSON Pointer, and the address that its references start from. */
export function eachSchema(
  schema: unknown,
  found: (held: Held, pointer: string, base: string | undefined) => void,
): void {
  type Next = { at: unknown; pointer: string; isSchema: boolean; outer: string | undefined };
  const stack: Next[] = [{ at: schema, pointer: "", isSchema: true, outer: undefined }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { at, pointer, isSchema, outer } = next;
    if (typeof at !== "object" || at === null) continue;
    const isHolder = isSchema && !Array.isArray(at);
    const base = isHolder ? baseOf(at as Held, outer) : outer;
    if (isHolder) found(at as Held, pointer, base);
    for (const [key, value] of Object.entries(at)) {
      if (isHolder && VALUES.has(key)) continue;
      stack.push({
        at: value,
        pointer: `${pointer}/${escapePointer(key)}`,
        isSchema: !(isHolder && NAMED.has(key)),
        outer: base,
      });
    }
  }
}

function baseOf({ $id, id }: Held, outer: string | undefined): string | undefined {
  const own = $id ?? id;
  if (typeof own !== "string" || own.startsWith("#")) return outer;
  return URL.canParse(own, outer) ? new URL(own, outer).href : outer;
}

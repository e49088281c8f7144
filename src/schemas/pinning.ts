/** What the references of a schema mean now, before it is registered. */
import type { Db } from "../database.ts";
import { parseSchemaRef, schemaId } from "./names.ts";
import { type Pins, referencesIn } from "./pins.ts";
import { findSchema } from "./versions.ts";

/** References of one schema that are looked up. */
const MOST_PINS = 100;

/** @param stated what references mean whose words do not say it; they come first */
export async function pinsOf(db: Db, schema: unknown, stated: Pins = {}): Promise<Pins> {
  const pins: Pins = { ...stated };
  for (const { ref } of referencesIn(schema).slice(0, MOST_PINS)) {
    if (Object.hasOwn(pins, ref) || !parseSchemaRef(ref)) continue;
    const found = await findSchema(db, ref);
    if (found) pins[ref] = schemaId(found.name, found.version);
  }
  return pins;
}

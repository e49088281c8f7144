/** What a document begins with: a place to write. */
import { eq } from "drizzle-orm";
import * as Y from "yjs";
import { buckets } from "../../drizzle/tables.ts";
import type { Db } from "../database.ts";
import { firstSections } from "../pitches/sections.ts";
import { templateOf } from "../pitches/templates.ts";
import { insertPassage } from "./model/commands.ts";
import { newDocument } from "./model/document.ts";

/** Of a chapter one empty passage; of a pitch the sections of its template. */
export async function firstUpdateOf(db: Db, id: string): Promise<Uint8Array> {
  const [bucket] = await db.select().from(buckets).where(eq(buckets.id, id));
  if (bucket?.type === "pitch") return firstSections(await templateOf(db, bucket));
  return firstUpdate();
}

export function firstUpdate(): Uint8Array {
  const doc = newDocument();
  insertPassage(doc, "end");
  return Y.encodeStateAsUpdate(doc);
}

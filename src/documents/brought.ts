/** Documents that come with their words: copied, imported, or a sample's. */
import * as Y from "yjs";
import { documents } from "../../drizzle/tables.ts";
import type { Bucket } from "../buckets/buckets.ts";
import type { Tx } from "../database.ts";
import { appendEntries } from "./log.ts";
import { toSnapshot } from "./model/snapshot.ts";

/**
 * Makes the document of a bucket that has none. It has its counts from the beginning: an outline tells its words
 * at once, and nobody is said to have written today what was only brought.
 */
export async function bringDocument(
  tx: Tx,
  { id, root }: Pick<Bucket, "id" | "root">,
  doc: Y.Doc,
  accepted = 0,
): Promise<void> {
  const counts = { ...toSnapshot(doc).words, accepted, changed: 0 };
  await tx.insert(documents).values({ bucket: id, root, counts });
  await appendEntries(tx, id, [{ update: Y.encodeStateAsUpdate(doc), actor: "system" }]);
}

/** What a replica has, in short: the page tells it of the rows that it shows, and the browser of what it keeps. */
import * as Y from "yjs";
import { sha256 } from "./sha256.ts";

/** Two replicas with the same text have the same words, and have had the same removed. */
export function stateOf(doc: Y.Doc): string {
  const vector = Y.encodeStateVector(doc);
  // Of what is beyond its own vector an update has nothing to say but what is deleted.
  return sha256(vector) + sha256(Y.encodeStateAsUpdate(doc, vector));
}

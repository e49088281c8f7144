/** What a document begins with: one empty passage, so that there is a place to write. */
import * as Y from "yjs";
import { insertPassage } from "./model/commands.ts";
import { newDocument } from "./model/document.ts";

export function firstUpdate(): Uint8Array {
  const doc = newDocument();
  insertPassage(doc, "end");
  return Y.encodeStateAsUpdate(doc);
}

/** A chapter of a manuscript as a document that never was anything else: its passages, prose filled, notes empty. */
import * as Y from "yjs";
import { bear, writeContent } from "../documents/model/birth.ts";
import { newDocument, passagesOf, STRUCTURE } from "../documents/model/document.ts";
import { newId } from "../documents/model/ids.ts";
import { schema } from "../documents/model/schema.ts";
import { toSnapshot } from "../documents/model/snapshot.ts";
import { evenPositions } from "../position.ts";
import type { ChapterV1 } from "../schemas/types.ts";
import type { Chapter } from "./split.ts";

export type Born = {
  part: string | null;
  title: string;
  /** All of the document, as one Yjs update. */
  update: Uint8Array;
  snapshot: ChapterV1;
};

export function birthOf({ part, title, passages }: Chapter): Born {
  const doc = newDocument();
  const positions = evenPositions(passages.length);
  passages.forEach((blocks, at) => {
    const id = newId();
    bear(doc, id, positions[at]!);
    doc.transact(() => {
      if (blocks.length > 0)
        writeContent(doc, id, { prose: schema.nodes.prose.create(null, blocks) });
      passagesOf(doc).get(id)!.delete("gone");
    }, STRUCTURE);
  });
  const update = Y.encodeStateAsUpdate(doc);
  const snapshot = toSnapshot(doc);
  doc.destroy();
  return { part, title, update, snapshot };
}

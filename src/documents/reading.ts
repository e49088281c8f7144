/**
 * Reading documents for pages and programs. One that is open here is read as it is; others are loaded
 * and their rows kept for as long as their number stays.
 */
import type * as Y from "yjs";
import type { Db } from "../database.ts";
import { lastNumbers, readDocument } from "./log.ts";
import { type Row, readRows } from "./model/rows.ts";
import type { Documents } from "./open.ts";

/** Documents whose rows are kept in memory while they are not open. */
const KEPT = 100;

export type Reading = {
  /** The rows of a chapter; none while it has no document. */
  rows(db: Db, document: string): Promise<Row[]>;
  /** The document itself, to be read only. @throws when there is none */
  document(db: Db, document: string): Promise<{ doc: Y.Doc; seq: number }>;
};

export function openReading(documents: Pick<Documents, "opened">): Reading {
  const kept = new Map<string, { seq: number; rows: Row[] }>();

  return {
    async rows(db, id) {
      const open = documents.opened(id);
      if (open) return readRows(open.doc);
      const seq = (await lastNumbers(db, [id])).get(id);
      if (seq === undefined) return [];
      const known = kept.get(id);
      kept.delete(id);
      if (known?.seq === seq) {
        kept.set(id, known);
        return known.rows;
      }
      const read = await readDocument(db, id);
      const rows = readRows(read.doc);
      kept.set(id, { seq: read.seq, rows });
      if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
      return rows;
    },
    async document(db, id) {
      const open = documents.opened(id);
      return open ? { doc: open.doc, seq: open.applied } : readDocument(db, id);
    },
  };
}

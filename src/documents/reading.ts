/**
 * Reading documents for pages and programs. One that is open here is read as it is; others are loaded
 * and their rows kept for as long as their number stays.
 */
import type * as Y from "yjs";
import type { Db } from "../database.ts";
import { lastNumbers, readDocument } from "./log.ts";
import { type Row, readRows } from "./model/rows.ts";
import { stateOf } from "./model/state.ts";
import type { Documents } from "./open.ts";

/** Documents whose rows are kept in memory while they are not open. */
const KEPT = 100;

type Kept = { seq: number; rows: Row[]; state: string };

export type Reading = {
  /** The rows of a chapter; none while it has no document. */
  rows(db: Db, document: string): Promise<Row[]>;
  /** Of the document that these rows are of ({@link stateOf}); undefined while there is none. */
  state(db: Db, document: string): Promise<string | undefined>;
  /** The document itself, to be read only. @throws when there is none */
  document(db: Db, document: string): Promise<{ doc: Y.Doc; seq: number }>;
};

export function openReading(documents: Pick<Documents, "opened">): Reading {
  const kept = new Map<string, Kept>();

  async function keptOf(db: Db, id: string): Promise<Kept | undefined> {
    const seq = (await lastNumbers(db, [id])).get(id);
    if (seq === undefined) return undefined;
    let known = kept.get(id);
    kept.delete(id);
    if (known?.seq !== seq) {
      const { doc, ...read } = await readDocument(db, id);
      known = { seq: read.seq, rows: readRows(doc), state: stateOf(doc) };
    }
    kept.set(id, known);
    if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
    return known;
  }

  return {
    async rows(db, id) {
      const open = documents.opened(id);
      return open ? readRows(open.doc) : ((await keptOf(db, id))?.rows ?? []);
    },
    async state(db, id) {
      const open = documents.opened(id);
      return open ? stateOf(open.doc) : (await keptOf(db, id))?.state;
    },
    async document(db, id) {
      const open = documents.opened(id);
      return open ? { doc: open.doc, seq: open.applied } : readDocument(db, id);
    },
  };
}

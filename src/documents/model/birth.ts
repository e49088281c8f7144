/**
 * How passages come into a document: with `gone` set to UNBORN, outside the reach of undo (`document.ts` says
 * why). The command that wants one takes `gone` away.
 *
 * What a split makes is *derived*: the same split, made by two people who have not heard of each other, is
 * the same Yjs structs with the same ids, so that it is in the document once. Such structs belong to no
 * replica but to a client id made of their own bytes: whoever makes other bytes (another text, another version of
 * this program) has another client id.
 */
import type { Node as PMNode } from "prosemirror-model";
import * as Y from "yjs";
import { BIRTH, fragmentOf, newDocument, type PassageMap, passagesOf, UNBORN } from "./document.ts";
import { writeFragment } from "./halves.ts";
import { HALVES, type Half, schema } from "./schema.ts";
import { sha256 } from "./sha256.ts";

export type Content = Partial<Record<Half, PMNode>>;

/** An unborn passage with an empty paragraph in each half. @throws RangeError when there is one with this id. */
export function bear(doc: Y.Doc, id: string, pos: string): void {
  if (passagesOf(doc).has(id)) throw new RangeError(`There is a passage ${id} already.`);
  doc.transact(() => {
    layOut(doc, id);
    passagesOf(doc).get(id)!.set("pos", pos);
    writeContent(doc, id, {});
  }, BIRTH);
}

/** An unborn passage without a block, the same wherever it is made. */
export function bearDerived(doc: Y.Doc, id: string, pos: string): void {
  doc.transact(() => {
    apply(doc, shellOf(id));
    passagesOf(doc).get(id)!.set("pos", pos);
  }, BIRTH);
}

/** Whether a passage is the shell of {@link bearDerived}, or not there at all. */
export function isShell(doc: Y.Doc, id: string): boolean {
  const map = passagesOf(doc).get(id);
  const bare = (half: Half) => fragmentOf(map, half)?._start === null;
  return map === undefined || (map.get("gone") === UNBORN && HALVES.every(bare));
}

/** Fills a shell of {@link bearDerived}; the same content comes in once. Inside a transaction. */
export function fillDerived(doc: Y.Doc, id: string, content: Content): void {
  apply(
    doc,
    derived(shellOf(id), (draft) => writeContent(draft, id, content)),
  );
}

/** What is not given becomes an empty paragraph. Inside a transaction. */
export function writeContent(doc: Y.Doc, id: string, content: Content): void {
  for (const half of HALVES) {
    const node = content[half] ?? schema.nodes[half].createAndFill()!;
    writeFragment(doc, fragmentOf(passagesOf(doc).get(id), half)!, node);
  }
}

/**
 * Writes as {@link fillDerived} does, into what is there: whoever writes the same into the same document
 * makes the same structs, which then come in once. Inside a transaction.
 */
export function writeDerived(doc: Y.Doc, write: (on: Y.Doc) => void): void {
  apply(doc, derived(Y.encodeStateAsUpdate(doc), write));
}

const shellOf = (id: string): Uint8Array => derived(null, (draft) => layOut(draft, id));

function layOut(doc: Y.Doc, id: string): void {
  const map: PassageMap = new Y.Map();
  passagesOf(doc).set(id, map);
  map.set("gone", UNBORN);
  for (const half of HALVES) map.set(half, new Y.XmlFragment());
}

/** Client ids of replicas have 32 bits; these have 53, the highest set, and never meet them. */
const DERIVED_CLIENTS = 2 ** 52;

const NOTHING = Y.encodeStateAsUpdate(new Y.Doc());

function derived(base: Uint8Array | null, write: (draft: Y.Doc) => void): Uint8Array {
  const made = (client: number): Uint8Array => {
    const draft = newDocument();
    if (base !== null) Y.applyUpdate(draft, base);
    draft.clientID = client;
    // Only what is written here: the document's other deletions would be bytes of their own.
    const updates: Uint8Array[] = [];
    draft.on("update", (update: Uint8Array) => updates.push(update));
    draft.transact(() => write(draft));
    return updates.length > 0 ? Y.mergeUpdates(updates) : NOTHING;
  };
  return made(DERIVED_CLIENTS + Number.parseInt(sha256(made(0)).slice(0, 13), 16));
}

/** Applies within the running transaction, which stays one of this replica: undo and the network ask. */
function apply(doc: Y.Doc, update: Uint8Array): void {
  doc.transact((transaction) => {
    const { local } = transaction;
    Y.applyUpdate(doc, update);
    transaction.local = local;
  });
}

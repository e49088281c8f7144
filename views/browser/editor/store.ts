/**
 * A document on this device: every update, written so that the browser vouches for it (`durability: "strict"`),
 * apart for each account and document. What it says is stored is stored: it counts a write only when its
 * transaction has completed, and tells when one was aborted.
 */
import * as Y from "yjs";
import { newDocument } from "../../../src/documents/model/document.ts";
import type { ServerState } from "../../../src/documents/model/rescue.ts";
import { ANSWERS_WITHIN_MS, answer, databaseOf, openDatabase } from "../device.ts";

export type Kept = {
  updates: Uint8Array[];
  /** Some of it was not known to be in the studio's database when it was written. */
  unsent: boolean;
  /** What the studio's database was known to have. */
  known: ServerState;
};

export type DeviceStore = {
  load(): Promise<Kept>;
  /** @param unsent whether the studio's database may lack it */
  keep(update: Uint8Array, unsent: boolean): void;
  /** The studio's database has all that was written here and `known`. */
  settle(known: ServerState): void;
  /** Everything handed over is on the disk. */
  isStored(): boolean;
  /** The disk refused what it was given, or does not answer; it is tried again and again. */
  isBroken(): boolean;
  /** Writes nothing from here on. */
  close(): void;
};

/** So many updates are joined into one when the document is opened. */
const JOIN_AT = 200;
/** The pause before a write that failed is tried again, in milliseconds. */
const AGAIN_MS = 2_000;

/** Something unsent of one page; the number tells a newer flag from the one that was seen. */
type Flag = { document: string; written: string };

/** @param onGone when the account's words are taken off this device, by another page */
export function openStore(
  { account, document, replica }: { account: string; document: string; replica: number },
  onChange: () => void,
  onGone: () => void,
): DeviceStore {
  let opening: Promise<IDBDatabase> | undefined;
  let waiting: Uint8Array[] = [];
  let unsent = false;
  /** Set: what the next write says of the studio. */
  let settled: ServerState | undefined;
  let found = new Map<string, { key: IDBValidKey; written: string }>();
  let writing = false;
  let broken = false;
  let closed = false;

  const close = (): void => {
    closed = true;
    waiting = [];
    void opening?.then((db) => db.close()).catch(() => {});
  };

  /** Anew where the last one was closed under us. */
  function open(): Promise<IDBDatabase> {
    opening ??= openDatabase(databaseOf(account), {
      deleted: () => {
        close();
        onGone();
      },
      lost: () => {
        opening = undefined;
      },
    }).catch((error) => {
      opening = undefined;
      throw error;
    });
    return opening;
  }

  function say(isBroken: boolean): void {
    broken = isBroken;
    onChange();
  }

  async function write(): Promise<void> {
    if (writing || closed || (waiting.length === 0 && !settled)) return;
    writing = true;
    const [updates, state, isUnsent] = [waiting, settled, unsent];
    waiting = [];
    settled = undefined;
    const late = setTimeout(() => say(true), ANSWERS_WITHIN_MS);
    try {
      const db = await open();
      const tx = db.transaction(STORES, "readwrite", { durability: "strict" });
      for (const update of updates) tx.objectStore("updates").add({ document, update });
      if (state) settleIn(tx, state);
      // After the flags went: it may be about what was typed since.
      if (isUnsent) {
        const flag: Flag = { document, written: newMark() };
        tx.objectStore("unsent").put(flag, [document, replica]);
      }
      await completed(tx);
      writing = false;
      clearTimeout(late);
      say(false);
      void write();
    } catch {
      waiting = [...updates, ...waiting];
      settled ??= state;
      writing = false;
      clearTimeout(late);
      if (closed) return;
      say(true);
      setTimeout(() => void write(), AGAIN_MS);
    }
  }

  function settleIn(tx: IDBTransaction, state: ServerState): void {
    tx.objectStore("known").put([...state], document);
    const flags = tx.objectStore("unsent");
    flags.delete([document, replica]);
    for (const { key, written } of found.values()) {
      const request = flags.get(key);
      request.onsuccess = () => {
        // Another page may have written more since it was seen here.
        if ((request.result as Flag | undefined)?.written === written) flags.delete(key);
      };
    }
    found = new Map();
  }

  async function read(): Promise<Kept & { seen: typeof found }> {
    const db = await open();
    const tx = db.transaction(STORES, "readwrite");
    const index = tx.objectStore("updates").index("document");
    const mine = IDBKeyRange.bound([document], [document, []]);
    const [rows, keys, flags, flagKeys, state] = await Promise.all([
      answer<{ update: Uint8Array }[]>(index.getAll(document)),
      answer(index.getAllKeys(document)),
      answer<Flag[]>(tx.objectStore("unsent").getAll(mine)),
      answer(tx.objectStore("unsent").getAllKeys(mine)),
      answer<[number, number][] | undefined>(tx.objectStore("known").get(document)),
    ]);
    const seen: typeof found = new Map();
    for (const [i, key] of flagKeys.entries())
      seen.set(String(key), { key, written: flags[i]!.written });
    const updates = rows.map(({ update }) => update);
    // Before the studio has judged them, what one page deleted would take along what another typed there.
    if (updates.length > JOIN_AT && flags.length === 0) join(tx, keys, updates);
    await completed(tx);
    return { updates, unsent: flags.length > 0, known: new Map(state), seen };
  }

  return {
    async load() {
      try {
        const kept = await within(read(), ANSWERS_WITHIN_MS);
        // What came too late was not taken in: it stays unsent.
        found = kept.seen;
        return kept;
      } catch {
        say(true);
        return { updates: [], unsent: false, known: new Map() };
      }
    },
    keep(update, isUnsent) {
      if (closed) return;
      waiting.push(update);
      unsent ||= isUnsent;
      void write();
    },
    settle(known) {
      if (closed) return;
      unsent = false;
      settled = known;
      void write();
    },
    isStored: () => waiting.length === 0 && !writing && !broken && !closed,
    isBroken: () => broken || closed,
    close,
  };

  function join(tx: IDBTransaction, keys: IDBValidKey[], updates: Uint8Array[]): void {
    const doc = newDocument();
    for (const update of updates) Y.applyUpdate(doc, update);
    const store = tx.objectStore("updates");
    store.add({ document, update: Y.encodeStateAsUpdate(doc) });
    for (const key of keys) store.delete(key);
  }
}

const STORES = ["updates", "unsent", "known"];

const newMark = () => `${Date.now()}.${Math.random()}`;

function within<T>(work: Promise<T>, ms: number): Promise<T> {
  return new Promise((done, failed) => {
    const late = setTimeout(() => failed(new Error("the disk did not answer")), ms);
    work.then(done, failed).finally(() => clearTimeout(late));
  });
}

const completed = (tx: IDBTransaction): Promise<void> =>
  new Promise((done, failed) => {
    tx.oncomplete = () => done();
    tx.onabort = () => failed(tx.error);
  });

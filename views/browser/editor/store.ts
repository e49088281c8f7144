/**
 * A document on this device: every update, written so that the browser vouches for it (`durability: "strict"`),
 * apart for each account and document. What it says is stored is stored: it counts a write only when its
 * transaction has completed, and tells when one was aborted.
 */
import * as Y from "yjs";
import { newDocument } from "../../../src/documents/model/document.ts";
import type { ServerState } from "../../../src/documents/model/rescue.ts";

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
  /** The last write failed; what it held is tried again with the next. */
  isBroken(): boolean;
  close(): void;
};

/** So many updates are joined into one when the document is opened. */
const JOIN_AT = 200;

export const databaseOf = (account: string) => `reyna:${account}`;

export function openStore(
  { account, document, replica }: { account: string; document: string; replica: number },
  onChange: () => void,
): DeviceStore {
  const opening = openDatabase(databaseOf(account));
  let waiting: Uint8Array[] = [];
  let unsent = false;
  /** Set: what the next write says of the studio. */
  let settled: ServerState | undefined;
  let found: IDBValidKey[] = [];
  let writing = false;
  let broken = false;
  let closed = false;
  const again = (): void => {
    if (waiting.length > 0 || settled) void write();
  };

  async function write(): Promise<void> {
    if (writing || closed) return;
    writing = true;
    const [updates, state, isUnsent] = [waiting, settled, unsent];
    waiting = [];
    settled = undefined;
    let failed = false;
    try {
      const db = await opening;
      const tx = db.transaction(["updates", "unsent", "known"], "readwrite", {
        durability: "strict",
      });
      for (const update of updates) tx.objectStore("updates").add({ document, update });
      if (state) {
        tx.objectStore("known").put([...state], document);
        for (const key of [...found, [document, replica]]) tx.objectStore("unsent").delete(key);
      }
      // After the flags went: it may be about what was typed since.
      if (isUnsent) tx.objectStore("unsent").put(document, [document, replica]);
      await completed(tx);
    } catch {
      failed = true;
      waiting = [...updates, ...waiting];
      settled ??= state;
    }
    writing = false;
    broken = failed;
    onChange();
    if (!failed) again();
  }

  return {
    async load() {
      try {
        const db = await opening;
        const tx = db.transaction(["updates", "unsent", "known"], "readwrite");
        const index = tx.objectStore("updates").index("document");
        const [rows, keys, flags, state] = await Promise.all([
          answer<{ update: Uint8Array }[]>(index.getAll(document)),
          answer(index.getAllKeys(document)),
          answer(
            tx.objectStore("unsent").getAllKeys(IDBKeyRange.bound([document], [document, []])),
          ),
          answer<[number, number][] | undefined>(tx.objectStore("known").get(document)),
        ]);
        found = flags;
        const updates = rows.map(({ update }) => update);
        if (updates.length > JOIN_AT) join(tx, keys, updates);
        await completed(tx);
        return { updates, unsent: flags.length > 0, known: new Map(state) };
      } catch {
        broken = true;
        onChange();
        return { updates: [], unsent: false, known: new Map() };
      }
    },
    keep(update, isUnsent) {
      waiting.push(update);
      unsent ||= isUnsent;
      void write();
    },
    settle(known) {
      unsent = false;
      settled = known;
      void write();
    },
    isStored: () => waiting.length === 0 && !writing && !broken,
    isBroken: () => broken,
    close() {
      closed = true;
      void opening.then((db) => db.close()).catch(() => {});
    },
  };

  function join(tx: IDBTransaction, keys: IDBValidKey[], updates: Uint8Array[]): void {
    const doc = newDocument();
    for (const update of updates) Y.applyUpdate(doc, update);
    const store = tx.objectStore("updates");
    store.add({ document, update: Y.encodeStateAsUpdate(doc) });
    for (const key of keys) store.delete(key);
  }
}

function openDatabase(name: string): Promise<IDBDatabase> {
  return new Promise((opened, failed) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      const updates = request.result.createObjectStore("updates", { autoIncrement: true });
      updates.createIndex("document", "document");
      request.result.createObjectStore("unsent");
      request.result.createObjectStore("known");
    };
    request.onsuccess = () => {
      // Another tab signs out and wants it gone.
      request.result.onversionchange = () => request.result.close();
      opened(request.result);
    };
    request.onerror = () => failed(request.error);
  });
}

const answer = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((answered, failed) => {
    request.onsuccess = () => answered(request.result);
    request.onerror = () => failed(request.error);
  });

const completed = (tx: IDBTransaction): Promise<void> =>
  new Promise((done, failed) => {
    tx.oncomplete = () => done();
    tx.onabort = () => failed(tx.error);
  });

/** Whether anything on this device of this account waits for the studio; and the end of all of it. */
export async function hasUnsent(account: string): Promise<boolean> {
  try {
    const db = await openDatabase(databaseOf(account));
    const count = await answer(db.transaction("unsent").objectStore("unsent").count());
    db.close();
    return count > 0;
  } catch {
    return false;
  }
}

export function forget(account: string): Promise<void> {
  return new Promise((done) => {
    const request = indexedDB.deleteDatabase(databaseOf(account));
    request.onsuccess = request.onerror = request.onblocked = () => done();
  });
}

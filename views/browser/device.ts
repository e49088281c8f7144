/** The database of an account on this device: what any page of it may ask, and take away. What lies in it the editor says. */

/** A disk that has not answered for so long counts as broken until it does, in milliseconds. */
export const ANSWERS_WITHIN_MS = 5_000;

export const databaseOf = (account: string) => `reyna:${account}`;

export function openDatabase(
  name: string,
  on: { deleted?(): void; lost?(): void } = {},
): Promise<IDBDatabase> {
  return new Promise((opened, failed) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      const updates = request.result.createObjectStore("updates", { autoIncrement: true });
      updates.createIndex("document", "document");
      request.result.createObjectStore("unsent");
      request.result.createObjectStore("known");
    };
    request.onsuccess = () => {
      const db = request.result;
      // Another page signs out and wants it gone, or a newer one wants it changed.
      db.onversionchange = ({ newVersion }) => {
        db.close();
        if (newVersion === null) on.deleted?.();
        else on.lost?.();
      };
      db.onclose = () => on.lost?.();
      opened(db);
    };
    request.onerror = () => failed(request.error);
  });
}

export const answer = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((answered, failed) => {
    request.onsuccess = () => answered(request.result);
    request.onerror = () => failed(request.error);
  });

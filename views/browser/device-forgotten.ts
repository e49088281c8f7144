/** What an account leaves on this device when it signs out, asked about and taken away: loaded then. */
import { ANSWERS_WITHIN_MS, answer, databaseOf, openDatabase } from "./device.ts";
import { pagesOf, TURN } from "./offline.ts";

/** Whether anything on this device of this account waits for the studio; null when the device does not say. */
export function hasUnsent(account: string): Promise<boolean | null> {
  const silent = new Promise<null>((done) => setTimeout(done, ANSWERS_WITHIN_MS, null));
  return Promise.race([silent, countUnsent(account).catch(withoutStore)]);
}

async function countUnsent(account: string): Promise<boolean> {
  const db = await openDatabase(databaseOf(account));
  const count = await answer(db.transaction("unsent").objectStore("unsent").count());
  db.close();
  return count > 0;
}

/** Where a browser's settings refuse a page its store, nothing was ever put there. */
const withoutStore = (error: unknown): false | null =>
  error instanceof DOMException && error.name === "SecurityError" ? false : null;

/** The end of all of it; resolves when it is gone, or was refused. */
export function forget(account: string): Promise<void> {
  return new Promise((done) => {
    // Pages that have it open let go of it when they hear of this.
    const request = indexedDB.deleteDatabase(databaseOf(account));
    request.onsuccess = request.onerror = () => done();
    setTimeout(done, ANSWERS_WITHIN_MS);
  });
}

export async function forgetPages(account: string): Promise<void> {
  if (!("caches" in globalThis)) return;
  await Promise.all([caches.delete(pagesOf(account)), caches.delete(TURN)]).catch(() => {});
}

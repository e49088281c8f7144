import * as Y from "yjs";

/**
 * Resolves when the document has all that `has`, a state vector as the studio wrote it in base64, speaks of; rejects after
 * `withinMs`.
 */
export function heard(doc: Y.Doc, has: string, withinMs: number): Promise<void> {
  const wanted = Y.decodeStateVector(Uint8Array.from(atob(has), (byte) => byte.charCodeAt(0)));
  const isThere = () =>
    [...wanted].every(([client, clock]) => Y.getState(doc.store, client) >= clock);
  if (isThere()) return Promise.resolve();
  return new Promise((done, failed) => {
    const late = setTimeout(() => {
      doc.off("update", look);
      failed(new Error("not heard in time"));
    }, withinMs);
    function look(): void {
      if (!isThere()) return;
      clearTimeout(late);
      doc.off("update", look);
      done();
    }
    doc.on("update", look);
  });
}

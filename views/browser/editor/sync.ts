/**
 * A document between this page, this device and the studio. What was typed is *kept* when the studio answers the mark
 * that was sent behind it: marks count this page's own changes, under an epoch of their own for each connection, and
 * are sent only once that connection has exchanged what both sides had.
 */
import {
  HocuspocusProvider,
  HocuspocusProviderWebsocket,
  WebSocketStatus,
} from "@hocuspocus/provider";
import * as Y from "yjs";
import { passagesOf } from "../../../src/documents/model/document.ts";
import { rescueUnsent, type ServerState } from "../../../src/documents/model/rescue.ts";
import {
  DOCUMENT_CLOSE,
  keptNumber,
  markMessage,
  type Refusal,
  refusalIn,
} from "../../../src/documents/protocol.ts";
import { type DeviceStore, openStore } from "./store.ts";

/** Waits before another attempt to connect: first, doubled, at most; in milliseconds. */
const AGAIN_FIRST_MS = 300;
const AGAIN_MOST_MS = 10_000;
/** So long without any message, a connection counts as dead; the heartbeat of awareness comes every 15 s. */
const SILENCE_MS = 40_000;
/** A page shows what this device has when the studio has not answered for so long. */
const STUDIO_FIRST_MS = 1_500;

export type SyncState = {
  /** Connected, and both sides have told each other what they had. */
  isTogether: boolean;
  /** All of this page's changes are in the studio's database. */
  isKept: boolean;
  /** …or on this device's disk. */
  isStored: boolean;
  /** The device's disk refused a write. */
  isBroken: boolean;
  /** When the studio last said that all was kept. */
  keptAt: Date | null;
  /** What the studio will never take, and why. */
  refusal: Refusal | null;
  isSignedOut: boolean;
  mayWrite: boolean;
  /** On the clock of `performance.now()`: when the studio last answered for what was typed. */
  heardAt: number;
};

export type Sync = {
  state(): SyncState;
  /** The document is there, from the studio or, if that does not answer, from this device. */
  ready: Promise<void>;
  /** Passages with changes that the studio does not have. */
  unkept(): ReadonlySet<string>;
  /** Resolves when all changes so far are kept; rejects after `withinMs`. */
  kept(withinMs: number): Promise<void>;
  /** Tries to connect now. */
  hurry(): void;
};

const FROM_DEVICE = "device";

export function openSync(
  doc: Y.Doc,
  { account, bucket }: { account: string; bucket: string },
  onChange: () => void,
): Sync {
  const state: SyncState = {
    isTogether: false,
    isKept: true,
    isStored: true,
    isBroken: false,
    keptAt: null,
    refusal: null,
    isSignedOut: false,
    mayWrite: true,
    heardAt: performance.now(),
  };
  const ready = Promise.withResolvers<void>();
  const touched = new Set<string>();
  const waiters = new Set<() => void>();
  /** Of this page's changes: how many there are, how many the studio has. */
  let changes = 0;
  let kept = 0;
  let epoch = "";
  /** The mark that is on its way; with what the studio has once it is answered. */
  let marked: { n: number; has: ServerState } | undefined;
  let failures = 0;
  /** This device has the document, though the studio may have a newer one. */
  let hasCopy = false;

  const store: DeviceStore = openStore({ account, document: bucket, replica: doc.clientID }, () => {
    state.isStored = store.isStored();
    state.isBroken = store.isBroken();
    onChange();
  });
  let rescue: ReturnType<typeof rescueUnsent> | undefined;

  const socket = new HocuspocusProviderWebsocket({
    url: addressOf(bucket),
    delay: AGAIN_FIRST_MS,
    minDelay: AGAIN_FIRST_MS,
    maxDelay: AGAIN_MOST_MS,
    messageReconnectTimeout: SILENCE_MS,
    autoConnect: false,
  });
  const provider = new HocuspocusProvider({
    websocketProvider: socket,
    name: bucket,
    document: doc,
    // The cookie tells who it is.
    token: "",
    onAuthenticated({ scope }) {
      state.mayWrite = scope !== "readonly";
      onChange();
    },
    onSynced() {
      failures = 0;
      epoch = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
      marked = undefined;
      state.isTogether = true;
      state.isSignedOut = false;
      state.heardAt = performance.now();
      ready.resolve();
      // Also when nothing was typed here: the device may hold what an earlier page could not send.
      sendMark();
      onChange();
    },
    onStateless: ({ payload }) => receive(payload),
    onClose: ({ event }) => lost(event.code),
  });

  function receive(payload: string): void {
    const refusal = refusalIn(payload);
    if (refusal) {
      state.refusal = refusal;
      // What cannot be accepted must not be sent again for ever.
      if (refusal.type !== "read-only") socket.disconnect();
      onChange();
    }
    const n = keptNumber(payload, epoch);
    if (n === undefined || !marked || n < marked.n) return;
    kept = marked.n;
    state.heardAt = performance.now();
    rescue?.kept(marked.has);
    marked = undefined;
    if (kept < changes) sendMark();
    else {
      state.isKept = true;
      state.keptAt = new Date();
      touched.clear();
      store.settle(rescue?.known() ?? new Map());
      for (const go of waiters) go();
      waiters.clear();
    }
    onChange();
  }

  /** One at a time; the next tells of all that was typed while the last was on its way. */
  function sendMark(): void {
    if (!state.isTogether || !state.mayWrite || marked || !rescue) return;
    marked = { n: changes, has: rescue.sent() };
    provider.sendStateless(markMessage(epoch, marked.n));
  }

  function lost(code: number): void {
    state.isTogether = false;
    marked = undefined;
    onChange();
    if (state.refusal && state.refusal.type !== "read-only") return;
    if (code === DOCUMENT_CLOSE.signedOut.code) state.isSignedOut = true;
    // The studio may have closed the document and left the socket open: begin anew.
    if (socket.status === WebSocketStatus.Connected) {
      socket.disconnect();
      const wait = Math.min(AGAIN_FIRST_MS * 2 ** failures++, AGAIN_MOST_MS);
      setTimeout(() => void socket.connect(), wait);
    }
    if (hasCopy) ready.resolve();
    void lookWhy();
  }

  /** A socket that is refused does not say why; an ordinary request does. */
  let looking = false;
  async function lookWhy(): Promise<void> {
    if (looking) return;
    looking = true;
    try {
      const { status } = await fetch(`/api/buckets/${bucket}`, {
        headers: { accept: "application/json" },
      });
      state.isSignedOut = status === 401;
    } catch {
      // Away: then it is not known.
    }
    looking = false;
    onChange();
  }

  function changed(update: Uint8Array, origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) {
    if (origin === FROM_DEVICE) return;
    const isOurs = origin !== provider;
    store.keep(update, isOurs);
    state.isStored = false;
    if (!isOurs) return;
    changes++;
    state.isKept = false;
    for (const id of passagesIn(transaction)) touched.add(id);
    sendMark();
    onChange();
  }

  void (async () => {
    const { updates, unsent, known } = await store.load();
    for (const update of updates) Y.applyUpdate(doc, update, FROM_DEVICE);
    if (unsent) {
      state.isKept = false;
      for (const id of passagesOf(doc).keys()) touched.add(id);
    }
    rescue = rescueUnsent(doc, (origin) => origin === provider, known);
    // After the provider's own listener, so that the mark goes out behind what it is about.
    doc.on("update", changed);
    provider.attach();
    void socket.connect();
    onChange();
    hasCopy = updates.length > 0;
    if (hasCopy) setTimeout(ready.resolve, STUDIO_FIRST_MS);
  })();

  return {
    state: () => state,
    ready: ready.promise,
    unkept: () => touched,
    kept: (withinMs) =>
      state.isKept
        ? Promise.resolve()
        : new Promise((done, failed) => {
            const late = setTimeout(() => failed(new Error("not kept in time")), withinMs);
            waiters.add(() => {
              clearTimeout(late);
              done();
            });
          }),
    hurry() {
      if (state.isTogether || (state.refusal && state.refusal.type !== "read-only")) return;
      if (socket.status === WebSocketStatus.Disconnected) void socket.connect();
      if (state.isSignedOut) void lookWhy();
    },
  };
}

function addressOf(bucket: string): string {
  const address = new URL(`/documents/${bucket}`, location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}

/** Ids of the passages that a transaction changed. */
function passagesIn({ doc, changed }: Y.Transaction): string[] {
  const passages = passagesOf(doc) as unknown;
  return [...changed].flatMap(([type, keys]) => {
    if ((type as unknown) === passages) return [...keys].filter((key) => key !== null);
    let at = type as unknown as Y.AbstractType<unknown>;
    // Up to the map in which it is a passage.
    while (at._item && (at._item.parent as unknown) !== passages)
      at = at._item.parent as Y.AbstractType<unknown>;
    return at._item?.parentSub ?? [];
  });
}

/**
 * A document between this page, this device and the studio. What was typed is *kept* when the studio answers the mark
 * that was sent behind it: marks count this page's own changes, under an epoch of their own for each connection, and
 * are sent only once that connection has exchanged what both sides had.
 */
import * as Y from "yjs";
import { passagesOf } from "../../../src/documents/model/document.ts";
import {
  applyTogether,
  rescueUnsent,
  type ServerState,
  writeRescued,
} from "../../../src/documents/model/rescue.ts";
import { stateOf } from "../../../src/documents/model/state.ts";
import {
  DOCUMENT_CLOSE,
  keptNumber,
  markMessage,
  REFUSALS,
  type Refusal,
  refusalIn,
} from "../../../src/documents/protocol.ts";
import { openLink } from "./link.ts";
import { type DeviceStore, openStore } from "./store.ts";

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
  /** Whose session the browser has: this page's account's, nobody's, somebody else's. */
  session: "ours" | "none" | "other";
  /** The chapter is not there any more, or not for this account. */
  isGone: boolean;
  mayWrite: boolean;
  /** On the clock of `performance.now()`: when the studio last answered for what was typed. */
  heardAt: number;
};

export type Sync = {
  state(): SyncState;
  /**
   * The document is there: from this device, if that has what the page shows; else from the studio, or, if that does
   * not answer, from this device all the same.
   */
  ready: Promise<void>;
  /** Passages with changes that the studio does not have. */
  unkept(): ReadonlySet<string>;
  /** Resolves when all changes so far are kept; rejects after `withinMs`. */
  kept(withinMs: number): Promise<void>;
  /** Tries to connect now. */
  hurry(): void;
  /** Sends again what was refused: something may have been taken out of it. */
  again(): void;
  /** The account's words leave this device: nothing more is sent, read or written. */
  leave(): void;
};

const FROM_DEVICE = "device";
/** The code with which a server ends a socket that sent too large a message (RFC 6455, 7.4.1). */
const TOO_LARGE = 1009;

/** @param shown the state (`stateOf`) of the document whose rows the page came with */
export function openSync(
  doc: Y.Doc,
  { account, bucket, shown }: { account: string; bucket: string; shown: string | undefined },
  onChange: () => void,
  onGone: () => void = () => {},
): Sync {
  const state: SyncState = {
    isTogether: false,
    isKept: true,
    isStored: true,
    isBroken: false,
    keptAt: null,
    refusal: null,
    session: "ours",
    isGone: false,
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
  /** This device has the document, though the studio may have a newer one. */
  let hasCopy = false;
  let isOver = false;

  const store: DeviceStore = openStore(
    { account, document: bucket, replica: doc.clientID },
    () => {
      state.isStored = store.isStored();
      state.isBroken = store.isBroken();
      onChange();
    },
    onGone,
  );
  let rescue: ReturnType<typeof rescueUnsent> | undefined;

  const link = openLink(
    { url: addressOf(bucket, account), name: bucket, doc },
    {
      authenticated(scope) {
        state.mayWrite = scope !== "readonly";
        onChange();
      },
      synced() {
        epoch = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
        marked = undefined;
        state.isTogether = true;
        state.session = "ours";
        state.isGone = false;
        state.heardAt = performance.now();
        ready.resolve();
        // Also when nothing was typed here: the device may hold what an earlier page could not send.
        sendMark();
        onChange();
      },
      stateless: receive,
      lost,
    },
  );

  function receive(payload: string): void {
    const refusal = refusalIn(payload);
    if (refusal) refused(refusal);
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

  function refused(refusal: Refusal): void {
    state.refusal = refusal;
    // What cannot be accepted must not be sent again for ever.
    if (isFinal()) link.disconnect();
    onChange();
  }

  const isFinal = () => state.refusal !== null && state.refusal.type !== "read-only";

  /** One at a time; the next tells of all that was typed while the last was on its way. */
  function sendMark(): void {
    if (!state.isTogether || !state.mayWrite || marked || !rescue) return;
    marked = { n: changes, has: rescue.sent() };
    link.sendStateless(markMessage(epoch, marked.n));
  }

  function lost(code: number): void {
    state.isTogether = false;
    marked = undefined;
    onChange();
    if (code === TOO_LARGE) refused(REFUSALS.updateTooLarge);
    if (isFinal() || isOver) return;
    if (code === DOCUMENT_CLOSE.signedOut.code) state.session = "none";
    if (hasCopy) ready.resolve();
    void lookWhy();
  }

  /** A socket that is refused does not say why; ordinary requests do. */
  let looking = false;
  async function lookWhy(): Promise<void> {
    if (looking) return;
    looking = true;
    try {
      const answer = await fetch("/api/auth/get-session", { cache: "no-store" });
      if (answer.status === 401) state.session = "none";
      if (answer.ok) {
        const found = (await answer.json()) as { user?: { id: string } } | null;
        const id = found?.user?.id;
        const before = state.session;
        state.session = id === account ? "ours" : id ? "other" : "none";
        if (state.session === "ours" && before !== "ours") hurry();
      }
      if (answer.ok && state.session === "ours") {
        const { status } = await fetch(`/api/buckets/${bucket}`, { cache: "no-store" });
        state.isGone = status === 403 || status === 404;
      }
    } catch {
      // Away: then it is not known.
    }
    looking = false;
    onChange();
  }

  function hurry(): void {
    if (state.isTogether || isFinal() || isOver) return;
    link.connect();
    if (state.session !== "ours") void lookWhy();
  }

  function changed(update: Uint8Array, origin: unknown, _doc: Y.Doc, transaction: Y.Transaction) {
    if (origin === FROM_DEVICE || isOver) return;
    const isOurs = origin !== link;
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
    if (isOver) return;
    // What the studio has all of, it has judged.
    const lost = unsent ? applyTogether(doc, updates, FROM_DEVICE) : [];
    if (!unsent) for (const update of updates) Y.applyUpdate(doc, update, FROM_DEVICE);
    if (unsent) {
      state.isKept = false;
      for (const id of passagesBeyond(doc, known)) touched.add(id);
    }
    rescue = rescueUnsent(doc, (origin) => origin === link, known);
    link.connect();
    // After the link's own listener, so that the mark goes out behind what it is about.
    doc.on("update", changed);
    writeRescued(doc, lost, new Date());
    onChange();
    hasCopy = updates.length > 0;
    // With nothing newer on the page there is nothing that could be seen to change: it is written in at once.
    if (stateOf(doc) === shown) ready.resolve();
    else if (hasCopy) setTimeout(ready.resolve, STUDIO_FIRST_MS);
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
    hurry,
    again() {
      if (!isFinal()) return;
      state.refusal = null;
      onChange();
      link.connect();
    },
    leave() {
      isOver = true;
      store.close();
      link.disconnect();
    },
  };
}

/** The account is named, so that nothing is sent under a session that somebody else began meanwhile. */
function addressOf(bucket: string, account: string): string {
  const address = new URL(`/documents/${bucket}`, location.href);
  address.searchParams.set("account", account);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}

/** Ids of the passages that a transaction changed. */
function passagesIn({ doc, changed }: Y.Transaction): string[] {
  const passages = passagesOf(doc) as unknown;
  return [...changed].flatMap(([type, keys]) => {
    if ((type as unknown) === passages) return [...keys].filter((key) => key !== null);
    return passageOf(doc, type as unknown as Y.AbstractType<unknown>) ?? [];
  });
}

/** Ids of the passages with something in them that the studio is not known to have. */
function passagesBeyond(doc: Y.Doc, known: ServerState): Set<string> {
  const ids = new Set<string>();
  for (const [client, structs] of doc.store.clients) {
    const from = known.get(client) ?? 0;
    for (const struct of structs) {
      if (struct.id.clock + struct.length <= from || !(struct instanceof Y.Item)) continue;
      const parent = struct.parent as Y.AbstractType<unknown>;
      const id =
        (parent as unknown) === passagesOf(doc) ? struct.parentSub : passageOf(doc, parent);
      if (id !== null) ids.add(id);
    }
  }
  return ids;
}

/** The passage that a type lies in. */
function passageOf(doc: Y.Doc, type: Y.AbstractType<unknown>): string | null {
  const passages = passagesOf(doc) as unknown;
  let at = type;
  // Up to the map in which it is a passage.
  while (at._item && (at._item.parent as unknown) !== passages)
    at = at._item.parent as Y.AbstractType<unknown>;
  return at._item?.parentSub ?? null;
}

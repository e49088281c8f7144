/**
 * The browser's half of Hocuspocus' protocol, for one document on a socket of its own. Its package does the same for many
 * documents and much beside, at ten times the weight, and holds back what is sent while it is away; here nothing is
 * held back, since the greeting of a new connection brings all that either side lacks.
 */
import { createDecoder, readVarString, readVarUint } from "lib0/decoding";
import {
  createEncoder,
  type Encoder,
  length,
  toUint8Array,
  writeVarString,
  writeVarUint,
} from "lib0/encoding";
import {
  messageYjsSyncStep2,
  readSyncMessage,
  writeSyncStep1,
  writeUpdate,
} from "y-protocols/sync";
import type * as Y from "yjs";

/** Message types, behind the document's name (`@hocuspocus/server`, types.ts). */
const SYNC = 0;
const AUTH = 2;
const QUERY_AWARENESS = 3;
const STATELESS = 5;
const CLOSE = 7;
/** What AUTH goes on with (`@hocuspocus/common`, auth.ts). */
const TOKEN = 0;
const DENIED = 1;
const AUTHENTICATED = 2;

/** Waits before another attempt to connect: first, doubled, at most; in milliseconds. */
const AGAIN_FIRST_MS = 300;
const AGAIN_MOST_MS = 10_000;
/** So long without any message, a connection counts as dead; it is asked for one this often. In milliseconds. */
const SILENCE_MS = 40_000;
/** One that does not open is given up sooner: whoever took it may have forgotten it. In milliseconds. */
const OPENS_WITHIN_MS = 14_000;
const ASK_EVERY_MS = 15_000;

/** What the document says before something from elsewhere is looked at. */
export const COMES_IN = "comes-in" as "load";

export type LinkEvents = {
  authenticated(scope: string): void;
  /** Both sides have told each other what they had. */
  synced(): void;
  stateless(payload: string): void;
  /** The connection is gone, or the studio closed the document on it; tried again by itself. */
  lost(code: number): void;
};

export type Link = {
  connect(): void;
  disconnect(): void;
  sendStateless(payload: string): void;
};

/** What the document is told from elsewhere has the link itself as its origin. */
export function openLink(
  { url, name, doc }: { url: string; name: string; doc: Y.Doc },
  events: LinkEvents,
): Link {
  let socket: WebSocket | undefined;
  let isWanted = false;
  let failures = 0;
  let heardAt = 0;
  let again: ReturnType<typeof setTimeout> | undefined;

  function begin(type: number): Encoder {
    const encoder = createEncoder();
    writeVarString(encoder, name);
    writeVarUint(encoder, type);
    return encoder;
  }

  function send(message: Encoder): void {
    if (socket?.readyState === WebSocket.OPEN)
      socket.send(toUint8Array(message) as Uint8Array<ArrayBuffer>);
  }

  function receive(data: ArrayBuffer): void {
    const decoder = createDecoder(new Uint8Array(data));
    if (readVarString(decoder) !== name) return;
    const type = readVarUint(decoder);
    if (type === SYNC) {
      const answer = begin(SYNC);
      const empty = length(answer);
      doc.emit(COMES_IN, [doc]);
      const kind = readSyncMessage(decoder, answer, doc, link);
      if (length(answer) > empty) send(answer);
      if (kind === messageYjsSyncStep2) events.synced();
    } else if (type === AUTH) {
      const kind = readVarUint(decoder);
      if (kind === AUTHENTICATED) events.authenticated(readVarString(decoder));
      if (kind === DENIED) drop(DENIED_CODE);
    } else if (type === STATELESS) events.stateless(readVarString(decoder));
    else if (type === CLOSE) drop(NORMAL_CODE);
  }

  function open(): void {
    clearTimeout(again);
    again = undefined;
    const own = new WebSocket(url);
    own.binaryType = "arraybuffer";
    socket = own;
    heardAt = performance.now();
    own.onopen = () => {
      // The cookie tells who it is; the protocol wants a token, and the version of who speaks it.
      const hello = begin(AUTH);
      writeVarUint(hello, TOKEN);
      writeVarString(hello, "");
      writeVarString(hello, "4");
      send(hello);
      const greeting = begin(SYNC);
      writeSyncStep1(greeting, doc);
      send(greeting);
    };
    own.onmessage = ({ data }) => {
      heardAt = performance.now();
      failures = 0;
      receive(data as ArrayBuffer);
    };
    own.onclose = ({ code }) => {
      if (socket === own) drop(code);
    };
  }

  /** This connection is over; another is tried after a while. */
  function drop(code: number): void {
    const old = socket;
    socket = undefined;
    old?.close();
    if (isWanted) again ??= setTimeout(open, pause());
    events.lost(code);
  }

  /** With a part left to chance, so that not all come back at once. */
  function pause(): number {
    const most = Math.min(AGAIN_FIRST_MS * 2 ** failures++, AGAIN_MOST_MS);
    return AGAIN_FIRST_MS + Math.random() * (most - AGAIN_FIRST_MS);
  }

  setInterval(() => {
    if (!socket) return;
    const patience = socket.readyState === WebSocket.OPEN ? SILENCE_MS : OPENS_WITHIN_MS;
    if (performance.now() - heardAt > patience) drop(SILENT_CODE);
    else send(begin(QUERY_AWARENESS));
  }, ASK_EVERY_MS);

  const tell = (update: Uint8Array, origin: unknown) => {
    if (origin === link) return;
    const message = begin(SYNC);
    writeUpdate(message, update);
    send(message);
  };

  const link: Link = {
    connect() {
      isWanted = true;
      // Not before: while nobody listens, what the device has is read without being written out as an update again.
      doc.on("update", tell);
      if (!socket) open();
    },
    disconnect() {
      isWanted = false;
      clearTimeout(again);
      again = undefined;
      const old = socket;
      socket = undefined;
      old?.close();
    },
    sendStateless(payload) {
      const message = begin(STATELESS);
      writeVarString(message, payload);
      send(message);
    },
  };
  return link;
}

/** Codes of the registry (RFC 6455, 7.4.1; IANA) for what no close frame says. */
const NORMAL_CODE = 1000;
const SILENT_CODE = 1006;
const DENIED_CODE = 1013;

/**
 * The documents that are open in one web process, served by Hocuspocus on the studio's own port.
 *
 * An update of a client is tried, queued for the log and shown to the others; a mark is answered when
 * all that its connection sent before it is in the database. What other processes append comes over
 * the bus. No lock is needed: the log is in Postgres, and Yjs merges.
 */

import { setTimeout as sleep } from "node:timers/promises";
import {
  type beforeSyncPayload,
  type Connection,
  Hocuspocus,
  type onAuthenticatePayload,
  type onLoadDocumentPayload,
  type onStatelessPayload,
  type Document as YDocument,
} from "@hocuspocus/server";
import type { ServerWebSocket } from "bun";
import { type AccountActor, mayWrite, nameOf } from "../access.ts";
import { hearEnded } from "../accounts/session.ts";
import { type BucketSeen, findBucket } from "../buckets/buckets.ts";
import type { Bus, Stop } from "../bus/bus.ts";
import { type Database, isUnavailable } from "../database.ts";
import type { Feed } from "../events/feed.ts";
import type { Socket } from "../http.ts";
import type { Log } from "../log.ts";
import { lastNumbers } from "./log.ts";
import { documentOptions } from "./model/document.ts";
import { FROM_LOG, Opened } from "./opened.ts";
import {
  DOCUMENT_CLOSE,
  keptFor,
  REFUSALS,
  type Refusal,
  refusedMessage,
  SYNC_LIMIT_BYTES,
} from "./protocol.ts";
import { openQueue } from "./queue.ts";
import { type Told, tellUpdates } from "./updates.ts";

/** A document without sockets stays open for so long, in milliseconds: people reload pages. */
const STAYS_OPEN_MS = 30_000;
/** How often sockets, lonely documents and the numbers of the log are looked at, in milliseconds. */
const LOOK_EVERY_MS = 10_000;
/** How long a stop waits for the database to take what is queued, in milliseconds. */
const STOP_WITHIN_MS = 10_000;
/** The pause before the database is asked again who somebody is, in milliseconds. */
const ASK_AGAIN_MS = 500;
/**
 * What a socket may have waiting while its document is read, however long the database is away, in bytes and
 * messages. Whoever it is has been asked before there was a socket.
 */
const WAITING_LIMIT_BYTES = 32 * 1024 * 1024;
const WAITING_LIMIT = 100_000;
/** Hocuspocus' own idle limit, in milliseconds; Bun's pings find dead peers long before. */
const NEVER_IDLE_MS = 24 * 60 * 60 * 1_000;

export type Session = { id: string; expiresAt: Date };

export type Documents = {
  socket(actor: AccountActor, session: Session, bucket: BucketSeen, request: Request): Socket;
  /** The Y.Doc, while it is open here, with the number of the log up to which it goes. */
  opened(document: string): { doc: YDocument; applied: number } | undefined;
  /** The same at a moment in which it has exactly what the log has up to that number; undefined at any other. */
  settled(document: string): { doc: YDocument; applied: number } | undefined;
  /** Updates that a verb of this process has appended, after its commit. */
  offer(document: string, told: Omit<Told, "sender">): void;
  /** True when all that this process took is in the database; false when the document is gone. */
  flushed(document: string): Promise<boolean>;
  stop: Stop;
};

type Context = { socket: DocumentSocket };

export async function openDocuments(parts: {
  db: Database;
  bus: Bus;
  feed: Feed;
  log: Log;
}): Promise<Documents> {
  const { db, bus, feed, log } = parts;
  const sender = crypto.randomUUID();
  const sockets = new Set<DocumentSocket>();
  const open = new Map<string, Opened>();

  const queue = openQueue({
    db,
    log,
    appended({ document, first, last, updates }) {
      tellUpdates(bus, document, { sender, first, last, updates });
      open.get(document)?.reached(first, last);
    },
    gone(document) {
      for (const socket of sockets)
        if (socket.bucket === document) socket.close(DOCUMENT_CLOSE.accessChanged);
    },
  });

  /** Who the socket's account is here at this moment; asked until the database answers. */
  async function onAuthenticate(payload: onAuthenticatePayload<Context>): Promise<void> {
    const { socket } = payload.context;
    if (payload.documentName !== socket.bucket) throw DOCUMENT_CLOSE.accessChanged;
    while (!socket.isClosed)
      try {
        const bucket = await findBucket(db, socket.actor, socket.bucket);
        payload.connectionConfig.readOnly = !mayWrite(bucket.role) || bucket.trashedAt !== null;
        return;
      } catch (error) {
        if (!isUnavailable(error)) {
          socket.close(DOCUMENT_CLOSE.accessChanged);
          throw DOCUMENT_CLOSE.accessChanged;
        }
        await sleep(ASK_AGAIN_MS);
      }
    throw DOCUMENT_CLOSE.accessChanged;
  }

  async function onLoadDocument({ documentName, document }: onLoadDocumentPayload<Context>) {
    const opened = new Opened({ db, bus, log, sender }, documentName, document);
    open.set(documentName, opened);
    document.on("update", (update: Uint8Array, origin: unknown) => {
      opened.copy(update, origin);
      if (isFromClient(origin) || origin === FROM_LOG) return;
      // The studio's own: rescued words.
      queue.push(documentName, { update, actor: "system" });
    });
    try {
      await opened.load();
    } catch (error) {
      await forget(documentName);
      throw error;
    }
  }

  async function beforeSync(payload: beforeSyncPayload<Context>): Promise<void> {
    const { connection, documentName, type, payload: update, context } = payload;
    if (type === SYNC_STEP_1) return;
    const opened = open.get(documentName)!;
    // Each connection begins with all that its client ever deleted: mostly nothing new.
    if (type === SYNC_STEP_2 && opened.contains(update)) return;
    if (connection.readOnly) {
      connection.sendStateless(refusedMessage(REFUSALS.readOnly));
      return;
    }
    await queue.room(documentName);
    const refusal = opened.refusal(update, type === SYNC_STEP_2 ? SYNC_LIMIT_BYTES : undefined);
    if (refusal) {
      refuse(connection, refusal);
      context.socket.close(DOCUMENT_CLOSE.refused);
      return;
    }
    queue.push(documentName, { update, actor: nameOf(context.socket.actor) });
    opened.apply(update, { source: "connection", connection });
  }

  /** Hocuspocus takes nothing more of it, and no mark of it is answered. */
  function refuse(connection: Connection, refusal: Refusal): void {
    connection.readOnly = true;
    connection.sendStateless(refusedMessage(refusal));
  }

  async function onStateless(message: onStatelessPayload): Promise<void> {
    const { connection, documentName, payload } = message;
    const kept = keptFor(payload);
    if (!kept || connection.readOnly) return;
    if (await queue.flushed(documentName)) connection.sendStateless(kept);
  }

  async function forget(document: string): Promise<void> {
    const opened = open.get(document);
    open.delete(document);
    await opened?.close();
  }

  class OfTheStudio extends Hocuspocus<Context> {
    /** Asked at the very moment of unloading, so that nobody comes in between. */
    override shouldUnloadDocument(document: YDocument): boolean {
      const opened = open.get(document.name);
      if (opened && !isLonely(opened)) return false;
      return queue.isIdle(document.name) && super.shouldUnloadDocument(document);
    }
  }

  const isLonely = ({ id, lonelySince }: Opened) =>
    lonelySince !== undefined &&
    performance.now() - lonelySince > STAYS_OPEN_MS &&
    ![...sockets].some(({ bucket }) => bucket === id);

  const hocuspocus = new OfTheStudio({
    quiet: true,
    timeout: NEVER_IDLE_MS,
    maxUnauthenticatedQueueSize: WAITING_LIMIT_BYTES,
    maxUnauthenticatedQueueMessages: WAITING_LIMIT,
    // Their type leaves out what Yjs gives to the filter.
    yDocOptions: documentOptions as { gc: boolean; gcFilter: () => boolean },
    onAuthenticate,
    onLoadDocument,
    beforeSync,
    onStateless,
    afterUnloadDocument: ({ documentName }) => forget(documentName),
  });

  function loaded(document: string): Opened | undefined {
    const opened = open.get(document);
    return opened?.isLoaded ? opened : undefined;
  }

  async function look(): Promise<void> {
    const now = new Date();
    for (const socket of sockets)
      if (socket.session.expiresAt <= now) socket.close(DOCUMENT_CLOSE.signedOut);
    const visited = new Set([...sockets].map(({ bucket }) => bucket));
    for (const opened of open.values()) {
      if (visited.has(opened.id)) opened.lonelySince = undefined;
      else opened.lonelySince ??= performance.now();
      if (isLonely(opened)) await hocuspocus.unloadDocument(opened.doc);
    }
    // The last signal of all leaves no gap when it is lost.
    const last = await lastNumbers(db, [...open.keys()]).catch(() => new Map<string, number>());
    for (const [id, seq] of last) {
      const opened = open.get(id);
      if (opened && seq > opened.applied && queue.isIdle(id)) void opened.catchUp();
    }
  }

  bus.onReconnect(() => {
    for (const opened of open.values()) void opened.catchUp();
  });
  const stops = [
    feed.subscribe(({ root, path, event }) => {
      const { account } = event.data as { account?: unknown };
      for (const socket of sockets) {
        const isMember =
          MEMBERSHIP.test(event.type) && socket.root === root && socket.actor.account === account;
        const isMoved = MOVES.test(event.type) && isAbove(event.subject, socket, path);
        if (isMember || isMoved) socket.close(DOCUMENT_CLOSE.accessChanged);
      }
    }),
    await hearEnded(bus, (session) => {
      for (const socket of sockets)
        if (socket.session.id === session) socket.close(DOCUMENT_CLOSE.signedOut);
    }),
  ];
  const looking = setInterval(() => void look(), LOOK_EVERY_MS);

  return {
    socket: (actor, session, bucket, request) =>
      new DocumentSocket(hocuspocus, sockets, actor, session, bucket, request),
    opened: loaded,
    settled(document) {
      const opened = loaded(document);
      return opened && queue.isIdle(document) && !opened.isAhead ? opened : undefined;
    },
    offer(document, told) {
      tellUpdates(bus, document, { ...told, sender });
      open.get(document)?.hear({ ...told, sender });
    },
    flushed: (document) => queue.flushed(document),
    async stop() {
      clearInterval(looking);
      for (const socket of sockets) socket.close(DOCUMENT_CLOSE.restart);
      const left = await queue.stop(STOP_WITHIN_MS);
      if (left > 0) log.error({ left }, "the database did not take all; nobody was told it did");
      await Promise.all(stops.map((stop) => stop()));
      await Promise.all([...open.keys()].map(forget));
    },
  };
}

/** Message types of y-protocols/sync. */
const SYNC_STEP_1 = 0;
const SYNC_STEP_2 = 1;

const MEMBERSHIP = /^bucket\.member_(added|removed)$/;
/** Trash, restoration, another place: what one may do there is asked again. */
const MOVES = /^bucket\.(deleted|restored|moved)$/;

const isAbove = (subject: string, socket: DocumentSocket, path: string[]) =>
  socket.path.includes(subject) || path.includes(socket.bucket);

const isFromClient = (origin: unknown) =>
  (origin as { source?: string } | null)?.source === "connection";

/** One WebSocket to one document. */
class DocumentSocket implements Socket {
  readonly bucket: string;
  readonly root: string;
  readonly path: string[];
  isClosed = false;
  #ws: ServerWebSocket<unknown> | undefined;
  #client: ReturnType<Hocuspocus<Context>["handleConnection"]> | undefined;

  constructor(
    readonly hocuspocus: Hocuspocus<Context>,
    readonly sockets: Set<DocumentSocket>,
    readonly actor: AccountActor,
    readonly session: Session,
    bucket: BucketSeen,
    readonly request: Request,
  ) {
    this.bucket = bucket.id;
    this.root = bucket.root;
    this.path = bucket.path;
  }

  open(ws: ServerWebSocket<unknown>): void {
    this.#ws = ws;
    this.sockets.add(this);
    const incoming = {
      // 0: dropped, because the client does not keep up. It comes back and asks for what it lacks.
      send: (message: Uint8Array) => {
        if (!this.isClosed && ws.send(message) === 0) this.close(DOCUMENT_CLOSE.tryAgain);
      },
      close: (code?: number, reason?: string) => ws.close(code, reason),
      get readyState() {
        return ws.readyState;
      },
    };
    this.#client = this.hocuspocus.handleConnection(incoming as WebSocket, this.request, {
      socket: this,
    });
  }

  receive(message: string | Buffer): void {
    // A copy: Bun uses the buffer again, and an update waits for the database.
    if (typeof message !== "string") this.#client?.handleMessage(new Uint8Array(message));
  }

  close({ code, reason }: { code: number; reason: string }): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#ws?.close(code, reason);
    this.#leave();
  }

  closed(): void {
    this.isClosed = true;
    this.#leave();
  }

  #leave(): void {
    if (this.sockets.delete(this)) this.#client?.handleClose();
  }
}

/** The live part of one web process: its sockets, and what it hears for them. */
import { inArray } from "drizzle-orm";
import { Type } from "typebox";
import { sessions, tokens } from "../../drizzle/tables.ts";
import type { AccountActor } from "../access.ts";
import { hearEnded } from "../accounts/session.ts";
import { createBlob, readView } from "../blobs/blobs.ts";
import { findBucket } from "../buckets/buckets.ts";
import type { Bus, Stop } from "../bus/bus.ts";
import type { Database } from "../database.ts";
import type { NumberedEvent } from "../events/event.ts";
import type { Feed } from "../events/feed.ts";
import { once } from "../idempotency.ts";
import type { Log } from "../log.ts";
import { invalid } from "../problem.ts";
import type { Processor } from "../processors/sdk.ts";
import { askForWhole, hearDeltas } from "../runs/deltas.ts";
import { hearProgress } from "../runs/progress.ts";
import { cancelRun, runSummary } from "../runs/runs.ts";
import { hearSpent } from "../runs/spent.ts";
import { checked } from "../shape.ts";
import type { Subscription } from "./filter.ts";
import { Partials } from "./partials.ts";
import { CLOSE, type Frame, LiveSocket, type SocketParts } from "./socket.ts";

/** Every socket hears its position at least this often, in milliseconds. */
export const POSITION_EVERY_MS = 15_000;
/** Ids in one question to the database. */
const SESSIONS_BATCH = 10_000;

/** Makes the fragments that an event changes on one page; undefined when it changes none. */
export type View = (id: string, event: NumberedEvent) => Promise<object> | undefined;

export type Live = {
  partials: Partials;
  connect(
    actor: AccountActor,
    session: { id: string; expiresAt: Date },
    query: { since?: string | undefined; view?: string | undefined } & Subscription,
  ): Promise<LiveSocket>;
  /** Closes all sockets with 1012. */
  stop: Stop;
};

export type LiveParts = {
  db: Database;
  bus: Bus;
  feed: Feed;
  log: Log;
  processors: readonly Processor[];
  /** By the first word of `view`: `chapter` for `chapter/<id>`. */
  views: Record<
    string,
    { make: View; requireSeen(actor: AccountActor, id: string): Promise<unknown> }
  >;
};

const Types = Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems: 50 });
const Ref = Type.String({ minLength: 1, maxLength: 100 });
const SubscribeShape = Type.Object({
  ref: Ref,
  bucket: Type.Optional(Type.String()),
  types: Type.Optional(Types),
});
const UnsubscribeShape = Type.Object({ ref: Ref });
const CreateShape = Type.Object({
  ref: Ref,
  key: Type.String(),
  schema: Type.String(),
  bucket: Type.String(),
  content: Type.Unknown(),
  metadata: Type.Optional(Type.Record(Type.String({ maxLength: 100 }), Type.Unknown())),
});
const CancelShape = Type.Object({ ref: Ref, run: Type.String() });

export async function openLive(parts: LiveParts): Promise<Live> {
  const { db, bus, feed, log } = parts;
  const sockets = new Set<LiveSocket>();
  const partials = new Partials((run) => askForWhole(bus, run));
  const rendering = new Map<string, Promise<string>>();
  let stopping = false;

  const commands: SocketParts["commands"] = {
    async subscribe(socket, message) {
      const { ref, bucket, types } = checked(message, SubscribeShape);
      if (bucket) await findBucket(db, socket.actor, bucket);
      return () => socket.subscribe(ref, { bucket, types });
    },
    async unsubscribe(socket, message) {
      const { ref } = checked(message, UnsubscribeShape);
      return () => ({ removed: socket.subscriptions.delete(ref) });
    },
    async "blob.create"(socket, message) {
      const { key, schema, bucket, content, metadata } = checked(message, CreateShape);
      const draft = { schema, bucket, content, ...(metadata ? { metadata } : {}) };
      // The same scope as over HTTP: a client may repeat on either way what it began on the other.
      const request = { method: "POST", path: "/api/blobs", key, body: draft };
      const { answer } = await once(db, socket.actor, request, async (tx) => ({
        status: 201,
        answer: readView(await createBlob(tx, socket.actor, draft)),
      }));
      return { blob: answer };
    },
    async "run.cancel"(socket, message) {
      const { run } = checked(message, CancelShape);
      return { run: runSummary(await cancelRun(db, socket.actor, parts.processors, run)) };
    },
  };

  /**
   * Shared by the sockets that look at the same page, while it is made and no longer: fragments show
   * the page as it is now, and an old event may be replayed later.
   */
  function rendered(view: string, event: NumberedEvent): Promise<string> | undefined {
    const key = `${view} ${event.offset}`;
    const known = rendering.get(key);
    if (known) return known;
    const [kind, id] = splitView(view);
    const made = parts.views[kind]!.make(id, event)
      ?.then((members) =>
        JSON.stringify({ type: "event", offset: event.offset, event: event.event, ...members }),
      )
      .finally(() => rendering.delete(key));
    if (made) rendering.set(key, made);
    return made;
  }

  const socketParts: SocketParts = {
    db,
    feed,
    partials,
    log,
    commands,
    rendered,
    opened(socket) {
      sockets.add(socket);
      if (stopping) socket.close(CLOSE.restart, "the studio restarts");
    },
    closed: (socket) => sockets.delete(socket),
  };

  /** Behind the signal, which may get lost: whoever signed out hears nothing more. */
  async function closeSignedOut(): Promise<void> {
    const ids = [...new Set([...sockets].map(({ session }) => session.id))];
    const standing = new Set<string>();
    for (let at = 0; at < ids.length; at += SESSIONS_BATCH) {
      const some = ids.slice(at, at + SESSIONS_BATCH);
      for (const table of [sessions, tokens])
        for (const { id } of await db
          .select({ id: table.id })
          .from(table)
          .where(inArray(table.id, some)))
          standing.add(id);
    }
    const ended = new Set(ids.filter((id) => !standing.has(id)));
    for (const socket of sockets) if (ended.has(socket.session.id)) signOut(socket);
  }
  const checkSessions = () =>
    void closeSignedOut().catch((error) =>
      log.warn({ err: error }, "the sessions of sockets could not be checked"),
    );

  const stops = [
    feed.subscribe((event) => partials.hear(event)),
    await hearDeltas(bus, (delta) => {
      if (partials.take(delta)) for (const socket of sockets) socket.delta(delta);
    }),
    await hearProgress(bus, (progress) => {
      for (const socket of sockets) socket.progress(progress);
    }),
    await hearSpent(bus, (spent) => {
      for (const socket of sockets) socket.spent(spent);
    }),
    await bus.tail(["reyna.signal.view.>"], ({ text }) => {
      const { view, root, frame } = JSON.parse(text) as ViewSignal;
      for (const socket of sockets) socket.tellView(view, root, frame);
    }),
    await hearEnded(bus, (session) => {
      for (const socket of sockets) if (socket.session.id === session) signOut(socket);
    }),
  ];
  bus.onReconnect(checkSessions);
  const ticking = setInterval(() => {
    const now = new Date();
    for (const socket of sockets) socket.tick(now);
    checkSessions();
  }, POSITION_EVERY_MS);

  return {
    partials,
    async connect(actor, session, { since, view, bucket, types }) {
      if (bucket) await findBucket(db, actor, bucket);
      if (view) {
        const [kind, id] = splitView(view);
        if (!Object.hasOwn(parts.views, kind))
          throw invalid([{ pointer: "/query/view", rule: "view", message: "is not a known page" }]);
        await parts.views[kind]!.requireSeen(actor, id);
      }
      return new LiveSocket(socketParts, actor, session, { since, view }, { bucket, types });
    },
    async stop() {
      stopping = true;
      clearInterval(ticking);
      for (const socket of sockets) socket.close(CLOSE.restart, "the studio restarts");
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}

type ViewSignal = { view: string; root: string; frame: Frame };

/** A frame for everyone who looks at a page: a hint, never the only way to learn something. */
export function signalView(bus: Bus, signal: ViewSignal): void {
  bus.signal(`reyna.signal.view.${signal.view.replaceAll("/", ".")}`, JSON.stringify(signal));
}

const signOut = (socket: LiveSocket) => socket.close(CLOSE.policy, "signed out");

function splitView(view: string): [kind: string, id: string] {
  const slash = view.indexOf("/");
  return slash < 0 ? [view, ""] : [view.slice(0, slash), view.slice(slash + 1)];
}

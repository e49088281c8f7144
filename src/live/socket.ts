/**
 * One connection to `/live`. Events come to it in order from the feed; while it replays what it
 * missed, new ones wait. Whatever has to be rendered first keeps its place in the line.
 */
import type { ServerWebSocket } from "bun";
import { type AccountActor, rootsOf } from "../access.ts";
import type { Database } from "../database.ts";
import type { NumberedEvent } from "../events/event.ts";
import type { Feed } from "../events/feed.ts";
import { readEvents, readLogPosition } from "../events/replay.ts";
import type { Socket } from "../http.ts";
import { BODY_LIMIT_BYTES, parseJson } from "../json.ts";
import type { Log } from "../log.ts";
import { Problem, unavailable } from "../problem.ts";
import type { Delta } from "../runs/deltas.ts";
import { applyMembership, maySee, parseSince, type Subscription, wants } from "./filter.ts";
import type { Partials } from "./partials.ts";

/** Events that one resumption replays at most; further back, the client refetches. */
const REPLAY_LIMIT = 20_000;
const REPLAY_BATCH = 500;
/** After so many events that were filtered out, a `position` tells how far the stream is. */
const POSITION_AFTER = 100;
/** Frames waiting for their rendering, and messages waiting to be handled, at most. */
const OUTBOX_LIMIT = 2_000;
const INBOX_LIMIT = 200;
/** The largest message of a client: a blob and what wraps it. */
const MESSAGE_LIMIT_BYTES = BODY_LIMIT_BYTES + 64 * 1024;
/** Subscriptions of one socket at most. */
const SUBSCRIPTIONS_LIMIT = 100;

/** RFC 6455, section 7.4; 1012 and 1013 from the IANA registry. */
export const CLOSE = { policy: 1008, tooBig: 1009, restart: 1012, tryAgain: 1013 } as const;

export type Frame = Record<string, unknown> & { type: string };

export type SocketParts = {
  db: Database;
  feed: Feed;
  partials: Partials;
  log: Log;
  /** What a client may ask for; answers become its `ack`. */
  commands: Record<string, (socket: LiveSocket, message: Frame) => Promise<object>>;
  /** The fragments of a page that an event changes, as members of its frame. */
  fragments(view: string, event: NumberedEvent): Promise<object> | undefined;
  opened(socket: LiveSocket): void;
  closed(socket: LiveSocket): void;
};

export class LiveSocket implements Socket {
  readonly subscriptions = new Map<string, Subscription>();
  #ws: ServerWebSocket<unknown> | undefined;
  #roots = new Set<string>();
  /** Events that arrived while the past was replayed; undefined afterwards. */
  #waiting: NumberedEvent[] | undefined = [];
  #unsubscribe: () => void = () => {};
  #outbox = Promise.resolve();
  #outboxSize = 0;
  #inbox = Promise.resolve();
  #inboxSize = 0;
  #heard = 0;
  #told = 0;
  #closed = false;

  constructor(
    readonly parts: SocketParts,
    readonly actor: AccountActor,
    readonly session: { id: string; expiresAt: Date },
    readonly request: { since: string | undefined; view: string | undefined },
    first: Subscription,
  ) {
    this.subscriptions.set("0", first);
  }

  open(ws: ServerWebSocket<unknown>): void {
    this.#ws = ws;
    this.parts.opened(this);
    const from = this.parts.feed.offset;
    this.#unsubscribe = this.parts.feed.subscribe((event) => this.#hear(event));
    this.#begin(from).catch((error) => {
      this.parts.log.warn({ err: error }, "a socket could not begin");
      this.close(CLOSE.tryAgain, "not available right now");
    });
  }

  async #begin(from: number): Promise<void> {
    const { db, feed } = this.parts;
    // Read after the feed was subscribed to: later changes of membership arrive as events.
    this.#roots = new Set(await rootsOf(db, this.actor));
    const since = await this.#resumable(from);
    this.#heard = this.#told = since ?? from;
    const welcome: Frame = { type: "welcome", epoch: feed.epoch, offset: this.#heard };
    if (this.request.since !== undefined) welcome.recovered = since !== undefined;
    this.#send(welcome);
    if (this.request.since !== undefined && since === undefined) this.#send({ type: "reset" });
    while (since !== undefined && this.#heard < from) {
      const missed = await readEvents(db, this.#heard, from, REPLAY_BATCH);
      for (const event of missed) this.#pass(event);
      if (missed.length < REPLAY_BATCH) break;
      await this.#outbox;
    }
    this.#heard = Math.max(this.#heard, from);
    const waiting = this.#waiting!;
    this.#waiting = undefined;
    for (const event of waiting) this.#pass(event);
    this.#tellPosition();
    for (const delta of this.parts.partials.all()) this.delta(delta);
  }

  /** The offset to replay from; undefined when there is none, or not all after it is there. */
  async #resumable(from: number): Promise<number | undefined> {
    if (this.request.since === undefined) return undefined;
    const since = parseSince(this.request.since);
    if (!since || since.epoch !== this.parts.feed.epoch) return undefined;
    const { prunedOffset, lastOffset } = await readLogPosition(this.parts.db);
    if (since.offset < prunedOffset || since.offset > lastOffset) return undefined;
    if (from - since.offset > REPLAY_LIMIT) return undefined;
    return since.offset;
  }

  #hear(event: NumberedEvent): void {
    if (this.#waiting) {
      this.#waiting.push(event);
      if (this.#waiting.length > REPLAY_LIMIT) this.close(CLOSE.tryAgain, "too slow");
    } else this.#pass(event);
  }

  #pass(event: NumberedEvent): void {
    if (event.offset <= this.#heard) return;
    this.#heard = event.offset;
    applyMembership(this.#roots, this.actor.account, event);
    if (maySee(this.#roots, event) && this.#wanted((one) => wants(one, event))) {
      const { view } = this.request;
      const content = view ? this.parts.fragments(view, event) : undefined;
      const frame = { type: "event", offset: event.offset, event: event.event };
      this.#send(content ? content.then((members) => ({ ...frame, ...members })) : frame);
      this.#told = event.offset;
    } else if (event.offset - this.#told >= POSITION_AFTER) this.#tellPosition();
  }

  #wanted(test: (subscription: Subscription) => boolean): boolean {
    for (const subscription of this.subscriptions.values()) if (test(subscription)) return true;
    return false;
  }

  delta(delta: Delta): void {
    if (this.#waiting || !this.#roots.has(delta.root)) return;
    if (!this.#wanted(({ bucket }) => bucket === undefined || delta.path.includes(bucket))) return;
    const { run, attempt, at, text } = delta;
    this.#send({ type: "delta", run, attempt, at, text });
  }

  /** A frame for those who look at one page, about something in `root`. */
  tellView(view: string, root: string, frame: Frame): void {
    if (this.request.view === view && this.#roots.has(root)) this.#send(frame);
  }

  /** Now and then, so that the position of a client that hears nothing moves on too. */
  tick(now: Date): void {
    if (this.session.expiresAt <= now) this.close(CLOSE.policy, "the session has ended");
    else if (!this.#waiting) this.#tellPosition();
  }

  #tellPosition(): void {
    this.#told = this.#heard;
    this.#send({ type: "position", offset: this.#heard });
  }

  receive(message: string | Buffer): void {
    if (message.length > MESSAGE_LIMIT_BYTES) {
      this.close(CLOSE.tooBig, "too large");
      return;
    }
    if (++this.#inboxSize > INBOX_LIMIT) {
      this.close(CLOSE.policy, "too many messages");
      return;
    }
    this.#inbox = this.#inbox.then(async () => {
      this.#inboxSize--;
      if (!this.#closed) this.#send(await this.#answer(String(message)));
    });
  }

  async #answer(text: string): Promise<Frame> {
    let ref: unknown;
    try {
      const message = parseJson(text);
      if (message === null || typeof message !== "object" || Array.isArray(message))
        throw new Problem(400, "not-a-message", "A message is a JSON object");
      ref = (message as Frame).ref;
      const { type } = message as Frame;
      if (type === "ping") return { type: "pong" };
      const command = Object.hasOwn(this.parts.commands, String(type))
        ? this.parts.commands[String(type)]
        : undefined;
      if (!command)
        throw new Problem(400, "unknown-message", "No such message", {
          detail: `Known are ${Object.keys(this.parts.commands).join(", ")} and ping.`,
        });
      return { type: "ack", ref, ...(await command(this, message as Frame)) };
    } catch (error) {
      if (!(error instanceof Problem))
        this.parts.log.error({ err: error }, "a message of a socket failed");
      const problem = error instanceof Problem ? error : unavailable("It did not work. Try again.");
      return { type: "error", ref, problem: problem.toJSON() };
    }
  }

  /** The offset after which it hears what the new subscription adds. */
  subscribe(ref: string, subscription: Subscription): { offset: number } {
    if (this.subscriptions.size >= SUBSCRIPTIONS_LIMIT && !this.subscriptions.has(ref))
      throw new Problem(409, "too-many", `At most ${SUBSCRIPTIONS_LIMIT} subscriptions`);
    this.subscriptions.set(ref, subscription);
    // Behind the acknowledgement, which this is about to become.
    queueMicrotask(() => {
      for (const delta of this.parts.partials.all()) this.delta(delta);
    });
    return { offset: this.#heard };
  }

  #send(frame: Frame | Promise<Frame>): void {
    if (this.#closed) return;
    if (!(frame instanceof Promise) && this.#outboxSize === 0) {
      this.#write(frame);
      return;
    }
    if (++this.#outboxSize > OUTBOX_LIMIT) {
      this.close(CLOSE.tryAgain, "too slow");
      return;
    }
    this.#outbox = this.#outbox.then(async () => {
      try {
        this.#write(await frame);
      } catch (error) {
        // Without its fragments the page would silently stay old: let it come back and resume.
        this.parts.log.warn({ err: error }, "fragments could not be rendered");
        this.close(CLOSE.tryAgain, "not available right now");
      } finally {
        this.#outboxSize--;
      }
    });
  }

  #write(frame: Frame): void {
    if (this.#closed) return;
    // 0: dropped, because the client does not keep up. It comes back and resumes.
    if (this.#ws!.send(JSON.stringify(frame)) === 0) this.close(CLOSE.tryAgain, "too slow");
  }

  close(code: number, reason: string): void {
    if (this.#closed) return;
    this.closed();
    this.#ws?.close(code, reason);
  }

  closed(): void {
    this.#closed = true;
    this.#unsubscribe();
    this.parts.closed(this);
  }
}

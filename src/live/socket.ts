/**
 * One connection to `/live`. Events come to it in order from the feed; while it replays what it
 * missed, new ones wait. Whatever has to be rendered first keeps its place in the line.
 *
 * What it has told is a whole: should it ever miss an event, or a client not keep up, it closes with
 * 1013, and the client comes back with the last offset that it heard.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerWebSocket } from "bun";
import { type AccountActor, rootsOf } from "../access.ts";
import { type Database, isUnavailable } from "../database.ts";
import type { NumberedEvent } from "../events/event.ts";
import type { Feed } from "../events/feed.ts";
import { type LogPosition, readEvents, readLogPosition } from "../events/replay.ts";
import type { Socket } from "../http.ts";
import { BODY_LIMIT_BYTES, parseJson } from "../json.ts";
import type { Log } from "../log.ts";
import { Problem, unavailable } from "../problem.ts";
import type { Delta } from "../runs/deltas.ts";
import type { ProgressSignal } from "../runs/progress.ts";
import type { SpentSignal } from "../runs/spent.ts";
import { applyMembership, maySee, parseSince, type Subscription, wants } from "./filter.ts";
import type { Partials } from "./partials.ts";

/** Events that one resumption replays at most; further back, the client refetches. */
const REPLAY_LIMIT = 20_000;
const REPLAY_BATCH = 500;
/** Events wait here while more than this waits for the network, in bytes; looked at so often, in ms. */
const AHEAD_BYTES = 512 * 1024;
const AHEAD_LOOK_MS = 10;
/** A client that takes nothing of it for so long, in milliseconds, does not keep up. */
export const STALLED_MS = 5_000;
/** Nor does one for whom more than this waits, in bytes. */
const SLOW_BYTES = 4 * 1024 * 1024;
/** After so many events that were filtered out, a `position` tells how far the stream is. */
const POSITION_AFTER = 100;
/** Frames waiting for their rendering at most. */
const OUTBOX_LIMIT = 2_000;
/** With so many messages waiting to be handled, or so many UTF-16 units, no more are read for now. */
const INBOX_PAUSE = 100;
const INBOX_PAUSE_UNITS = 8 * 1024 * 1024;
/** The largest message of a client: a blob and what wraps it. */
const MESSAGE_LIMIT_BYTES = BODY_LIMIT_BYTES + 64 * 1024;
/** Subscriptions of one socket at most. */
const SUBSCRIPTIONS_LIMIT = 100;

/** RFC 6455, section 7.4; 1012 and 1013 from the IANA registry. */
export const CLOSE = { policy: 1008, tooBig: 1009, restart: 1012, tryAgain: 1013 } as const;

export type Frame = Record<string, unknown> & { type: string };

/** Members of an `ack`, or what makes them in the moment in which it is sent. */
type Ack = object | (() => object);

export type SocketParts = {
  db: Database;
  feed: Feed;
  partials: Partials;
  log: Log;
  /** What a client may ask for; answers become its `ack`. */
  commands: Record<string, (socket: LiveSocket, message: Frame) => Promise<Ack>>;
  /** The frame of an event with the fragments of a page that it changes; undefined when it changes none. */
  rendered(view: string, event: NumberedEvent): Promise<string> | undefined;
  opened(socket: LiveSocket): void;
  closed(socket: LiveSocket): void;
};

export class LiveSocket implements Socket {
  readonly subscriptions = new Map<string, Subscription>();
  #ws: ServerWebSocket<unknown> | undefined;
  #roots = new Set<string>();
  /** `#roots` holds what the events up to here made of it. */
  #rootsAt = 0;
  /** Events that wait until what was before them is replayed or read; undefined when none has to. */
  #waiting: NumberedEvent[] | undefined = [];
  #unsubscribe: () => void = () => {};
  #outbox = Promise.resolve();
  #outboxSize = 0;
  #welcomed = Promise.withResolvers<void>();
  #inbox = this.#welcomed.promise;
  #inboxSize = 0;
  #inboxUnits = 0;
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
    if (this.#closed) return;
    const from = this.parts.feed.offset;
    this.#unsubscribe = this.parts.feed.subscribe((event) => this.#hear(event));
    this.#begin(from).catch((error) => {
      this.parts.log.warn({ err: error }, "a socket could not begin");
      this.close(CLOSE.tryAgain, "not available right now");
    });
  }

  async #begin(from: number): Promise<void> {
    const { db, feed } = this.parts;
    // In this order: what changes a membership is in the roots by now, or will be heard.
    const standing = await readLogPosition(db);
    this.#roots = new Set(await rootsOf(db, this.actor));
    this.#rootsAt = standing.lastOffset;
    if (this.#closed) return;

    const since = this.#resumable(from, standing);
    this.#heard = this.#told = since ?? from;
    const welcome: Frame = { type: "welcome", epoch: feed.epoch, offset: this.#heard };
    if (this.request.since !== undefined) welcome.recovered = since !== undefined;
    this.#tell(welcome);
    if (welcome.recovered === false) this.#tell({ type: "reset" });
    this.#welcomed.resolve();

    while (this.#heard < from && !this.#closed) {
      const missed = await readEvents(db, this.#heard, from, REPLAY_BATCH);
      if (missed.length === 0) this.#lostTrack();
      for (const event of missed) {
        await this.#keepsUp();
        this.#pass(event);
      }
    }
    await this.#passWaiting();
  }

  /** Then goes on live, with the whole of what runs have written meanwhile. */
  async #passWaiting(): Promise<void> {
    const waiting = this.#waiting ?? [];
    for (let event = waiting.shift(); event && !this.#closed; event = waiting.shift()) {
      await this.#keepsUp();
      this.#pass(event);
    }
    this.#waiting = undefined;
    this.#tellPosition();
    for (const delta of this.parts.partials.all()) this.delta(delta);
  }

  /** The offset to replay from; undefined when there is none, or not all after it is there. */
  #resumable(from: number, { prunedOffset, lastOffset }: LogPosition): number | undefined {
    const since = parseSince(this.request.since ?? "");
    if (!since || since.epoch !== this.parts.feed.epoch) return undefined;
    if (since.offset < prunedOffset || since.offset > lastOffset) return undefined;
    if (from - since.offset > REPLAY_LIMIT) return undefined;
    return since.offset;
  }

  /** Waits for a client that reads more slowly than events come, as long as it reads at all. */
  async #keepsUp(): Promise<void> {
    await this.#outbox;
    let least = Number.POSITIVE_INFINITY;
    let movedAt = performance.now();
    while (!this.#closed) {
      const ahead = this.#ws!.getBufferedAmount();
      if (ahead <= AHEAD_BYTES) return;
      if (ahead < least) {
        least = ahead;
        movedAt = performance.now();
      } else if (performance.now() - movedAt > STALLED_MS) this.#tooSlow();
      await sleep(AHEAD_LOOK_MS);
    }
  }

  #hear(event: NumberedEvent): void {
    if (this.#waiting) {
      this.#waiting.push(event);
      if (this.#waiting.length > REPLAY_LIMIT) this.#tooSlow();
    } else if (this.#ws!.getBufferedAmount() > AHEAD_BYTES) {
      this.#waiting = [event];
      void this.#passWaiting();
    } else this.#pass(event);
  }

  #pass(event: NumberedEvent): void {
    if (this.#closed || event.offset <= this.#heard) return;
    if (event.offset > this.#heard + 1) {
      this.#lostTrack();
      return;
    }
    this.#heard = event.offset;
    // The past is shown to those who may see it now, whatever they might then.
    if (event.offset > this.#rootsAt) applyMembership(this.#roots, this.actor, event);
    if (maySee(this.#roots, event) && this.#wanted((one) => wants(one, event))) {
      const { view } = this.request;
      const rendered = view ? this.parts.rendered(view, event) : undefined;
      if (rendered) this.#sendRendered(rendered, event);
      else this.#send(eventFrame(event));
      this.#told = event.offset;
    } else if (event.offset - this.#told >= POSITION_AFTER) this.#tellPosition();
  }

  /** Events were pruned before this socket had them. Coming back, the client is told to refetch. */
  #lostTrack(): void {
    this.close(CLOSE.tryAgain, "too far behind");
  }

  #wanted(test: (subscription: Subscription) => boolean): boolean {
    for (const subscription of this.subscriptions.values()) if (test(subscription)) return true;
    return false;
  }

  delta(delta: Delta): void {
    if (this.#waiting || !this.#hearsRun(delta)) return;
    const { run, attempt, at, text } = delta;
    this.#tell({ type: "delta", run, attempt, at, text });
  }

  /** Lossy, like a delta: the run itself says how far it was when last asked. */
  progress(progress: ProgressSignal): void {
    if (this.#waiting || !this.#hearsRun(progress)) return;
    const { root: _root, path: _path, ...far } = progress;
    this.#tell({ type: "progress", ...far });
  }

  /** About what a run has cost so far; its end says what it did. */
  spent(spent: SpentSignal): void {
    if (this.#waiting || !this.#hearsRun(spent)) return;
    const { run, attempt, cost } = spent;
    this.#tell({ type: "spent", run, attempt, cost });
  }

  #hearsRun({ root, path }: Pick<Delta, "root" | "path">): boolean {
    if (!this.#roots.has(root)) return false;
    return this.#wanted(({ bucket }) => bucket === undefined || path.includes(bucket));
  }

  /** A frame for those who look at one page, about something in `root`. */
  tellView(view: string, root: string, frame: Frame): void {
    if (!this.#waiting && this.request.view === view && this.#roots.has(root)) this.#tell(frame);
  }

  /** Now and then, so that the position of a client that hears nothing moves on too. */
  tick(now: Date): void {
    if (this.session.expiresAt <= now) this.close(CLOSE.policy, "the session has ended");
    else if (!this.#waiting) this.#tellPosition();
  }

  #tellPosition(): void {
    this.#told = this.#heard;
    this.#tell({ type: "position", offset: this.#heard });
  }

  /** Handled one after the other, and none before the welcome. */
  receive(message: string | Buffer): void {
    if (message.length > MESSAGE_LIMIT_BYTES) {
      this.close(CLOSE.tooBig, "too large");
      return;
    }
    const text = String(message);
    this.#inboxSize++;
    this.#inboxUnits += text.length;
    this.#paceInbox();
    this.#inbox = this.#inbox.then(async () => {
      if (!this.#closed) await this.#handle(text);
      this.#inboxSize--;
      this.#inboxUnits -= text.length;
      this.#paceInbox();
    });
  }

  /** Beyond what may wait here, messages wait in the network, and then in the client. */
  #paceInbox(): void {
    if (this.#closed) return;
    const full = this.#inboxSize > INBOX_PAUSE || this.#inboxUnits > INBOX_PAUSE_UNITS;
    if (full) this.#ws!.pause();
    else if (this.#ws!.isPaused) this.#ws!.resume();
  }

  async #handle(text: string): Promise<void> {
    let ref: unknown;
    try {
      const message = parseJson(text);
      if (message === null || typeof message !== "object" || Array.isArray(message))
        throw new Problem(400, "not-a-message", "A message is a JSON object");
      ref = (message as Frame).ref;
      const { type } = message as Frame;
      if (type === "ping") return this.#tell({ type: "pong" });
      const command = Object.hasOwn(this.parts.commands, String(type))
        ? this.parts.commands[String(type)]
        : undefined;
      if (!command)
        throw new Problem(400, "unknown-message", "No such message", {
          detail: `Known are ${Object.keys(this.parts.commands).join(", ")} and ping.`,
        });
      const ack = await command(this, message as Frame);
      this.#tell({ type: "ack", ref, ...(typeof ack === "function" ? ack() : ack) });
    } catch (error) {
      this.#tell({
        type: "error",
        ref: ref ?? refOf(text),
        problem: this.#problemOf(error).toJSON(),
      });
    }
  }

  #problemOf(error: unknown): Problem {
    if (error instanceof Problem) return error;
    if (isUnavailable(error)) {
      this.parts.log.warn({ err: error }, "the database is away");
      return unavailable();
    }
    this.parts.log.error({ err: error }, "a message of a socket failed");
    return new Problem(500, "internal", "Something went wrong here", {
      detail: "It is in the log. Nothing was changed; try again.",
    });
  }

  /**
   * To be called as the acknowledgement is sent: from the offset in it on, what the subscription
   * adds is heard. What runs are writing there comes right behind it.
   */
  subscribe(ref: string, subscription: Subscription): { offset: number } {
    if (this.subscriptions.size >= SUBSCRIPTIONS_LIMIT && !this.subscriptions.has(ref))
      throw new Problem(409, "too-many", `At most ${SUBSCRIPTIONS_LIMIT} subscriptions`);
    const unheard = [...this.parts.partials.all()].filter((delta) => !this.#hearsRun(delta));
    this.subscriptions.set(ref, subscription);
    queueMicrotask(() => {
      for (const delta of unheard) this.delta(delta);
    });
    return { offset: this.#heard };
  }

  #tell(frame: Frame): void {
    this.#send(JSON.stringify(frame));
  }

  #send(text: string): void {
    if (this.#outboxSize === 0) this.#write(text);
    else this.#inLine(() => this.#write(text));
  }

  #sendRendered(rendered: Promise<string>, event: NumberedEvent): void {
    // Its failure is met when it is its turn; until then it is nobody's.
    rendered.catch(() => {});
    this.#inLine(async () => {
      try {
        this.#write(await rendered);
      } catch (error) {
        this.parts.log.warn({ err: error, offset: event.offset }, "fragments were not rendered");
        // Coming back, it resumes, and they are rendered anew. What fails for ever would hold it
        // there for ever: then the event goes without them, and the page is to be read again.
        if (isUnavailable(error)) return this.close(CLOSE.tryAgain, "not available right now");
        this.#write(eventFrame(event));
        this.#write(JSON.stringify({ type: "reset" }));
      }
    });
  }

  #inLine(write: () => void | Promise<void>): void {
    if (this.#closed) return;
    if (++this.#outboxSize > OUTBOX_LIMIT) {
      this.#tooSlow();
      return;
    }
    this.#outbox = this.#outbox.then(async () => {
      await write();
      this.#outboxSize--;
    });
  }

  #write(text: string): void {
    if (this.#closed) return;
    const ws = this.#ws!;
    // 0: dropped, beyond the server's own limit.
    if (ws.getBufferedAmount() > SLOW_BYTES || ws.send(text) === 0) this.#tooSlow();
  }

  #tooSlow(): void {
    this.close(CLOSE.tryAgain, "too slow");
  }

  close(code: number, reason: string): void {
    if (this.#closed) return;
    this.closed();
    this.#ws?.close(code, reason);
  }

  closed(): void {
    this.#closed = true;
    this.#waiting = undefined;
    this.#unsubscribe();
    this.parts.closed(this);
  }
}

/** Of a message that cannot be taken, so that its sender knows which. */
function refOf(text: string): unknown {
  try {
    return (JSON.parse(text) as Frame | null)?.ref;
  } catch {
    return undefined;
  }
}

const frames = new WeakMap<NumberedEvent, string>();

/** One text for all sockets that hear the event. */
export function eventFrame(event: NumberedEvent): string {
  const known = frames.get(event);
  if (known !== undefined) return known;
  const text = JSON.stringify({ type: "event", offset: event.offset, event: event.event });
  frames.set(event, text);
  return text;
}

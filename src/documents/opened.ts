/**
 * A document that is open in this process: the Y.Doc that Hocuspocus serves, with what keeps it
 * true. It follows the log by number: what this process appends, what others tell over the bus, and
 * on a gap what the log says. Order does not matter to Yjs; the numbers only tell what is missing.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Document as YDocument } from "@hocuspocus/server";
import * as Y from "yjs";
import type { Bus, Stop } from "../bus/bus.ts";
import type { Database } from "../database.ts";
import type { Log } from "../log.ts";
import { readLog } from "./log.ts";
import { newDocument } from "./model/document.ts";
import { applyAllRescuing, applyRescuing, type Rescued, writeRescued } from "./model/rescue.ts";
import { DOCUMENT_LIMIT_BYTES, REFUSALS, type Refusal, UPDATE_LIMIT_BYTES } from "./protocol.ts";
import { decode, subjectOf, type Told } from "./updates.ts";

/** How long a gap in the numbers may stay open before the log is read, in milliseconds. */
const GAP_MS = 100;
/** The pause before a failed reading of the log is tried again, in milliseconds. */
const READ_AGAIN_MS = 500;

/** The origin of what is in the log already: Hocuspocus stores nothing for it. */
export const FROM_LOG = { source: "local", skipStoreHooks: true } as const;

/** An update that says nothing: no structs, no deletions. */
const EMPTY_BYTES = 2;

export class Opened {
  /** Everything up to this number is in the document. */
  applied = 0;
  /** When the last socket left; undefined while there is one. */
  lonelySince: number | undefined;
  /** Numbers of updates that are in the document ahead of a gap: first → last. */
  #early = new Map<number, number>();
  /**
   * A copy that every update is tried on first: one that throws half-way must neither reach the
   * document nor the log, where it would spoil every later opening.
   */
  #scratch = newDocument();
  /** The state's bytes as last measured, and those of all updates since: never too little. */
  #bytes = 0;
  /** The origin of the update that is being applied and is in the copy already. */
  #tried: unknown;
  #reading: Promise<void> | undefined;
  #gapTimer: ReturnType<typeof setTimeout> | undefined;
  #stopTail: Stop = async () => {};
  #closed = false;

  constructor(
    readonly parts: { db: Database; bus: Bus; log: Log; sender: string },
    readonly id: string,
    readonly doc: YDocument,
  ) {}

  /** Resolves when the document is as the log has it, however long the database is away. */
  async load(): Promise<void> {
    // Heard before the log is read: what is appended from here on comes one way or the other.
    this.#stopTail = await this.parts.bus.tail([subjectOf(this.id)], ({ bytes }) => {
      const told = decode(bytes);
      if (told.sender !== this.parts.sender) this.hear(told);
    });
    await this.catchUp();
    if (!this.isLoaded) throw new Error(`The document ${this.id} is gone.`);
  }

  get isLoaded(): boolean {
    return this.applied > 0;
  }

  /** Whether there is something in the document that others appended after what is still missing. */
  get isAhead(): boolean {
    return this.#early.size > 0;
  }

  /** What is in the log and not yet here: told by another process, or by a verb of this one. */
  hear({ first, last, updates }: Told): void {
    if (this.#closed || last <= this.applied) return;
    if (updates) {
      this.#take(updates);
      this.reached(first, last);
    } else void this.catchUp();
  }

  /** The updates with these numbers are in the document. */
  reached(first: number, last: number): void {
    if (first > this.applied + 1) {
      this.#early.set(first, last);
      this.#gapTimer ??= setTimeout(() => {
        this.#gapTimer = undefined;
        if (this.#early.size > 0) void this.catchUp();
      }, GAP_MS);
      return;
    }
    this.applied = Math.max(this.applied, last);
    for (const [start, end] of this.#early)
      if (start <= this.applied + 1) {
        this.#early.delete(start);
        this.reached(start, end);
      }
  }

  /** Reads what the log has beyond `applied`. */
  catchUp(): Promise<void> {
    this.#reading ??= this.#readOn().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readOn(): Promise<void> {
    while (!this.#closed) {
      try {
        const read = await readLog(this.parts.db, this.id, this.applied);
        if (!read || this.#closed) return;
        this.#take(read.updates);
        this.reached(this.applied + 1, read.seq);
        return;
      } catch (error) {
        this.parts.log.warn({ err: error, document: this.id }, "the log of a document is not read");
        await sleep(READ_AGAIN_MS);
      }
    }
  }

  #take(updates: Uint8Array[]): void {
    this.#rescue(applyAllRescuing(this.doc, updates, FROM_LOG));
  }

  /** Whatever came into the document, from wherever, comes into the copy as well. */
  copy(update: Uint8Array, origin: unknown): void {
    if (origin === this.#tried) return;
    Y.applyUpdate(this.#scratch, update);
    this.#bytes += update.byteLength;
  }

  /** Why an update from a client can never be taken; undefined when it can. It is not yet applied. */
  refusal(update: Uint8Array, limit = UPDATE_LIMIT_BYTES): Refusal | undefined {
    if (update.byteLength > limit) return REFUSALS.updateTooLarge;
    try {
      if (this.#isTooLarge(update)) return REFUSALS.documentTooLarge;
      Y.applyUpdate(this.#scratch, update);
    } catch {
      this.#scratch.destroy();
      this.#scratch = newDocument();
      Y.applyUpdate(this.#scratch, Y.encodeStateAsUpdate(this.doc));
      return REFUSALS.notAnUpdate;
    }
    return undefined;
  }

  #isTooLarge(update: Uint8Array): boolean {
    if (this.#bytes + update.byteLength <= DOCUMENT_LIMIT_BYTES) return false;
    // Taking something out of a full chapter is always possible.
    if (Y.decodeUpdate(update).structs.length === 0) return false;
    this.#bytes = Y.encodeStateAsUpdate(this.doc).byteLength;
    return this.#bytes + update.byteLength > DOCUMENT_LIMIT_BYTES;
  }

  /** Takes an update that was tried; what the merge would take away of others' words is kept. */
  apply(update: Uint8Array, origin: unknown): void {
    this.#tried = origin;
    this.#bytes += update.byteLength;
    try {
      this.#rescue(applyRescuing(this.doc, update, origin));
    } finally {
      this.#tried = undefined;
    }
  }

  /** What this writes goes into the log like everything else (`open.ts`). */
  #rescue(rescued: Rescued[]): void {
    writeRescued(this.doc, rescued, new Date());
  }

  /** Whether the document has all that an update says. */
  contains(update: Uint8Array): boolean {
    if (update.byteLength <= EMPTY_BYTES) return true;
    try {
      return Y.snapshotContainsUpdate(Y.snapshot(this.doc), update);
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#gapTimer);
    this.#scratch.destroy();
    await this.#stopTail();
  }
}

/**
 * Words that a merge would take away. Yjs deletes what is inside of what is deleted: when somebody joins two
 * paragraphs while somebody else writes in the second, the new words go with it, though nobody
 * deleted them. The server applies every update with {@link applyRescuing} and keeps such words in
 * `getMap("recovered")`, where the writer is offered them.
 *
 * An entry is named by the range of its characters, and a range always holds the same characters. So what several
 * processes rescue, each in its own pieces, is united where they are offered (`recovered.ts`); nothing has to be agreed on.
 */
import * as Y from "yjs";
import { passagesOf, RESCUE, recoveredOf } from "./document.ts";
import { HALVES, type Half } from "./schema.ts";

/** Characters `clock` to `clock + text.length` of one client. */
export type Rescued = {
  client: number;
  clock: number;
  text: string;
  /** They were typed right behind the character before them in the range. */
  follows: boolean;
  /** Where they were typed; null when even the place is gone. */
  passage: string | null;
  half: Half | null;
};

export type Entry = Rescued & {
  /** RFC 3339. */
  at: string;
  /** When a person put them back or discarded them, RFC 3339. */
  settledAt?: string;
};

/**
 * Applies an update and tells which words went with what was removed. Not within a transaction.
 * @throws what Y.applyUpdate throws for what is no update.
 */
export function applyRescuing(doc: Y.Doc, update: Uint8Array, origin?: unknown): Rescued[] {
  return applyAllRescuing(doc, [update], origin);
}

/**
 * The same for many, such as a log: in one transaction, since cleaning up after each takes most of the
 * time. Only its end collects garbage, so each update is judged while all words are still there.
 */
export function applyAllRescuing(doc: Y.Doc, updates: Uint8Array[], origin?: unknown): Rescued[] {
  const rescued: Rescued[] = [];
  Y.transact(
    doc,
    (transaction) => {
      /** How much of the transaction's deletions was there before, by client. */
      const seen = new Map<number, number>();
      for (const update of updates) {
        const { structs, deleted } = arriving(doc, update);
        const known = statesOf(doc, structs);
        Y.applyUpdate(doc, update, origin);
        rescued.push(
          ...removedWith(transaction, since(transaction.deleteSet, seen), deleted),
          ...homeless(doc, structs, known, deleted),
        );
      }
    },
    origin,
    false,
  );
  return rescued;
}

/**
 * The browser's way with what a device has kept, which several pages may have written apart from each other: what none of
 * the updates asks to delete, and is not there when all are, is told.
 */
export function applyTogether(doc: Y.Doc, updates: Uint8Array[], origin: unknown): Rescued[] {
  const asked = Y.mergeDeleteSets(updates.map((update) => Y.decodeUpdate(update).ds));
  return doc.transact((transaction) => {
    for (const update of updates) Y.applyUpdate(doc, update);
    return removedWith(transaction, transaction.deleteSet, asked);
  }, origin);
}

/** What was added to a set that only grows at its ends; remembers how far it is. */
function since({ clients }: Deleted, seen: Map<number, number>): Deleted {
  const added = Y.createDeleteSet();
  for (const [client, ranges] of clients) {
    const from = seen.get(client) ?? 0;
    if (ranges.length === from) continue;
    added.clients.set(client, ranges.slice(from));
    seen.set(client, ranges.length);
  }
  return added;
}

function statesOf(doc: Y.Doc, structs: Struct[]): Map<number, number> {
  const states = new Map<number, number>();
  for (const { id } of structs)
    if (!states.has(id.client)) states.set(id.client, Y.getState(doc.store, id.client));
  return states;
}

/** What the update brings, with what earlier ones brought too early. */
function arriving(doc: Y.Doc, update: Uint8Array) {
  const { pendingStructs, pendingDs } = doc.store;
  const parts = [Y.decodeUpdate(update)];
  if (pendingStructs !== null) parts.push(Y.decodeUpdateV2(pendingStructs.update));
  if (pendingDs !== null) parts.push(Y.decodeUpdateV2(pendingDs));
  return {
    structs: parts.flatMap((part) => part.structs),
    deleted: Y.mergeDeleteSets(parts.map((part) => part.ds)),
  };
}

/** Of the characters that this transaction deleted, those that nobody asked to delete. */
function removedWith(transaction: Y.Transaction, removed: Deleted, asked: Deleted): Rescued[] {
  const rescued: Rescued[] = [];
  Y.iterateDeletedStructs(transaction, removed, (item) => {
    if (!(item instanceof Y.Item && item.content instanceof Y.ContentString)) return;
    const { client, clock } = item.id;
    const open = without(asked, client, clock, clock + item.length);
    if (open.length === 0) return;
    const place = placeOf(transaction.doc, item);
    for (const [start, end] of open) {
      rescued.push({
        client,
        clock: start,
        text: item.content.str.slice(start - clock, end - clock),
        follows: start > clock || isBehind(item),
        ...place,
      });
    }
  });
  return rescued;
}

/** New characters whose place was collected as garbage, so that Yjs did not even take them in. */
function homeless(
  doc: Y.Doc,
  structs: Struct[],
  known: Map<number, number>,
  asked: Deleted,
): Rescued[] {
  const rescued: Rescued[] = [];
  for (const struct of structs) {
    if (!(struct instanceof Y.Item && struct.content instanceof Y.ContentString)) continue;
    const { client, clock } = struct.id;
    const stored = doc.store.clients.get(client) ?? [];
    const taken = Y.getState(doc.store, client);
    const from = Math.max(clock, known.get(client) ?? 0);
    const until = Math.min(clock + struct.length, taken);
    for (const [start, end] of without(asked, client, from, until)) {
      if (!(stored[Y.findIndexSS(stored, start)] instanceof Y.GC)) continue;
      rescued.push({
        client,
        clock: start,
        text: struct.content.str.slice(start - clock, end - clock),
        follows: start > clock || isBehind(struct),
        passage: null,
        half: null,
      });
    }
  }
  return rescued;
}

/** What the server is known to have: the next clock by client, as in a Yjs state vector. */
export type ServerState = Map<number, number>;

/**
 * The browser's share, for what meets here before the server has seen both sides: words that were typed here and not
 * sent, in a place that comes back removed; words that come in for a place that was removed here. The
 * garbage collection takes them, and what goes out afterwards names them among the deleted. Nobody can have meant
 * to delete words that he had not seen: what the server was not known to have before is rescued.
 * @param isRemote tells by a transaction's origin whether it came from the server.
 * @param known what the device's store remembers of the server; else words that it has are offered as rescued.
 */
export function rescueUnsent(
  doc: Y.Doc,
  isRemote: (origin: unknown) => boolean,
  known: ServerState = new Map(),
  now = () => new Date(),
) {
  const has = new Map(known);
  const learn = (state: ServerState) => {
    for (const [client, clock] of state) has.set(client, Math.max(clock, has.get(client) ?? 0));
  };
  const look = (transaction: Y.Transaction) => {
    if (!isRemote(transaction.origin)) return;
    const seen = Y.createDeleteSet();
    for (const [client, len] of has) seen.clients.set(client, [{ clock: 0, len }]);
    writeRescued(doc, removedWith(transaction, transaction.deleteSet, seen), now());
    for (const [client, clock] of transaction.afterState)
      if (clock > (transaction.beforeState.get(client) ?? 0)) learn(new Map([[client, clock]]));
  };
  doc.on("afterTransaction", look);
  return {
    /** What the server will have when all that was sent until now is kept. */
    sent: (): ServerState => Y.decodeStateVector(Y.encodeStateVector(doc)),
    /** Call it with {@link sent} of the moment whose mark came back, or with the server's own state vector. */
    kept: learn,
    /** For the device's store. */
    known: (): ServerState => new Map(has),
    stop: () => doc.off("afterTransaction", look),
  };
}

export type Deleted = ReturnType<typeof Y.createDeleteSet>;
type Struct = ReturnType<typeof Y.decodeUpdate>["structs"][number];

const isBehind = ({ id, origin }: Y.Item): boolean =>
  origin !== null && origin.client === id.client && origin.clock === id.clock - 1;

/** The parts of a range that are not in the set, whose ranges are sorted and apart. */
export function without(
  set: Deleted,
  client: number,
  start: number,
  end: number,
): [number, number][] {
  const ranges = set.clients.get(client) ?? [];
  let low = 0;
  for (let high = ranges.length; low < high; ) {
    const middle = (low + high) >> 1;
    const { clock, len } = ranges[middle]!;
    if (clock + len <= start) low = middle + 1;
    else high = middle;
  }
  const left: [number, number][] = [];
  let from = start;
  for (let i = low; i < ranges.length && ranges[i]!.clock < end; i++) {
    const { clock, len } = ranges[i]!;
    if (clock > from) left.push([from, clock]);
    from = Math.max(from, clock + len);
  }
  if (from < end) left.push([from, end]);
  return left;
}

function placeOf(doc: Y.Doc, item: Y.Item): { passage: string | null; half: Half | null } {
  // First of all: of a document that nobody has looked at yet, this is when the map comes to be.
  const passages: unknown = passagesOf(doc);
  const keys: (string | null)[] = [];
  let at = item.parent as Y.AbstractType<unknown> | null;
  while (at?._item != null) {
    keys.unshift(at._item.parentSub);
    at = at._item.parent as Y.AbstractType<unknown> | null;
  }
  const half = HALVES.find((name) => name === keys[1]);
  if (at !== passages || half === undefined) return { passage: null, half: null };
  return { passage: keys[0] ?? null, half };
}

/**
 * Idempotent, in this process and between several. What the document has as recovered already is left as it is,
 * in whatever pieces: writing it anew could win over a decision about it.
 */
export function writeRescued(doc: Y.Doc, rescued: Rescued[], now: Date): void {
  if (rescued.length === 0) return;
  const recovered = recoveredOf(doc);
  const there = coveredBy([...recovered.values()].filter(isEntry));
  const at = now.toISOString();
  const missing = rescued.flatMap((one) =>
    without(there, one.client, one.clock, one.clock + one.text.length).map(([start, end]) =>
      slice({ ...one, at }, start, end),
    ),
  );
  if (missing.length === 0) return;
  doc.transact(() => {
    for (const one of missing) recovered.set(keyOf(one), one);
  }, RESCUE);
}

export function coveredBy(entries: Entry[]): Deleted {
  const set = Y.createDeleteSet();
  for (const { client, clock, text } of entries) {
    const range = { clock, len: text.length };
    const ranges = set.clients.get(client);
    if (ranges === undefined) set.clients.set(client, [range]);
    else ranges.push(range);
  }
  // Sorts and joins them.
  return Y.mergeDeleteSets([set]);
}

export const slice = (entry: Entry, start: number, end: number): Entry => ({
  ...entry,
  clock: start,
  text: entry.text.slice(start - entry.clock, end - entry.clock),
  follows: start > entry.clock || entry.follows,
});

export function isEntry(value: unknown): value is Entry {
  const entry = value as Entry | null | undefined;
  return (
    typeof entry === "object" &&
    entry !== null &&
    Number.isSafeInteger(entry.client) &&
    Number.isSafeInteger(entry.clock) &&
    typeof entry.text === "string"
  );
}

export const keyOf = ({ client, clock, text }: Rescued): string =>
  `${client}.${clock}.${text.length}`;

/**
 * Words that a merge would take away. Yjs deletes what is inside of what is deleted: when somebody joins two
 * paragraphs while somebody else writes in the second, the new words go with it, though nobody
 * deleted them. The server applies every update with {@link applyRescuing} and keeps such words in
 * `getMap("recovered")`, where the writer is offered them.
 *
 * An entry is named by the range of its characters, and a range always holds the same characters. So what several
 * processes rescue, each in its own pieces, is united by {@link readRecovered}; nothing has to be agreed on.
 */
import { Fragment } from "prosemirror-model";
import * as Y from "yjs";
import { insertPassage, putBackPassage } from "./commands.ts";
import { fragmentOf, passagesOf, RESCUE, recoveredOf, STRUCTURE } from "./document.ts";
import { readHalf, writeFragment } from "./halves.ts";
import { HALVES, type Half, schema } from "./schema.ts";
import { paragraphsOf } from "./text.ts";

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

type Entry = Rescued & {
  /** RFC 3339. */
  at: string;
  /** When a person put them back or discarded them, RFC 3339. */
  settledAt?: string;
};

export type Recovered = {
  /** Names the range, for {@link discardRecovered} and {@link putBackRecovered}. */
  id: string;
  text: string;
  passage: string | null;
  half: Half | null;
  at: string;
};

/**
 * Applies an update and tells which words went with what was removed. Not within a transaction.
 * @throws what Y.applyUpdate throws for what is no update.
 */
export function applyRescuing(doc: Y.Doc, update: Uint8Array, origin?: unknown): Rescued[] {
  const { structs, deleted } = arriving(doc, update);
  let rescued: Rescued[] | undefined;
  // Emitted before the garbage is collected: the words are still there.
  const look = (transaction: Y.Transaction) => {
    rescued ??= [...removedWith(transaction, deleted), ...homeless(transaction, structs, deleted)];
  };
  doc.on("afterTransaction", look);
  try {
    Y.applyUpdate(doc, update, origin);
  } finally {
    doc.off("afterTransaction", look);
  }
  return rescued ?? [];
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

/** Characters that this transaction deleted and nobody asked to delete. */
function removedWith(transaction: Y.Transaction, asked: Deleted): Rescued[] {
  const rescued: Rescued[] = [];
  Y.iterateDeletedStructs(transaction, transaction.deleteSet, (item) => {
    if (!(item instanceof Y.Item && item.content instanceof Y.ContentString)) return;
    const { client, clock } = item.id;
    const place = placeOf(transaction.doc, item);
    for (const [start, end] of without(asked, client, clock, clock + item.length)) {
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
function homeless(transaction: Y.Transaction, structs: Struct[], asked: Deleted): Rescued[] {
  const rescued: Rescued[] = [];
  for (const struct of structs) {
    if (!(struct instanceof Y.Item && struct.content instanceof Y.ContentString)) continue;
    const { client, clock } = struct.id;
    const stored = transaction.doc.store.clients.get(client) ?? [];
    const known = transaction.beforeState.get(client) ?? 0;
    const taken = Y.getState(transaction.doc.store, client);
    const from = Math.max(clock, known);
    for (const [start, end] of without(
      asked,
      client,
      from,
      Math.min(clock + struct.length, taken),
    )) {
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
    writeRescued(doc, removedWith(transaction, seen), now());
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

type Deleted = ReturnType<typeof Y.createDeleteSet>;
type Struct = ReturnType<typeof Y.decodeUpdate>["structs"][number];

const isBehind = ({ id, origin }: Y.Item): boolean =>
  origin !== null && origin.client === id.client && origin.clock === id.clock - 1;

/** The parts of a range that are not in the set, whose ranges are sorted and apart. */
function without(set: Deleted, client: number, start: number, end: number): [number, number][] {
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
  const keys: (string | null)[] = [];
  let at = item.parent as Y.AbstractType<unknown> | null;
  while (at?._item != null) {
    keys.unshift(at._item.parentSub);
    at = at._item.parent as Y.AbstractType<unknown> | null;
  }
  const half = HALVES.find((name) => name === keys[1]);
  if (at !== (passagesOf(doc) as unknown) || half === undefined)
    return { passage: null, half: null };
  return { passage: keys[0] ?? null, half };
}

/** Idempotent, in this process and between several. */
export function writeRescued(doc: Y.Doc, rescued: Rescued[], now: Date): void {
  if (rescued.length === 0) return;
  const recovered = recoveredOf(doc);
  doc.transact(() => {
    for (const one of rescued) {
      const key = keyOf(one);
      if (!recovered.has(key)) recovered.set(key, { ...one, at: now.toISOString() });
    }
  }, RESCUE);
}

/** What waits for a decision, the oldest first. */
export function readRecovered(doc: Y.Doc): Recovered[] {
  return runsOf(doc)
    .filter(({ text }) => text.trim() !== "")
    .map((run) => ({
      id: keyOf(run),
      text: run.text,
      passage: run.passage,
      half: run.half,
      at: run.at,
    }))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** Characters that were typed one behind the other are one run, however many pieces they came in. */
function runsOf(doc: Y.Doc): Entry[] {
  const runs: Entry[] = [];
  for (const entry of waiting(doc)) {
    const last = runs.at(-1);
    const continues =
      last?.client === entry.client &&
      last.clock + last.text.length === entry.clock &&
      entry.follows &&
      last.passage === entry.passage &&
      last.half === entry.half;
    if (continues) last.text += entry.text;
    else runs.push({ ...entry });
  }
  return runs;
}

/** Characters without a decision, each once, by client and clock. */
function waiting(doc: Y.Doc): Entry[] {
  const entries = [...recoveredOf(doc).values()].filter(isEntry);
  const settled = coveredBy(entries.filter(({ settledAt }) => settledAt !== undefined));
  const left = entries.flatMap((entry) => {
    const { client, clock, text } = entry;
    const open = without(settled, client, clock, clock + text.length);
    return open.map(([start, end]) => slice(entry, start, end));
  });
  left.sort((a, b) => a.client - b.client || a.clock - b.clock || b.text.length - a.text.length);
  const apart: Entry[] = [];
  let reached = 0;
  for (const [i, entry] of left.entries()) {
    if (entry.client !== left[i - 1]?.client) reached = 0;
    const end = entry.clock + entry.text.length;
    if (reached < end) apart.push(slice(entry, Math.max(entry.clock, reached), end));
    reached = Math.max(reached, end);
  }
  return apart;
}

function coveredBy(entries: Entry[]): Deleted {
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

const slice = (entry: Entry, start: number, end: number): Entry => ({
  ...entry,
  clock: start,
  text: entry.text.slice(start - entry.clock, end - entry.clock),
  follows: start > entry.clock || entry.follows,
});

/** The words stay in the document but are offered no more. @throws RangeError when they are not offered. */
export function discardRecovered(doc: Y.Doc, id: string, now: Date): void {
  const run = offered(doc, id);
  const settled: Entry = { ...run, settledAt: now.toISOString() };
  doc.transact(() => recoveredOf(doc).set(keyOf(run), settled), STRUCTURE);
}

/**
 * Puts the words behind the half they were typed in, or into a new row at the end when that is not known;
 * a removed passage comes back with them. One step of undo for a manager over {@link undoScope}.
 * @returns the passage that holds them now.
 * @throws RangeError when they are not offered.
 */
export function putBackRecovered(doc: Y.Doc, id: string, now: Date): string {
  const run = offered(doc, id);
  const words = paragraphsOf(run.text);
  const map = run.passage === null ? undefined : passagesOf(doc).get(run.passage);
  const fragment = run.half === null ? undefined : fragmentOf(map, run.half);
  if (fragment === undefined) {
    const prose = schema.nodes.prose.create(null, words);
    const passage = insertPassage(doc, "end", { prose });
    discardRecovered(doc, id, now);
    return passage;
  }
  const half = readHalf(fragment, run.half!);
  doc.transact(() => {
    writeFragment(doc, fragment, half.copy(half.content.append(Fragment.fromArray(words))));
    if (map!.has("gone")) putBackPassage(doc, run.passage!);
    discardRecovered(doc, id, now);
  }, STRUCTURE);
  return run.passage!;
}

function offered(doc: Y.Doc, id: string): Entry {
  const run = runsOf(doc).find((one) => keyOf(one) === id);
  if (run === undefined) throw new RangeError(`There is nothing to put back as ${id}.`);
  return run;
}

function isEntry(value: unknown): value is Entry {
  const entry = value as Entry | null | undefined;
  return (
    typeof entry === "object" &&
    entry !== null &&
    Number.isSafeInteger(entry.client) &&
    Number.isSafeInteger(entry.clock) &&
    typeof entry.text === "string"
  );
}

const keyOf = ({ client, clock, text }: Rescued): string => `${client}.${clock}.${text.length}`;

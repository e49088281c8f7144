/**
 * Writers on one chapter, simulated: they type, join, split, move, merge, remove, put back, undo, lose
 * their connection and come back, in an order that the seed decides, through the model's own commands and over
 * two servers. At the end everybody has the same chapter, and every character that was typed is in it.
 */
import { type Node as PMNode, Slice } from "prosemirror-model";
import { Transform } from "prosemirror-transform";
import * as Y from "yjs";
import * as commands from "../../src/documents/model/commands.ts";
import {
  fragmentOf,
  newDocument,
  passagesOf,
  undoOptions,
  undoScope,
} from "../../src/documents/model/document.ts";
import { readHalf, writeHalf } from "../../src/documents/model/halves.ts";
import { derivedId } from "../../src/documents/model/ids.ts";
import { putBackRecovered, readRecovered } from "../../src/documents/model/recovered.ts";
import { applyRescuing, rescueUnsent, writeRescued } from "../../src/documents/model/rescue.ts";
import { readChapter, readRows, readTrash } from "../../src/documents/model/rows.ts";
import { HALVES, type Half, schema } from "../../src/documents/model/schema.ts";

export type Options = { seed: number; steps: number; writers?: number; undo?: boolean };
export type Outcome = {
  typed: number;
  rescued: number;
  passages: number;
  /** Characters that stand in the chapter more than once: both sides of a merge kept their copy. */
  doubled: number;
  actions: Record<string, number>;
};

const NOW = new Date("2026-01-01T00:00:00Z");
/** More than enough for everybody to hear of everything. */
const ROUNDS = 10;
const NO_ID = "00000000-0000-7000-8000-000000000000";
const REMOTE = "remote";
/** Every character is typed once: the first of these is U+4E00. */
const FIRST_CHARACTER = 0x4e00;
const LAST_CHARACTER = 0xd7a3;

/** @throws Error that names the seed and what is wrong. */
export function simulate({ seed, steps, writers = 3, undo = false }: Options): Outcome {
  const random = randomOf(seed);
  const below = (n: number) => Math.floor(random() * n);
  const pick = <T>(from: readonly T[]): T | undefined => from[below(from.length)];
  const typed = new Map<string, number>();
  /** Taken away by the one who typed it, who saw it. */
  const taken = new Set<string>();
  const words: string[] = [];
  const actions: Record<string, number> = {};
  let rescued = 0;
  let character = FIRST_CHARACTER;

  const servers = [makeNode(1), makeNode(2)];
  const clients = Array.from({ length: writers }, (_, i) => ({
    ...makeNode(10 + i),
    server: servers[i % servers.length]!,
    online: true,
    manager: null as unknown as Y.UndoManager,
    unsent: null as unknown as ReturnType<typeof rescueUnsent>,
  }));
  type Node = (typeof servers)[number];
  type Client = (typeof clients)[number];

  function makeNode(id: number) {
    const doc = newDocument();
    doc.clientID = id * 1_000 + seed;
    /** Updates on their way, by whom they go to. */
    const wires = new Map<unknown, Uint8Array[]>();
    return { doc, wires };
  }

  function take(server: Node, update: Uint8Array, from: unknown) {
    clients.find((client) => client === from)?.unsent.kept(stateIn(update));
    const words = applyRescuing(server.doc, update, { from });
    rescued += words.reduce((sum, { text }) => sum + text.length, 0);
    writeRescued(server.doc, words, NOW);
  }

  for (const server of servers) {
    server.doc.on("update", (update: Uint8Array, origin: { from?: unknown } | string) => {
      const from = typeof origin === "object" ? origin?.from : undefined;
      const toServers = servers.filter(
        (other) => other !== server && !servers.includes(from as Node),
      );
      const toClients = clients.filter(
        (one) => one.online && one.server === server && one !== from,
      );
      for (const to of [...toServers, ...toClients]) push(server, to, update);
    });
  }
  for (const client of clients) {
    client.doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin !== REMOTE && client.online) push(client, client.server, update);
    });
    client.unsent = rescueUnsent(
      client.doc,
      (origin) => origin === REMOTE,
      new Map(),
      () => NOW,
    );
    client.manager = new Y.UndoManager(undoScope(client.doc), {
      ...undoOptions(),
      captureTimeout: 0,
    });
  }

  function push(from: Node, to: unknown, update: Uint8Array) {
    const wire = from.wires.get(to);
    if (wire === undefined) from.wires.set(to, [update]);
    else wire.push(update);
  }

  function receive(to: Node, update: Uint8Array, from: unknown) {
    if (servers.includes(to)) take(to, update, from);
    else Y.applyUpdate(to.doc, update, REMOTE);
  }

  function deliver(from: Node, to: Node, most: number) {
    for (const update of from.wires.get(to)?.splice(0, most) ?? []) receive(to, update, from);
  }

  function disconnect(client: Client) {
    client.online = false;
    client.wires.clear();
    client.server.wires.delete(client);
  }

  function connect(client: Client) {
    client.online = true;
    client.server = pick(servers)!;
    exchange(client, client.server);
  }

  /** As two of them greet: each says what it has, and gets what it lacks, in either order. */
  function exchange(a: Node, b: Node) {
    const [first, second] = random() < 0.5 ? [a, b] : [b, a];
    receive(second, Y.encodeStateAsUpdate(first.doc, Y.encodeStateVector(second.doc)), first);
    receive(first, Y.encodeStateAsUpdate(second.doc, Y.encodeStateVector(first.doc)), second);
  }

  const seededId = () => derivedId(NO_ID, `${random()}`);

  const word = () => {
    const length = 1 + below(3);
    let text = "";
    for (let i = 0; i < length && character <= LAST_CHARACTER; i++)
      text += String.fromCharCode(character++);
    return text;
  };

  function anywhere(doc: Y.Doc): { id: string; half: Half; node: PMNode } | null {
    const part = pick(readRows(doc).flatMap((row) => row.parts));
    const half = pick(HALVES)!;
    return part === undefined ? null : { id: part.id, half, node: part[half] };
  }

  const blocksIn = (node: PMNode) => {
    const found: { pos: number; node: PMNode }[] = [];
    node.descendants((child, pos) => {
      if (child.isTextblock) found.push({ pos, node: child });
    });
    return found;
  };

  /** A place in a textblock that is not within a word. */
  function gap({ pos, node }: { pos: number; node: PMNode }): number {
    const text = node.textBetween(0, node.content.size, "", " ");
    const gaps = [0, text.length];
    for (const { index } of text.matchAll(/ /g)) gaps.push(index);
    return pos + 1 + pick(gaps)!;
  }

  function edit(client: Client, change: (tr: Transform, half: PMNode) => void): boolean {
    const at = anywhere(client.doc);
    if (at === null) return false;
    const tr = new Transform(at.node);
    change(tr, at.node);
    if (tr.docChanged) writeHalf(client.doc, at.id, at.half, tr.doc);
    return tr.docChanged;
  }

  const id = (doc: Y.Doc) => pick(readRows(doc).flatMap((row) => row.passages));
  const place = (doc: Y.Doc): commands.Place => {
    const anchor = id(doc);
    if (anchor === undefined) return "end";
    return pick<commands.Place>(["start", "end", { before: anchor }, { after: anchor }])!;
  };

  const acts: Record<string, [weight: number, act: (client: Client) => unknown]> = {
    type: [
      30,
      (client) =>
        edit(client, (tr, half) => {
          const block = pick(blocksIn(half));
          if (block === undefined) return;
          const text = word();
          words.push(text);
          for (const one of text) typed.set(one, clients.indexOf(client));
          const marks = below(6) === 0 ? [schema.marks.em.create()] : [];
          tr.insert(gap(block), schema.text(` ${text} `, marks));
        }),
    ],
    paragraph: [
      8,
      (client) =>
        edit(client, (tr, half) => {
          const block = pick(blocksIn(half));
          if (block !== undefined) tr.split(gap(block));
        }),
    ],
    join: [
      8,
      (client) =>
        edit(client, (tr, half) => {
          const spots: number[] = [];
          half.forEach((child, offset, index) => {
            if (index > 0 && child.isTextblock && half.child(index - 1).isTextblock)
              spots.push(offset);
          });
          const spot = pick(spots);
          if (spot !== undefined) tr.join(spot);
        }),
    ],
    form: [
      4,
      (client) =>
        edit(client, (tr, half) => {
          const block = pick(blocksIn(half));
          if (block === undefined) return;
          const type = pick([schema.nodes.paragraph, schema.nodes.heading])!;
          const $from = tr.doc.resolve(block.pos + 1);
          if ($from.depth === 1 && type !== block.node.type)
            tr.setBlockType(block.pos + 1, block.pos + 1, type);
          else if ($from.depth === 1)
            tr.wrap($from.blockRange()!, [{ type: schema.nodes.blockquote }]);
          else if ($from.node(1).type === schema.nodes.blockquote)
            tr.replace($from.before(1), $from.after(1), new Slice($from.node(1).content, 0, 0));
        }),
    ],
    erase: [
      2,
      (client) =>
        edit(client, (tr, half) => {
          const block = pick(blocksIn(half));
          if (block === undefined || block.node.content.size === 0) return;
          for (const one of block.node.textContent) taken.add(one);
          tr.delete(block.pos + 1, block.pos + 1 + block.node.content.size);
        }),
    ],
    insert: [4, ({ doc }) => commands.insertPassage(doc, place(doc), {}, seededId())],
    split: [
      5,
      ({ doc }) => {
        const part = pick(readRows(doc).flatMap((row) => row.parts));
        if (part === undefined) return;
        const halves = below(3) === 0 ? HALVES : [pick(HALVES)!];
        const at: Partial<Record<Half, number>> = {};
        for (const half of halves) {
          const block = pick(blocksIn(part[half]));
          if (block !== undefined) at[half] = gap(block);
        }
        commands.splitPassage(doc, part.id, at);
      },
    ],
    move: [6, ({ doc }) => id(doc) && commands.movePassage(doc, id(doc)!, place(doc))],
    merge: [5, ({ doc }) => id(doc) && commands.mergePassage(doc, id(doc)!, id(doc)!)],
    remove: [3, ({ doc }) => id(doc) && commands.removePassage(doc, id(doc)!, NOW)],
    putBack: [
      3,
      ({ doc }) => {
        const row = pick(readTrash(doc));
        if (row !== undefined) commands.putBackPassage(doc, row.id);
      },
    ],
    recover: [
      1,
      ({ doc }) => {
        const one = pick(readRecovered(doc));
        if (one !== undefined) putBackRecovered(doc, one.id, NOW);
      },
    ],
    undo: [undo ? 6 : 0, (client) => withdraw(client, () => client.manager.undo())],
    redo: [undo ? 3 : 0, (client) => withdraw(client, () => client.manager.redo())],
    disconnect: [2, (client) => client.online && disconnect(client)],
    connect: [4, (client) => !client.online && connect(client)],
    deliver: [
      60,
      (client) => {
        deliver(client, client.server, 1 + below(4));
        deliver(client.server, client, 1 + below(4));
        const [a, b] = servers as [Node, Node];
        deliver(a, b, below(4));
        deliver(b, a, below(4));
      },
    ],
  };

  /** Undo may take away what this writer typed, and nothing else. */
  function withdraw(client: Client, run: () => void) {
    const before = charactersOf(client.doc);
    run();
    const after = charactersOf(client.doc);
    for (const one of before)
      if (!after.has(one) && typed.get(one) === clients.indexOf(client)) taken.add(one);
  }

  commands.insertPassage(clients[0]!.doc, "end", {}, seededId());
  const bag = Object.entries(acts).flatMap(([name, [weight]]) => Array<string>(weight).fill(name));
  for (let step = 0; step < steps; step++) {
    const name = pick(bag)!;
    actions[name] = (actions[name] ?? 0) + 1;
    acts[name]![1](pick(clients)!);
  }
  for (const client of clients) if (client.online) disconnect(client);
  // What one rescues goes to the other, until there is nothing more.
  const all = [...servers, ...clients].map(({ doc }) => doc);
  const settled = () => new Set(all.map((doc) => stateOf(doc))).size === 1;
  for (let round = 0; round < 2 || (round < ROUNDS && !settled()); round++) {
    for (const client of clients) connect(client);
    exchange(servers[0]!, servers[1]!);
    for (const client of clients) disconnect(client);
  }

  const fail = (message: string): never => {
    throw new Error(`seed ${seed}, ${steps} steps: ${message}`);
  };
  const first = stateOf(all[0]!);
  for (const [i, doc] of all.entries())
    if (stateOf(doc) !== first) fail(`replica ${i} differs:\n${first}\n${stateOf(doc)}`);
  const there = charactersOf(all[0]!);
  const lost = [...typed.keys()].filter((one) => !there.has(one) && !taken.has(one));
  if (lost.length > 0)
    fail(`${lost.length} of ${typed.size} characters are lost: ${lost.join("")}`);
  const drawn = readRows(all[0]!).flatMap((row) => row.passages);
  const alive = [...passagesOf(all[0]!)].filter(([, map]) => !map.has("gone")).map(([key]) => key);
  if (drawn.toSorted().join() !== alive.toSorted().join()) fail("not every passage is drawn once");
  readChapter(all[0]!).check();
  const texts = [...readRows(all[0]!), ...readTrash(all[0]!)].flatMap(({ parts }) =>
    parts.flatMap(({ notes, prose }) => [notes.textContent, prose.textContent]),
  );
  const everything = [...texts, ...readRecovered(all[0]!).map(({ text }) => text)];
  /** What was typed at once stands together. */
  const isTorn = (one: string) =>
    [...one].every((sign) => there.has(sign)) && !everything.some((text) => text.includes(one));
  const torn = words.filter(isTorn);
  if (torn.length > 0) fail(`words are torn: ${torn.join(" ")}`);
  return {
    typed: typed.size,
    rescued,
    passages: alive.length,
    doubled: [...typed.keys()].filter((one) => texts.join("").split(one).length > 2).length,
    actions,
  };
}

/** The mark that comes back once an update is kept. */
function stateIn(update: Uint8Array): Map<number, number> {
  const { to } = Y.parseUpdateMeta(update);
  return to;
}

function stateOf(doc: Y.Doc): string {
  const trash = readTrash(doc).map(({ id, passages, gone }) => ({ id, passages, gone }));
  return JSON.stringify([readChapter(doc).toJSON(), trash, readRecovered(doc)]);
}

/** Wherever a writer can still find it: in a passage, in a removed one, among what was rescued. */
function charactersOf(doc: Y.Doc): Set<string> {
  const found = new Set<string>();
  for (const map of passagesOf(doc).values())
    for (const half of HALVES)
      for (const one of readHalf(fragmentOf(map, half)!, half).textContent) found.add(one);
  for (const { text } of readRecovered(doc)) for (const one of text) found.add(one);
  return found;
}

/** Mulberry32: the same numbers for the same seed, everywhere. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

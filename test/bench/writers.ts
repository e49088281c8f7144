/**
 * People at a chapter, each with a connection and a document of their own, as a process of its own; prints how long
 * each keystroke took to reach each of the others. At the studio (`STUDIO`), or at a plain server (`PLAIN`)
 * that is given the studio's chapter first.
 */
import { setTimeout as sleep } from "node:timers/promises";
import * as Y from "yjs";
import { fragmentOf, newDocument, passagesOf } from "../../src/documents/model/document.ts";
import { readRows } from "../../src/documents/model/rows.ts";
import { openDocument, type Writer } from "../support/documents.ts";

/** Between two keys of one person, in milliseconds. */
const KEY_EVERY_MS = 200;
const WARM_UP_MS = 2_000;
const TYPING_MS = 12_000;

const { STUDIO, TOKEN, CHAPTER, PLAIN, PEOPLE } = process.env as Record<string, string>;
const studio = { url: STUDIO!, token: TOKEN! };
console.log("ready ");

const people: Writer[] = [];
if (PLAIN) {
  const source = await openDocument(studio, CHAPTER!);
  const doc = newDocument();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(source.doc));
  source.close();
  people.push(await openDocument({ url: PLAIN, token: "" }, CHAPTER!, { doc }));
}
const target = PLAIN ? { url: PLAIN, token: "" } : studio;
while (people.length < Number(PEOPLE)) people.push(await openDocument(target, CHAPTER!));

/** When each replica typed what, by its own clock. */
const typed = new Map<number, Map<number, number>>();
const times: number[] = [];
let isWarm = false;

for (const { doc } of people) {
  typed.set(doc.clientID, new Map());
  const seen = new Map<number, number>();
  for (const [client, clock] of Y.decodeStateVector(Y.encodeStateVector(doc)))
    seen.set(client, clock);
  doc.on("update", () => {
    const now = performance.now();
    for (const [client, sent] of typed) {
      if (client === doc.clientID) continue;
      const clock = Y.getState(doc.store, client);
      for (let at = seen.get(client) ?? 0; at < clock; at++) {
        const began = sent.get(at);
        if (isWarm && began !== undefined) times.push(now - began);
      }
      seen.set(client, clock);
    }
  });
}

let isOver = false;
const typing = people.map(async ({ doc }, i) => {
  const row = readRows(doc)[i % readRows(doc).length]!;
  const prose = fragmentOf(passagesOf(doc).get(row.id), "prose")!;
  const text = (prose.get(0) as Y.XmlElement).get(0) as Y.XmlText;
  await sleep((i * KEY_EVERY_MS) / people.length);
  for (let n = 0; !isOver; n++) {
    typed.get(doc.clientID)!.set(Y.getState(doc.store, doc.clientID), performance.now());
    text.insert(Math.min(n, text.length), "x");
    await sleep(KEY_EVERY_MS);
  }
});
await sleep(WARM_UP_MS);
isWarm = true;
await sleep(TYPING_MS);
isOver = true;
await Promise.all(typing);
console.log(`times ${JSON.stringify(times.map((one) => Math.round(one * 1_000) / 1_000))}`);
for (const person of people) person.close();
process.exit(0);

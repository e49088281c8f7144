/** The document's own connection, to servers that take it and then say nothing; the clock is the test's. */
import { afterEach, expect, spyOn, test } from "bun:test";
import * as Y from "yjs";
import { openLink } from "./link.ts";

/** More than a connection has to open in, less than one may be silent for. */
const A_WHILE_MS = 20_000;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A connection to there, and what passing time does to it. */
function linkTo(port: number) {
  let look = () => {};
  let now = 0;
  const spies = [
    spyOn(globalThis, "setInterval").mockImplementation(((work: () => void) => {
      look = work;
    }) as typeof setInterval),
    spyOn(performance, "now").mockImplementation(() => now),
  ];
  const lost: number[] = [];
  const link = openLink(
    { url: `ws://127.0.0.1:${port}/`, name: "chapter", doc: new Y.Doc() },
    { authenticated() {}, synced() {}, stateless() {}, lost: (code) => lost.push(code) },
  );
  link.connect();
  const letGo = () => {
    link.disconnect();
    for (const spy of spies) spy.mockRestore();
  };
  ends.push(letGo);
  const pass = () => {
    now += A_WHILE_MS;
    look();
  };
  return { lost, pass, letGo };
}

test("one that never opens is tried anew, long before one that has opened counts as dead", async () => {
  let taken = 0;
  const forgetful = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { open: () => void taken++, data() {} },
  });
  ends.push(() => forgetful.stop(true));
  const { lost, pass, letGo } = linkTo(forgetful.port);
  while (taken < 1) await Bun.sleep(1);
  pass();
  expect(lost).toHaveLength(1);
  while (taken < 2) await Bun.sleep(1);
  letGo();
});

test("one that has opened may be silent for longer", async () => {
  let heard = 0;
  const silent = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request, server) => (server.upgrade(request) ? undefined : new Response()),
    websocket: { message: () => void heard++ },
  });
  ends.push(() => silent.stop(true));
  const { lost, pass, letGo } = linkTo(silent.port!);
  while (heard === 0) await Bun.sleep(1);
  pass();
  expect(lost).toEqual([]);
  letGo();
});

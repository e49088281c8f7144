/** The log over HTTP: in order, a page at a time, and only what one may see. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  type Answer,
  type Client,
  eventually,
  MARIAN,
  signUp,
  TOM,
} from "../../test/support/client.ts";
import { query } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";
import type { EventPage } from "./reading.ts";

let studio: TestStudio;
let marian: Client;
let tom: Client;

beforeAll(async () => {
  studio = await openTestStudio({ processors: [] });
  marian = await signUp(studio.url, MARIAN);
  tom = await signUp(studio.url, TOM);
});
afterAll(() => studio?.stop());

const read = (client: Client, filter: Record<string, string> = {}) =>
  client.get<EventPage>(`/api/events?${new URLSearchParams(filter)}`);

/** Everything that happened so far has its number. */
const numbered = () =>
  eventually(async () => {
    const rows = await query(studio.databaseUrl, 'select 1 from events where "offset" is null');
    return rows.length === 0;
  });

async function everything(client: Client, filter: Record<string, string>) {
  const items: EventPage["items"] = [];
  let next: string | null | undefined;
  for (let pages = 0; pages === 0 || next; pages++) {
    const { body } = await read(client, { ...filter, ...(next ? { since: next } : {}) });
    items.push(...body.items);
    next = body.next;
  }
  return items;
}

test("the log is read in order, a page at a time, to its end", async () => {
  for (let i = 0; i < 7; i++) await marian.ask(`Fog ${i}.`);
  await numbered();
  const filter = { bucket: marian.chapter, type: "blob.created.>" };
  const items = await everything(marian, { ...filter, limit: "3" });
  expect(items).toHaveLength(7);
  const offsets = items.map(({ offset }) => offset);
  expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
  expect(items[0]!.event).toMatchObject({
    specversion: "1.0",
    type: "blob.created.text-input-v1",
    source: `/reyna/${marian.book}`,
    actor: `account:${marian.account}`,
  });
});

test("from a position on there is only what happened since", async () => {
  await numbered();
  const { body } = await read(marian, { limit: "200" });
  expect(body.next).toBeNull();
  const { id } = await marian.ask("Later.");
  await numbered();
  const later = await read(marian, { since: body.position, type: "blob.>" });
  expect(later.body.items.map(({ event }) => event.subject)).toEqual([id]);
  const unfiltered = await read(marian, { since: body.position, type: "" });
  expect(unfiltered.body.items.length).toBeGreaterThanOrEqual(1);
});

test("what happens in another's book is not told, not even by its bucket", async () => {
  await marian.ask("Mine alone.");
  await numbered();
  const sources = (await everything(tom, {})).map(({ event }) => event.source);
  expect(sources).not.toContain(`/reyna/${marian.book}`);
  expect(sources).toContain(`/reyna/${tom.book}`);
  expect((await read(tom, { bucket: marian.chapter })).status).toBe(404);
});

test("a position of another log, or of one that was pruned, is 410", async () => {
  await numbered();
  const [epoch, offset] = (await read(marian)).body.position.split(":");
  const gone = async (since: string): Promise<Answer> => marian.get(`/api/events?since=${since}`);
  expect((await gone(`${Bun.randomUUIDv7()}:${offset}`)).status).toBe(410);
  expect((await gone(`${epoch}:${Number(offset) + 1_000}`)).status).toBe(410);
  expect(await gone("yesterday")).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: "/query/since" }] },
  });
  await query(studio.databaseUrl, "update studio set pruned_offset = 2");
  expect((await gone(`${epoch}:1`)).body).toMatchObject({ type: "/problems/events-gone" });
  expect((await read(marian)).status).toBe(200);
});

test("who is not signed in reads nothing", async () => {
  expect((await fetch(new URL("/api/events", studio.url))).status).toBe(401);
});

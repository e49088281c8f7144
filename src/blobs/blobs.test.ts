import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Client, eventually, MARIAN, signUp } from "../../test/support/client.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";

let studio: TestStudio;
let marian: Client;

beforeAll(async () => {
  studio = await openTestStudio();
  marian = await signUp(studio.url, MARIAN);
});
afterAll(() => studio.stop());

test("an ask becomes a take that is derived from it", async () => {
  const ask = await marian.ask("Dusk. Hester climbs.", { passage: "p1" });
  const take = await eventually(async () => {
    const { body } = await marian.get<{ items: Record<string, unknown>[] }>(
      `/api/blobs?derivedFrom=${ask.id}`,
    );
    return body.items[0];
  });
  expect(take).toMatchObject({
    schema: "expanded-text-v1",
    bucket: marian.chapter,
    derivedFrom: ask.id,
    metadata: { passage: "p1" },
    content: { model: "practice", practice: true },
  });
});

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Client, eventually, type Json, signUp, TOM } from "../../test/support/client.ts";
import { query } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";
import { defineProcessor, type Processor } from "./sdk.ts";

const takes = { inputs: ["text-input-v1"], output: "expanded-text-v1" } as const;
const own = (definition: Parameters<typeof defineProcessor>[0]) =>
  defineProcessor(definition) as unknown as Processor;
const named = (id: string) => ({
  ...takes,
  id,
  version: "1.0.0",
  title: id,
  description: "For these tests.",
});

/** Writes what it was set to. */
const loud = own({
  ...named("loud"),
  config: {
    type: "object",
    properties: {
      mark: { type: "string", default: "." },
      times: { type: "integer", minimum: 1, default: 1 },
      key: { type: "string", minLength: 3, writeOnly: true },
    },
    additionalProperties: false,
  },
  async run({ config }) {
    const { mark, times, key = "no key" } = config as { mark: string; times: number; key?: string };
    return { text: `${mark.repeat(times)} ${key}`, model: "none" };
  },
});
const abroad = own({
  ...named("abroad"),
  permissions: ["network"],
  run: async () => ({ text: "from abroad", model: "none" }),
});
/** What it makes is what it takes. */
const feeding = {
  inputs: ["text-input-v1"],
  output: "text-input-v1",
  trigger: "on-request",
  run: async () => ({ text: "Again." }),
} as const;
const circling = own({ ...named("circling"), ...feeding });
const counting = own({ ...named("counting"), ...feeding, maxHops: 3 });

let studio: TestStudio;
let client: Client;
let tom: Client;
beforeAll(async () => {
  studio = await openTestStudio({ processors: [loud, abroad, circling, counting] });
  client = await signUp(studio.url);
  tom = await signUp(studio.url, TOM);
});
afterAll(() => studio?.stop());

type RunView = Json & { id: string; processor: string; status: string; output: string | null };

const change = (id: string, body: Json, by = client) =>
  by.request("PATCH", `/api/processors/${id}`, body);
const put = (id: string, body: Json, by = client, root = client.book) =>
  by.request("PUT", `/api/buckets/${root}/processors/${id}`, body);
const runsOn = async (blob: string) =>
  (await client.get<{ items: RunView[] }>(`/api/runs?blob=${blob}`)).body.items;
const ran = async (blob: string) => (await runsOn(blob)).map(({ processor }) => processor).sort();
const request = (processor: string, blob: string, config: Json = {}) =>
  client.post<RunView>("/api/runs", { processor, blob, config });

/** What the loud one made of an ask. */
async function said(config: Json = {}): Promise<string> {
  const ask = await client.ask("Say it.");
  const { body } = await request("loud", ask.id, config);
  return eventually(async () => {
    const run = (await client.get<RunView>(`/api/runs/${body.id}`)).body;
    if (run.status === "dead") throw new Error(JSON.stringify(run.error));
    if (!run.output) return undefined;
    const blob = await client.get<{ content: { text: string } }>(`/api/blobs/${run.output}`);
    return blob.body.content.text;
  });
}

describe("one that reaches out", () => {
  test("acts on a root only once its owner enabled it there, and no longer than that", async () => {
    const before = await client.ask("Nobody goes abroad.");
    expect(await ran(before.id)).toEqual(["loud"]);
    const refused = await request("abroad", before.id);
    expect([refused.status, refused.body.type]).toEqual([409, "/problems/not-enabled"]);

    expect((await put("abroad", { enabled: true })).body).toMatchObject({
      processor: "abroad",
      enabled: true,
      trigger: "on-create",
      setBy: `account:${client.account}`,
    });
    expect(await ran((await client.ask("Go.")).id)).toEqual(["abroad", "loud"]);
    const elsewhere = await tom.ask("Not here.");
    const { body } = await tom.get<{ items: RunView[] }>(`/api/runs?blob=${elsewhere.id}`);
    expect(body.items.map(({ processor }) => processor)).toEqual(["loud"]);

    await put("abroad", { enabled: false });
    expect(await ran((await client.ask("Stay.")).id)).toEqual(["loud"]);
  });

  test("is an owner's to enable, on a root that is theirs", async () => {
    expect((await put("abroad", { enabled: true }, tom)).status).toBe(404);
    expect((await put("abroad", { enabled: true }, client, client.chapter)).status).toBe(409);
    expect((await put("nobody", { enabled: true })).status).toBe(404);
    expect((await put("abroad", { enabled: "yes" })).status).toBe(422);
  });
});

describe("for the installation", () => {
  test("only an administrator sets anything", async () => {
    expect((await change("loud", { enabled: false }, tom)).status).toBe(403);
    expect((await change("nobody", { enabled: false })).status).toBe(404);
    expect((await change("loud", { enabled: 1 })).status).toBe(422);
  });

  test("one that is switched off starts nothing, whatever owners say, and comes back", async () => {
    await put("loud", { enabled: true });
    expect((await change("loud", { enabled: false })).body).toMatchObject({
      enabled: false,
      disabledBy: `account:${client.account}`,
    });
    const ask = await client.ask("Quiet.");
    expect(await ran(ask.id)).toEqual([]);
    const refused = await request("loud", ask.id);
    expect([refused.status, refused.body.type]).toEqual([409, "/problems/disabled"]);
    expect((await change("loud", { enabled: true })).body.enabled).toBe(true);
    expect(await ran((await client.ask("Loud.")).id)).toEqual(["loud"]);
  });

  test("a trigger is the owner's before the administrator's before the manifest's", async () => {
    await change("loud", { trigger: "on-request" });
    expect(await ran((await client.ask("One.")).id)).toEqual([]);
    await put("loud", { enabled: true, trigger: "on-create" });
    expect(await ran((await client.ask("Two.")).id)).toEqual(["loud"]);
    await change("loud", { trigger: null });
    await put("loud", { enabled: true });
  });

  test("paused, its runs are queued and wait; then they are done", async () => {
    await change("loud", { paused: true });
    const asks = await Promise.all(["One.", "Two.", "Three."].map((text) => client.ask(text)));
    await Bun.sleep(300);
    for (const ask of asks) expect((await runsOn(ask.id))[0]!.status).toBe("queued");
    await change("loud", { paused: false });
    for (const ask of asks)
      await eventually(async () => (await runsOn(ask.id))[0]!.status === "succeeded");
  });
});

describe("settings", () => {
  test("of a run win over the root's, the installation's and the defaults, member by member", async () => {
    expect(await said()).toBe(". no key");
    await change("loud", { config: { mark: "!", times: 2 } });
    expect(await said()).toBe("!! no key");
    await put("loud", { enabled: true, config: { times: 3 } });
    expect(await said()).toBe("!!! no key");
    expect(await said({ mark: "?" })).toBe("??? no key");
  });

  test("are held to the schema, with the place of the mistake", async () => {
    for (const answer of [
      await change("loud", { config: { times: 0 } }),
      await put("loud", { enabled: true, config: { times: 0 } }),
    ]) {
      expect(answer.status).toBe(422);
      expect((answer.body.errors as Json[])[0]).toMatchObject({ pointer: "/config/times" });
    }
  });

  test("that are secret reach the processor and nobody else", async () => {
    const secret = "sesame-open";
    const set = await put("loud", { enabled: true, config: { key: secret } });
    expect(set.body).toMatchObject({ config: {}, secrets: ["key"] });
    const list = await client.get(`/api/buckets/${client.book}/processors`);
    expect(JSON.stringify(list.body)).not.toContain(secret);
    const rows = await query(studio.databaseUrl, "select config::text from processor_consents");
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(await said()).toEndWith(secret);
    // One that is not named stays; null takes it away.
    await put("loud", { enabled: true, config: { mark: "-" } });
    expect(await said()).toBe(`-- ${secret}`);
    await put("loud", { enabled: true, config: { key: null } });
    expect(await said()).toEndWith("no key");
    const ask = await client.ask("With a key.");
    expect((await request("loud", ask.id, { key: secret })).status).toBe(422);
  });
});

describe("a circle", () => {
  test("is refused by its name where it is enabled, unless the manifest says how often", async () => {
    const asInstalled = await change("circling", { trigger: "on-create" });
    expect([asInstalled.status, asInstalled.body.type]).toEqual([409, "/problems/cycle"]);
    expect(asInstalled.body.detail).toContain("circling → circling");
    const asOwner = await put("circling", { enabled: true, trigger: "on-create" });
    expect([asOwner.status, asOwner.body.type]).toEqual([409, "/problems/cycle"]);
    expect(await ran((await client.ask("No circle.")).id)).toEqual(["loud"]);
  });

  test("that may come about ends at its hop limit, and says so", async () => {
    expect((await put("counting", { enabled: true, trigger: "on-create" })).status).toBe(200);
    await client.ask("Round and round.");
    const runs = await eventually(async () => {
      const { body } = await client.get<{ items: RunView[] }>("/api/runs?processor=counting");
      return body.items.some(({ status }) => status === "dead") && body.items;
    });
    await put("counting", { enabled: false });
    const [last, ...others] = runs;
    expect(last).toMatchObject({ hop: 4, attempt: 0, error: { type: "hop-limit" } });
    expect((last!.error as Json).sentence).toContain("circle");
    expect(others.map(({ hop, status }) => [hop, status])).toEqual([
      [3, "succeeded"],
      [2, "succeeded"],
      [1, "succeeded"],
      [0, "succeeded"],
    ]);
  });
});

test("every version that was installed is kept with its manifest", async () => {
  const { body } = await client.get<{ items: Json[] }>("/api/processors/loud/versions");
  expect(body.items).toEqual([
    expect.objectContaining({
      version: "1.0.0",
      manifest: expect.objectContaining({
        id: "loud",
        inputs: ["text-input-v1"],
        timeoutMs: 300_000,
      }),
    }),
  ]);
  expect((await client.get("/api/processors/nobody/versions")).status).toBe(404);
});

/** Settings of the model, as people change them; and what runs then ask, pay and stop at. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import {
  type Client,
  eventually,
  type Json,
  MARIAN,
  signUp,
  TOM,
} from "../../test/support/client.ts";
import { type ModelServer, startModelServer } from "../../test/support/model-server.ts";
import { query } from "../../test/support/rows.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";
import { isNear } from "../llm/address.ts";

let studio: TestStudio;
let model: ModelServer;
let marian: Client;
let tom: Client;

beforeAll(async () => {
  model = await startModelServer();
  studio = await openTestStudio();
  marian = await signUp(studio.url, MARIAN);
  tom = await signUp(studio.url, TOM);
});
afterAll(async () => {
  await studio?.stop();
  await model?.stop();
});
beforeEach(() => query(studio.databaseUrl, "delete from model_settings"));

const KEY = "sk-a-very-secret-key";

async function post(by: Client, path: string, fields: Record<string, string>) {
  const response = await fetch(new URL(path, studio.url), {
    method: "POST",
    redirect: "manual",
    headers: {
      authorization: `Bearer ${by.token}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams(fields).toString(),
  });
  return { status: response.status, text: await response.text() };
}

const save = (fields: Record<string, string> = {}, by = marian, owner = "account") =>
  post(by, `/settings/model/${owner}`, { baseUrl: model.url, model: "m", ...fields });

const pageOf = async (by = marian) => (await by.get<{ text: string }>("/settings/model")).body.text;

type Run = Json & {
  id: string;
  status: string;
  usage: { inputTokens: number; outputTokens: number; cost: number | null };
  error: { type: string } | null;
};

/** Asks, and waits for the end of the run that it starts. */
async function expand(by = marian): Promise<Run> {
  const ask = await by.ask("Fog.");
  return eventually(async () => {
    const { body } = await by.get<{ items: Run[] }>(`/api/runs?blob=${ask.id}`);
    const ended = body.items.find(({ status }) => /succeeded|dead|cancelled/.test(status));
    return ended && (await by.get<Run>(`/api/runs/${ended.id}`)).body;
  });
}

/** Settings are believed for a moment. */
const untilAsked = async (name: string, by = marian) =>
  eventually(async () => (await pageOf(by)).includes(`<strong>${name}</strong>`));

describe("settings", () => {
  test("decide which model is asked, an account's before the installation's", async () => {
    expect((await expand()).usage).toMatchObject({ model: "practice" });
    expect((await save({ model: "for-all" }, marian, "installation")).status).toBe(303);
    expect((await save({ model: "mine", apiKey: KEY })).status).toBe(303);
    await untilAsked("mine");
    await untilAsked("for-all", tom);
    for (const by of [marian, tom])
      expect((await expand(by)).usage).toMatchObject({ model: "test-model" });
    const [mine, toms] = model.requests.slice(-2);
    expect([mine!.body!.model, toms!.body!.model]).toEqual(["mine", "for-all"]);
    expect(mine!.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(JSON.stringify(toms!.headers)).not.toContain(KEY);
  });

  test("never show a key, and keep it sealed", async () => {
    await save({ apiKey: KEY });
    expect(await pageOf()).not.toContain(KEY);
    const [row] = await query<{ api_key: Buffer }>(
      studio.databaseUrl,
      "select * from model_settings",
    );
    expect(row!.api_key.toString("latin1")).not.toContain(KEY);
    const refused = await save({ apiKey: KEY, model: "" });
    expect([refused.status, refused.text.includes(KEY)]).toEqual([422, false]);
  });

  test("keep a key that is left empty, for its own address only", async () => {
    const sealed = async () =>
      (await query<Json>(studio.databaseUrl, "select api_key from model_settings"))[0]!.api_key;
    await save({ apiKey: KEY });
    expect(await sealed()).not.toBeNull();
    await save({ model: "another" });
    expect(await sealed()).not.toBeNull();
    await save({ baseUrl: `${model.url}/elsewhere` });
    expect(await sealed()).toBeNull();
    await save({ apiKey: KEY });
    await save({ forgetKey: "on" });
    expect(await sealed()).toBeNull();
  });

  test("that are not right are told beside their field", async () => {
    const wrong: [Record<string, string>, string][] = [
      [{ baseUrl: "localhost:11434" }, "http://"],
      [{ baseUrl: "file:///etc/passwd" }, "http://"],
      [{ model: "" }, "Name the model"],
      [{ inputPrice: "cheap", outputPrice: "1" }, "An amount in US dollars"],
      [{ inputPrice: "1" }, "Both prices"],
      [{ monthlyLimit: "-1" }, "An amount in US dollars"],
    ];
    for (const [fields, sentence] of wrong) {
      const { status, text } = await save(fields);
      expect([fields, status]).toEqual([fields, 422]);
      expect(text).toContain(sentence);
    }
    expect(await query(studio.databaseUrl, "select * from model_settings")).toEqual([]);
  });

  test("of the installation are an administrator's", async () => {
    expect((await save({}, tom, "installation")).status).toBe(403);
    expect((await post(tom, "/settings/model/installation/test", {})).status).toBe(403);
    expect(await pageOf(tom)).not.toContain("The studio’s</h2>");
  });
});

describe("a trial", () => {
  const attempt = async (fields: Record<string, string> = {}, by = marian) =>
    (await post(by, "/settings/model/account/test", { baseUrl: model.url, model: "m", ...fields }))
      .text;

  test("says that it works, or what the provider says", async () => {
    model.behave({ kind: "answer", text: "Ready." });
    expect(await attempt({ apiKey: KEY })).toContain("test-model answered in");
    model.behave({ kind: "refuse", message: "The model m is retired." });
    expect(await attempt()).toContain("The model m is retired.");
    model.behave({ kind: "unauthorized" });
    const refused = await attempt({ apiKey: KEY });
    expect(refused).toContain("refused the key");
    expect(refused).not.toContain("OPENAI_");
    model.behave({ kind: "answer" });
    expect(await attempt({ baseUrl: "http://127.0.0.1:9" })).toContain("No connection");
    expect(await attempt({ baseUrl: "" })).toContain("Type an address");
  });

  test("of the studio's own network is an administrator's", async () => {
    const asked = model.requests.length;
    expect(await attempt({}, tom)).toContain("only an administrator may use");
    expect(model.requests.length).toBe(asked);
  });
});

test("whoever is no administrator cannot point runs at the studio's own network", async () => {
  await query(
    studio.databaseUrl,
    "insert into model_settings (id, base_url, model, updated_by) values ($1, $2, 'm', 'test')",
    [tom.account, model.url],
  );
  await untilAsked("m", tom);
  const asked = model.requests.length;
  expect(await expand(tom)).toMatchObject({ status: "dead", error: { type: "model-address" } });
  expect(model.requests.length).toBe(asked);
});

test.each([
  ["127.0.0.1", true],
  ["10.1.2.3", true],
  ["169.254.169.254", true],
  ["::1", true],
  ["::ffff:192.168.0.1", true],
  ["fd00::1", true],
  ["8.8.8.8", false],
  ["2606:4700::1111", false],
])("%s lies in the studio's own network: %p", (address, near) => {
  expect(isNear(address)).toBe(near);
});

describe("what is used", () => {
  test("is priced, added up by month, and stops at the budget", async () => {
    model.behave({ kind: "answer", text: "The lamp burned." });
    await query(studio.databaseUrl, "delete from spending");
    await save({ model: "priced", inputPrice: "1000", outputPrice: "2000", monthlyLimit: "0.01" });
    await untilAsked("priced");
    const first = await expand();
    const { inputTokens, outputTokens } = first.usage;
    expect(first.usage.cost).toBeCloseTo(
      (inputTokens * 1_000 + outputTokens * 2_000) / 1_000_000,
      9,
    );
    const [row] = await query<{ cost: number; attempts: number }>(
      studio.databaseUrl,
      "select cost, attempts from spending where account = $1",
      [marian.account],
    );
    expect(row).toEqual({ cost: first.usage.cost!, attempts: 1 });
    expect(first.usage.cost!).toBeGreaterThan(0.01);
    const second = await expand();
    expect(second).toMatchObject({ status: "dead", error: { type: "budget" } });
    expect(await pageOf()).toContain("It is used up");
    await save({ model: "priced", inputPrice: "1000", outputPrice: "2000", monthlyLimit: "" });
    expect((await expand()).status).toBe("succeeded");
  });

  test("is told about while the model writes, where a price is known", async () => {
    model.behave({ kind: "answer", text: "The lamp burned.", pauseMs: 10 });
    const watching = await marian.live();
    await save({ model: "dear", inputPrice: "1000", outputPrice: "2000" });
    await untilAsked("dear");
    const { id } = await expand();
    expect(await watching.until((frame) => frame.type === "spent")).toEqual({
      type: "spent",
      run: id,
      attempt: 1,
      cost: expect.stringMatching(/^\$\d+\.\d\d$|^\d+(\.\d)?¢$/),
    });
    await save({ model: "unpriced" });
    await untilAsked("unpriced");
    const { id: other } = await expand();
    await watching.until((frame) => {
      const event = frame.event as { type: string; subject: string } | undefined;
      return event?.type === "run.succeeded" && event.subject === other;
    });
    expect(watching.frames.filter(({ type }) => type === "spent").map(({ run }) => run)).toEqual([
      id,
    ]);
    await watching.close();
  });
});

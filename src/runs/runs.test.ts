import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Client, eventually, type Json, signUp } from "../../test/support/client.ts";
import { consent } from "../../test/support/consent.ts";
import { natsServer } from "../../test/support/nats.ts";
import { echo, failing, slow } from "../../test/support/processors.ts";
import { administer, ownNats } from "../../test/support/services.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";
import type { AccountActor } from "../access.ts";
import { openPostgres, type Postgres } from "../database.ts";
import { installBuiltin } from "../processors/installed.ts";
import { defineProcessor, type Processor, RunError } from "../processors/sdk.ts";
import { claimRun, heartbeat, savePartial } from "./claim.ts";
import { requestRun } from "./runs.ts";
import { failRun, releaseRun, settleCancelled } from "./settle.ts";
import { succeedRun } from "./succeed.ts";

const takes = { inputs: ["text-input-v1"], output: "expanded-text-v1" } as const;
const own = (definition: Parameters<typeof defineProcessor>[0]) =>
  defineProcessor({ trigger: "on-request", ...definition }) as unknown as Processor;
const named = (id: string) => ({
  ...takes,
  id,
  version: "1.0.0",
  title: id,
  description: "For these tests.",
});

/** Says that it uses a model, so that AI can be switched off for it. */
const thinking = own({
  ...named("thinking"),
  trigger: "on-create",
  permissions: ["model"],
  run: async ({ blob }) => ({ text: `thought: ${(blob.content as Ask).text}`, model: "none" }),
});
/** Shows by its runs what triggers; makes nothing that could trigger it again. */
const following = own({
  ...named("following"),
  inputs: ["expanded-text-v1"],
  trigger: "on-create",
  run: () => Promise.reject(new RunError("seen", "It has seen it.", { retryable: false })),
});
/** One at a time, each until the gate opens. */
let gate = Promise.withResolvers<void>();
const gated = own({
  ...named("gated"),
  permissions: ["model"],
  concurrency: 1,
  async run({ signal }) {
    await Promise.race([gate.promise, aborted(signal)]);
    return { text: "through", model: "none" };
  },
});
const crooked = own({
  ...named("crooked"),
  run: async () => ({ wrong: true }) as never,
});
const unstorable = own({
  ...named("unstorable"),
  run: async ({ stream }) => {
    stream("before\u0000after");
    return { text: "before\u0000after", model: "none" };
  },
});
/** Hears nothing and never answers. */
const deafly: Partial<Processor> = {
  retry: { attempts: 1, backoffMs: 10 },
  run: ({ stream }) => {
    stream("I go on ");
    return new Promise(() => {});
  },
  keep: ({ text, ended }) => ({ text, model: "deaf", ended }),
};
const deaf: Processor = { ...slow, ...named("deaf"), ...deafly };
const endless: Processor = { ...deaf, ...named("endless"), timeoutMs: 200 };
/** Writes a little, then breaks off; the wait for its next attempt is long. */
const breaking = own({
  ...named("breaking"),
  retry: { attempts: 3, backoffMs: 60_000 },
  run: async ({ stream }) => {
    stream("Half a ");
    throw new RunError("broke", "It broke off.", { retryable: true });
  },
  keep: ({ text, ended }) => ({ text, model: "breaking", ended }),
});
/** Writes a little and breaks off; from then on it only thinks. */
const hesitating = own({
  ...named("hesitating"),
  retry: { attempts: 2, backoffMs: 1 },
  async run({ blob, stream, signal }) {
    if (hesitated.has(blob.id)) return aborted(signal);
    hesitated.add(blob.id);
    stream("Once upon ");
    throw new RunError("broke", "It broke off.", { retryable: true });
  },
  keep: ({ text, ended }) => ({ text, model: "hesitating", ended }),
});
const hesitated = new Set<string>();
/** The provider asks for a wait; the second attempt tells when it began. */
const begun = new Map<string, number[]>();
const busy = own({
  ...named("busy"),
  retry: { attempts: 2, backoffMs: 1 },
  run: async ({ blob }) => {
    const times = begun.get(blob.id) ?? [];
    begun.set(blob.id, [...times, Date.now()]);
    if (times.length === 0)
      throw new RunError("busy", "Not now.", { retryable: true, retryAfterMs: RETRY_AFTER_MS });
    return { text: "now", model: "none" };
  },
});
const RETRY_AFTER_MS = 1_500;
const unreliable = own({
  ...named("unreliable"),
  run: () => {
    throw new TypeError("a mistake of its author");
  },
  retry: { attempts: 2, backoffMs: 5 },
});
const reading = own({
  ...named("reading"),
  async run({ blob, read }) {
    const other = await read((blob.content as Ask).text);
    await read(other.id);
    return { text: (other.content as Ask).text, model: "none" };
  },
});
/** Installed, but in nobody's hands: what is done with its runs is done by the test. */
const ghost = own({
  ...named("ghost"),
  run: () => Promise.reject(new Error("nobody runs this")),
  keep: ({ text, ended }) => ({ text, model: "ghost", ended }),
  retry: { attempts: 3, backoffMs: 10 },
});

type Ask = { text: string };
type Attempt = {
  attempt: number;
  outcome: string;
  error: { type: string } | null;
  endedAt: string | null;
};
type RunView = Json & {
  id: string;
  status: string;
  attempt: number;
  attempts: Attempt[];
  partial: string | null;
  output: string | null;
  dueAt: string;
  error: { type: string; sentence: string } | null;
};

let studio: TestStudio;
let client: Client;
let postgres: Postgres;
let actor: AccountActor;

beforeAll(async () => {
  studio = await openTestStudio({
    processors: [
      { ...echo },
      slow,
      failing,
      thinking,
      following,
      gated,
      crooked,
      unstorable,
      deaf,
      endless,
      breaking,
      hesitating,
      busy,
      unreliable,
      reading,
    ],
  });
  client = await signUp(studio.url);
  await consent(client, "thinking", "gated");
  // A second way into its database, whose announcements nobody hears: as if the bus had lost them.
  postgres = await openPostgres(studio.databaseUrl);
  await installBuiltin(postgres.db, [ghost]);
  actor = { kind: "account", account: client.account, administrator: true };
});
afterAll(async () => {
  gate.resolve();
  await postgres?.close();
  await studio?.stop();
});

const sql = async <Row = Json>(text: string, values: unknown[] = []) =>
  administer(studio.databaseUrl, async (db) => (await db.query(text, values)).rows as Row[]);

const view = async (run: string) => (await client.get<RunView>(`/api/runs/${run}`)).body;

async function request(processor: string, text: string, config?: Json): Promise<RunView> {
  const ask = await client.ask(text);
  const { status, body } = await client.post<RunView>("/api/runs", {
    processor,
    blob: ask.id,
    config,
  });
  expect(status).toBe(202);
  return body;
}

const ended = (run: string, status: string) =>
  eventually(async () => {
    const seen = await view(run);
    if (["succeeded", "dead", "cancelled"].includes(seen.status) && seen.status !== status)
      throw new Error(`It ended otherwise: ${JSON.stringify(seen)}`);
    return seen.status === status && seen;
  });

/** From the end of its last attempt to the next, in milliseconds. */
const waitOf = ({ attempts, dueAt }: RunView) =>
  Date.parse(dueAt) - Date.parse(attempts.at(-1)!.endedAt!);

const outputsOf = async (run: string) => sql("select * from blobs where run = $1", [run]);
const eventsOf = async (run: string) =>
  (
    await sql<{ type: string }>("select type from events where subject = $1 order by seq", [run])
  ).map(({ type }) => type);

const cancel = (run: string) => client.post<RunView>(`/api/runs/${run}/cancellation`, {});
const retry = (run: string) => client.post<RunView>(`/api/runs/${run}/retry`, {});

describe("a new blob", () => {
  test("queues one run for each processor that it triggers, and each makes one output", async () => {
    const ask = await client.ask("The fog came in.", { passage: "p-1" });
    await eventually(async () => {
      const { body } = await client.get<{ items: Json[] }>(`/api/blobs?derivedFrom=${ask.id}`);
      return body.items.length === 2;
    });
    const { body } = await client.get<{ items: RunView[] }>(`/api/runs?blob=${ask.id}`);
    expect(body.items.map((run) => run.processor).sort()).toEqual(["echo", "thinking"]);
    for (const run of body.items) {
      const { attempts, output } = await ended(run.id, "succeeded");
      expect(attempts.map(({ outcome }) => outcome)).toEqual(["succeeded"]);
      const [blob] = await outputsOf(run.id);
      expect(blob).toMatchObject({
        id: output,
        derived_from: ask.id,
        bucket: client.chapter,
        metadata: { passage: "p-1" },
        run: run.id,
      });
      expect(await eventsOf(run.id)).toEqual(["run.queued", "run.started", "run.succeeded"]);
    }
  });

  test("that a run derived triggers too, an update does not", async () => {
    const run = await request("slow", "Once.", { ms: 0 });
    const { output } = await ended(run.id, "succeeded");
    const triggered = () => sql("select processor from runs where blob = $1", [output]);
    expect(await triggered()).toEqual([{ processor: "following" }]);
    const content = { text: "Twice.", model: "hand" };
    const header = { "if-match": '"1"' };
    const put = await client.request("PUT", `/api/blobs/${output}`, { content }, header);
    expect(put.status).toBe(200);
    expect(await triggered()).toHaveLength(1);
  });
});

test("the same key retries a dead run once", async () => {
  const run = await request("failing", "fail 9 finally");
  await ended(run.id, "dead");
  const again = () =>
    client.post<RunView>(`/api/runs/${run.id}/retry`, {}, { "idempotency-key": `again-${run.id}` });
  const first = await again();
  expect(first).toMatchObject({ status: 202, body: { status: "queued" } });
  await eventually(async () => (await view(run.id)).attempts[1]?.outcome === "failed");
  const second = await again();
  expect([second.status, second.body]).toEqual([first.status, first.body]);
  expect(await view(run.id)).toMatchObject({ status: "dead", attempt: 2 });
});

describe("asking for a run", () => {
  test("answers 202 with the run, which is shown as the contract says", async () => {
    const run = await request("slow", "One two three.", { ms: 1 });
    expect(run).toMatchObject({ status: "queued", attempt: 0, processor: "slow" });
    const seen = await ended(run.id, "succeeded");
    const [output] = await outputsOf(run.id);
    expect(seen).toMatchObject({
      attempt: 1,
      progress: null,
      partial: null,
      error: null,
      output: output!.id,
      input: { blob: (run.input as Json).blob, revision: 1 },
      usage: { inputTokens: 0, outputTokens: 0, cost: 0 },
      read: [],
      queuedBy: `account:${client.account}`,
    });
    expect(seen.attempts).toEqual([expect.objectContaining({ attempt: 1, outcome: "succeeded" })]);
    expect(output!.content).toEqual({ text: "One two three.", model: "slow" });
  });

  test("twice with one Idempotency-Key makes one run", async () => {
    const ask = await client.ask("Twice.");
    const body = { processor: "slow", blob: ask.id, config: { ms: 0 } };
    const key = { "idempotency-key": crypto.randomUUID() };
    const first = await client.post<RunView>("/api/runs", body, key);
    const second = await client.post<RunView>("/api/runs", body, key);
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(second.body.id).toBe(first.body.id);
    const other = await client.post("/api/runs", { ...body, config: {} }, key);
    expect(other.status).toBe(422);
    expect(
      await sql("select 1 from runs where blob = $1 and processor = 'slow'", [ask.id]),
    ).toHaveLength(1);
  });

  test("without a key makes a run each time", async () => {
    const ask = await client.ask("Again.");
    const body = { processor: "slow", blob: ask.id, config: { ms: 0 } };
    const first = await client.post<RunView>("/api/runs", body);
    const second = await client.post<RunView>("/api/runs", body);
    expect(second.body.id).not.toBe(first.body.id);
    for (const { body } of [first, second]) await ended(body.id, "succeeded");
  });

  test("is refused with the place of the mistake", async () => {
    const ask = await client.ask("Refused.");
    const take = await client.post<{ id: string }>("/api/blobs", {
      schema: "expanded-text",
      bucket: client.chapter,
      content: { text: "a take", model: "hand" },
    });
    const refused = async (body: Json) => {
      const answer = await client.post<{ errors?: { pointer: string }[] }>("/api/runs", body);
      return [answer.status, answer.body.errors?.[0]?.pointer];
    };
    const blob = ask.id;
    expect(await refused({ processor: "unheard-of", blob })).toEqual([422, "/processor"]);
    expect(await refused({ processor: "slow", blob: take.body.id })).toEqual([422, "/blob"]);
    expect(await refused({ processor: "slow", blob, config: { ms: "soon" } })).toEqual([
      422,
      "/config/ms",
    ]);
    expect(await refused({ processor: "slow", blob, config: { other: 1 } })).toEqual([
      422,
      "/config/other",
    ]);
    expect(await refused({ processor: "echo", blob, config: { any: 1 } })).toEqual([
      422,
      "/config/any",
    ]);
    expect(await refused({ processor: "slow", blob, revision: 7 })).toEqual([422, "/revision"]);
    expect(await refused({ processor: "slow" })).toEqual([422, "/blob"]);
    expect((await refused({ processor: "slow", blob: crypto.randomUUID() }))[0]).toBe(404);
    expect((await refused({ processor: "slow", blob: "no-id" }))[0]).toBe(404);
    expect(
      await sql("select 1 from runs where blob = $1 and processor = 'slow'", [blob]),
    ).toHaveLength(0);
  });

  test("of what is not yours is refused as unknown", async () => {
    const run = await request("slow", "Mine.", { ms: 0 });
    const stranger = await signUp(studio.url, {
      name: "A stranger",
      email: "stranger@oake.example",
      password: "not-from-around-here",
    });
    const { blob } = run.input as { blob: string };
    expect((await stranger.post("/api/runs", { processor: "slow", blob })).status).toBe(404);
    expect((await stranger.get(`/api/runs/${run.id}`)).status).toBe(404);
    expect((await stranger.post(`/api/runs/${run.id}/cancellation`, {})).status).toBe(404);
    expect((await stranger.post(`/api/runs/${run.id}/retry`, {})).status).toBe(404);
    expect((await stranger.get<{ items: [] }>("/api/runs")).body.items).toEqual([]);
    await sql("insert into members (root, account, role) values ($1, $2, 'viewer')", [
      client.book,
      stranger.account,
    ]);
    expect((await stranger.get(`/api/runs/${run.id}`)).status).toBe(200);
    expect((await stranger.post(`/api/runs/${run.id}/cancellation`, {})).status).toBe(403);
  });

  test("names an older revision, and that is what the processor gets", async () => {
    // An ask never changes, so its history is written by hand here.
    const ask = await client.ask("Now.");
    await sql("update blobs set revision = 2 where id = $1", [ask.id]);
    await sql(
      `insert into blob_revisions (blob, revision, schema, schema_version, content, metadata, created_by)
       values ($1, 1, 'text-input', 1, '{"text": "Before."}', '{}', 'test')`,
      [ask.id],
    );
    const { body } = await client.post<RunView>("/api/runs", {
      processor: "slow",
      blob: ask.id,
      revision: 1,
      config: { ms: 0 },
    });
    expect(body.input).toEqual({ blob: ask.id, revision: 1 });
    await ended(body.id, "succeeded");
    expect((await outputsOf(body.id))[0]!.content).toMatchObject({ text: "Before." });
  });

  test("what a processor reads beside its input is told, once each", async () => {
    const other = await client.ask("Read me.");
    const run = await request("reading", other.id);
    const seen = await ended(run.id, "succeeded");
    expect(seen.read).toEqual([{ id: other.id, revision: 1 }]);
    const missing = await request("reading", crypto.randomUUID());
    expect((await ended(missing.id, "dead")).error!.type).toBe("not-found");
  });
});

describe("AI switched off", () => {
  const switchAi = (on: boolean) =>
    sql("update buckets set ai = $2 where id = $1", [client.book, on]);

  test("refuses runs and retries of processors that use a model, and a new blob queues none", async () => {
    const dead = await request("crooked", "to die");
    await ended(dead.id, "dead");
    await sql("update runs set processor = 'thinking' where id = $1", [dead.id]);
    try {
      await switchAi(false);
      const ask = await client.ask("Without a machine.");
      expect(
        await sql("select processor from runs where blob = $1 and processor <> 'echo'", [ask.id]),
      ).toEqual([]);
      const refused = await client.post("/api/runs", { processor: "thinking", blob: ask.id });
      expect(refused).toMatchObject({ status: 409, body: { type: "/problems/ai-off" } });
      expect(await retry(dead.id)).toMatchObject({ status: 409 });
      const allowed = await client.post("/api/runs", { processor: "slow", blob: ask.id });
      expect(allowed.status).toBe(202);
    } finally {
      await switchAi(true);
    }
  });

  test("between queue and claim cancels the run and says why", async () => {
    gate = Promise.withResolvers();
    try {
      const first = await request("gated", "first");
      await eventually(async () => (await view(first.id)).status === "running");
      const second = await request("gated", "second");
      await switchAi(false);
      gate.resolve();
      await ended(first.id, "succeeded");
      const seen = await ended(second.id, "cancelled");
      expect(seen.error).toMatchObject({ type: "ai-off" });
      expect(await outputsOf(second.id)).toEqual([]);
    } finally {
      await switchAi(true);
    }
  });
});

test("a run whose place went to the trash while it was being queued does nothing, and says why", async () => {
  gate = Promise.withResolvers();
  const first = await request("gated", "first");
  await eventually(async () => (await view(first.id)).status === "running");
  const second = await request("gated", "second");
  // As a trashing that did not see this run yet.
  await sql("update blobs set trashed_at = now() where id = $1", [(second.input as Json).blob]);
  gate.resolve();
  await ended(first.id, "succeeded");
  const seen = await ended(second.id, "cancelled");
  expect(seen.error).toMatchObject({ type: "trashed" });
  expect(await outputsOf(second.id)).toEqual([]);
});

describe("attempts", () => {
  test("failing twice, then succeeding, tells three with their outcomes and makes one output", async () => {
    const run = await request("failing", "fail 2");
    const seen = await ended(run.id, "succeeded");
    expect(seen.attempts.map(({ outcome, error }) => [outcome, error?.type])).toEqual([
      ["failed", "test-failure"],
      ["failed", "test-failure"],
      ["succeeded", undefined],
    ]);
    expect(seen.error).toBeNull();
    expect(await outputsOf(run.id)).toHaveLength(1);
    const types = await eventsOf(run.id);
    expect(types.filter((type) => type === "run.failed")).toHaveLength(2);
    expect(types.filter((type) => type === "run.started")).toHaveLength(3);
  });

  test("are repeated when due, not when the sweeper comes by", async () => {
    const waits = async () => {
      const run = await request("failing", "fail 2");
      await ended(run.id, "succeeded");
      const rows = await sql<{ wait: number }>(
        `select extract(epoch from b.started_at - a.ended_at)::float as wait
         from run_attempts a join run_attempts b on b.run = a.run and b.attempt = a.attempt + 1
         where a.run = $1`,
        [run.id],
      );
      return rows.map(({ wait }) => wait);
    };
    // The sweeper announces 3 s after a run was due, at the earliest; a busy machine may be as late now and then.
    await eventually(async () => Math.min(...(await waits())) < 3);
  });

  test("that failed for good are not repeated", async () => {
    const run = await request("failing", "fail 1 finally");
    const seen = await ended(run.id, "dead");
    expect(seen.attempts).toHaveLength(1);
    expect(seen.error).toEqual({
      type: "test-failure",
      sentence: "It failed, as it was told to.",
    });
    expect(await eventsOf(run.id)).toEqual(["run.queued", "run.started", "run.failed", "run.dead"]);
  });

  test("all used leave the run dead; a retry that succeeds makes one output", async () => {
    const run = await request("failing", "fail 4");
    const dead = await ended(run.id, "dead");
    expect(dead.attempts.map(({ outcome }) => outcome)).toEqual(["failed", "failed", "failed"]);
    expect(await outputsOf(run.id)).toEqual([]);
    const [again, twice] = await Promise.all([retry(run.id), retry(run.id)]);
    expect([again.status, twice.status]).toEqual([202, 202]);
    const seen = await ended(run.id, "succeeded");
    expect(seen.attempts.map(({ outcome }) => outcome)).toEqual([
      "failed",
      "failed",
      "failed",
      "failed",
      "succeeded",
    ]);
    expect(await outputsOf(run.id)).toHaveLength(1);
    expect(await retry(run.id)).toMatchObject({ status: 409, body: { type: "/problems/ended" } });
  });

  test("that wait are due at once when somebody asks for it", async () => {
    const run = await request("breaking", "soon");
    const waiting = await eventually(async () => {
      const seen = await view(run.id);
      return seen.status === "queued" && seen.attempt === 1 && seen;
    });
    expect(waiting).toMatchObject({ partial: "Half a ", error: { type: "broke" } });
    // A minute, and up to half as much again.
    expect(waitOf(waiting)).toBeGreaterThan(59_000);
    expect(waitOf(waiting)).toBeLessThan(95_000);
    expect((await retry(run.id)).status).toBe(202);
    const again = await eventually(async () => {
      const seen = await view(run.id);
      return seen.status === "queued" && seen.attempt === 2 && seen;
    });
    expect(waitOf(again)).toBeGreaterThan(119_000);
    expect(waitOf(again)).toBeLessThan(185_000);
    expect((await retry(run.id)).status).toBe(202);
    expect((await ended(run.id, "dead")).attempts).toHaveLength(3);
  });

  test("wait as long as the provider asked for", async () => {
    const run = await request("busy", "later");
    const { blob } = run.input as { blob: string };
    await eventually(async () => (await view(run.id)).status === "queued" && begun.has(blob));
    const [row] = await sql<{ wait: number }>(
      `select extract(epoch from r.due_at - a.ended_at)::float * 1000 as wait
       from runs r join run_attempts a on a.run = r.id and a.attempt = 1 where r.id = $1`,
      [run.id],
    );
    await ended(run.id, "succeeded");
    const [first, second] = begun.get(blob)!;
    expect(second! - first!).toBeGreaterThanOrEqual(RETRY_AFTER_MS);
    expect(row!.wait).toBeGreaterThan(RETRY_AFTER_MS - 500);
  });

  test("that break down say so without the program's own words", async () => {
    const run = await request("unreliable", "oops");
    const { error, attempts } = await ended(run.id, "dead");
    expect(attempts).toHaveLength(2);
    expect(error!.type).toBe("processor-failed");
    expect(error!.sentence).not.toContain("mistake of its author");
  });

  test("whose output does not validate end the run with a sentence", async () => {
    const run = await request("crooked", "bent");
    const { error, attempts } = await ended(run.id, "dead");
    expect(attempts).toHaveLength(1);
    expect(error!.type).toBe("output-invalid");
    expect(error!.sentence).toContain("expanded-text-v1");
    expect(await outputsOf(run.id)).toEqual([]);
  });

  test("whose output cannot be stored end the run, and what they streamed can be read", async () => {
    const run = await request("unstorable", "nul");
    const { error, attempts, partial } = await ended(run.id, "dead");
    expect(error!.type).toBe("output-invalid");
    expect(attempts).toHaveLength(1);
    expect(partial).toBe("before\ufffdafter");
  });

  test("beyond the time limit are ended and left behind", async () => {
    const run = await request("endless", "for ever");
    const { error, partial } = await ended(run.id, "dead");
    expect(error!.type).toBe("timeout");
    expect(partial).toBe("I go on ");
  });
});

describe.skipIf(!natsServer())("over NATS", () => {
  test("attempts are repeated when due, too, and a cancellation reaches its worker", async () => {
    const nats = await ownNats();
    if (!nats) return;
    const far = await openTestStudio({
      variables: { NATS_URL: nats.url },
      processors: [failing, slow],
    });
    try {
      const writer = await signUp(far.url);
      const shown = async (run: string) => (await writer.get<RunView>(`/api/runs/${run}`)).body;
      const ask = async (processor: string, text: string) => {
        const { id: blob } = await writer.ask(text);
        return (await writer.post<RunView>("/api/runs", { processor, blob })).body.id;
      };
      // As above: announced by the sweeper they would come 3 s late each, always.
      await eventually(async () => {
        const began = performance.now();
        const run = await ask("failing", "fail 2");
        await eventually(async () => (await shown(run)).status === "succeeded");
        return performance.now() - began < 6_000;
      }, 50_000);

      const run = await ask("slow", "word ".repeat(2_000));
      await eventually(async () => (await shown(run)).partial);
      await writer.post(`/api/runs/${run}/cancellation`, {});
      const seen = await eventually(async () => {
        const now = await shown(run);
        return now.status === "cancelled" && now;
      });
      expect(seen.output).toBeString();
    } finally {
      await far.stop();
      await nats.stop();
    }
  });
});

describe("cancelling", () => {
  test("a run that waits ends it; nothing is made", async () => {
    gate = Promise.withResolvers();
    const first = await request("gated", "holds the place");
    await eventually(async () => (await view(first.id)).status === "running");
    const second = await request("gated", "waits");
    const answer = await cancel(second.id);
    expect(answer).toMatchObject({ status: 200, body: { status: "cancelled" } });
    gate.resolve();
    await ended(first.id, "succeeded");
    expect(await view(second.id)).toMatchObject({ attempt: 0, output: null, attempts: [] });
    expect(await eventsOf(second.id)).toEqual(["run.queued", "run.cancelled"]);
  });

  test("a running one keeps what it wrote as a take that triggers nothing", async () => {
    const run = await request("slow", "word ".repeat(2_000), { ms: 20 });
    await eventually(async () => ((await view(run.id)).partial?.length ?? 0) > 20);
    const answer = await cancel(run.id);
    expect(answer.status).toBe(202);
    const seen = await ended(run.id, "cancelled");
    expect(seen.attempts.map(({ outcome }) => outcome)).toEqual(["cancelled"]);
    expect(seen).toMatchObject({
      partial: null,
      cancelRequestedBy: `account:${client.account}`,
    });
    const [take, ...more] = await outputsOf(run.id);
    expect(more).toEqual([]);
    expect(take).toMatchObject({ id: seen.output, content: { model: "slow", ended: "stopped" } });
    expect((take!.content as Ask).text).toStartWith("word word ");
    expect(await sql("select 1 from runs where blob = $1", [take!.id])).toEqual([]);
    expect(await eventsOf(take!.id as string)).toEqual(["blob.derived.expanded-text-v1"]);
  });

  test("twice, and after the end, is harmless", async () => {
    const run = await request("slow", "word ".repeat(2_000), { ms: 20 });
    await eventually(async () => (await view(run.id)).status === "running");
    const [first, second] = await Promise.all([cancel(run.id), cancel(run.id)]);
    expect([200, 202]).toContain(first.status);
    expect([200, 202]).toContain(second.status);
    const seen = await ended(run.id, "cancelled");
    const third = await cancel(run.id);
    expect(third.status).toBe(200);
    expect(third.body.cancelRequestedAt).toBe(seen.cancelRequestedAt as string);
    expect((await outputsOf(run.id)).length).toBeLessThanOrEqual(1);
    expect((await eventsOf(run.id)).filter((type) => type === "run.cancelled")).toHaveLength(1);

    const done = await request("slow", "done", { ms: 0 });
    await ended(done.id, "succeeded");
    expect(await cancel(done.id)).toMatchObject({ status: 200, body: { status: "succeeded" } });
    expect(await cancel(done.id)).not.toHaveProperty("body.cancelRequestedAt");
    expect(await retry(run.id)).toMatchObject({ status: 409 });
  });

  test("a run that waits for its next attempt keeps what broke off", async () => {
    const run = await request("breaking", "broken");
    await eventually(async () => {
      const seen = await view(run.id);
      return seen.status === "queued" && seen.attempt === 1;
    });
    expect((await cancel(run.id)).body.status).toBe("cancelled");
    const [take] = await outputsOf(run.id);
    expect(take!.content).toEqual({ text: "Half a ", model: "breaking", ended: "cut" });
    expect((await view(run.id)).attempts.map(({ outcome }) => outcome)).toEqual(["failed"]);
  });

  test("a run whose new attempt has not written yet keeps what the one before it wrote", async () => {
    const run = await request("hesitating", "Well.");
    await eventually(async () => (await view(run.id)).attempt === 2);
    // A run that began later has its checkpoint: so the second attempt has had its own, too.
    const later = await request("slow", "word ".repeat(2_000), { ms: 20 });
    await eventually(async () => {
      const kept = await sql("select 1 from run_partials where run = $1", [later.id]);
      return kept.length > 0;
    });
    await cancel(later.id);
    await cancel(run.id);
    await ended(run.id, "cancelled");
    expect((await outputsOf(run.id))[0]!.content).toEqual({
      text: "Once upon ",
      model: "hesitating",
      ended: "cut",
    });
  });

  test("leaves a processor behind that does not listen", async () => {
    const run = await request("deaf", "hello?");
    await eventually(async () => (await view(run.id)).partial !== null);
    await cancel(run.id);
    await ended(run.id, "cancelled");
    expect((await outputsOf(run.id))[0]!.content).toMatchObject({ text: "I go on " });
  });
});

describe("the fence", () => {
  /** A run that only this test works on. */
  async function queued(): Promise<string> {
    const ask = await client.ask("In nobody's hands.");
    return (await requestRun(postgres.db, actor, { processor: "ghost", blob: ask.id })).id;
  }

  /** All that is written about a run. */
  const written = async (run: string) => ({
    run: await sql("select * from runs where id = $1", [run]),
    attempts: await sql("select * from run_attempts where run = $1 order by attempt", [run]),
    partial: await sql("select * from run_partials where run = $1", [run]),
    outputs: await outputsOf(run),
    events: await eventsOf(run),
  });
  const text = (content: string) => ({ text: content, model: "ghost", practice: false });
  const output = (content: string) => ({
    schema: "expanded-text-v1",
    content: { text: content, model: "ghost" },
    usage: null,
    cost: null,
    record: null,
    read: [],
  });
  const failure = { type: "test", sentence: "No." };

  test("an attempt that was taken over writes nothing more", async () => {
    const { db } = postgres;
    const run = await queued();
    const stale = (await claimRun(db, run, "one", 0))!;
    await savePartial(db, stale, text("from the first"));
    const holder = (await claimRun(db, run, "two"))!;
    expect([stale.attempt, holder.attempt]).toEqual([1, 2]);
    const before = await written(run);
    expect(before.attempts.map((attempt) => attempt.outcome)).toEqual(["lost", null]);

    expect(await heartbeat(db, stale)).toBe("lost");
    await savePartial(db, stale, text("too late"));
    expect(await succeedRun(db, actor, stale, output("too late"))).toBe(false);
    expect(await failRun(db, actor, stale, failure, 10)).toBe(false);
    expect(await failRun(db, actor, stale, failure, null)).toBe(false);
    expect(await releaseRun(db, actor, stale)).toBe(false);
    const partial = { ...text("too late"), ended: "stopped" } as const;
    expect(await settleCancelled(db, actor, stale, ghost, { partial })).toBe(false);
    expect(await written(run)).toEqual(before);

    expect(await heartbeat(db, holder)).toBe("held");
    expect(await succeedRun(db, actor, holder, output("from the second"))).toBe(true);
    const after = await written(run);
    expect(after.outputs).toMatchObject([{ content: { text: "from the second" } }]);
    expect(await succeedRun(db, actor, holder, output("again"))).toBe(false);
    expect(await failRun(db, actor, holder, failure, 10)).toBe(false);
    await savePartial(db, holder, text("again"));
    expect(await heartbeat(db, holder)).toBe("lost");
    expect(await written(run)).toEqual(after);
  });

  test("of many that claim at once, one gets it", async () => {
    const run = await queued();
    const claims = await Promise.all(
      Array.from({ length: 12 }, (_, at) => claimRun(postgres.db, run, `worker ${at}`)),
    );
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect((await written(run)).attempts).toHaveLength(1);
  });

  test("what is not due, is held, is cancelled or has ended is not claimed", async () => {
    const { db } = postgres;
    const run = await queued();
    await sql("update runs set due_at = now() + interval '1 hour' where id = $1", [run]);
    expect(await claimRun(db, run, "early")).toBeUndefined();
    await sql("update runs set due_at = now() where id = $1", [run]);
    const claim = (await claimRun(db, run, "one"))!;
    expect(await claimRun(db, run, "two")).toBeUndefined();
    expect((await cancel(run)).status).toBe(202);
    expect(await heartbeat(db, claim, 0)).toBe("cancel-requested");
    expect(await claimRun(db, run, "two")).toBeUndefined();
    const partial = { ...text(" \n"), ended: "stopped" } as const;
    expect(await settleCancelled(db, actor, claim, ghost, { partial })).toBe(true);
    expect(await claimRun(db, run, "two")).toBeUndefined();
    expect((await written(run)).outputs).toEqual([]);
  });

  test("a stopped attempt that wrote nothing keeps what the one before it had", async () => {
    const { db } = postgres;
    const run = await queued();
    const first = (await claimRun(db, run, "one", 0))!;
    await savePartial(db, first, text("The lamp "));
    const second = (await claimRun(db, run, "two"))!;
    await cancel(run);
    const partial = { ...text(""), ended: "stopped" } as const;
    expect(await settleCancelled(db, actor, second, ghost, { partial })).toBe(true);
    expect((await outputsOf(run))[0]!.content).toMatchObject({ text: "The lamp ", ended: "cut" });
  });

  test("a text that stopped in the middle of a character is kept without its half", async () => {
    const { db } = postgres;
    const run = await queued();
    const claim = (await claimRun(db, run, "one"))!;
    const partial = { ...text("The lamp \ud83d"), ended: "stopped" } as const;
    expect(await settleCancelled(db, actor, claim, ghost, { partial })).toBe(true);
    expect((await outputsOf(run))[0]!.content).toMatchObject({ text: "The lamp \ufffd" });
  });

  test("a run given back is due at once and has lost no attempt", async () => {
    const { db } = postgres;
    const run = await queued();
    const claim = (await claimRun(db, run, "one"))!;
    expect(await releaseRun(db, actor, claim)).toBe(true);
    const again = (await claimRun(db, run, "two"))!;
    expect(again).toMatchObject({ attempt: 2, maxAttempts: claim.maxAttempts + 1 });
    expect(await succeedRun(db, actor, again, output("done"))).toBe(true);
  });

  test("output lies where its input lies by then", async () => {
    const { db } = postgres;
    const run = await queued();
    const claim = (await claimRun(db, run, "one"))!;
    await sql("update blobs set bucket = $2 where id = $1", [claim.blob.id, client.book]);
    expect(await succeedRun(db, actor, claim, output("moved"))).toBe(true);
    expect((await outputsOf(run))[0]).toMatchObject({ bucket: client.book });
  });
});

describe("the sweeper", () => {
  /** Queued with nobody to hear the announcement. */
  async function unannounced(processor: string, text: string): Promise<string> {
    const ask = await client.ask(text);
    return (await requestRun(postgres.db, actor, { processor, blob: ask.id })).id;
  }

  test("announces what the bus lost", async () => {
    const run = await unannounced("slow", "Lost.");
    expect((await view(run)).status).toBe("queued");
    await ended(run, "succeeded");
    expect(await outputsOf(run)).toHaveLength(1);
  });

  test("announces a run whose worker vanished; it tells the lost attempt", async () => {
    const run = await unannounced("slow", "Left.");
    const claim = (await claimRun(postgres.db, run, "one that vanishes", 1))!;
    expect(claim.attempt).toBe(1);
    const seen = await ended(run, "succeeded");
    expect(seen.attempts.map(({ outcome }) => outcome)).toEqual(["lost", "succeeded"]);
    expect(await outputsOf(run)).toHaveLength(1);
  });

  test("ends what was tried too often", async () => {
    const run = await unannounced("ghost", "Deadly.");
    await sql("update runs set max_attempts = 1 where id = $1", [run]);
    await claimRun(postgres.db, run, "one that vanishes", 1);
    const seen = await ended(run, "dead");
    expect(seen.error!.type).toBe("worker-lost");
    expect(seen.attempts.map(({ outcome }) => outcome)).toEqual(["lost"]);
  });

  test("ends what was cancelled while its worker vanished, with the last checkpoint", async () => {
    const run = await unannounced("slow", "Stopped.");
    const claim = (await claimRun(postgres.db, run, "one that vanishes", 600))!;
    await savePartial(postgres.db, claim, { text: "Stop", model: null, practice: false });
    await cancel(run);
    await ended(run, "cancelled");
    expect((await outputsOf(run))[0]!.content).toEqual({
      text: "Stop",
      model: "slow",
      ended: "stopped",
    });
  });

  test("leaves a text with the run when nobody here could make a blob of it", async () => {
    const run = await unannounced("ghost", "Kept.");
    const claim = (await claimRun(postgres.db, run, "one that vanishes", 600))!;
    await savePartial(postgres.db, claim, {
      text: "Kept all the same",
      model: null,
      practice: false,
    });
    await cancel(run);
    const seen = await ended(run, "cancelled");
    expect(seen).toMatchObject({ output: null, partial: "Kept all the same" });
  });
});

test("every run of this file made at most one output, and none is left over", async () => {
  const rows = await sql(
    "select run from blobs where run is not null group by run having count(*) > 1",
  );
  expect(rows).toEqual([]);
  await eventually(async () => {
    const open = await sql(
      "select 1 from runs where status in ('queued', 'running') and processor <> 'ghost'",
    );
    return open.length === 0;
  });
});

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** Workers that die, freeze or leave in the middle of a run. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { eventually, type Json } from "../support/client.ts";
import { natsServer } from "../support/nats.ts";
import type { StudioProcess } from "../support/studio.ts";
import { type Fleet, openFleet } from "./fleet.ts";

setDefaultTimeout(120_000);
/** What a run may take to get there, on a busy machine. */
const PATIENCE_MS = 60_000;
/** A word of the slow processor, in milliseconds. */
const WORD_MS = 100;

type RunView = Json & {
  id: string;
  status: string;
  attempt: number;
  attempts: { attempt: number; outcome: string; worker: string }[];
  output: string | null;
};

describe.skipIf(!natsServer())("a worker", () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = (await openFleet())!;
  });
  afterAll(() => fleet?.stop());

  const text = (words: number) => "word ".repeat(words).trim();
  const view = async (run: string) => (await fleet.client.get<RunView>(`/api/runs/${run}`)).body;
  const until = (run: string, fits: (seen: RunView) => boolean) =>
    eventually(async () => {
      const seen = await view(run);
      return fits(seen) && seen;
    }, PATIENCE_MS);

  async function slowly(words: number): Promise<string> {
    const ask = await fleet.client.ask(text(words));
    const body = { processor: "slow", blob: ask.id, config: { ms: WORD_MS } };
    return (await fleet.client.post<RunView>("/api/runs", body)).body.id;
  }

  /** Waits for the first checkpoint; answers which of the workers wrote it, and the others. */
  async function holderOf(run: string, workers: StudioProcess[]) {
    const pid = await eventually(async () => {
      const [row] = await fleet.sql<{ claimed_by: string }>(
        "select r.claimed_by from runs r join run_partials p on p.run = r.id and p.attempt = r.attempt where r.id = $1",
        [run],
      );
      return row && Number(row.claimed_by.split(":").at(-1));
    }, PATIENCE_MS);
    const holder = workers.find((one) => one.pid === pid)!;
    return { holder, other: workers.find((one) => one !== holder)! };
  }

  const outputsOf = (run: string) =>
    fleet.sql<{ id: string; content: Json }>("select id, content from blobs where run = $1", [run]);
  const eventsOf = (run: string) =>
    fleet.sql<{ type: string; data: Json }>(
      "select type, data from events where subject = $1 order by seq",
      [run],
    );
  const written = async (run: string) => ({
    run: await fleet.sql("select * from runs where id = $1", [run]),
    attempts: await fleet.sql("select * from run_attempts where run = $1 order by 2", [run]),
    partial: await fleet.sql("select * from run_partials where run = $1", [run]),
    outputs: await outputsOf(run),
    events: await eventsOf(run),
  });
  const outcomes = ({ attempts }: RunView) => attempts.map(({ outcome }) => outcome);

  test("that is killed in mid-run is followed by another; the run has one output", async () => {
    const workers = await Promise.all([fleet.spawn("worker"), fleet.spawn("worker")]);
    const run = await slowly(20);
    const { holder, other } = await holderOf(run, workers);
    await holder.kill("SIGKILL");
    const seen = await until(run, ({ status }) => status === "succeeded");
    expect(outcomes(seen)).toEqual(["lost", "succeeded"]);
    expect(seen.attempts[1]!.worker).toEndWith(`:${other.pid}`);
    expect(await outputsOf(run)).toEqual([
      { id: seen.output!, content: { text: text(20), model: "slow" } },
    ]);
    expect((await eventsOf(run)).map(({ type }) => type)).toEqual([
      "run.queued",
      "run.started",
      "run.started",
      "run.succeeded",
    ]);
    await other.kill();
  });

  test("that freezes past its lease writes nothing any more when it wakes up", async () => {
    const workers = await Promise.all([fleet.spawn("worker"), fleet.spawn("worker")]);
    // Two: one that has much to do yet when it wakes up, one that is nearly done.
    const runs = [await slowly(30), await slowly(14)];
    const held = await Promise.all(runs.map((run) => holderOf(run, workers)));
    for (const { holder } of held) holder.signal("SIGSTOP");
    const spare = await fleet.spawn("worker");
    for (const run of runs) await until(run, ({ attempt }) => attempt === 2);
    await until(runs[1]!, ({ status }) => status === "succeeded");
    const done = await written(runs[1]!);

    for (const { holder } of held) holder.signal("SIGCONT");
    const seen = await until(runs[0]!, ({ status }) => status === "succeeded");
    const after = await written(runs[0]!);
    // Told to leave, they let all that they still do come to its end.
    expect(await Promise.all(workers.map((one) => one.kill()))).toEqual([0, 0]);

    expect(outcomes(seen)).toEqual(["lost", "succeeded"]);
    expect(await written(runs[0]!)).toEqual(after);
    expect(await written(runs[1]!)).toEqual(done);
    for (const run of runs) {
      expect(await outputsOf(run)).toHaveLength(1);
      const [last] = (await eventsOf(run)).slice(-1);
      expect(last).toMatchObject({ type: "run.succeeded", data: { attempt: 2 } });
    }
    await spare.kill();
  });

  test("that is frozen when it is handed a run does not begin it when it wakes up", async () => {
    const frozen = await fleet.spawn("worker");
    const begin = async () => {
      const ask = await fleet.client.ask("The lamp is lit already.");
      const path = `/api/runs?blob=${ask.id}`;
      const { body } = await fleet.client.get<{ items: RunView[] }>(path);
      return body.items[0]!.id;
    };
    // It is known to be free once it is handed one.
    await eventually(async () => {
      const run = await begin();
      await until(run, ({ status }) => status === "succeeded");
      const [row] = await fleet.sql<{ handed: boolean }>(
        "select count(distinct time) = 1 as handed from events where subject = $1 and type in ('run.queued', 'run.started')",
        [run],
      );
      return row!.handed;
    }, PATIENCE_MS);
    frozen.signal("SIGSTOP");
    const run = await begin();
    const handed = await view(run);
    expect(handed).toMatchObject({ status: "running", attempt: 1 });
    const other = await fleet.spawn("worker");
    const seen = await until(run, ({ status }) => status === "succeeded");
    frozen.signal("SIGCONT");
    // Another one is given it, so that what it was handed before has been looked at.
    const later = await begin();
    await until(later, ({ status }) => status === "succeeded");
    expect(await frozen.kill()).toBe(0);
    expect(seen.attempts).toMatchObject([
      {
        worker: expect.stringMatching(new RegExp(`:${frozen.pid}$`)),
        outcome: "failed",
        error: { type: "not-taken" },
      },
      { worker: expect.stringMatching(new RegExp(`:${other.pid}$`)), outcome: "succeeded" },
    ]);
    expect((await view(run)).attempts).toEqual(seen.attempts);
    expect(await outputsOf(run)).toHaveLength(1);
    await other.kill();
  });

  test("that is told to leave ends what it can and gives back the rest, which another does", async () => {
    const leaving = await fleet.spawn("worker");
    // The second takes longer than a worker that leaves may stay (10 s).
    const [short, long] = [await slowly(15), await slowly(120)];
    await until(short, ({ status }) => status === "running");
    await until(long, ({ status }) => status === "running");
    const left = leaving.kill("SIGTERM");
    const staying = await fleet.spawn("worker");
    expect(await left).toBe(0);
    expect(outcomes(await view(short))).toEqual(["succeeded"]);
    expect((await view(short)).attempts[0]!.worker).toEndWith(`:${leaving.pid}`);

    const seen = await until(long, ({ status }) => status === "succeeded");
    expect(outcomes(seen)).toEqual(["failed", "succeeded"]);
    expect(seen.attempts[0]).toMatchObject({ error: { type: "worker-left" } });
    expect(seen.attempts[1]!.worker).toEndWith(`:${staying.pid}`);
    for (const run of [short, long]) expect(await outputsOf(run)).toHaveLength(1);
    await staying.kill();
  });

  test("leaves no run behind that made more than one output, or is not ended", async () => {
    await eventually(async () => {
      const worker = await fleet.spawn("worker");
      const open = async () =>
        fleet.sql("select 1 from runs where status in ('queued', 'running')");
      await eventually(async () => (await open()).length === 0, PATIENCE_MS);
      return worker;
    });
    expect(
      await fleet.sql(
        "select run from blobs where run is not null group by run having count(*) > 1",
      ),
    ).toEqual([]);
    expect(
      await fleet.sql(
        "select derived_from from blobs b join runs r on r.id = b.run where r.processor = 'text-expansion' group by 1 having count(*) <> 1",
      ),
    ).toEqual([]);
  });
});

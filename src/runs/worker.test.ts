import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { type Client, eventually, signUp } from "../../test/support/client.ts";
import { openTestStudio, type TestStudio } from "../../test/support/studio.ts";
import type { AccountActor } from "../access.ts";
import type { Bus, Stop } from "../bus/bus.ts";
import { openInProcess } from "../bus/in-process.ts";
import { openPostgres, type Postgres } from "../database.ts";
import { openFolderStore } from "../files/store.ts";
import { openModels } from "../llm/models.ts";
import type { Log } from "../log.ts";
import { installBuiltin } from "../processors/installed.ts";
import { defineProcessor, type Processor } from "../processors/sdk.ts";
import { signalCancel } from "./deltas.ts";
import { findRun, requestRun } from "./runs.ts";
import { startWorker } from "./worker.ts";

/** A worker in the test's own hands, beside a studio that has none for these processors. */
let studio: TestStudio;
let client: Client;
let postgres: Postgres;
let actor: AccountActor;
let bus: Bus;
let stop: Stop;
let said: string[] = [];

const log: Log = {
  debug: () => {},
  info: () => {},
  warn: (_data, message) => void said.push(message ?? ""),
  error: (_data, message) => void said.push(message ?? ""),
  child: () => log,
};

let during = () => {};
const sudden = defineProcessor({
  id: "sudden",
  version: "1.0.0",
  title: "Sudden",
  description: "Throws before it has promised anything.",
  inputs: ["text-input-v1"],
  output: "expanded-text-v1",
  trigger: "on-request",
  retry: { attempts: 1, backoffMs: 1 },
  run: () => {
    during();
    throw new Error("at once");
  },
}) as unknown as Processor;

beforeAll(async () => {
  studio = await openTestStudio({ processors: [] });
  client = await signUp(studio.url);
  postgres = await openPostgres(studio.databaseUrl);
  await installBuiltin(postgres.db, [sudden]);
  actor = { kind: "account", account: client.account, administrator: true };
  bus = openInProcess({ log, redeliveryMs: 10 });
  const { db } = postgres;
  const models = openModels({ db, environment: { practice: true }, secret: "a-secret" });
  stop = await startWorker({
    db,
    bus,
    log,
    name: "mine",
    processors: [sudden],
    models,
    files: openFolderStore("/nonexistent"),
    secret: "a-secret",
  });
});
afterAll(async () => {
  await stop?.();
  await bus?.close();
  await postgres?.close();
  await studio?.stop();
});
afterEach(() => {
  said = [];
  during = () => {};
});

async function perform(): Promise<string> {
  const ask = await client.ask("Now.");
  const run = await requestRun(postgres.db, actor, { processor: "sudden", blob: ask.id });
  await bus.publish("reyna.work.sudden", run.id, JSON.stringify({ run: run.id }));
  return run.id;
}
const dead = (run: string) =>
  eventually(async () => (await findRun(postgres.db, actor, run)).status === "dead");

test("a message that names no run is refused, and the next one is worked on", async () => {
  for (const nonsense of ["no JSON", "{}", '{"run":7}', '{"run":"no id"}'])
    await bus.publish("reyna.work.sudden", crypto.randomUUID(), nonsense);
  await eventually(() => said.length === 4);
  expect(said).toEqual(Array(4).fill("work was refused"));
  await dead(await perform());
});

test("a cancellation that comes while a failure is being written harms nobody", async () => {
  const unhandled: unknown[] = [];
  const hear = (reason: unknown) => void unhandled.push(reason);
  process.on("unhandledRejection", hear);
  try {
    const ask = await client.ask("Now.");
    const run = await requestRun(postgres.db, actor, { processor: "sudden", blob: ask.id });
    during = () => signalCancel(bus, run.id);
    await bus.publish("reyna.work.sudden", run.id, JSON.stringify({ run: run.id }));
    await dead(run.id);
    during = () => {};
    await dead(await perform());
    expect(unhandled).toEqual([]);
  } finally {
    process.off("unhandledRejection", hear);
  }
});

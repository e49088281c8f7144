import { afterAll, beforeAll, describe, expect, setDefaultTimeout, spyOn, test } from "bun:test";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect, nanos } from "@nats-io/transport-node";
import { freePort, type Nats, natsServer, startNats } from "../../test/support/nats.ts";
import type { Log } from "../log.ts";
import { type Bus, BusUnavailable, type Job, type Message, type Outcome } from "./bus.ts";
import { MESSAGE_LIMIT_BYTES, openInProcess, QUEUE_LIMIT } from "./in-process.ts";
import { openJetStream, targetOf } from "./jetstream.ts";
import { WORK_STREAM } from "./jetstream-streams.ts";
import { matches } from "./subjects.ts";

/** Short, so that a test can outlast them. */
const TIMING = { ackWaitMs: 600, heartbeatMs: 150, redeliveryMs: 150 };
/** What a condition may take on a busy machine. */
const PATIENCE_MS = 10_000;
setDefaultTimeout(3 * PATIENCE_MS);

const silent: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

/** Two members: in one process they are one bus, over NATS two connections. */
type Members = { one: Bus; two: Bus; close(): Promise<void> };

const given = process.env.TEST_NATS_URL;
const ours = natsServer();
const jetStreamHere = Boolean(given || ours);
if (!jetStreamHere && process.env.REQUIRE_SERVICES !== "1") {
  console.warn("NOT TESTED: the JetStream bus. Put nats-server in the PATH or set TEST_NATS_URL.");
} else if (!ours) {
  console.warn("NOT TESTED: a NATS that stops or is wiped. Put nats-server in the PATH.");
}

describe("subjects", () => {
  test("a star is one token and an angle bracket the rest", () => {
    expect(matches("reyna.events.>", "reyna.events.root.type")).toBe(true);
    expect(matches("reyna.events.>", "reyna.events")).toBe(false);
    expect(matches("reyna.signal.*.delta", "reyna.signal.run.delta")).toBe(true);
    expect(matches("reyna.signal.*.delta", "reyna.signal.run.other")).toBe(false);
    expect(matches("reyna.signal.*", "reyna.signal.run.delta")).toBe(false);
    expect(matches("reyna.signal.*.*", "reyna.signal.run")).toBe(false);
  });

  test("credentials are taken out of the address", () => {
    expect(targetOf("nats://me:p%40ss@one:4222,two")).toEqual({
      servers: ["one:4222", "two"],
      user: "me",
      pass: "p@ss",
    });
    expect(targetOf("tls://secret@one:4222")).toEqual({
      servers: ["one:4222"],
      tls: {},
      token: "secret",
    });
  });
});

describe("the bus in one process", () => {
  behaves(async () => {
    const bus = openInProcess({ log: silent, redeliveryMs: TIMING.redeliveryMs });
    return { one: bus, two: bus, close: () => bus.close() };
  });

  test("a full queue drops its oldest and takes the newest", async () => {
    const bus = openInProcess({ log: silent });
    const queue = named("full");
    const all = Array.from({ length: QUEUE_LIMIT + 3 }, (_, at) => `${queue}-${at}`);
    await Promise.all(all.map((id) => bus.publish(`reyna.work.${queue}`, id, "")));
    const worker = await workOn(bus, queue, 100);
    await until(() => worker.jobs.length === QUEUE_LIMIT);
    expect(worker.jobs[0]?.id).toBe(`${queue}-3`);
    expect(worker.jobs.at(-1)?.id).toBe(all.at(-1));
    await bus.close();
  });

  test("a closed bus takes nothing and is not ready", async () => {
    const bus = openInProcess({ log: silent });
    await bus.close();
    expect(await bus.ready()).toBe(false);
    expect(bus.publish("reyna.events.a.b", "1", "")).rejects.toBeInstanceOf(BusUnavailable);
  });
});

if (process.env.REQUIRE_SERVICES === "1") {
  test("there is a server to test the JetStream bus on", () => {
    expect(jetStreamHere).toBe(true);
  });
}

describe.if(jetStreamHere)("the bus over JetStream", () => {
  let started: Nats | undefined;
  let url = "";
  beforeAll(async () => {
    if (!given) started = await startNats();
    url = given ?? started!.url;
  });
  afterAll(async () => {
    if (given) await removeOurConsumers(url);
    await started?.stop();
  });

  behaves(async () => {
    const [one, two] = await Promise.all([open(url), open(url)]);
    return {
      one,
      two,
      close: async () => {
        await Promise.all([one.close(), two.close()]);
      },
    };
  });

  test("a handler that outlasts the ack wait keeps its message by heartbeats", async () => {
    const members = await Promise.all([open(url), open(url)]);
    const queue = named("slow");
    let calls = 0;
    const slow = async (): Promise<Outcome> => {
      calls++;
      await Bun.sleep(3 * TIMING.ackWaitMs);
      return "done";
    };
    for (const bus of members) await bus.work(queue, 2, slow);
    await members[0].publish(`reyna.work.${queue}`, queue, "");
    await until(() => calls === 1);
    await Promise.all(members.map((bus) => bus.close()));
    expect(calls).toBe(1);
    expect(await pendingOf(url, queue)).toBe(0);
  });

  test("another process takes over from a worker that vanished", async () => {
    const queue = named("vanished");
    const bus = await open(url);
    const victim = Bun.spawn([process.execPath, "-e", VICTIM, url, queue], {
      cwd: import.meta.dir,
      stdout: "pipe",
      stderr: "inherit",
    });
    const said = victim.stdout.getReader();
    expect(new TextDecoder().decode((await said.read()).value)).toContain("listening");
    await bus.publish(`reyna.work.${queue}`, queue, "");
    expect(new TextDecoder().decode((await said.read()).value)).toContain("took it");

    const heir = await workOn(bus, queue);
    victim.kill("SIGKILL");
    await victim.exited;
    await until(() => heir.jobs.length === 1);
    expect(heir.jobs[0]).toMatchObject({ id: queue, deliveries: 2 });
    await bus.close();
  });

  test("what is in flight to a member that closes goes to another at once", async () => {
    // An ack wait longer than the test: only a message handed back can arrive in time.
    const patient = { ackWaitMs: 60_000 };
    const [stays, sender] = await Promise.all([open(url, patient), open(url, patient)]);
    const queue = named("handover");
    const seen = new Set<string>();
    const take = async (job: Job): Promise<Outcome> => {
      seen.add(job.id);
      return "done";
    };
    const ids = Array.from({ length: 300 }, (_, at) => `${queue}-${at}`);
    const sending = (async () => {
      for (const id of ids) await sender.publish(`reyna.work.${queue}`, id, "");
    })();
    for (let round = 0; round < 5; round++) {
      const leaves = await open(url, patient);
      await leaves.work(queue, 8, take);
      await until(() => seen.size >= (round + 1) * 20);
      await leaves.close();
    }
    await stays.work(queue, 8, take);
    await sending;
    await until(() => seen.size === ids.length);
    await Promise.all([stays.close(), sender.close()]);
  });

  test("a consumer that somebody deleted is made again and work goes on", async () => {
    const bus = await open(url);
    const queue = named("deleted");
    const worker = await workOn(bus, queue);
    await administer(url, (manager) => manager.consumers.delete(WORK_STREAM, `work_${queue}`));
    await bus.publish(`reyna.work.${queue}`, queue, "");
    await until(() => worker.jobs.length === 1);
    await bus.close();
  });
});

describe.if(Boolean(ours))("JetStream in trouble", () => {
  let nats: Nats;
  beforeAll(async () => {
    nats = await startNats();
  });
  afterAll(() => nats.stop());

  test("a server that comes later is waited for", async () => {
    const port = await freePort();
    const warn = spyOn({ ...silent }, "warn");
    const opening = open(`nats://127.0.0.1:${port}`, {}, { ...silent, warn });
    await until(() => warn.mock.calls.some(([, text]) => String(text).includes("not there yet")));
    const late = await startNats({ port });
    const bus = await opening;
    expect(await bus.ready()).toBe(true);
    await bus.close();
    await late.stop();
  });

  test("settings that drifted are corrected", async () => {
    await administer(nats.url, async (manager) => {
      await manager.streams.add({ name: "REYNA_EVENTS", subjects: ["reyna.events.*"], max_age: 0 });
    });
    const bus = await open(nats.url);
    const { config } = await administer(nats.url, (manager) =>
      manager.streams.info("REYNA_EVENTS"),
    );
    expect(config.subjects).toEqual(["reyna.events.>"]);
    expect(config.max_age).toBe(nanos(30 * 24 * 60 * 60_000));

    const queue = named("drift");
    await (await workOn(bus, queue)).stop();
    await bus.close();
    const other = await open(nats.url, { ackWaitMs: 5_000 });
    const worker = await workOn(other, queue);
    const consumer = await administer(nats.url, (manager) =>
      manager.consumers.info(WORK_STREAM, `work_${queue}`),
    );
    expect(consumer.config.ack_wait).toBe(nanos(5_000));
    await other.publish(`reyna.work.${queue}`, queue, "");
    await until(() => worker.jobs.length === 1);
    await other.close();
  });

  test("streams deleted under a running bus are made again by the next publish", async () => {
    const bus = await open(nats.url);
    const queue = named("gone");
    const heard = await tailOf(bus, ["reyna.events.>"]);
    const worker = await workOn(bus, queue);
    await deleteStreams(nats.url);
    await bus.publish("reyna.events.gone.made", named("event"), "");
    await bus.publish(`reyna.work.${queue}`, queue, "");
    await until(() => worker.jobs.length === 1 && heard.length > 0);
    expect(await bus.ready()).toBe(true);
    await bus.close();
  });

  test("streams deleted under an idle bus make it unready until it has made them again", async () => {
    const bus = await open(nats.url);
    await deleteStreams(nats.url);
    expect(await bus.ready()).toBe(false);
    await until(() => bus.ready());
    await bus.close();
  });

  test("a server that stops and starts again is picked up", async () => {
    const bus = await open(nats.url);
    const queue = named("restart");
    const worker = await workOn(bus, queue, 2);
    const heard = await tailOf(bus, ["reyna.events.restart.>", "reyna.signal.restart"]);
    let back = 0;
    bus.onReconnect(() => {
      back++;
    });
    await bus.publish(`reyna.work.${queue}`, `${queue}-1`, "");
    await until(() => worker.jobs.length === 1);

    await nats.kill("SIGTERM");
    await until(async () => !(await bus.ready()));
    const asked = Date.now();
    await expect(bus.publish("reyna.events.restart.a", named("lost"), "")).rejects.toBeInstanceOf(
      BusUnavailable,
    );
    expect(Date.now() - asked).toBeLessThan(2_500);
    bus.signal("reyna.signal.restart", "dropped");

    await nats.restart();
    await until(() => back === 1);
    expect(await bus.ready()).toBe(true);
    await bus.publish("reyna.events.restart.a", named("heard"), "again");
    bus.signal("reyna.signal.restart", "heard");
    await bus.publish(`reyna.work.${queue}`, `${queue}-2`, "");
    await until(() => worker.jobs.length === 2 && heard.length === 2);
    expect(heard.map((message) => message.text)).toEqual(["again", "heard"]);
    await bus.close();
  });

  test("work settled while the server is away is not done twice", async () => {
    const bus = await open(nats.url, { ackWaitMs: 60_000 });
    const queue = named("away");
    const gate = Promise.withResolvers<void>();
    let calls = 0;
    await bus.work(queue, 1, async () => {
      calls++;
      await gate.promise;
      return "done";
    });
    await bus.publish(`reyna.work.${queue}`, queue, "");
    await until(() => calls === 1);
    await nats.kill("SIGTERM");
    await until(async () => !(await bus.ready()));
    gate.resolve();
    await nats.restart();
    await until(async () => (await pendingOf(nats.url, queue)) === 0);
    expect(calls).toBe(1);
    await bus.close();
  });

  test("storage wiped while running: publishing and work go on", async () => {
    const bus = await open(nats.url);
    const queue = named("wiped");
    const worker = await workOn(bus, queue, 2);
    await bus.publish(`reyna.work.${queue}`, `${queue}-1`, "");
    await until(() => worker.jobs.length === 1);
    for (const round of [2, 3]) {
      await nats.restart({ wipe: true });
      await until(() => bus.ready());
      await bus.publish(`reyna.work.${queue}`, `${queue}-${round}`, "");
      await until(() => worker.jobs.length === round);
    }
    await bus.close();
  });

  test("work of before a wipe does not settle what came after it", async () => {
    const queue = named("stale");
    await administer(nats.url, (manager) => manager.streams.purge(WORK_STREAM));
    await nats.restart({ wipe: true });
    const bus = await open(nats.url);
    const gate = Promise.withResolvers<void>();
    const taken: string[] = [];
    const stop = await bus.work(queue, 1, async (job) => {
      taken.push(job.id);
      await gate.promise;
      return "done";
    });
    await bus.publish(`reyna.work.${queue}`, `${queue}-before`, "");
    await until(() => taken.length === 1);

    await nats.restart({ wipe: true });
    await until(() => bus.ready());
    await bus.publish(`reyna.work.${queue}`, `${queue}-after`, "");
    const stopping = stop();
    gate.resolve();
    await stopping;
    const worker = await workOn(bus, queue);
    await until(() => worker.jobs.length === 1);
    expect(worker.jobs[0]?.id).toBe(`${queue}-after`);
    await bus.close();
  });

  test("closing while the server is away ends", async () => {
    const bus = await open(nats.url);
    await workOn(bus, named("lonely"));
    await nats.kill("SIGKILL");
    await bus.close();
    expect(await bus.ready()).toBe(false);
    await nats.restart();
  });
});

/** What every adapter owes its callers. */
function behaves(openMembers: () => Promise<Members>): void {
  let bus: Members;
  beforeAll(async () => {
    bus = await openMembers();
  });
  afterAll(() => bus.close());

  test("a tail hears what is published, in order, with its id", async () => {
    const root = named("root");
    const heard = await tailOf(bus.two, [`reyna.events.${root}.>`]);
    for (let at = 0; at < 200; at++) {
      await bus.one.publish(`reyna.events.${root}.written`, `${root}-${at}`, `{"at":${at}}`);
    }
    await until(() => heard.length === 200);
    expect(heard.map((message) => message.text)).toEqual(
      Array.from({ length: 200 }, (_, at) => `{"at":${at}}`),
    );
    expect(heard[7]).toMatchObject({ subject: `reyna.events.${root}.written`, id: `${root}-7` });
  });

  test("a tail of overlapping subjects hears each message once", async () => {
    const root = named("root");
    const subjects = [`reyna.events.${root}.>`, `reyna.events.${root}.*`, "reyna.events.*.written"];
    const heard = await tailOf(bus.two, subjects);
    await bus.one.publish(`reyna.events.${root}.written`, `${root}-1`, "one");
    await bus.one.publish(`reyna.events.${root}.closed`, `${root}-2`, "two");
    await until(() => heard.some((message) => message.text === "two"));
    expect(heard.map((message) => message.text)).toEqual(["one", "two"]);
  });

  test("a tail that stopped hears nothing more", async () => {
    const root = named("root");
    const first: Message[] = [];
    const stop = await bus.one.tail([`reyna.events.${root}.>`], (message) => first.push(message));
    const second = await tailOf(bus.one, [`reyna.events.${root}.>`]);
    await bus.two.publish(`reyna.events.${root}.a`, `${root}-1`, "");
    await until(() => first.length === 1 && second.length === 1);
    await stop();
    await bus.two.publish(`reyna.events.${root}.a`, `${root}-2`, "");
    await until(() => second.length === 2);
    expect(first.length).toBe(1);
  });

  test("a tail whose handler throws hurts neither itself nor another", async () => {
    const root = named("root");
    let calls = 0;
    await bus.two.tail([`reyna.events.${root}.>`], () => {
      calls++;
      throw new Error("on purpose");
    });
    const heard = await tailOf(bus.two, [`reyna.events.${root}.>`]);
    await bus.one.publish(`reyna.events.${root}.a`, `${root}-1`, "");
    await bus.one.publish(`reyna.events.${root}.a`, `${root}-2`, "");
    await until(() => heard.length === 2 && calls === 2);
  });

  test("a signal reaches every tail, as text or bytes, without an id", async () => {
    const run = named("run");
    const one = await tailOf(bus.one, [`reyna.signal.*.${run}`]);
    const two = await tailOf(bus.two, ["reyna.signal.>"]);
    const other = await tailOf(bus.two, [`reyna.signal.cancel.${run}`]);
    const bytes = new Uint8Array([0, 255, 128, 10, 13]);
    bus.one.signal(`reyna.signal.delta.${run}`, "wörd");
    bus.one.signal(`reyna.signal.delta.${run}`, bytes);
    bytes.fill(1);
    await until(() => one.length === 2 && two.length === 2);
    expect(one[0]?.text).toBe("wörd");
    expect(one[0]?.id).toBeUndefined();
    expect([...(two[1]?.bytes ?? [])]).toEqual([0, 255, 128, 10, 13]);
    expect(other).toEqual([]);
  });

  test("a request has the answer of whoever replies; nobody's, a broken one's or a late one's is none", async () => {
    const subject = `reyna.signal.${named("request")}`;
    expect(await bus.one.request(subject, "", PATIENCE_MS)).toBeUndefined();
    const stop = await bus.two.reply(subject, (text) => {
      if (text === "throw") throw new Error("on purpose");
      return `${text}, heard`;
    });
    const asked = ["ä", "b", "throw"].map((text) => bus.one.request(subject, text, 500));
    expect(await Promise.all(asked)).toEqual(["ä, heard", "b, heard", undefined]);
    await stop();
    expect(await bus.one.request(subject, "", PATIENCE_MS)).toBeUndefined();
  });

  test("two workers share a queue and each message is worked once", async () => {
    const queue = named("shared");
    const workers = [await workOn(bus.one, queue, 2), await workOn(bus.two, queue, 2)];
    const ids = Array.from({ length: 60 }, (_, at) => `${queue}-${at}`);
    for (const id of ids) await bus.one.publish(`reyna.work.${queue}`, id, `body of ${id}`);
    const all = () => workers.flatMap((worker) => worker.jobs);
    await until(() => all().length >= ids.length);
    expect(
      all()
        .map((job) => job.id)
        .sort(),
    ).toEqual(ids.sort());
    expect(all()[0]).toEqual({
      subject: `reyna.work.${queue}`,
      id: all()[0]!.id,
      text: `body of ${all()[0]!.id}`,
      deliveries: 1,
    });
    for (const worker of workers) expect(worker.jobs.length).toBeGreaterThan(0);
  });

  test("work published before there is a worker waits for one", async () => {
    const queue = named("early");
    await bus.one.publish(`reyna.work.${queue}`, `${queue}-1`, "early");
    const worker = await workOn(bus.two, queue);
    await until(() => worker.jobs.length === 1);
  });

  test("the same id published twice is worked once", async () => {
    const queue = named("repeat");
    const worker = await workOn(bus.two, queue);
    await bus.one.publish(`reyna.work.${queue}`, `${queue}-1`, "");
    await bus.one.publish(`reyna.work.${queue}`, `${queue}-1`, "");
    await bus.one.publish(`reyna.work.${queue}`, `${queue}-2`, "");
    await until(() => worker.jobs.some((job) => job.id === `${queue}-2`));
    expect(worker.jobs.map((job) => job.id)).toEqual([`${queue}-1`, `${queue}-2`]);
  });

  test("an event and a piece of work may carry the same id", async () => {
    const queue = named("both");
    const worker = await workOn(bus.two, queue);
    await bus.one.publish(`reyna.events.${queue}.a`, queue, "");
    await bus.one.publish(`reyna.work.${queue}`, queue, "");
    await until(() => worker.jobs.length === 1);
  });

  test("retryAt is not before its time, and leaves its place to others", async () => {
    const queue = named("retry");
    const at = new Date(Date.now() + 700);
    const times: number[] = [];
    const worker = await workOn(bus.two, queue, 1, async (job) => {
      if (job.id !== `${queue}-1`) return "done";
      times.push(Date.now());
      return times.length === 1 ? { retryAt: at } : "done";
    });
    await bus.one.publish(`reyna.work.${queue}`, `${queue}-1`, "");
    await bus.one.publish(`reyna.work.${queue}`, `${queue}-2`, "");
    await until(() => times.length === 2);
    expect(times[1]).toBeGreaterThanOrEqual(at.getTime());
    expect(worker.jobs.map((job) => [job.id, job.deliveries])).toEqual([
      [`${queue}-1`, 1],
      [`${queue}-2`, 1],
      [`${queue}-1`, 2],
    ]);
  });

  test("a handler that throws gets its message again", async () => {
    const queue = named("throws");
    const worker = await workOn(bus.two, queue, 1, async (job) => {
      if (job.deliveries < 3) throw new Error("on purpose");
      return "done";
    });
    await bus.one.publish(`reyna.work.${queue}`, queue, "");
    await until(() => worker.jobs.length === 3);
    expect(worker.jobs.map((job) => job.deliveries)).toEqual([1, 2, 3]);
  });

  test("what was refused never comes again", async () => {
    const queue = named("refused");
    // The other message comes back after the ack wait and after a redelivery would have come.
    const worker = await workOn(bus.two, queue, 2, async (job) => {
      if (job.id === `${queue}-refused`) return { refuse: "on purpose" };
      return job.deliveries === 1 ? { retryAt: new Date(Date.now() + 1_500) } : "done";
    });
    await bus.one.publish(`reyna.work.${queue}`, `${queue}-refused`, "");
    await bus.one.publish(`reyna.work.${queue}`, `${queue}-retried`, "");
    await until(() => worker.jobs.length === 3);
    expect(worker.jobs.filter((job) => job.id === `${queue}-refused`).length).toBe(1);
  });

  test("no more than the concurrency runs at once, and all of it does", async () => {
    const queue = named("bound");
    let running = 0;
    let most = 0;
    const gate = Promise.withResolvers<void>();
    const worker = await workOn(bus.two, queue, 3, async () => {
      most = Math.max(most, ++running);
      await gate.promise;
      running--;
      return "done";
    });
    for (let at = 0; at < 9; at++)
      await bus.one.publish(`reyna.work.${queue}`, `${queue}-${at}`, "");
    await until(() => running === 3);
    gate.resolve();
    await until(() => worker.jobs.length === 9 && running === 0);
    expect(most).toBe(3);
  });

  test("a slow handler holds up no other queue", async () => {
    const queue = named("stuck");
    const gate = Promise.withResolvers<void>();
    const stuck = await workOn(bus.two, queue, 1, async () => {
      await gate.promise;
      return "done";
    });
    const free = await workOn(bus.two, `${queue}-free`);
    await bus.one.publish(`reyna.work.${queue}`, `${queue}-1`, "");
    await until(() => stuck.jobs.length === 1);
    await bus.one.publish(`reyna.work.${queue}-free`, `${queue}-2`, "");
    await until(() => free.jobs.length === 1);
    gate.resolve();
  });

  test("stopping waits for what runs and takes nothing more", async () => {
    const queue = named("stop");
    const gate = Promise.withResolvers<void>();
    const order: string[] = [];
    const worker = await workOn(bus.two, queue, 1, async () => {
      await gate.promise;
      order.push("handled");
      return "done";
    });
    await bus.one.publish(`reyna.work.${queue}`, `${queue}-1`, "");
    await until(() => worker.jobs.length === 1);
    const stopping = worker.stop().then(() => order.push("stopped"));
    await bus.one.publish(`reyna.work.${queue}`, `${queue}-2`, "");
    gate.resolve();
    await stopping;
    expect(order).toEqual(["handled", "stopped"]);
    const next = await workOn(bus.one, queue);
    await until(() => next.jobs.length === 1);
    expect(worker.jobs.length).toBe(1);
    expect(next.jobs[0]?.id).toBe(`${queue}-2`);
  });

  test("closing waits for the handlers that run", async () => {
    const closing = await openMembers();
    const queue = named("close");
    const gate = Promise.withResolvers<void>();
    const order: string[] = [];
    const worker = await workOn(closing.two, queue, 1, async () => {
      await gate.promise;
      order.push("handled");
      return "done";
    });
    await closing.one.publish(`reyna.work.${queue}`, queue, "");
    await until(() => worker.jobs.length === 1);
    const closed = closing.close().then(() => order.push("closed"));
    gate.resolve();
    await closed;
    expect(order).toEqual(["handled", "closed"]);
  });

  test("a subject no broker stores and a message over its limit are refused as mistakes", async () => {
    await expect(bus.one.publish("reyna.signal.x", "1", "")).rejects.toBeInstanceOf(RangeError);
    const huge = "x".repeat(MESSAGE_LIMIT_BYTES + 1);
    await expect(bus.one.publish("reyna.events.a.b", "1", huge)).rejects.toBeInstanceOf(RangeError);
    expect(() => bus.one.signal("reyna.signal.x", huge)).not.toThrow();
    expect(() => bus.one.signal("not a subject", "")).not.toThrow();
  });

  test("an open bus is ready", async () => {
    expect(await bus.one.ready()).toBe(true);
  });
}

/** A worker in a process of its own, which takes a message and never answers. */
const VICTIM = `
  import { openJetStream } from "./jetstream.ts";
  const [url, queue] = process.argv.slice(-2);
  const log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log };
  const bus = await openJetStream(url, { name: "victim", log, ...${JSON.stringify(TIMING)} });
  await bus.work(queue, 1, () => {
    console.log("took it");
    return new Promise(() => {});
  });
  console.log("listening");
`;

function open(url: string, timing: Partial<typeof TIMING> = {}, log: Log = silent): Promise<Bus> {
  return openJetStream(url, { name: "bus.test", log, ...TIMING, ...timing });
}

let names = 0;
/** Never the same twice, on a server that keeps what earlier tests left. */
function named(what: string): string {
  return `test-${what}-${process.pid}-${Date.now().toString(36)}-${names++}`;
}

async function tailOf(bus: Bus, subjects: string[]): Promise<Message[]> {
  const heard: Message[] = [];
  await bus.tail(subjects, (message) => heard.push(message));
  return heard;
}

async function workOn(
  bus: Bus,
  queue: string,
  concurrency = 1,
  handler: (job: Job) => Promise<Outcome> = async () => "done",
): Promise<{ jobs: Job[]; stop(): Promise<void> }> {
  const jobs: Job[] = [];
  const stop = await bus.work(queue, concurrency, (job) => {
    jobs.push(job);
    return handler(job);
  });
  return { jobs, stop };
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not so within ${PATIENCE_MS} ms: ${condition}`);
    await Bun.sleep(5);
  }
}

type Manager = Awaited<ReturnType<typeof jetstreamManager>>;

async function administer<T>(url: string, change: (manager: Manager) => Promise<T>): Promise<T> {
  const nats = await connect(targetOf(url));
  try {
    return await change(await jetstreamManager(nats));
  } finally {
    await nats.close();
  }
}

async function deleteStreams(url: string): Promise<void> {
  await administer(url, async (manager) => {
    await manager.streams.delete("REYNA_EVENTS");
    await manager.streams.delete(WORK_STREAM);
  });
}

/** Delivered and not settled, or not delivered yet. */
async function pendingOf(url: string, queue: string): Promise<number> {
  const info = await administer(url, (manager) =>
    manager.consumers.info(WORK_STREAM, `work_${queue}`),
  );
  return info.num_pending + info.num_ack_pending;
}

async function removeOurConsumers(url: string): Promise<void> {
  await administer(url, async (manager) => {
    for await (const { name } of manager.consumers.list(WORK_STREAM)) {
      if (name.startsWith(`work_test-`)) await manager.consumers.delete(WORK_STREAM, name);
    }
  });
}

/**
 * From hand to hand: where a worker has a place free, a run that somebody waits for is claimed for it by the statement
 * that makes the run (`src/blobs/insert.ts`), and the claim is sent to it. That spares the way through the broker's
 * storage, and a journey to Postgres. Any other run is announced on the bus.
 *
 * It is a claim like another, with the same fence and the same events, and holds for a short time until the worker
 * prolongs it. What is lost on the way the sweeper finds, as what a worker lost that died; what no worker takes is
 * given back.
 */
import { SYSTEM } from "../access.ts";
import type { Bus, Stop } from "../bus/bus.ts";
import type { Database } from "../database.ts";
import type { Log } from "../log.ts";
import type { Claim } from "./claim.ts";
import { type FreePlaces, forgetWorker, hearFree, TOLD_EVERY_MS } from "./free-places.ts";
import { releaseRun } from "./settle.ts";

/** How long a worker has to answer, in milliseconds; later it must not begin. One that is gone is known at once. */
const ANSWER_MS = 2_000;
/** Changes of the number of free places are told together, over so many milliseconds. */
const TOLD_WITHIN_MS = 5;
/** A broker takes 1 MiB in one message; a claim is cut into parts of so many UTF-16 units. */
const PART_LIMIT = 256 * 1024;

const FREE_SUBJECT = "reyna.signal.free";
const handSubject = (at: string) => `reyna.signal.hand.${at}`;

/** A run in the hands of a worker that does not know of it yet. `at`: where it is told. */
export type Given = { claim: Claim; at: string };

/** As it travels. `until`: milliseconds since 1970, after which it counts as not taken. */
type Part = { run: string; until: number; part: number; of: number; text: string };

const TAKEN = "taken";
const MORE = "more";
/** Why a run was given back that nobody began. */
export const NOT_TAKEN = {
  type: "not-taken",
  sentence: "The worker that seemed free was not; another one goes on.",
};

export type HandOver = {
  /** Tells its worker, or gives it back. Never throws. */
  give(given: Given): void;
  stop: Stop;
};

export async function openHandOver(parts: { db: Database; bus: Bus; log: Log }): Promise<HandOver> {
  const { db, bus, log } = parts;
  const underWay = new Set<Promise<void>>();
  const unhear = await bus.tail([FREE_SUBJECT], ({ text }) =>
    hearFree(db, JSON.parse(text) as FreePlaces),
  );

  async function give({ claim, at }: Given): Promise<void> {
    if (await isTaken(claim, at)) return;
    const { run, worker, processor } = claim;
    forgetWorker(db, processor, at);
    log.info({ run, worker }, "a worker did not take a run; another one is asked");
    await releaseRun(db, SYSTEM, claim, { error: NOT_TAKEN });
  }

  async function isTaken(claim: Claim, at: string): Promise<boolean> {
    const whole = JSON.stringify(claim);
    const until = Date.now() + ANSWER_MS;
    const of = Math.ceil(whole.length / PART_LIMIT);
    let answer: string | undefined;
    for (let part = 0; part < of; part++) {
      const text = whole.slice(part * PART_LIMIT, (part + 1) * PART_LIMIT);
      const message: Part = { run: claim.run, until, part, of, text };
      answer = await bus.request(handSubject(at), JSON.stringify(message), until - Date.now());
      if (answer !== MORE) break;
    }
    return answer === TAKEN;
  }

  return {
    give(given) {
      const giving = give(given)
        .catch((error) => {
          // Its lease runs out, and the sweeper finds it.
          log.warn({ err: error, run: given.claim.run }, "a run could not be handed over");
        })
        .finally(() => underWay.delete(giving));
      underWay.add(giving);
    },
    async stop() {
      await unhear();
      await Promise.all(underWay);
    },
  };
}

export type Taker = {
  /** The number of free places may have changed. */
  changed(): void;
  stop: Stop;
};

/** A worker's side. `take` has a claim from then on, for so long as it holds. */
export async function takeHandedOver(
  bus: Bus,
  worker: { name: string; leaseMs: number },
  processor: { id: string; version: string },
  free: () => number,
  take: (claim: Claim) => void,
): Promise<Taker> {
  const at = Bun.randomUUIDv7();
  let stopped = false;
  const begun = new Map<string, Part[]>();
  const unreply = await bus.reply(handSubject(at), (message) => {
    const part = JSON.parse(message) as Part;
    const before = begun.get(part.run) ?? [];
    begun.delete(part.run);
    if (stopped || Date.now() > part.until || part.part !== before.length) return "";
    const all = [...before, part];
    if (all.length < part.of) {
      begun.set(part.run, all);
      return MORE;
    }
    take(JSON.parse(all.map(({ text }) => text).join("")) as Claim);
    return TAKEN;
  });

  let soon: ReturnType<typeof setTimeout> | undefined;
  function tell(): void {
    clearTimeout(soon);
    soon = undefined;
    const told: FreePlaces = {
      processor: processor.id,
      at,
      worker: worker.name,
      leaseMs: worker.leaseMs,
      version: processor.version,
      places: stopped ? 0 : free(),
    };
    bus.signal(FREE_SUBJECT, JSON.stringify(told));
  }
  const again = setInterval(tell, TOLD_EVERY_MS);
  tell();
  return {
    changed() {
      soon ??= setTimeout(tell, TOLD_WITHIN_MS);
    },
    async stop() {
      stopped = true;
      clearInterval(again);
      tell();
      await unreply();
    },
  };
}

/** A studio spread over processes, on a database and a broker of its own, to break things in. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Client, signUp } from "../support/client.ts";
import type { Nats } from "../support/nats.ts";
import { administer, freshDatabase, ownNats } from "../support/services.ts";
import { type StudioProcess, spawnStudio } from "../support/studio.ts";

export type Fleet = {
  /** Null: one process with the in-process bus. */
  nats: Nats | null;
  /** The process that has the web role. */
  web: StudioProcess;
  /** Of an account there. */
  client: Client;
  /** Starts one more process. */
  spawn(roles: string): Promise<StudioProcess>;
  sql<Row extends object = Record<string, unknown>>(
    text: string,
    values?: unknown[],
  ): Promise<Row[]>;
  /** Ends what it started, however it is. */
  stop(): Promise<void>;
};

/** How long a claim holds without a heartbeat in these studios, in milliseconds. */
export const LEASE_MS = 2_000;

/**
 * A web process that also relays (with `alone`: one process that does everything, without NATS).
 * Null, said loudly, where there is no nats-server.
 */
export async function openFleet(
  options: { alone?: boolean; databaseUrl?: string } = {},
): Promise<Fleet | null> {
  const nats = options.alone ? null : await ownNats();
  if (!nats && !options.alone) return null;
  const database = options.databaseUrl
    ? { url: options.databaseUrl, drop: async () => {} }
    : await freshDatabase();
  const folder = await mkdtemp(join(tmpdir(), "reyna-chaos-"));
  const processes: StudioProcess[] = [];

  const spawn = async (roles: string) => {
    const started = await spawnStudio(
      {
        DATABASE_URL: database.url,
        REYNA_DATA: join(folder, String(processes.length)),
        ...(nats ? { NATS_URL: nats.url, ROLES: roles } : {}),
      },
      { leaseMs: LEASE_MS },
    );
    processes.push(started);
    return started;
  };
  const stop = async () => {
    // A process that was stopped (SIGSTOP) hears nothing else.
    await Promise.all(processes.map((one) => one.kill("SIGKILL")));
    await nats?.stop();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const web = await spawn(options.alone ? "" : "web,relay");
    return {
      nats,
      web,
      client: await signUp(web.url),
      spawn,
      sql: (text, values = []) =>
        administer(database.url, async (db) => (await db.query(text, values)).rows as never),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

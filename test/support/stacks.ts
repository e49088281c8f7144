/** The two ways a studio is run, for tests that hold in both. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freshDatabase, startSomeNats } from "./services.ts";
import { type StudioProcess, spawnStudio } from "./studio.ts";

type Variables = Record<string, string | undefined>;

export type Stack = {
  url: string;
  web: StudioProcess;
  workers: StudioProcess[];
  stop(): Promise<void>;
};

/** One process with the embedded Postgres and the in-process bus: `bun dev`. */
export async function startAlone(variables: Variables = {}): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), "reyna-alone-"));
  const web = await spawnStudio({ REYNA_DATA: folder, ...variables });
  return {
    url: web.url,
    web,
    workers: [],
    async stop() {
      await web.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Postgres, a real NATS, the web in one process and two workers in others; null without NATS. */
export async function startShared(
  variables: Variables = {},
  tuning: { leaseMs?: number } = {},
): Promise<Stack | null> {
  const nats = await startSomeNats();
  if (!nats) return null;
  const database = await freshDatabase();
  const folder = await mkdtemp(join(tmpdir(), "reyna-shared-"));
  const common = {
    DATABASE_URL: database.url,
    NATS_URL: nats.url,
    REYNA_DATA: folder,
    ...variables,
  };
  const web = await spawnStudio({ ...common, ROLES: "web,relay" }, tuning);
  const workers = await Promise.all(
    [1, 2].map(() => spawnStudio({ ...common, ROLES: "worker" }, tuning)),
  );
  return {
    url: web.url,
    web,
    workers,
    async stop() {
      await Promise.all([web, ...workers].map((one) => one.kill()));
      await nats.stop();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const stacks: [name: string, start: (variables?: Variables) => Promise<Stack | null>][] = [
  ["embedded Postgres and in-process bus", startAlone],
  ["Postgres, NATS and two workers", startShared],
];

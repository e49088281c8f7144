/** Studios for tests, in this process or as processes of their own, and clients that use them. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readEnv } from "../../src/env.ts";
import { builtin } from "../../src/processors/builtin.ts";
import type { Processor } from "../../src/processors/sdk.ts";
import { openStudio, type Tuning } from "../../src/studio.ts";
import { freshDatabase, quiet } from "./services.ts";

type Variables = Record<string, string | undefined>;

export type TestStudio = {
  url: string;
  databaseUrl: string;
  routes: { method: string; path: string }[];
  stop(): Promise<void>;
};

/**
 * A studio in this process on a database of its own (or on `databaseUrl`), with the in-process bus
 * unless the variables name a NATS.
 */
export async function openTestStudio(
  options: {
    variables?: Variables;
    databaseUrl?: string;
    processors?: readonly Processor[];
    tuning?: Tuning;
  } = {},
): Promise<TestStudio> {
  const folder = await mkdtemp(join(tmpdir(), "reyna-test-"));
  const database = options.databaseUrl
    ? { url: options.databaseUrl, drop: async () => {} }
    : await freshDatabase();
  const env = readEnv({
    PORT: "0",
    DATABASE_URL: database.url,
    REYNA_DATA: folder,
    REYNA_SIGNUP: "open",
    ...options.variables,
  });
  const studio = await openStudio(env, quiet, options.processors ?? builtin, {
    rateLimited: false,
    ...options.tuning,
  });
  return {
    url: studio.url ?? "",
    databaseUrl: database.url,
    routes: studio.routes,
    async stop() {
      await studio.stop();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type StudioProcess = {
  pid: number;
  /** Empty without the web role. */
  url: string;
  /** All it wrote so far. */
  output(): string;
  /** Sends the signal and waits for its end. */
  kill(signal?: NodeJS.Signals): Promise<number>;
  /** Sends the signal, such as SIGSTOP, and does not wait. */
  signal(signal: NodeJS.Signals): void;
  exited: Promise<number>;
};

const PROGRAM = new URL("./studio-process.ts", import.meta.url).pathname;
const START_TIMEOUT_MS = 40_000;

/**
 * A studio as a process of its own (`studio-process.ts`: `main.ts` with shorter waiting). Answers when
 * it is ready.
 */
export async function spawnStudio(
  variables: Variables,
  tuning: Tuning = {},
): Promise<StudioProcess> {
  const child = Bun.spawn([process.execPath, PROGRAM], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: "0",
      REYNA_SIGNUP: "open",
      LOG_LEVEL: "warn",
      ...variables,
      REYNA_TEST_TUNING: JSON.stringify({ rateLimited: false, ...tuning }),
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let output = "";
  const ready = Promise.withResolvers<string>();
  for (const stream of [child.stdout, child.stderr])
    void (async () => {
      for await (const chunk of stream) {
        output += new TextDecoder().decode(chunk);
        const line = /^ready (.*)$/m.exec(output);
        if (line) ready.resolve(line[1]!);
      }
    })();
  child.exited.then(() => ready.reject(new Error(`The studio ended:\n${output}`)));
  const late = setTimeout(() => {
    child.kill("SIGKILL");
    ready.reject(new Error(`The studio was not ready in time:\n${output}`));
  }, START_TIMEOUT_MS);
  const url = await ready.promise.finally(() => clearTimeout(late));
  return {
    pid: child.pid,
    url,
    output: () => output,
    async kill(signal = "SIGTERM") {
      child.kill(signal);
      return child.exited;
    },
    signal: (signal) => child.kill(signal),
    exited: child.exited,
  };
}

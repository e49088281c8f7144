/** Samples and how they are told. All times are in milliseconds. */
import { cpus } from "node:os";

export type Spread = { p50: number; p95: number; p99: number; samples: number };

export function spread(samples: number[]): Spread {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), samples: sorted.length };
}

export const ms = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(1));

export const told = ({ p50, p99 }: Spread) => `${ms(p50)} / ${ms(p99)}`;

export const told95 = ({ p50, p95 }: Spread) => `${ms(p50)} / ${ms(p95)}`;

export const ratio = (a: number, b: number) => `${(a / b).toFixed(1)}×`;

/** A table in Markdown, under the day and the machine. */
export function print(units: string, columns: string[], rows: readonly (readonly string[])[]) {
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()})`;
  const day = new Date().toISOString().slice(0, 10);
  console.log(`\n${day}, Bun ${Bun.version}, ${machine}. ${units}\n`);
  console.log(`| | ${columns.join(" | ")} |`);
  console.log(`| --- |${" --- |".repeat(columns.length)}`);
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
}

/** Starts a program that says `ready <url>`, and how long that took. */
export async function start(
  program: string,
  variables: Record<string, string | undefined>,
  args: string[] = [],
) {
  const began = performance.now();
  const path = new URL(program, import.meta.url).pathname;
  const child = Bun.spawn([process.execPath, path, ...args], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: "0",
      LOG_LEVEL: "warn",
      REYNA_SIGNUP: "open",
      ...variables,
    },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  let said = "";
  const ready = Promise.withResolvers<string>();
  // Read to the end: a program whose output nobody takes is held up.
  const ended = (async () => {
    for await (const chunk of child.stdout) {
      said += new TextDecoder().decode(chunk);
      const line = /^ready (.*)$/m.exec(said);
      if (line) ready.resolve(line[1]!);
    }
    ready.reject(new Error(`${program} ended:\n${said}`));
  })();
  const url = await ready.promise;
  return {
    url,
    readyMs: performance.now() - began,
    /** All it printed, once it has ended by itself. */
    async said() {
      await child.exited;
      await ended;
      return said;
    },
    /** Resident memory, in MiB. */
    memory: () => residentMiB(child.pid),
    async stop() {
      child.kill("SIGTERM");
      await child.exited;
    },
  };
}

/** Linux only; elsewhere NaN, which the table shows. */
function residentMiB(pid: number): number {
  const { stdout } = Bun.spawnSync(["ps", "-o", "rss=", "-p", String(pid)]);
  return Number(stdout.toString()) / 1024;
}

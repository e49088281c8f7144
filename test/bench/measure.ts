/** Samples and how they are told. All times are in milliseconds. */
export type Spread = { p50: number; p99: number; samples: number };

export function spread(samples: number[]): Spread {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
  return { p50: at(0.5), p99: at(0.99), samples: sorted.length };
}

export const ms = (value: number) => (value < 10 ? value.toFixed(2) : value.toFixed(1));

export const told = ({ p50, p99 }: Spread) => `${ms(p50)} / ${ms(p99)}`;

export const ratio = (a: number, b: number) => `${(a / b).toFixed(1)}×`;

/** Starts a program that says `ready <url>`, and how long that took. */
export async function start(program: string, variables: Record<string, string | undefined>) {
  const began = performance.now();
  const child = Bun.spawn([process.execPath, new URL(program, import.meta.url).pathname], {
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
  void (async () => {
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

/** A real nats-server for tests: started on a free loopback port, killed, wiped and started again. */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** From start to its first line, JetStream included. */
const START_TIMEOUT_MS = 10_000;

export type Nats = {
  url: string;
  port: number;
  storage: string;
  /** Sends the signal and waits for the end of the process (`SIGKILL`: no goodbye to anybody). */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Ends it and removes its storage. */
  stop(): Promise<void>;
  /** Ends it when it runs, and starts it on the same port; `wipe` removes its storage between. */
  restart(options?: { wipe?: boolean }): Promise<void>;
};

/** Where the server is; null when this machine has none. */
export function natsServer(): string | null {
  return Bun.which("nats-server");
}

export async function startNats(options: { port?: number; storage?: string } = {}): Promise<Nats> {
  const binary = natsServer();
  if (!binary) throw new Error("nats-server is not in the PATH");
  const port = options.port ?? (await freePort());
  const storage = options.storage ?? (await mkdtemp(join(tmpdir(), "reyna-nats-")));
  let child: Bun.Subprocess | undefined;

  async function start(): Promise<void> {
    const started = Bun.spawn(
      [binary as string, "-js", "-sd", storage, "-a", "127.0.0.1", "-p", String(port)],
      { stdin: "ignore", stdout: "ignore", stderr: "pipe" },
    );
    child = started;
    let said = "";
    const reading = (async () => {
      for await (const chunk of started.stderr) {
        said = (said + new TextDecoder().decode(chunk)).slice(-4_000);
      }
    })();
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (!(await answers(port))) {
      if (started.exitCode !== null || Date.now() > deadline) {
        started.kill("SIGKILL");
        await reading;
        throw new Error(`nats-server did not start:\n${said}`);
      }
      await Bun.sleep(10);
    }
  }

  async function kill(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    child?.kill(signal);
    await child?.exited;
    child = undefined;
  }

  await start();
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    storage,
    kill,
    async stop() {
      await kill("SIGKILL");
      await rm(storage, { recursive: true, force: true });
    },
    async restart({ wipe = false } = {}) {
      await kill(wipe ? "SIGKILL" : "SIGTERM");
      if (wipe) await rm(storage, { recursive: true, force: true });
      await start();
    },
  };
}

/** Whether a server speaks there whose JetStream is on: it says so in its first line. */
async function answers(port: number): Promise<boolean> {
  let socket: { end(): void } | undefined;
  try {
    return await new Promise<boolean>((resolve, reject) => {
      Bun.connect({
        hostname: "127.0.0.1",
        port,
        socket: {
          open(opened) {
            socket = opened;
          },
          data(_socket, line) {
            resolve(line.toString().includes('"jetstream":true'));
          },
          close: () => resolve(false),
          error: (_socket, error) => reject(error),
          connectError: (_socket, error) => reject(error),
        },
      }).catch(reject);
    });
  } catch {
    return false;
  } finally {
    socket?.end();
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket: Socket) => socket.destroy());
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

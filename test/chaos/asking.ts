/** Writers who ask and look without pause, as programs that repeat what was answered with 503. */
import type { Client } from "../support/client.ts";

export type Asking = {
  /** Asks that were acknowledged, each once. */
  readonly asks: ReadonlySet<string>;
  /** Every answer's status, and how often it came. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Requests without an answer: cut off, or longer than {@link LIMIT_MS}. */
  readonly unanswered: readonly string[];
  /** Lets every writer's last ask be acknowledged. */
  stop(): Promise<void>;
};

/**
 * What a request may take at most, in milliseconds: a connection is waited for up to 5 s, a
 * transaction lasts up to 15 s (src/database.ts), and signing in is one more of each.
 */
export const LIMIT_MS = 40_000;
/** Between two requests of one writer, so that what is measured is not this program. */
const PAUSE_MS = 30;

export function startAsking(client: Client, writers: number): Asking {
  const asks = new Set<string>();
  const statuses = new Map<number, number>();
  const unanswered: string[] = [];
  let stopping = false;

  async function send(method: string, path: string, body?: unknown, key?: string) {
    const response = await fetch(new URL(path, client.url), {
      method,
      headers: {
        authorization: `Bearer ${client.token}`,
        "content-type": "application/json",
        ...(key ? { "idempotency-key": key } : {}),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      // To the sign-in page, say: whoever was signed in before must not be taken for a stranger.
      redirect: "manual",
      signal: AbortSignal.timeout(LIMIT_MS),
    }).catch((error: Error) => {
      unanswered.push(`${method} ${path}: ${error.name} ${error.message}`);
      return undefined;
    });
    const status = response?.status ?? 0;
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    const text = await response?.text();
    return { status, body: text?.startsWith("{") ? (JSON.parse(text) as { id?: string }) : {} };
  }

  async function write(writer: number): Promise<void> {
    for (let at = 0; !stopping; at++) {
      const key = crypto.randomUUID();
      const content = { text: `Writer ${writer} asks for the ${at}th time. The lamp is lit.` };
      for (;;) {
        const ask = { schema: "text-input", bucket: client.chapter, content };
        const { status, body } = await send("POST", "/api/blobs", ask, key);
        if (body.id && status === 201) {
          asks.add(body.id);
          break;
        }
        await Bun.sleep(PAUSE_MS);
      }
      await send("GET", "/api/buckets?type=chapter");
      await send("GET", `/chapters/${client.chapter}`);
      await Bun.sleep(PAUSE_MS);
    }
  }

  const writing = Promise.all(Array.from({ length: writers }, (_, writer) => write(writer)));
  return {
    asks,
    statuses,
    unanswered,
    async stop() {
      stopping = true;
      await writing;
    },
  };
}

/**
 * Sends requests of all operations, right and wrong, and holds the answers to what always holds: no failure of the
 * studio's, no answer slower than its limit, and what was refused has stored nothing.
 */
import pg from "pg";
import { type Described, operationsOf, readDocument } from "../support/api-client.ts";
import { type Client, clientOf, eventually } from "../support/client.ts";
import { countRows } from "../support/rows.ts";
import { type Random, randomOf } from "./random.ts";
import { type Pool, requestFrom, type Sent } from "./requests.ts";

/** No answer takes longer, in milliseconds: a statement that does is ended by then. */
export const ANSWER_LIMIT_MS = 10_000;
/** Requests between two looks at the rows, and at once. */
const BATCH = 60;
const AT_ONCE = 8;
/** Ids kept of each kind. */
const POOL_LIMIT = 100;
/** Every time somebody signs up a password is hashed, on purpose slowly. */
const SELDOM: Record<string, number> = {
  signUp: 0.02,
  signIn: 0.02,
  describe: 0.2,
  changeProcessor: 0.1,
  docs: 0.02,
  compareSchema: 0.2,
};
/** A row that is made when a chapter is first looked at, whatever comes of the request. */
const LAZY = "documents";

export type Outcome = {
  requests: number;
  statuses: Record<string, number>;
  /** Batches of refusals after which the rows were as before. */
  unchanged: number;
  /** Milliseconds. */
  slowest: number;
  p99: number;
  failures: string[];
};

type Told = { sent: Sent; status: number; ms: number; body: string };

export async function fuzzApi(options: {
  url: string;
  databaseUrl: string;
  client: Client;
  count: number;
  seed: number;
  say?: (line: string) => void;
}): Promise<Outcome> {
  const { url, databaseUrl, client, count, seed, say } = options;
  const random = randomOf(seed);
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  const document = await readDocument(url);
  const operations = [...operationsOf(document).values()];
  const pool = await poolOf(client);
  /** What is brought back from the trash now and then: below it, everything would be refused. */
  const standing = [
    ...pool.buckets!.map((id) => `/api/buckets/${id}`),
    ...pool.blobs!.map((id) => `/api/blobs/${id}`),
  ];
  // A session would end as soon as it signs out, a token does not; but some things only people do.
  const { body } = await client.post<{ token: string }>("/api/tokens", {
    name: "Fuzz",
    scopes: ["administer", "write"],
  });
  const program = await clientOf(url, body.token, client.account);
  const tokenOf = ({ operation }: Sent) =>
    /Token|Invitation/.test(operation) ? client.token : program.token;

  const outcome: Outcome = {
    requests: 0,
    statuses: {},
    unchanged: 0,
    slowest: 0,
    p99: 0,
    failures: [],
  };
  const times: number[] = [];
  /** Once nothing is being worked on. */
  const counted = async () => {
    await eventually(async () => {
      const { rows } = await database.query(
        "select 1 from runs where status in ('queued', 'running') limit 1",
      );
      return rows.length === 0;
    }, 60_000);
    const { [LAZY]: _, ...counts } = await countRows(database);
    return JSON.stringify(counts);
  };

  async function sendAll(batch: Sent[]): Promise<Told[]> {
    const told: Told[] = [];
    const waiting = [...batch];
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let one = waiting.shift(); one; one = waiting.shift())
          told.push(await send(url, tokenOf(one), one));
      }),
    );
    for (const { sent, status, ms, body } of told) {
      outcome.requests++;
      outcome.statuses[status] = (outcome.statuses[status] ?? 0) + 1;
      times.push(ms);
      const fault = faultOf(status, ms, body, sent);
      if (fault) outcome.failures.push(`${fault}: ${show(sent)} → ${body.slice(0, 300)}`);
      if (status < 300) keep(pool, sent, body);
    }
    return told;
  }

  while (outcome.requests < count) {
    const batch = Array.from({ length: Math.min(BATCH, count - outcome.requests) }, () =>
      requestFrom(document, pickOf(operations, random), pool, random),
    );
    for (const path of standing) await client.post(`${path}/restoration`, null);
    await database.query("update processors set paused_at = null, disabled_at = null");
    const before = await counted();
    let told = await sendAll(batch);
    const refused = told.filter(({ status }) => status >= 400).map(({ sent }) => sent);
    let counts = before;
    if (refused.length < told.length) {
      // Among others, their rows cannot be told apart: once more, alone.
      counts = await counted();
      told = await sendAll(refused);
    }
    if (told.every(({ status }) => status >= 400)) {
      const after = await counted();
      if (after !== counts)
        outcome.failures.push(
          `refusals left rows: ${counts} → ${after} after ${refused.map(show).join("\n")}`,
        );
      else outcome.unchanged++;
    }
    if (say && outcome.requests % (BATCH * 50) < BATCH)
      say(
        `${outcome.requests} ${JSON.stringify(outcome.statuses)} ${outcome.failures.length} failures`,
      );
  }
  await database.end();
  times.sort((a, b) => a - b);
  outcome.slowest = Math.round(times.at(-1) ?? 0);
  outcome.p99 = Math.round(times[Math.floor(times.length * 0.99)] ?? 0);
  return outcome;
}

function pickOf(operations: Described[], random: Random): Described {
  for (;;) {
    const operation = random.pick(operations);
    if (random.next() < (SELDOM[operation.operationId] ?? 1)) return operation;
  }
}

async function send(url: string, token: string, sent: Sent): Promise<Told> {
  const began = performance.now();
  const { method, path, headers, body } = sent;
  const response = await fetch(new URL(path, url), {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
    redirect: "manual",
    ...(body === undefined || method === "GET" ? {} : { body }),
  });
  const text = await response.text();
  const type = response.headers.get("content-type") ?? "";
  // People are shown a page where it is not the API that they asked.
  const isKind =
    type.startsWith("application/problem+json") ||
    (type.startsWith("text/html") && !path.startsWith("/api/"));
  const isFine = response.status < 400 || isKind || method === "HEAD";
  const answered = isFine ? text : `no problem details: ${text}`;
  return { sent, status: response.status, ms: performance.now() - began, body: answered };
}

function faultOf(
  status: number,
  ms: number,
  body: string,
  { operation }: Sent,
): string | undefined {
  // Only the comparison of schemas may say that too much waits.
  if (status >= 500 && !(status === 503 && operation === "compareSchema"))
    return `status ${status}`;
  if (status >= 400 && body.startsWith("no problem details")) return "a refusal of another kind";
  return ms > ANSWER_LIMIT_MS ? `${Math.round(ms)} ms` : undefined;
}

/** As a shell would send it, nearly. */
function show({ method, path, headers, body }: Sent): string {
  const text =
    typeof body === "string" ? body : body && `bytes ${Buffer.from(body).toString("base64")}`;
  return `${method} ${path.slice(0, 400)} ${JSON.stringify(headers)} ${(text ?? "").slice(0, 600)}`;
}

function keep(pool: Pool, { operation }: Sent, body: string): void {
  const kind = {
    createBlob: "blobs",
    createBucket: "buckets",
    requestRun: "runs",
    uploadFile: "blobs",
    createVersion: "versions",
  }[operation];
  if (!kind || !body.startsWith("{")) return;
  const { id } = JSON.parse(body) as { id?: string };
  const known = pool[kind]!;
  if (id) known.push(id);
  if (known.length > POOL_LIMIT) known.splice(3, 1);
}

/** What there is at first; things that others do not trash or change among it. */
async function poolOf(client: Client): Promise<Pool> {
  const ask = await client.ask("Fog comes in.", { passage: "p1" });
  const { body: run } = await client.post<{ id: string }>("/api/runs", {
    processor: "echo",
    blob: ask.id,
  });
  const { body: version } = await client.post<{ id: string }>(
    `/api/documents/${client.chapter}/versions`,
    { name: "First" },
  );
  return {
    buckets: [client.book, client.chapter],
    documents: [client.chapter],
    blobs: [ask.id],
    runs: [run.id],
    versions: [version.id],
    accounts: [client.account],
    tokens: [crypto.randomUUID()],
    schemas: ["text-input", "text-input-v1", "expanded-text", "bucket-book"],
    processors: ["echo"],
    types: ["book", "chapter", "folder"],
    passages: ["p1"],
  };
}

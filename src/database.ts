/**
 * Postgres, as the rest of the studio sees it: a drizzle database, transactions and session
 * locks. Every promise given out here settles: connecting, waiting for a connection, a statement
 * and a transaction each have a bound, and a connection that failed in any way is never used again.
 *
 * The driver is `pg`, because it keeps exactly that promise when connections die in the middle of
 * transactions; `database.test.ts` terminates them under load. Connections are in pipeline mode:
 * `begin` travels with the first statement, and a statement that is not answered in time takes its
 * connection down instead of staying ahead of the next one.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import pg from "pg";

/** Drizzle without a relational schema: verbs take their tables from drizzle/tables.ts. */
export type Database = NodePgDatabase;
/** What {@link transact} hands to its work; it refuses everything once the transaction is over. */
export type Tx = NodePgDatabase;
export type Db = Database | Tx;

export type Stop = () => Promise<void>;

export type Postgres = {
  db: Database;
  url: string;
  /**
   * Takes the session advisory lock `key` on a connection of its own; null when another holds it.
   * `lost` resolves when the lock is gone, by `release` or because its connection died.
   */
  exclusive(key: bigint | number): Promise<Lock | null>;
  /** Whether Postgres answers now; never throws. */
  ready(): Promise<boolean>;
  /** Lets running transactions finish, then disconnects, locks included. */
  close(): Promise<void>;
};

/** What differs from the constants below; migrations and restores need longer limits, for one. */
export type Options = {
  connections?: number;
  /** How the connections are called in pg_stat_activity. */
  applicationName?: string;
  connectTimeoutMs?: number;
  statementTimeoutMs?: number;
  transactionDeadlineMs?: number;
};

export type Lock = { release: Stop; lost: Promise<void> };

/** How long opening a connection, or waiting for a free one of the pool, may take. */
export const CONNECT_TIMEOUT_MS = 5_000;
/** After this Postgres itself cancels a statement. */
export const STATEMENT_TIMEOUT_MS = 10_000;
/** When Postgres does not even say that it cancelled, the network is gone and the connection too. */
export const ANSWER_GRACE_MS = 2_000;
/** From the connection in hand to the answer to `commit`. */
export const TRANSACTION_DEADLINE_MS = 15_000;
/** How long `ready` waits for an answer. */
export const READY_TIMEOUT_MS = 2_000;
/** How often an otherwise silent connection (a session lock's) is asked whether it lives. */
export const HEARTBEAT_MS = 15_000;
/** Connections of the pool, and how many of them stay open when nothing is to do. */
export const CONNECTIONS = { most: 10, idle: 2 };
/** Different SQL texts that each connection keeps prepared; the memory for them is the server's. */
export const PREPARED_STATEMENTS = 256;
/** The oldest Postgres whose SQL we may assume. */
export const OLDEST_POSTGRES = 15;

/** The database is away, starting, out of connections, or the connection died: worth a retry. */
export class DatabaseUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "DatabaseUnavailable";
  }
}

/** @throws DatabaseUnavailable when nobody answers, Error when the server is too old. */
export async function openPostgres(url: string, options: Options = {}): Promise<Postgres> {
  const statementMs = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
  const deadlineMs = options.transactionDeadlineMs ?? TRANSACTION_DEADLINE_MS;
  const config: pg.ClientConfig = {
    connectionString: url,
    application_name: options.applicationName ?? "reyna",
    connectionTimeoutMillis: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    statement_timeout: statementMs,
    query_timeout: statementMs + ANSWER_GRACE_MS,
    idle_in_transaction_session_timeout: deadlineMs,
    keepAlive: true,
    pipeline: true,
  };
  const most = options.connections ?? CONNECTIONS.most;
  const pool = new pg.Pool({ ...config, max: most, min: Math.min(CONNECTIONS.idle, most) });
  // A connection that dies rejects its statements; unheard, its "error" would also end the process.
  pool.on("connect", (client) => client.on("error", () => {}));
  pool.on("error", () => {});

  const db = drizzleOver((query, values) => pool.query(query, values));
  pools.set(db, { pool, deadlineMs });
  /** Ends each lock that `close` finds still there. */
  const open = new Set<Stop>();

  try {
    const { rows } = await orUnavailable(pool.query("show server_version_num"));
    const major = Math.floor(Number(rows[0].server_version_num) / 10_000);
    if (major < OLDEST_POSTGRES) {
      throw new Error(`PostgreSQL ${OLDEST_POSTGRES} or newer is needed; this server is ${major}.`);
    }
  } catch (error) {
    await pool.end();
    throw error;
  }

  return {
    db,
    url,

    async exclusive(key) {
      const session = await openSession(config);
      try {
        const sql = "select pg_try_advisory_lock($1) as taken";
        const { rows } = await orUnavailable(session.client.query(sql, [String(key)]));
        if (rows[0].taken) {
          open.add(session.end);
          session.gone.then(() => open.delete(session.end));
          return { release: session.end, lost: session.gone };
        }
      } catch (error) {
        await session.end();
        throw error;
      }
      await session.end();
      return null;
    },

    async ready() {
      const late = sleep(READY_TIMEOUT_MS, false, { ref: false });
      const answer = pool.query("select 1").then(
        () => true,
        () => false,
      );
      return await Promise.race([answer, late]);
    },

    async close() {
      await pool.end();
      await Promise.all([...open].map((end) => end()));
    },
  };
}

/**
 * Runs `work` in one transaction, or inside the given one when `db` already is one. What throws in
 * an inner call rolls back the whole, even when somebody further out catches it. Past the deadline
 * the connection is destroyed and the call throws.
 *
 * When the connection dies during the commit this throws, although the work may have been kept:
 * whoever repeats it must find it done.
 */
export async function transact<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  const outer = transactions.get(db);
  if (outer) {
    try {
      return await work(db);
    } catch (error) {
      outer.failure ??= { error };
      throw error;
    }
  }

  const { pool, deadlineMs } = pools.get(db)!;
  const client = await orUnavailable(pool.connect());
  const transaction: Transaction = { database: db, effects: [] };
  const tx = drizzleOver((query, values) =>
    transaction.over ? Promise.reject(transaction.over) : client.query(query, values),
  );
  transactions.set(tx, transaction);

  const late = Promise.withResolvers<never>();
  late.promise.catch(() => {});
  const deadline = setTimeout(() => {
    transaction.over = new DatabaseUnavailable(`A transaction took longer than ${deadlineMs} ms.`);
    late.reject(transaction.over);
    client.connection.stream.destroy();
  }, deadlineMs);

  let value: T;
  try {
    const begun = orUnavailable(client.query("begin"));
    begun.catch(() => {});
    value = await Promise.race([work(tx), late.promise]);
    await begun;
    if (transaction.failure) throw transaction.failure.error;
    transaction.over = new Error("This transaction is over.");
    // Postgres answers a commit after a failed statement with a rollback, not with an error.
    const { command } = await orUnavailable(client.query("commit"));
    if (command !== "COMMIT") throw new Error("A statement failed, and its error was swallowed.");
    client.release();
  } catch (error) {
    transaction.over ??= new Error("This transaction is over.");
    await client.query("rollback").then(
      () => client.release(),
      (dead) => client.release(dead),
    );
    throw error;
  } finally {
    clearTimeout(deadline);
  }

  for (const effect of transaction.effects) effect();
  return value;
}

/**
 * Runs `effect` after the outermost transaction committed, in the order given; never when it rolled
 * back. Outside a transaction: at once. An effect wakes somebody up, so it neither fails nor waits.
 */
export function afterCommit(db: Db, effect: () => void): void {
  const transaction = transactions.get(db);
  if (transaction) transaction.effects.push(effect);
  else effect();
}

/** The database that a transaction belongs to; itself, when it is none. */
export function databaseOf(db: Db): Database {
  return transactions.get(db)?.database ?? db;
}

/** Whether the database could not be reached or went away: answered as 503, worth a retry. */
export function isUnavailable(error: unknown): boolean {
  return causes(error).some((cause) => cause instanceof DatabaseUnavailable);
}

/** Whether a unique constraint or index (that one, when named) refused the row. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  return causes(error).some(
    (cause) =>
      cause instanceof pg.DatabaseError &&
      cause.code === UNIQUE_VIOLATION &&
      (constraint === undefined || cause.constraint === constraint),
  );
}

/** SQLSTATE, appendix A of the PostgreSQL manual. */
const UNIQUE_VIOLATION = "23505";

type Transaction = {
  database: Database;
  effects: (() => void)[];
  /** What an inner call threw. */
  failure?: { error: unknown };
  /** Why nothing more may be asked: the connection may serve somebody else by now. */
  over?: Error;
};

const pools = new WeakMap<Db, { pool: pg.Pool; deadlineMs: number }>();
const transactions = new WeakMap<Db, Transaction>();

type Query = pg.QueryConfig & { rowMode?: "array" };

/** A drizzle database whose statements go through `ask` and whose transactions are ours. */
function drizzleOver(
  ask: (query: Query, values: unknown[]) => Promise<pg.QueryResult>,
): NodePgDatabase {
  const client = {
    query(query: Query, values: unknown[] = []) {
      // drizzle reads columns as text and converts them; rows of raw SQL get JavaScript's own types.
      const types = query.rowMode === "array" ? query.types : pg.types;
      return orUnavailable(ask({ ...query, types, name: preparedAs(query.text, values) }, values));
    },
  };
  const db = drizzle({ client: client as unknown as pg.Pool, casing: "snake_case" });
  const { session } = db._ as unknown as { session: object };
  // drizzle's own would take begin and commit to any two connections of the pool.
  Object.assign(session, {
    transaction: (work: (tx: Tx) => Promise<unknown>) => transact(db, work),
  });
  return db;
}

// count(*) and bigint columns as numbers: ours stay far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

const names = new Map<string, string>();

/** The name under which connections keep a statement prepared, which saves parsing and planning. */
function preparedAs(text: string, values: unknown[]): string | undefined {
  if (values.length === 0) return undefined;
  if (!names.has(text) && names.size < PREPARED_STATEMENTS) names.set(text, `s${names.size}`);
  return names.get(text);
}

type Session = { client: pg.Client; gone: Promise<void>; end: Stop };

/** A connection outside the pool, for what belongs to a session. */
async function openSession(config: pg.ClientConfig): Promise<Session> {
  const client = new pg.Client(config);
  const gone = Promise.withResolvers<void>();
  client.on("error", () => {});
  client.on("end", gone.resolve);
  await orUnavailable(client.connect());
  const heartbeat = setInterval(() => client.query("select 1").catch(() => {}), HEARTBEAT_MS);
  heartbeat.unref();
  return {
    client,
    gone: gone.promise.then(() => clearInterval(heartbeat)),
    async end() {
      const impatient = setTimeout(() => client.connection.stream.destroy(), CONNECT_TIMEOUT_MS);
      await client.end();
      clearTimeout(impatient);
    },
  };
}

/** Tells apart what came from a lost database, here where nothing else can be the cause. */
async function orUnavailable<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!isLoss(error)) throw error;
    throw new DatabaseUnavailable("The database cannot be reached.", { cause: error });
  }
}

/**
 * SQLSTATE: class 08 connection exception, class 53 insufficient resources (53300: too many
 * connections), 57P01 to 57P03 shutdown, crash and start, 25P03 idle in transaction, 25P04
 * transaction timeout.
 */
const LOSS_STATES = /^(08...|53...|57P0[123]|25P0[34])$/;
/** Codes of the network under it; ENOENT is a Unix socket without a server. */
const LOSS_CODES =
  /^E(CONN(REFUSED|RESET|ABORTED)|PIPE|TIMEDOUT|(HOST|NET)UNREACH|NOENT|NOTFOUND|AI_AGAIN)$/;
/** What pg and pg-pool say without a code. */
const LOSS_MESSAGES = new Set([
  "Cannot use a pool after calling end on the pool",
  "Client has encountered a connection error and is not queryable",
  "Client was closed and is not queryable",
  "Connection terminated",
  "Connection terminated due to connection timeout",
  "Connection terminated unexpectedly",
  "Query read timeout",
  "timeout exceeded when trying to connect",
  "timeout expired",
]);

function isLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.some(isLoss);
  const code = (error as { code?: unknown }).code;
  if (typeof code !== "string") return LOSS_MESSAGES.has(error.message);
  return error instanceof pg.DatabaseError ? LOSS_STATES.test(code) : LOSS_CODES.test(code);
}

/** The error and what caused it: drizzle wraps what the driver throws. */
function causes(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let cause = error; cause && !chain.includes(cause); cause = (cause as Error).cause)
    chain.push(cause);
  return chain;
}

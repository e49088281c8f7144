/** What an operator does to an account from the shell: beside a running studio, or on one that is stopped. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { accounts } from "../../drizzle/tables.ts";
import { type Db, openPostgres, transact } from "../database.ts";
import { connectEmbedded, startEmbedded } from "../embedded-postgres.ts";
import { readEnv } from "../env.ts";
import { openLog } from "../log.ts";

type Account = typeof accounts.$inferSelect;

/**
 * Does `work` in a transaction, for the account of the first argument. Ends the process with a sentence where there is
 * none, or no studio.
 * @param usage what is said to whoever names nobody
 */
export async function forAccount<T>(
  usage: string,
  work: (tx: Db, account: Account) => Promise<T>,
): Promise<T> {
  const email = process.argv[2]?.trim().toLowerCase();
  if (!email) fail(`Say whose: ${usage}`);
  const env = readEnv(process.env);
  const running = env.databaseUrl ?? (await connectEmbedded(env.dataFolder));
  // Started on an empty folder it would make a studio.
  if (!running && !(await isThere(join(env.dataFolder, "postgres"))))
    fail(`There is no studio in ${env.dataFolder}: set REYNA_DATA or DATABASE_URL to yours.`);
  const started = running ? undefined : await startEmbedded(env.dataFolder, openLog("warn"));
  const postgres = await openPostgres(running ?? started!.url, { connections: 1 });
  let done: { answer: T } | undefined;
  try {
    done = await transact(postgres.db, async (tx) => {
      const [account] = await tx.select().from(accounts).where(eq(accounts.email, email));
      return account && { answer: await work(tx, account) };
    });
  } finally {
    await postgres.close();
    await started?.stop();
  }
  if (!done) fail(`Nobody has an account under ${email} in this studio.`);
  return done.answer;
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function fail(why: string): never {
  console.error(why);
  process.exit(1);
}

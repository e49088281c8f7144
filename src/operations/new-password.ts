/**
 * `bun run new:password EMAIL`: for whoever forgot theirs, since the studio sends no mail. Makes one, says it once, and
 * signs that account out everywhere. Works beside a running studio, and on one that is stopped.
 */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { accounts } from "../../drizzle/tables.ts";
import { createAuth } from "../accounts/auth.ts";
import { type Db, openPostgres, transact } from "../database.ts";
import { connectEmbedded, startEmbedded } from "../embedded-postgres.ts";
import { readEnv } from "../env.ts";
import { openLog } from "../log.ts";

/** Of a made password, in bytes of randomness. */
const PASSWORD_BYTES = 12;

const email = process.argv[2]?.trim().toLowerCase();
if (!email) fail("Say whose: bun run new:password you@example.org");

const env = readEnv(process.env);
const running = env.databaseUrl ?? (await connectEmbedded(env.dataFolder));
// Started on an empty folder it would make a studio.
if (!running && !(await isThere(join(env.dataFolder, "postgres"))))
  fail(`There is no studio in ${env.dataFolder}: set REYNA_DATA or DATABASE_URL to yours.`);
const started = running ? undefined : await startEmbedded(env.dataFolder, openLog("warn"));
const postgres = await openPostgres(running ?? started!.url, { connections: 1 });
let password: string | undefined;
try {
  password = await transact(postgres.db, (tx) => newPassword(tx, email));
} finally {
  await postgres.close();
  await started?.stop();
}
if (password === undefined) fail(`Nobody has an account under ${email} in this studio.`);
console.log(`The new password of ${email}: ${password}`);
console.log("Whoever was signed in with the old one is signed out within seconds.");

/** Undefined when there is no such account. */
async function newPassword(tx: Db, email: string): Promise<string | undefined> {
  const [account] = await tx.select().from(accounts).where(eq(accounts.email, email));
  if (!account) return undefined;
  const auth = createAuth(tx, { secret: "", publicUrl: undefined, rateLimited: false });
  const { password: passwords, internalAdapter } = await auth.$context;
  const made = crypto
    .getRandomValues(new Uint8Array(PASSWORD_BYTES))
    .toBase64({ alphabet: "base64url" });
  await internalAdapter.updatePassword(account.id, await passwords.hash(made));
  await internalAdapter.deleteUserSessions(account.id);
  return made;
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

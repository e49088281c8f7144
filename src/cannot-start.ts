/** Why a studio cannot open what it was given, in sentences for whoever runs it. */
import { constants } from "node:fs";
import { access, mkdir } from "node:fs/promises";

/** Ends the start with its message alone. */
export class CannotStart extends Error {}

/** @throws CannotStart where the folder cannot be made or written to */
export async function makeDataFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new CannotStart(
      `The studio cannot write to its folder ${folder} (${codeOf(error)}). Give the account that runs it the right to, or name another folder in REYNA_DATA.`,
    );
  }
}

/** What `open` answers; what a Postgres that was named in DATABASE_URL refuses with becomes a sentence, without its password. */
export async function reachDatabase<T>(url: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    const reason = reasonOf(error);
    if (!reason) throw error;
    const { host, pathname, username } = new URL(url);
    throw new CannotStart(
      `The database at ${host}${pathname} did not let ${username ? `“${decodeURIComponent(username)}”` : "the studio"} in: ${reason}. Look at DATABASE_URL, and whether that Postgres runs.`,
    );
  }
}

/** Of a connection that did not come about: those of the network, and Postgres's own (classes 08, 28, 3D, 53, 57P). */
function reasonOf(error: unknown): string | undefined {
  const code = codeOf(error);
  if (/^(E[A-Z_]+|08...|28...|3D...|53...|57P..)$/.test(code))
    return `${(error as Error).message || code}`;
  return (error as Error).message?.includes("timeout expired") ? "it did not answer" : undefined;
}

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? String(error);

/** Trying a model before it is relied on: one short answer, or what went wrong in its provider's words. */
import { setTimeout as sleep } from "node:timers/promises";
import { eq } from "drizzle-orm";
import { modelSettings } from "../../drizzle/tables.ts";
import { type AccountActor, requireAdministrator, requirePerson } from "../access.ts";
import type { Db } from "../database.ts";
import { RunError } from "../processors/sdk.ts";
import { unseal } from "../secret.ts";
import { requirePublicAddress } from "./address.ts";
import { llmFor } from "./client.ts";
import type { Owner, SettingsDraft } from "./settings.ts";

/** A trial takes no longer than this, in milliseconds: somebody waits for it. */
const TRIAL_MS = 20_000;
/** Models that think use hundreds before their one word. */
const TRIAL_TOKENS = 2_000;
const QUESTION = "Answer with one word: ready.";

export type Trial = { ok: true; model: string; ms: number } | { ok: false; sentence: string };

/** Asks with the settings as they are typed; without a key, with the one that is kept for this address. @throws 403 */
export async function tryModel(
  db: Db,
  actor: AccountActor,
  secret: string,
  owner: Owner,
  draft: SettingsDraft,
): Promise<Trial> {
  requirePerson(actor);
  if (owner === "installation") requireAdministrator(actor);
  const baseUrl = draft.baseUrl.trim();
  const model = draft.model.trim();
  if (!/^https?:\/\//.test(baseUrl) || !URL.canParse(baseUrl) || model === "")
    return {
      ok: false,
      sentence: "Type an address that begins with http:// or https://, and the name of a model.",
    };
  const started = performance.now();
  const tooLong = new AbortController();
  const quiet = { info() {}, warn() {} };
  try {
    await requirePublicAddress(db, actor.account, baseUrl);
    const apiKey = draft.apiKey ?? (await keptKey(db, actor, secret, owner, baseUrl));
    const settings = { baseUrl, model, ...(apiKey ? { apiKey } : {}) };
    const asked = llmFor(settings, tooLong.signal, quiet).complete({
      messages: [{ role: "user", content: QUESTION }],
      maxTokens: TRIAL_TOKENS,
    });
    const late = sleep(TRIAL_MS, undefined, { ref: false }).then(() => {
      tooLong.abort(SLOW);
      throw SLOW;
    });
    asked.catch(() => {});
    const answer = await Promise.race([asked, late]);
    return { ok: true, model: answer.model, ms: Math.round(performance.now() - started) };
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    return { ok: false, sentence: besideItsFields(error) };
  } finally {
    tooLong.abort(SLOW);
  }
}

const SLOW = new RunError(
  "model-slow",
  `It did not answer within ${TRIAL_MS / 1_000} seconds. A model at home may still be loading; try again in a minute.`,
  { retryable: true },
);

/** The settings are what one looks at. */
const besideItsFields = ({ what, advice }: RunError): string =>
  advice
    ? `${what} ${advice.replace(" into Settings", " into its field").replace(" in Settings", "")}.`
    : what;

async function keptKey(
  db: Db,
  actor: AccountActor,
  secret: string,
  owner: Owner,
  baseUrl: string,
): Promise<string | undefined> {
  const id = owner === "installation" ? owner : actor.account;
  const [kept] = await db.select().from(modelSettings).where(eq(modelSettings.id, id));
  // A key is never sent to another address than its own.
  return kept?.apiKey && kept.baseUrl === baseUrl ? unseal(secret, kept.apiKey) : undefined;
}

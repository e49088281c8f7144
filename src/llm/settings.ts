/** Which model is asked for whom: an account's own settings, else the installation's, else the environment's. */
import { eq, inArray } from "drizzle-orm";
import { modelSettings } from "../../drizzle/tables.ts";
import { type AccountActor, nameOf, requireAdministrator, requirePerson } from "../access.ts";
import type { Db } from "../database.ts";
import { type FieldError, invalid } from "../problem.ts";
import { seal } from "../secret.ts";

export type Settings = typeof modelSettings.$inferSelect;

/** Whose settings: of everybody who has none, or an account's. */
export type Owner = "installation" | "account";
const INSTALLATION = "installation";

/** US dollars for a million tokens. */
export type Prices = { input: number; output: number };

export type SettingsDraft = {
  /** Empty: none of its own. */
  baseUrl: string;
  model: string;
  /** Undefined: the one that is kept stays; empty: none. */
  apiKey?: string | undefined;
  inputPrice: number | null;
  outputPrice: number | null;
  monthlyLimit: number | null;
};

/** In UTF-16 units. */
const LIMITS = { baseUrl: 2_000, model: 200, apiKey: 2_000 };
/** In US dollars. */
const MOST_DOLLARS = 1_000_000;

export async function findSettings(
  db: Db,
  account: string | null,
): Promise<{ own: Settings | undefined; installation: Settings | undefined }> {
  const ids = account === null ? [INSTALLATION] : [INSTALLATION, account];
  const rows = await db.select().from(modelSettings).where(inArray(modelSettings.id, ids));
  return {
    own: rows.find(({ id }) => id === account),
    installation: rows.find(({ id }) => id === INSTALLATION),
  };
}

/**
 * Keeps settings; the key is sealed. @throws 403 for a token, and for the installation's who is no administrator; 422
 */
export async function saveSettings(
  db: Db,
  actor: AccountActor,
  secret: string,
  owner: Owner,
  draft: SettingsDraft,
): Promise<void> {
  requirePerson(actor);
  if (owner === "installation") requireAdministrator(actor);
  const errors = draftErrors(draft);
  if (errors.length > 0) throw invalid(errors);
  const id = owner === "installation" ? INSTALLATION : actor.account;
  const [before] = await db.select().from(modelSettings).where(eq(modelSettings.id, id));
  const baseUrl = draft.baseUrl.trim() || null;
  const values = {
    baseUrl,
    model: draft.model.trim() || null,
    // A key belongs to its address: with another address the old one is not sent there.
    apiKey: keyAfter(draft.apiKey, secret, before?.baseUrl === baseUrl ? before.apiKey : null),
    inputPrice: draft.inputPrice,
    outputPrice: draft.outputPrice,
    monthlyLimit: draft.monthlyLimit,
    updatedAt: new Date(),
    updatedBy: nameOf(actor),
  };
  await db
    .insert(modelSettings)
    .values({ id, ...values })
    .onConflictDoUpdate({ target: modelSettings.id, set: values });
}

function keyAfter(key: string | undefined, secret: string, kept: Uint8Array | null) {
  if (key === undefined) return kept;
  return key.trim() === "" ? null : seal(secret, key.trim());
}

function draftErrors(draft: SettingsDraft): FieldError[] {
  const errors: FieldError[] = [];
  const refuse = (field: string, message: string) =>
    errors.push({ pointer: `/${field}`, rule: field, message });
  const baseUrl = draft.baseUrl.trim();
  if (baseUrl !== "" && !isWebAddress(baseUrl))
    refuse("baseUrl", "An address that begins with http:// or https://.");
  if (baseUrl !== "" && draft.model.trim() === "")
    refuse("model", "Name the model that is asked there.");
  if (baseUrl === "" && draft.model.trim() !== "")
    refuse("baseUrl", "Where is this model? Its address is missing.");
  for (const [field, most] of Object.entries(LIMITS))
    if ((draft[field as keyof typeof LIMITS]?.length ?? 0) > most)
      refuse(field, `At most ${most} characters.`);
  for (const field of ["inputPrice", "outputPrice", "monthlyLimit"] as const) {
    const value = draft[field];
    if (value !== null && !(value >= 0 && value <= MOST_DOLLARS))
      refuse(field, "An amount in US dollars, such as 0.15.");
  }
  if ((draft.inputPrice === null) !== (draft.outputPrice === null))
    refuse(draft.inputPrice === null ? "inputPrice" : "outputPrice", "Both prices, or neither.");
  return errors;
}

const isWebAddress = (text: string) =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

/** The model of each account, as its settings say at this moment. */
import type { Db } from "../database.ts";
import { RunError } from "../processors/sdk.ts";
import { CannotUnseal, unseal } from "../secret.ts";
import { requirePublicAddress } from "./address.ts";
import { type Model, type ModelSettings, openLlm } from "./client.ts";
import { providerOf } from "./pauses.ts";
import { findSettings, type Prices, type Settings } from "./settings.ts";

/** How long settings are believed without asking again, in milliseconds. */
const BELIEVED_MS = 3_000;
/** Connections that are kept, by their settings. */
const KEPT = 200;

export type ModelFor = {
  model: Model;
  /** Null: unknown. The practice model's are zero. */
  prices: Prices | null;
  /** Whose limits hold for it (`pauses.ts`). */
  provider: string | undefined;
  /** Whose settings it comes from. */
  from: "account" | "installation" | "environment" | "practice";
};

export type Models = {
  /** @throws RunError for the writer when the settings cannot be used */
  of(account: string | null): Promise<ModelFor>;
  /** What the page names, without opening anything. */
  nameOf(account: string | null): Promise<{ name: string; baseUrl: string } | null>;
  /** Settings were changed here: they are read anew. Other processes follow in a moment. */
  forget(): void;
};

export function openModels(parts: {
  db: Db;
  environment: ModelSettings;
  secret: string;
  /** Longer silence of a model is a failure; for tests, in milliseconds. */
  stallMs?: number | undefined;
}): Models {
  const { db, environment, secret, stallMs } = parts;
  const opened = new Map<string, Model>();
  const believed = new Map<string | null, { found: Promise<Found>; until: number }>();

  const modelOf = (settings: ModelSettings): Model => {
    const key = JSON.stringify(settings);
    const known = opened.get(key);
    if (known) return known;
    const made = openLlm(settings, { stallMs });
    opened.set(key, made);
    if (opened.size > KEPT) opened.delete(opened.keys().next().value!);
    return made;
  };

  function find(account: string | null): Promise<Found> {
    const known = believed.get(account);
    if (known && known.until > Date.now()) return known.found;
    const found = chosen(db, account, environment);
    believed.set(account, { found, until: Date.now() + BELIEVED_MS });
    if (believed.size > KEPT) believed.delete(believed.keys().next().value!);
    // A failure is asked for again at once.
    found.catch(() => believed.delete(account));
    return found;
  }

  return {
    forget: () => believed.clear(),
    async of(account) {
      const { from, row } = await find(account);
      if (!row)
        return {
          model: modelOf(environment),
          prices: "practice" in environment ? { input: 0, output: 0 } : null,
          provider: providerOf(environment),
          from,
        };
      if (from === "account") await requirePublicAddress(db, account!, row.baseUrl!);
      const { inputPrice: input, outputPrice: output } = row;
      const settings = settingsIn(row, secret);
      return {
        model: modelOf(settings),
        provider: providerOf(settings),
        prices: input === null || output === null ? null : { input, output },
        from,
      };
    },
    async nameOf(account) {
      const { row } = await find(account);
      if (row) return { name: row.model!, baseUrl: row.baseUrl! };
      return "practice" in environment
        ? null
        : { name: environment.model, baseUrl: environment.baseUrl };
    },
  };
}

type Found = { from: ModelFor["from"]; row: Settings | undefined };

async function chosen(db: Db, account: string | null, environment: ModelSettings): Promise<Found> {
  const { own, installation } = await findSettings(db, account);
  if (own?.baseUrl) return { from: "account", row: own };
  if (installation?.baseUrl) return { from: "installation", row: installation };
  return { from: "practice" in environment ? "practice" : "environment", row: undefined };
}

function settingsIn({ baseUrl, model, apiKey }: Settings, secret: string): ModelSettings {
  try {
    return {
      baseUrl: baseUrl!,
      model: model!,
      ...(apiKey ? { apiKey: unseal(secret, apiKey) } : {}),
    };
  } catch (error) {
    if (!(error instanceof CannotUnseal)) throw error;
    throw new RunError(
      "model-key",
      "The key of the model cannot be read any more: the studio's secret has changed. Type the key in again, in Settings.",
      { retryable: false },
    );
  }
}

/**
 * Settings of a processor, in layers: an administrator's for the installation, an owner's for a root, a run's own;
 * the later wins, member by member. Members that the schema calls `writeOnly` are secrets: sealed where they are kept, and
 * shown to nobody.
 */
import { invalid } from "../problem.ts";
import { validate } from "../schemas/validation.ts";
import { CannotUnseal, seal, unseal } from "../secret.ts";
import { RunError } from "./sdk.ts";

export type Config = Record<string, unknown>;
type Schema = Record<string, unknown> | null;

/** What a processor without settings takes. */
const NO_CONFIG = { type: "object", additionalProperties: false };

const sourceOf = (schema: Schema) => JSON.stringify(schema ?? NO_CONFIG);

function secretsOf(schema: Schema): string[] {
  const properties = (schema?.properties ?? {}) as Record<string, { writeOnly?: unknown }>;
  return Object.keys(properties).filter((name) => properties[name]?.writeOnly === true);
}

/**
 * @param whole that nothing may be missing; a layer may leave to another what the schema requires.
 * @throws 422
 */
export function requireConfig(schema: Schema, config: Config, { whole }: { whole: boolean }): void {
  const errors = validate(sourceOf(schema), config).filter(
    ({ rule, pointer }) => whole || rule !== "required" || pointer.split("/").length > 2,
  );
  if (errors.length > 0)
    throw invalid(errors.map((error) => ({ ...error, pointer: `/config${error.pointer}` })));
}

/** Secrets are set where they are sealed, not with a run. @throws 422 */
export function requireNoSecrets(schema: Schema, config: Config): void {
  const [name] = secretsOf(schema).filter((secret) => Object.hasOwn(config, secret));
  if (name)
    throw invalid([
      {
        pointer: `/config/${name}`,
        rule: "writeOnly",
        message: "is a secret: set it for the book or the installation",
      },
    ]);
}

type Sealed = { sealed: string };

const isSealed = (value: unknown): value is Sealed =>
  typeof value === "object" && value !== null && typeof (value as Sealed).sealed === "string";

/**
 * A layer as it is kept. Secrets that are not named stay as they are in `before`; null takes one away.
 * @throws 422
 */
export function keptConfig(secret: string, schema: Schema, config: Config, before: Config): Config {
  const secrets = secretsOf(schema);
  const given = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null));
  requireConfig(schema, given, { whole: false });
  const kept: Config = { ...given };
  for (const name of secrets) {
    if (Object.hasOwn(given, name))
      kept[name] = {
        sealed: Buffer.from(seal(secret, JSON.stringify(given[name]))).toString("base64"),
      };
    else if (!Object.hasOwn(config, name) && isSealed(before[name])) kept[name] = before[name];
  }
  return kept;
}

/** A layer as people may see it: without its secrets, and which of them are set. */
export function shownConfig(schema: Schema, config: Config): { config: Config; secrets: string[] } {
  const secrets = secretsOf(schema);
  return {
    config: Object.fromEntries(Object.entries(config).filter(([name]) => !secrets.includes(name))),
    secrets: secrets.filter((name) => Object.hasOwn(config, name)),
  };
}

/** The merged layers as a processor gets them. @throws RunError when they do not fit it */
export function openedConfig(
  secret: string,
  schema: Schema,
  merged: Config,
  title: string,
): Config {
  const opened: Config = { ...merged };
  try {
    for (const name of secretsOf(schema)) {
      const value = merged[name];
      if (isSealed(value))
        opened[name] = JSON.parse(unseal(secret, Buffer.from(value.sealed, "base64"))) as unknown;
    }
  } catch (error) {
    if (!(error instanceof CannotUnseal)) throw error;
    throw new RunError(
      "config-invalid",
      `A secret in the settings of ${title} cannot be read any more: the studio's own secret has changed. Type it in again.`,
      { retryable: false },
    );
  }
  const [wrong] = validate(sourceOf(schema), opened);
  if (wrong)
    throw new RunError(
      "config-invalid",
      `The settings of ${title} do not fit it (${wrong.pointer || "the whole"} ${wrong.message}). Correct them, then try again.`,
      { retryable: false },
    );
  return opened;
}

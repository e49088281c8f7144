/** The registry's words for what a schema keeps. */
import { LEVELS, type Level } from "../schemas/compatibility/check.ts";
import type { SchemaConfig } from "../schemas/configs.ts";
import { Refusal } from "./refusals.ts";

export const levelView = ({ compatibility, policy }: SchemaConfig) => ({
  compatibilityLevel: compatibility,
  compatibilityPolicy: policy.toUpperCase(),
});

/** @throws 42203, 42201 */
export function changeOf(body: unknown): Partial<SchemaConfig> {
  const { compatibility, compatibilityPolicy } = (body ?? {}) as Record<string, unknown>;
  if (compatibility === undefined && compatibilityPolicy === undefined) throw invalidLevel();
  return {
    ...(compatibility === undefined ? {} : { compatibility: levelOf(compatibility) }),
    ...(compatibilityPolicy === undefined ? {} : { policy: policyOf(compatibilityPolicy) }),
  };
}

export const changeView = ({ compatibility, policy }: Partial<SchemaConfig>) => ({
  ...(compatibility ? { compatibility } : {}),
  ...(policy ? { compatibilityPolicy: policy.toUpperCase() } : {}),
});

function levelOf(given: unknown): Level {
  const level = LEVELS.find((one) => one === String(given).toUpperCase());
  if (!level) throw invalidLevel();
  return level;
}

function policyOf(given: unknown): SchemaConfig["policy"] {
  const policy = String(given).toLowerCase();
  if (policy !== "strict" && policy !== "lenient")
    throw new Refusal(42212, "Invalid compatibility policy. Valid values are STRICT and LENIENT");
  return policy;
}

const invalidLevel = () =>
  new Refusal(
    42203,
    `Invalid compatibility level. Valid values are ${LEVELS.join(", ").toLowerCase()}`,
  );

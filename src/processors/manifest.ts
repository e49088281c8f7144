/** What a processor says of itself, apart from its code. */
import type { Processor } from "./sdk.ts";

export type Manifest = Omit<Processor, "run" | "keep" | "preview" | "module">;

/** Only data: functions, and what the studio notes beside, are left out. */
export function manifestOf(processor: Processor): Record<string, unknown> {
  const data = JSON.parse(JSON.stringify(processor)) as Record<string, unknown>;
  delete data.module;
  return data;
}

/** The first number of a semantic version: within it a newer version may do an older one's runs. */
export const majorOf = (version: string): string => version.split(".", 1)[0]!;

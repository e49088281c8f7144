/** The processors that come with the studio. */
import textExpansion from "../../processors/text-expansion/index.ts";
import type { Processor } from "./sdk.ts";

export const builtin: readonly Processor[] = [textExpansion as unknown as Processor];

/** What a build says, and how what it says is refused. */
import { RunError, type Schemas } from "../../src/processors/sdk.ts";

export type Settings = Schemas["compile-settings-v1"];

/** @param sentence what is wrong and what to do, in a writer's words */
export const refused = (type: string, sentence: string): RunError =>
  new RunError(type, sentence, { retryable: false });

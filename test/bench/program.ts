/** What the benchmark starts: a studio whose processor does nothing, or, with `OPENAI_*`, expands. */
import { readEnv } from "../../src/env.ts";
import { openLog } from "../../src/log.ts";
import { builtin } from "../../src/processors/builtin.ts";
import { openStudio } from "../../src/studio.ts";
import { echo } from "../support/processors.ts";

const env = readEnv(process.env);
const processors = "practice" in env.model ? [echo] : builtin;
const studio = await openStudio(env, openLog(env.logLevel), processors, { rateLimited: false });
console.log(`ready ${studio.url ?? ""}`);
process.once("SIGTERM", async () => {
  await studio.stop();
  process.exit(0);
});

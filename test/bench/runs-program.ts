/** What the benchmark of runs starts: a studio with a processor that says when it was begun. */
import { readEnv } from "../../src/env.ts";
import { openLog } from "../../src/log.ts";
import { defineProcessor, type Processor } from "../../src/processors/sdk.ts";
import { openStudio } from "../../src/studio.ts";

/** Runs at once, here and with the peers. */
const CONCURRENCY = 16;

const clock = defineProcessor({
  id: "clock",
  version: "1.0.0",
  title: "Clock",
  description: "Says when it was begun.",
  inputs: ["text-input-v1"],
  output: "expanded-text-v1",
  concurrency: CONCURRENCY + 1,
  run: async () => ({ text: String(performance.timeOrigin + performance.now()), model: "clock" }),
}) as unknown as Processor;

const env = readEnv(process.env);
const studio = await openStudio(env, openLog(env.logLevel), [clock], { rateLimited: false });
console.log(`ready ${studio.url ?? ""}`);
process.once("SIGTERM", async () => {
  await studio.stop();
  process.exit(0);
});

/** What the benchmark of compiling starts: a studio as it is, whose snapshots come soon. */
import { readEnv } from "../../src/env.ts";
import { openLog } from "../../src/log.ts";
import { builtin } from "../../src/processors/builtin.ts";
import { openStudio } from "../../src/studio.ts";

const env = readEnv(process.env);
const studio = await openStudio(env, openLog(env.logLevel), builtin, {
  rateLimited: false,
  snapshots: { idleMs: 200, everyMs: 1_000 },
});
console.log(`ready ${studio.url ?? ""}`);
process.once("SIGTERM", async () => {
  await studio.stop();
  process.exit(0);
});

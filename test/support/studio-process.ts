/** What `spawnStudio` starts: a studio like `main.ts` opens, with the test's tuning and processors. */
import { readEnv } from "../../src/env.ts";
import { openLog } from "../../src/log.ts";
import { builtin } from "../../src/processors/builtin.ts";
import { openStudio, type Tuning } from "../../src/studio.ts";
import { echo, failing, slow } from "./processors.ts";

const env = readEnv(process.env);
const tuning = JSON.parse(process.env.REYNA_TEST_TUNING ?? "{}") as Tuning;
/** `REYNA_TEST_PROCESSORS`: which ones, by id; the studio's own and `slow` unless told. */
const wanted = process.env.REYNA_TEST_PROCESSORS?.split(",");
const processors = wanted
  ? [...builtin, slow, echo, failing].filter(({ id }) => wanted.includes(id))
  : [...builtin, slow];
const studio = await openStudio(env, openLog(env.logLevel), processors, tuning);
console.log(`ready ${studio.url ?? ""}`);
process.once("SIGTERM", async () => {
  await studio.stop();
  process.exit(0);
});

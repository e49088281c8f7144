/**
 * `bun run bench`: the times of the studio's parts, each beside a floor or a peer in the same run. Machines are shared
 * and noisy: read the ratios. `bun run bench --only editor` runs one part.
 */
import { startPostgres } from "../support/services.ts";
import { benchCompile } from "./compile.ts";
import { benchEditor } from "./editor.ts";
import { benchLists } from "./lists.ts";
import { benchPlatform } from "./platform.ts";
import { benchRuns } from "./runs.ts";
import { benchSchemas } from "./schemas.ts";

const PARTS: Record<string, () => Promise<void>> = {
  platform: benchPlatform,
  editor: benchEditor,
  lists: benchLists,
  runs: benchRuns,
  schemas: benchSchemas,
  compile: benchCompile,
};

const at = process.argv.indexOf("--only");
const only = at < 0 ? undefined : process.argv[at + 1];
if (at >= 0 && !(only !== undefined && only in PARTS)) {
  console.error(`--only takes one of: ${Object.keys(PARTS).join(", ")}`);
  process.exit(2);
}

const postgres = await startPostgres();
process.env.TEST_DATABASE_URL = postgres.url;
try {
  for (const [name, bench] of Object.entries(PARTS))
    if (only === undefined || name === only) await bench();
} finally {
  await postgres.stop();
}
process.exit(0);

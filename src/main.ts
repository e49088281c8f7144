import { CannotStart } from "./cannot-start.ts";
import { EmbeddedUnavailable } from "./embedded-postgres.ts";
import { BadEnvironment, type Env, misspelt, readEnv } from "./env.ts";
import { openLog } from "./log.ts";
import { builtin } from "./processors/builtin.ts";
import { openStudio, type Studio } from "./studio.ts";

try {
  const env = readEnv(process.env);
  const log = openLog(env.logLevel);
  for (const name of misspelt(process.env))
    console.error(
      `\n  ${name} is no setting of the studio, and does nothing. README lists those there are.`,
    );
  const studio = await openStudio(env, log, builtin);
  greet(env, studio);
  log.info({ roles: [...env.roles], url: studio.url }, "the studio is open");
  let stopping = false;
  // Heard for good: `bun run` and npx pass on a Ctrl-C that the terminal sent here already.
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, async () => {
      if (stopping) return;
      stopping = true;
      log.info({ signal }, "stopping: what runs may finish");
      await studio.stop();
      process.exit(0);
    });
} catch (error) {
  const known = [BadEnvironment, CannotStart, EmbeddedUnavailable].some(
    (kind) => error instanceof kind,
  );
  console.error(known ? `\n${(error as Error).message}\n` : error);
  process.exit(1);
}

function greet(env: Env, { url, setupCode }: Studio): void {
  if (!url) return;
  const model =
    "practice" in env.model
      ? "the practice model (set OPENAI_BASE_URL, OPENAI_API_KEY, OPENAI_MODEL for a real one)"
      : `${env.model.model} at ${env.model.baseUrl}`;
  console.log(`\n  ReYNa Studio is open at ${url}`);
  console.log(`  Model: ${model}`);
  if (setupCode) console.log(`  Setup code, asked over a network: ${setupCode}`);
  console.log("");
}

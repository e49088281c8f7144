/**
 * `bun run test`: one Postgres for the whole suite, then `bun test`, then a line with the count.
 * Arguments go on to `bun test`: `bun run test src/runs`.
 */
import { prepareTemplate, startPostgres } from "./services.ts";

const postgres = await startPostgres();
await prepareTemplate(postgres.url);
const tests = Bun.spawn(
  [process.execPath, "test", "--parallel=2", "--timeout", "60000", ...process.argv.slice(2)],
  {
    env: { ...process.env, TEST_DATABASE_URL: postgres.url, TEST_TEMPLATE_READY: "1" },
    stdin: "ignore",
    stdout: "inherit",
    stderr: "pipe",
  },
);
let said = "";
for await (const chunk of tests.stderr) {
  process.stderr.write(chunk);
  said = (said + new TextDecoder().decode(chunk)).slice(-10_000);
}
const code = await tests.exited;
await postgres.stop();

const count = (word: string) =>
  Number(said.match(new RegExp(`^\\s*(\\d+) ${word}$`, "m"))?.[1] ?? 0);
const [passed, failed, skipped] = [count("pass"), count("fail"), count("skip")];
console.log(`\n${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`);
process.exit(code === 0 && passed > 0 ? 0 : code || 1);

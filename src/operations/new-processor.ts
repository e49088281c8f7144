/**
 * `bun run new:processor NAME`: a folder with a processor, the schema of its output and a test, all of which run.
 * With `bun dev` running the studio has it at once.
 */
import { mkdir, stat, utimes } from "node:fs/promises";
import { generateTypes, TYPES_FILE } from "../schemas/generate-types.ts";
import { isSchemaName } from "../schemas/names.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

const name = process.argv[2] ?? "";
const folder = `processors/${name}`;
const schema = `schemas/${name}-v1.json`;

if (!isSchemaName(name))
  fail("Give it a name of small letters, digits and dashes: bun run new:processor tally");
for (const path of [folder, schema])
  if (await isThere(path)) fail(`${path} is there already; choose another name.`);

const title = name[0]!.toUpperCase() + name.slice(1).replaceAll("-", " ");

const files: Record<string, string> = {
  [schema]: `${JSON.stringify(
    {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title,
      description: "Say here what it is, for those who read it.",
      type: "object",
      properties: {
        words: { type: "integer", minimum: 0, description: "How many words the take has." },
      },
      required: ["words"],
      additionalProperties: false,
      "x-reyna": { label: title },
    },
    null,
    2,
  )}\n`,
  [`${folder}/index.ts`]: `/** Say here what it makes of what. */
import { defineProcessor } from "../../src/processors/sdk.ts";

export default defineProcessor({
  id: "${name}",
  version: "1.0.0",
  title: "${title}",
  description: "Counts the words of a take.",
  inputs: ["expanded-text-v1"],
  output: "${name}-v1",
  // "on-create" starts it for every new take; this one waits to be asked.
  trigger: "on-request",

  async run({ blob }) {
    return { words: blob.content.text.split(/\\s+/).filter(Boolean).length };
  },
});
`,
  [`${folder}/${name}.test.ts`]: `import { expect, test } from "bun:test";
${"import"} { runOnce } from "../../test/support/run-once.ts";
import processor from "./index.ts";

test("a take of five words has five", async () => {
  const take = { text: "The lamp was lit already.", model: "by hand" };
  expect(await runOnce(processor, "expanded-text-v1", take)).toEqual({ words: 5 });
});
`,
};

await mkdir(ROOT + folder, { recursive: true });
for (const [path, text] of Object.entries(files)) await Bun.write(ROOT + path, text);
await Bun.write(TYPES_FILE, await generateTypes());
// A studio that watches its files starts anew when one that it knows changes.
const now = new Date();
await utimes(new URL("../processors/builtin.ts", import.meta.url), now, now);

console.log(`Made:
${Object.keys(files)
  .map((path) => `  ${path}`)
  .join("\n")}

Change the three as you like; after a change of the schema, bun run types. Then
  bun run test ${folder}     its test, in a real studio
  bun dev                    and POST /api/runs {"processor": "${name}", "blob": "<a take>"}
PROCESSORS.md tells the rest.`);

function fail(sentence: string): never {
  console.error(sentence);
  process.exit(1);
}

function isThere(path: string): Promise<boolean> {
  return stat(ROOT + path).then(
    () => true,
    () => false,
  );
}

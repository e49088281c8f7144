/**
 * `bun test/fuzz/json-schema-suite.ts FOLDER`: the JSON-Schema-Test-Suite, in the folder that has its `tests` and
 * `remotes`, against the validation of schemas that people make. Tells by draft how many tests agree, and each
 * that does not. Remote schemas stand for registered ones; the optional tests are told apart.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { isObject } from "../../src/schemas/compatibility/lift.ts";
import type { Bundle, Source } from "../../src/schemas/confined/compiled.ts";
import { examine, validateWith } from "../../src/schemas/confined/compiled.ts";
import type { Pins } from "../../src/schemas/pins.ts";

type Group = {
  description: string;
  schema: unknown;
  tests: { description: string; data: unknown; valid: boolean }[];
};
type Gap = { file: string; group: string; test: string; why: string };

/** Where the suite says that its remotes are. */
const REMOTES = "http://localhost:1234/";
/** The drafts that are read, by their folder. */
const DRAFTS: Record<string, string> = {
  draft4: "http://json-schema.org/draft-04/schema#",
  draft6: "http://json-schema.org/draft-06/schema#",
  draft7: "http://json-schema.org/draft-07/schema#",
  "draft2019-09": "https://json-schema.org/draft/2019-09/schema",
  "draft2020-12": "https://json-schema.org/draft/2020-12/schema",
};

async function jsonFilesOf(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true }).catch(() => []);
  return files.filter((file) => file.endsWith(".json")).sort();
}

const withDraft = (schema: unknown, draft: string): unknown =>
  isObject(schema) && !("$schema" in schema) ? { $schema: draft, ...schema } : schema;

async function remotesOf(suite: string, draft: string) {
  const pins: Pins = {};
  const others: Record<string, Source> = {};
  for (const [nr, file] of (await jsonFilesOf(join(suite, "remotes"))).entries()) {
    const id = `remote-${nr}-v1`;
    pins[REMOTES + file] = id;
    const schema = withDraft(await Bun.file(join(suite, "remotes", file)).json(), draft);
    others[id] = { source: JSON.stringify(schema), pins };
  }
  return { pins, others };
}

/** Only what a schema refers to comes along, as in the studio. */
function bundleOf(
  source: string,
  { pins, others }: { pins: Pins; others: Bundle["others"] },
): Bundle {
  if (!source.includes(REMOTES)) return { source, pins: {}, others: {} };
  return { source, pins, others };
}

function resultOf(key: string, bundle: Bundle, data: unknown): boolean | string {
  try {
    return validateWith(key, data, bundle)!.length === 0;
  } catch (error) {
    return String(error);
  }
}

async function runDraft(suite: string, folder: string): Promise<void> {
  const root = join(suite, "tests", folder);
  const remotes = await remotesOf(suite, DRAFTS[folder]!);
  const gaps: Gap[] = [];
  const tally = { tests: 0, agree: 0, optional: 0, "optional agree": 0 };
  for (const file of await jsonFilesOf(root)) {
    const isOptional = file.startsWith("optional");
    for (const [nr, group] of ((await Bun.file(join(root, file)).json()) as Group[]).entries()) {
      const bundle = bundleOf(JSON.stringify(withDraft(group.schema, DRAFTS[folder]!)), remotes);
      const [refused] = examine(bundle);
      for (const { description, data, valid } of group.tests) {
        const result = refused
          ? `refused: ${refused.pointer} ${refused.message}`
          : resultOf(`${folder}/${file}/${nr}`, bundle, data);
        const agrees = result === valid;
        tally[isOptional ? "optional" : "tests"]++;
        if (agrees) tally[isOptional ? "optional agree" : "agree"]++;
        else if (!isOptional || process.argv.includes("--optional"))
          gaps.push({
            file,
            group: group.description,
            test: description,
            why: typeof result === "string" ? result : `is ${valid}, said ${result}`,
          });
      }
    }
  }
  console.log(folder, tally);
  for (const { file, group, test, why } of gaps)
    console.log(`  ${file}: ${group}: ${test}: ${why}`);
}

const suite = process.argv[2];
if (!suite) {
  console.error("The folder of the JSON-Schema-Test-Suite is missing.");
  process.exit(2);
}
for (const folder of Object.keys(DRAFTS))
  if ((await jsonFilesOf(join(suite, "tests", folder))).length > 0) await runDraft(suite, folder);
process.exit(0);

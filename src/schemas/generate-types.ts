/**
 * `bun run types`: TypeScript types of the schemas in `schemas/`, written to `types.ts`. The tidy
 * test holds the file current with {@link generateTypes}.
 */
import { compile } from "json-schema-to-typescript";
import { readSchemaFiles } from "./files.ts";
import { schemaId } from "./names.ts";

export const TYPES_FILE = new URL("./types.ts", import.meta.url).pathname;

export async function generateTypes(): Promise<string> {
  const ids: string[] = [];
  let declarations = "";
  const taken = new Set<string>();
  for (const { name, version, source } of await readSchemaFiles()) {
    const id = schemaId(name, version);
    const { title: _title, ...schema } = JSON.parse(apart(source, typeName(id), taken)) as Named;
    ids.push(id);
    declarations += await compile(schema, typeName(id), {
      bannerComment: "",
      additionalProperties: true,
      format: false,
    });
  }
  const map = ids.map((id) => `  "${id}": ${typeName(id)};`).join("\n");
  return `// Made by \`bun run types\` from schemas/*.json.\n\n${declarations}\n/** The content of a blob, or the metadata of a bucket, by schema id. */\nexport type Schemas = {\n${map}\n};\n`;
}

type Named = { title?: string; $defs?: Record<string, unknown> };

/** The schema with a prefix before those of its definitions whose names another has taken. */
function apart(source: string, prefix: string, taken: Set<string>): string {
  const schema = JSON.parse(source) as Named;
  const names = Object.keys(schema.$defs ?? {});
  const clashing = names.filter((name) => taken.has(name));
  for (const name of names) taken.add(name);
  if (clashing.length === 0) return source;
  const renamed = (name: string) => (clashing.includes(name) ? `${prefix}-${name}` : name);
  schema.$defs = Object.fromEntries(
    Object.entries(schema.$defs!).map(([name, definition]) => [renamed(name), definition]),
  );
  return JSON.stringify(schema).replaceAll(
    /"#\/\$defs\/([^"/]+)"/g,
    (_all, name: string) => `"#/$defs/${renamed(name)}"`,
  );
}

function typeName(id: string): string {
  return id
    .split("-")
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join("");
}

if (import.meta.main) await Bun.write(TYPES_FILE, await generateTypes());

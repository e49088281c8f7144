import { readdir } from "node:fs/promises";
import { parseSchemaRef } from "./names.ts";

const FOLDER = new URL("../../schemas/", import.meta.url).pathname;

/** The files of `schemas/`, by name and version. @throws when one is not named like an id. */
export async function readSchemaFiles(folder = FOLDER) {
  const names = (await readdir(folder)).filter((file) => file.endsWith(".json"));
  const files = await Promise.all(
    names.map(async (file) => {
      const ref = parseSchemaRef(file.slice(0, -".json".length));
      if (!ref || ref.version === "latest")
        throw new Error(
          `schemas/${file} must be named like its id, for example text-input-v1.json.`,
        );
      return { ...ref, version: ref.version, source: await Bun.file(folder + file).text() };
    }),
  );
  return files.sort((a, b) => a.name.localeCompare(b.name) || a.version - b.version);
}

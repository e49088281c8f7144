/** The processors that come with the studio: every folder of `processors/`, by its `index.ts`. */
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import type { Processor } from "./sdk.ts";

const FOLDER = new URL("../../processors/", import.meta.url);

const folders = (await readdir(FOLDER, { withFileTypes: true }))
  // One that is only begun has no index yet, and is nobody's processor.
  .filter(({ name }) => existsSync(new URL(`${name}/index.ts`, FOLDER)))
  .map(({ name }) => name)
  .sort();

export const builtin: readonly Processor[] = await Promise.all(
  folders.map(async (name) => {
    const module = new URL(`${name}/index.ts`, FOLDER).href;
    const { default: processor } = (await import(module)) as {
      default?: Processor;
    };
    if (processor?.id !== name)
      throw new Error(
        `processors/${name}/index.ts must export, as its default, a processor with the id “${name}”.`,
      );
    return { ...processor, module };
  }),
);

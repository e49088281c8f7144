/** The processors that come with the studio: every folder of `processors/`, by its `index.ts`. */
import { readdir } from "node:fs/promises";
import type { Processor } from "./sdk.ts";

const FOLDER = new URL("../../processors/", import.meta.url);

const folders = (await readdir(FOLDER, { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
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

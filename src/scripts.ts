/**
 * The scripts of the browser, bundled once a start. What pages share and what is loaded on use become files of their
 * own; the bundler names each by a hash of all that it loads, so a name never changes what it means.
 */
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { lean } from "./lean.ts";

export type Scripts = {
  /** By path. */
  files: Map<string, Uint8Array<ArrayBuffer>>;
  /** By name, such as `main.js`: its own path, and those of all that it loads before it runs. */
  entries: Map<string, { path: string; preloads: string[] }>;
  /** Bytes of each source in each file, before compression, by path and source. */
  parts: Map<string, Map<string, number>>;
};

const BROWSER = fileURLToPath(new URL("../views/browser", import.meta.url));

/**
 * @param prefix the path that all scripts lie under, with a slash at the end
 * @param names files of `views/browser`
 */
export async function bundleScripts(prefix: string, names: readonly string[]): Promise<Scripts> {
  const built = await Bun.build({
    entrypoints: names.map((name) => `${BROWSER}/${name}`),
    target: "browser",
    minify: true,
    splitting: true,
    metafile: true,
    publicPath: prefix,
    naming: { entry: "[name]-[hash].[ext]", chunk: "[name]-[hash].[ext]" },
    plugins: [lean],
  });
  const outputs = Object.entries(built.metafile!.outputs);
  const pathOf = (output: string) => prefix + basename(output);

  const needs = new Map(
    outputs.map(([output, { imports }]) => [
      pathOf(output),
      imports.filter(({ kind }) => kind === "import-statement").map(({ path }) => pathOf(path)),
    ]),
  );
  function preloadsOf(path: string, found = new Set<string>()): string[] {
    for (const need of needs.get(path) ?? []) {
      if (found.has(need)) continue;
      found.add(need);
      preloadsOf(need, found);
    }
    return [...found];
  }

  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const file of built.outputs)
    files.set(pathOf(file.path), new Uint8Array(await file.arrayBuffer()));
  const entries: Scripts["entries"] = new Map();
  const parts: Scripts["parts"] = new Map();
  for (const [output, { entryPoint, inputs }] of outputs) {
    const path = pathOf(output);
    const sources = Object.entries(inputs).map(
      ([source, { bytesInOutput }]) => [source, bytesInOutput] as const,
    );
    parts.set(path, new Map(sources));
    const name = entryPoint && basename(entryPoint);
    if (name && names.includes(name))
      entries.set(name.replace(/\.ts$/, ".js"), { path, preloads: preloadsOf(path) });
  }
  return { files, entries, parts };
}

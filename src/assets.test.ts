import { beforeAll, describe, expect, test } from "bun:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { type Assets, loadAssets } from "./assets.ts";
import { bundleScripts } from "./scripts.ts";

/** JavaScript before the first keystroke in a chapter, in bytes as brotli sends them. */
const FIRST_KEYSTROKE_LIMIT_BYTES = 120 * 1024;
/** JavaScript of a page without an editor, likewise: htmx and little else. */
const SIGN_IN_LIMIT_BYTES = 24 * 1024;

let assets: Assets;

beforeAll(async () => {
  assets = await loadAssets();
});

function fetchAsset(path: string, accept = ""): Response {
  const headers = { "accept-encoding": accept };
  const response = assets.respond(new Request(`http://studio.test${path}`, { headers }));
  if (!response) throw new Error(`${path} was left to others`);
  return response;
}

/** What a page that begins with this script fetches before it is ready, in bytes as brotli sends them. */
async function weightOf(script: string): Promise<number> {
  const bodies = [assets.url(script), ...assets.preloads(script)].map((path) =>
    fetchAsset(path, "br").bytes(),
  );
  return (await Promise.all(bodies)).reduce((sum, { byteLength }) => sum + byteLength, 0);
}

const editorOf = ({ url, preloads }: Assets): string =>
  [url("main.js"), ...preloads("main.js")].find((path) => !preloads("page.js").includes(path))!;

/** Minified bytes of each package in the writer's scripts, the heaviest first. */
async function table(): Promise<string> {
  const { entries, parts } = await bundleScripts("/assets/", ["main.ts", "page.ts"]);
  const { path, preloads } = entries.get("main.js")!;
  const weights = new Map<string, number>();
  for (const [source, bytes] of [path, ...preloads].flatMap((one) => [...parts.get(one)!])) {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? source;
    weights.set(name, (weights.get(name) ?? 0) + bytes);
  }
  const lines = [...weights].sort(([, a], [, b]) => b - a);
  return lines.map(([name, bytes]) => `${bytes}\t${name}`).join("\n");
}

describe("assets", () => {
  test("are named after their bytes and kept for ever", () => {
    expect(assets.url("main.css")).toMatch(/^\/assets\/main-[0-9a-f]{10}\.css$/);
    expect(assets.url("main.js")).toMatch(/^\/assets\/main-[0-9a-z]{8}\.js$/);
    const { headers } = fetchAsset(assets.url("main.js"));
    expect(headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(headers.get("vary")).toBe("Accept-Encoding");
  });

  test("come in the best coding that the browser takes", async () => {
    const path = assets.url("main.css");
    const plain = await fetchAsset(path).bytes();
    const brotli = fetchAsset(path, "gzip, deflate, br");
    const gzip = fetchAsset(path, "gzip, br;q=0");
    expect(brotli.headers.get("content-encoding")).toBe("br");
    expect(gzip.headers.get("content-encoding")).toBe("gzip");
    expect(brotliDecompressSync(await brotli.bytes()).equals(plain)).toBe(true);
    expect(gunzipSync(await gzip.bytes()).equals(plain)).toBe(true);
  });

  test("answer HEAD without a body", async () => {
    const request = new Request(`http://studio.test${assets.url("main.js")}`, { method: "HEAD" });
    const response = assets.respond(request)!;
    expect(Number(response.headers.get("content-length"))).toBeGreaterThan(0);
    expect(await response.text()).toBe("");
  });

  test("that are unknown are not found, and other paths are left to others", () => {
    expect(fetchAsset("/assets/main-0000000000.js").status).toBe(404);
    expect(assets.respond(new Request("http://studio.test/chapters/1"))).toBeNull();
  });

  test("the chapter's page loads little before the first keystroke, and other pages less", async () => {
    const writer = await weightOf("main.js");
    const others = await weightOf("page.js");
    if (writer > FIRST_KEYSTROKE_LIMIT_BYTES)
      throw new Error(
        `${writer} bytes of script before the first keystroke; load on use what is not needed to type.\n${await table()}`,
      );
    expect(others).toBeLessThan(SIGN_IN_LIMIT_BYTES);
  });

  test("what a script loads before it runs is named for the page to fetch at once", async () => {
    for (const name of ["main.js", "page.js"]) {
      const needed = new Set<string>();
      const look = async (path: string) => {
        const source = await fetchAsset(path).text();
        for (const [, need] of source.matchAll(/(?:from|import)\s*"(\/assets\/[^"]+)"/g)) {
          if (needed.has(need!)) continue;
          needed.add(need!);
          await look(need!);
        }
      };
      await look(assets.url(name));
      expect(assets.preloads(name).toSorted()).toEqual([...needed].toSorted());
    }
  });

  test("the editor is no part of what other pages load", async () => {
    for (const path of [assets.url("page.js"), ...assets.preloads("page.js")])
      expect(await fetchAsset(path).text()).not.toContain("ProseMirror");
  });

  test("what is loaded on use is there, under a name of its own", async () => {
    const source = await fetchAsset(editorOf(assets)).text();
    const used = [...source.matchAll(/import\("(\/assets\/[^"]+)"\)/g)].map(([, path]) => path!);
    expect(used.length).toBeGreaterThan(0);
    for (const path of used) {
      expect(assets.preloads("main.js")).not.toContain(path);
      expect(fetchAsset(path).headers.get("content-type")).toStartWith("text/javascript");
    }
  });

  test("every address in the style sheet is one of ours, as a strict policy asks", async () => {
    const style = await fetchAsset(assets.url("main.css")).text();
    const addresses = [...style.matchAll(/url\(([^)]*)\)/g)].map((found) => found[1]!);
    expect(addresses.length).toBeGreaterThan(10);
    for (const address of addresses) {
      expect(fetchAsset(address).headers.get("content-type")).toBe("font/woff2");
    }
  });

  test("the fonts cover accents of central Europe, upright and italic", async () => {
    const style = await fetchAsset(assets.url("main.css")).text();
    for (const font of ["newsreader-latin-ext-opsz-normal", "newsreader-latin-ext-opsz-italic"]) {
      expect(style).toContain(assets.url(`${font}.woff2`));
    }
  });
});

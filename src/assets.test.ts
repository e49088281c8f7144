import { beforeAll, describe, expect, test } from "bun:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { type Assets, loadAssets } from "./assets.ts";

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

describe("assets", () => {
  test("are named after their bytes and kept for ever", () => {
    expect(assets.url("main.js")).toMatch(/^\/assets\/main-[0-9a-f]{10}\.js$/);
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

  test("the script stays light", async () => {
    const LIMIT_BYTES = 120 * 1024;
    const script = await fetchAsset(assets.url("main.js"), "br").bytes();
    expect(script.byteLength).toBeLessThan(LIMIT_BYTES);
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

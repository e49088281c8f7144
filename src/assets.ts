/**
 * What browsers fetch once and keep: the scripts, the style sheet, the fonts, the icon. Made in memory
 * when the studio starts, under names that carry a hash of their bytes, so a name never changes what
 * it means and may be cached for ever.
 */
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import { packed } from "./packed.ts";
import { bundleScripts, type Scripts } from "./scripts.ts";

export type Assets = {
  /** The path of a bundled file: `main.js`, `main.css`, `favicon.svg`, `<font file>.woff2`. */
  url(name: string): string;
  /** Paths of what a script loads before it runs, for the page to fetch at once. */
  preloads(script: string): string[];
  /** Paths of what a page needs without a network: all but the fonts that few characters ask for. */
  kept(): string[];
  /** Answers requests for `/assets/…` (404 for names unknown); null for every other path. */
  respond(request: Request): Response | null;
};

type Asset = { type: string; identity: Bytes; br: Bytes | null; gzip: Bytes | null };
type Bytes = Uint8Array<ArrayBuffer>;

const PREFIX = "/assets/";
/** One year, the most that caches honour (RFC 9111 leaves it open; browsers cap there). */
const KEEP = "public, max-age=31536000, immutable";

/** What pages begin with: the writer's, every other, and those that are read with a link. */
const SCRIPTS = ["main.ts", "page.ts", "reading.ts"];

/** Style sheets of the font packages; each names its files and the characters each file covers. */
const FONT_SHEETS = [
  "@fontsource-variable/newsreader/opsz.css",
  "@fontsource-variable/newsreader/opsz-italic.css",
  "@fontsource-variable/commissioner/index.css",
  "@fontsource/ibm-plex-mono/400.css",
  "@fontsource/ibm-plex-mono/500.css",
];

export async function loadAssets(): Promise<Assets> {
  const paths = new Map<string, string>();
  const files = new Map<string, Asset>();

  async function add(name: string, type: string, bytes: Bytes): Promise<string> {
    const known = paths.get(name);
    if (known) return known;
    const dot = name.lastIndexOf(".");
    const hash = new Bun.CryptoHasher("sha256").update(bytes).digest("hex").slice(0, 10);
    const path = `${PREFIX}${name.slice(0, dot)}-${hash}${name.slice(dot)}`;
    paths.set(name, path);
    files.set(path, { type, identity: bytes, ...(await compressed(type, bytes)) });
    return path;
  }

  async function addScripts(): Promise<Scripts> {
    const scripts = await bundleScripts(PREFIX, SCRIPTS);
    await Promise.all(
      [...scripts.files].map(async ([path, bytes]) => {
        const type = "text/javascript; charset=utf-8";
        files.set(path, { type, identity: bytes, ...(await compressed(type, bytes)) });
      }),
    );
    for (const [name, { path }] of scripts.entries) paths.set(name, path);
    return scripts;
  }

  const [scripts, style, icon, fonts] = await Promise.all([
    addScripts(),
    bundledStyle(),
    Bun.file(new URL("../views/ui/favicon.svg", import.meta.url)).bytes(),
    fontFaces((name, bytes) => add(name, "font/woff2", bytes)),
  ]);
  await Promise.all([
    add("main.css", "text/css; charset=utf-8", concatenated(Buffer.from(fonts), style)),
    add("favicon.svg", "image/svg+xml", icon),
  ]);

  return {
    url(name) {
      const path = paths.get(name);
      if (!path) throw new Error(`No asset is called ${name}.`);
      return path;
    },
    preloads: (script) => scripts.entries.get(script)?.preloads ?? [],
    kept: () =>
      [...files.keys()].filter((path) => !path.endsWith(".woff2") || /-latin-[^/]*$/.test(path)),
    respond(request) {
      const { pathname } = new URL(request.url);
      if (!pathname.startsWith(PREFIX)) return null;
      const asset = files.get(pathname);
      return asset ? answer(asset, request) : new Response("Not found", { status: 404 });
    },
  };
}

function answer(asset: Asset, request: Request): Response {
  const accepted = request.headers.get("accept-encoding") ?? "";
  const encoding = (["br", "gzip"] as const).find((name) => asset[name] && accepts(accepted, name));
  const body = encoding ? asset[encoding]! : asset.identity;
  const headers = new Headers({
    "content-type": asset.type,
    "content-length": String(body.byteLength),
    "cache-control": KEEP,
    vary: "Accept-Encoding",
    "x-content-type-options": "nosniff",
  });
  if (encoding) headers.set("content-encoding", encoding);
  return new Response(request.method === "HEAD" ? null : body, { headers });
}

/** Whether an Accept-Encoding header (RFC 9110, section 12.5.3) names the coding and not with q=0. */
function accepts(header: string, coding: string): boolean {
  return header
    .split(",")
    .map((part) => part.trim().toLowerCase())
    .some((part) => part.split(";")[0]!.trim() === coding && !/;\s*q=0(\.0*)?$/.test(part));
}

/** Fonts are compressed inside already; text is packed as small as it goes. */
async function compressed(type: string, bytes: Bytes): Promise<Pick<Asset, "br" | "gzip">> {
  if (type.startsWith("font/")) return { br: null, gzip: null };
  const [br, zipped] = await Promise.all([
    packed(bytes),
    promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }),
  ]);
  return { br, gzip: zipped };
}

async function bundledStyle(): Promise<Bytes> {
  const { outputs } = await Bun.build({
    entrypoints: [fileURLToPath(new URL("../views/ui/main.css", import.meta.url))],
    target: "browser",
    minify: true,
  });
  return new Uint8Array(await outputs[0]!.arrayBuffer());
}

/**
 * The packages' own `@font-face` rules with our paths. Bun would put small fonts inside the style sheet as
 * `data:`, which every visitor would pay for and the content security policy refuses.
 */
async function fontFaces(add: (name: string, bytes: Bytes) => Promise<string>): Promise<string> {
  const sheets = await Promise.all(
    FONT_SHEETS.map(async (specifier) => {
      const sheet = import.meta.resolve(specifier);
      const source = await Bun.file(new URL(sheet)).text();
      const names = [...source.matchAll(/url\(\.\/files\/([\w-]+\.woff2)\)/g)].map((m) => m[1]!);
      const urls = new Map<string, string>();
      await Promise.all(
        names.map(async (name) => {
          const bytes = await Bun.file(new URL(`files/${name}`, sheet)).bytes();
          urls.set(name, await add(name, bytes));
        }),
      );
      return source
        .replace(
          /url\(\.\/files\/([\w-]+\.woff2)\)/g,
          (_, name: string) => `url(${urls.get(name)})`,
        )
        .replace(/,\s*url\([^)]*\.woff\)\s*format\('woff'\)/g, "")
        .replace(/\/\*[^*]*\*\/|\n\s*/g, "");
    }),
  );
  return sheets.join("");
}

function concatenated(...parts: Uint8Array[]): Bytes {
  return new Uint8Array(Buffer.concat(parts));
}

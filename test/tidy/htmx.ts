/**
 * The `hx-…` attributes that this version of htmx and its socket extension know. TypeScript accepts any
 * attribute with a hyphen, so a misspelt `hx-psot` would be a button that does nothing.
 */
import { type Finding, findAll, withoutComments } from "./tree.ts";

const SOURCES = ["htmx.org/dist/htmx.esm.js", "htmx.org/dist/ext/hx-ws.js"];

/** A string that is one name, or a selector of several: `"hx-get"`, `"[hx-get],[hx-post]"`. */
const LITERAL = /"(hx-[a-z][a-z:-]*|(?:\[hx-[a-z-]+\],?)+)"/g;
/** What may follow a name: inherited by what is inside, added to what was inherited. */
const MODIFIERS = /(:inherited)?(:append)?$/;
/** A status, or its first digits: `hx-status:404`, `hx-status:5xx`. */
const STATUS = /^hx-status:[1-5](\d\d|\dx|xx)$/;

export type Known = { has(name: string): boolean; names: ReadonlySet<string> };

/** Read out of htmx itself: an upgrade that drops an attribute fails the test that uses this. */
export async function knownAttributes(): Promise<Known> {
  const names = new Set<string>();
  const transpiler = new Bun.Transpiler({ loader: "js", minifyWhitespace: true });
  for (const specifier of SOURCES) {
    const source = await Bun.file(new URL(import.meta.resolve(specifier))).text();
    // Printed anew: without comments, every string in double quotes.
    for (const literal of transpiler.transformSync(source).matchAll(LITERAL))
      for (const [name] of literal[1]!.matchAll(/hx-[a-z][a-z:-]*/g)) names.add(name);
  }
  // `hx-ws` alone is the old form of `hx-ws:connect`; `hx-on` and `hx-status:` are only beginnings.
  for (const name of names)
    if (name.endsWith(":") || name === "hx-on" || [...names].some((n) => n.startsWith(`${name}:`)))
      names.delete(name);
  return {
    names,
    has: (name) => STATUS.test(name) || names.has(name.replace(MODIFIERS, "")),
  };
}

/** In JSX, in spread objects, in selectors; not the elements `<hx-partial>`, not headers or file names. */
const USED = /(?<=[\s"'`[{])(?<!header\(")hx-[\w:.*-]+(?=["'`]?\s*[=:\]}>\s]|\/>|["'`][,)])/g;

export function attributesIn(path: string, source: string): Finding[] {
  return findAll(path, withoutComments(source), USED);
}

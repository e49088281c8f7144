/**
 * Which file may import which:
 *
 *     schemas ← drizzle ← src plumbing ← src/<noun>/*.ts ← src/<noun>/*.tsx ← app ← studio ← main
 *
 * Types flow more freely than values, since they are gone when the program runs: any file of src may
 * take a type from a `.ts` file of src, and so may the views.
 */
export type Import = { from: string; to: string; typeOnly: boolean };

/** Imports that the direction forbids and a reason allows. The reason is part of the entry. */
export const EXCEPTIONS: Record<string, string> = {
  "src/shape.ts → src/schemas/validation.ts":
    "request bodies and blobs are checked by one validator, and every route's body needs it",
};

/** By extension: `<Row>(` begins a generic function in the one and an element in the other. */
const TRANSPILERS = {
  ts: new Bun.Transpiler({ loader: "ts", trimUnusedImports: false }),
  tsx: new Bun.Transpiler({ loader: "tsx", trimUnusedImports: false }),
};
/** As the formatter leaves them: an import or re-export begins its line and ends with a semicolon. */
const STATEMENT = /^(?:import|export)\b[^;"]*"(\.[^"]+)"/gm;
const INLINE_TYPE = /\bimport\("(\.[^"]+)"\)/g;

/** The files of ours that a file imports. The transpiler sees values; what only the text shows is a type. */
export function importsOf(from: string, source: string): Import[] {
  const resolve = (specifier: string) =>
    decodeURIComponent(new URL(specifier, `file:///${from}`).pathname.slice(1));
  const values = new Set(
    TRANSPILERS[from.endsWith(".tsx") ? "tsx" : "ts"]
      .scanImports(source)
      .map(({ path }) => path)
      .filter((path) => path.startsWith(".")),
  );
  const types = [...source.matchAll(STATEMENT), ...source.matchAll(INLINE_TYPE)]
    .map((match) => match[1]!)
    .filter((specifier) => !values.has(specifier));
  return [
    ...[...values].map((path) => ({ from, to: resolve(path), typeOnly: false })),
    ...[...new Set(types)].map((path) => ({ from, to: resolve(path), typeOnly: true })),
  ];
}

type Layer =
  | "root"
  | "schemas"
  | "drizzle"
  | "plumbing"
  | "rules"
  | "routes"
  | "app"
  | "studio"
  | "main"
  | "views"
  | "processors"
  | "test";

export function layerOf(path: string): Layer {
  const [top, second, ...rest] = path.split("/");
  if (top === "test" || /\.test\.tsx?$/.test(path)) return "test";
  if (path === "src/main.ts") return "main";
  if (path === "src/studio.ts") return "studio";
  if (path === "src/app.tsx") return "app";
  if (top === "src" && second && rest.length === 0) return "plumbing";
  if (top === "src") return path.endsWith(".tsx") ? "routes" : "rules";
  if (top === "schemas" || top === "drizzle" || top === "views" || top === "processors")
    return second ? top : "root";
  return "root";
}

/** Whose values each layer may use. Views and processors have rules of their own below. */
const BELOW: Record<Layer, Layer[]> = {
  root: ["root"],
  schemas: ["schemas"],
  drizzle: ["drizzle", "schemas"],
  plumbing: ["plumbing", "drizzle", "schemas", "root"],
  rules: ["rules", "plumbing", "drizzle", "schemas", "root"],
  routes: ["routes", "views", "rules", "plumbing", "drizzle", "schemas", "root"],
  app: ["routes", "views", "rules", "plumbing", "drizzle", "schemas", "root"],
  studio: ["app", "routes", "rules", "plumbing", "drizzle", "schemas", "root"],
  main: ["studio", "rules", "plumbing", "root"],
  views: ["views", "schemas"],
  processors: ["processors"],
  test: ["test", "studio", "routes", "views", "rules", "plumbing", "drizzle", "schemas", "root"],
};

/** What a document is, for the server and the browser alike: pure, so that both may run it. */
const MODEL = /^src\/documents\/(model\/|protocol\.ts$)/;
const POSITION = "src/position.ts";
const SDK = "src/processors/sdk.ts";
const BUILTIN = "src/processors/builtin.ts";
const noun = (path: string) => path.split("/")[1]!;
const SRC: Layer[] = ["plumbing", "rules", "routes", "app", "studio", "main"];
const isSrc = (layer: Layer) => SRC.includes(layer);

/** Why a file must not import another; undefined when it may. Exceptions are not asked here. */
export function whyNot({ from, to, typeOnly }: Import): string | undefined {
  const [of, layer] = [layerOf(from), layerOf(to)];
  if (layer === "main") return "nobody imports main: it starts a studio as soon as it is loaded";
  if (layer === "app" && of !== "studio")
    return "nobody imports app but src/studio.ts, which serves it; take what is shared out of it";
  if (layer === "studio" && of !== "main" && of !== "test")
    return "src/studio.ts is imported by main and by tests only: a part must not know the list of parts";
  if (layer === "test" && of !== "test")
    return "the program must run without its tests: move what both need into src";

  if (layer === "processors") {
    if (from === BUILTIN || (from.startsWith("processors/") && noun(from) === noun(to))) return;
    return `only ${BUILTIN} imports processors/: the studio treats them all alike, ours or installed`;
  }
  if (of === "processors")
    return to === SDK
      ? undefined
      : `a processor imports ${SDK} and nothing else of ours, so that anybody's processor can do what ours do`;

  if (of === "test") return;
  if (MODEL.test(from))
    return typeOnly || MODEL.test(to) || to === POSITION
      ? undefined
      : "the model of a document runs in the browser too: it imports itself and nothing that needs a server";
  if (MODEL.test(to) && from.startsWith("views/browser/")) return;
  if (layer === "views" && !from.endsWith(".tsx"))
    return of === "views"
      ? undefined
      : "only .tsx files import views: a noun's rules know no HTML. Give the route what it needs to render";
  if (of === "views")
    return isSrc(layer) && typeOnly && to.endsWith(".ts")
      ? undefined
      : BELOW.views.includes(layer)
        ? undefined
        : "views turn props into HTML: they import views, and of src only types (`import type`, from .ts files)";
  if (layer === "routes" && isSrc(of) && of !== "app" && of !== "studio" && noun(from) !== noun(to))
    return "nouns import each other's rules (.ts), never their routes (.tsx): move what is shared into a rule";
  if (layer === "routes" && of === "rules")
    return "a noun's rules know neither HTTP nor HTML: the route imports the rule, not the other way";
  if (of === "rules" && to === "src/http.ts" && !typeOnly)
    return "a noun's rules know no HTTP: read the request in the route and pass plain values";

  if (typeOnly && isSrc(of) && isSrc(layer)) return;
  if (BELOW[of].includes(layer)) return;
  return `${of} must not use values of ${layer}; the direction is schemas ← drizzle ← plumbing ← rules ← routes ← app ← studio ← main`;
}

/** One circle among value imports, as the files on it, or null. Types make none: they are gone at run time. */
export function circleIn(imports: readonly Import[]): string[] | null {
  const next = new Map<string, string[]>();
  for (const { from, to, typeOnly } of imports)
    if (!typeOnly) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const path: string[] = [];
  function visit(file: string): string[] | null {
    const at = path.indexOf(file);
    if (at >= 0) return [...path.slice(at), file];
    if (done.has(file)) return null;
    path.push(file);
    for (const to of next.get(file) ?? []) {
      const circle = visit(to);
      if (circle) return circle;
    }
    path.pop();
    done.add(file);
    return null;
  }
  for (const file of next.keys()) {
    const circle = visit(file);
    if (circle) return circle;
  }
  return null;
}

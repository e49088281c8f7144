/**
 * The house rules that a machine can hold (ARCHITECTURE.md says what they are for). Every failure says
 * why the rule exists and where it is broken.
 */
import { describe, expect, test } from "bun:test";
import { generateDrizzleJson, generateMigration } from "drizzle-kit/api";
import * as tables from "../drizzle/tables.ts";
import packageJson from "../package.json";
import { readEnv } from "../src/env.ts";
import { generateTypes, TYPES_FILE } from "../src/schemas/generate-types.ts";
import { attributesIn, knownAttributes } from "./tidy/htmx.ts";
import { circleIn, EXCEPTIONS, importsOf, layerOf, whyNot } from "./tidy/imports.ts";
import { filesOfTree, findAll, show, textOf, withoutComments } from "./tidy/tree.ts";

const FILES = await filesOfTree();
const texts = new Map(
  await Promise.all(FILES.map(async (path) => [path, await textOf(path)] as const)),
);
const isText = (path: string) => !texts.get(path)!.includes("\0");
const isCode = (path: string) => /\.tsx?$/.test(path);
const isTest = (path: string) => layerOf(path) === "test";
/** What is rendered: the views, and the routes that fill them. */
const isMarkup = (path: string) => /^(views|src)\/.*\.tsx?$/.test(path) && !isTest(path);
const isStyle = (path: string) => path.endsWith(".css");
/** This test names what it forbids. */
const isTidy = (path: string) => path.startsWith("test/tidy");

/** Fails with the reason and every place, all at once. */
function hold(why: string, broken: readonly string[]): void {
  if (broken.length > 0) throw new Error(`${why}\n${broken.map((line) => `  ${line}`).join("\n")}`);
}

function search(pattern: RegExp, where: (path: string) => boolean, bare = false): string[] {
  return FILES.filter((path) => isText(path) && where(path)).flatMap((path) => {
    const text = texts.get(path)!;
    return findAll(path, bare ? withoutComments(text) : text, pattern).map(show);
  });
}

const imports = FILES.filter(isCode).flatMap((path) => importsOf(path, texts.get(path)!));
const arrow = ({ from, to }: { from: string; to: string }) => `${from} → ${to}`;

describe("imports", () => {
  test("go one way", () => {
    const broken = imports.flatMap((one) => {
      const reason = whyNot(one);
      return reason && !EXCEPTIONS[arrow(one)] ? [`${arrow(one)}: ${reason}`] : [];
    });
    hold("A part can only be understood alone when imports go one way.", broken);
  });

  test("need every exception that is made for them", () => {
    const needed = new Set(imports.filter(whyNot).map(arrow));
    const idle = Object.keys(EXCEPTIONS).filter((exception) => !needed.has(exception));
    hold("An exception nobody needs invites the next one: remove it from test/tidy.", idle);
  });

  test("make no circle", () => {
    const circle = circleIn(imports.filter(({ from }) => !isTest(from)));
    hold(
      "Files in a circle load in an order nobody chose and can only be read together: move what they share into a third.",
      circle ? [circle.join(" → ")] : [],
    );
  });

  test.each([
    ["src/json.ts", "src/runs/runs.ts"],
    ["src/runs/queue.ts", "src/documents/routes.tsx"],
    ["src/runs/queue.ts", "src/runs/routes.tsx"],
    ["src/runs/routes.tsx", "src/blobs/routes.tsx"],
    ["src/runs/queue.ts", "views/prose.ts"],
    ["src/runs/queue.ts", "src/http.ts"],
    ["src/runs/queue.ts", "src/studio.ts"],
    ["src/runs/routes.tsx", "src/app.tsx"],
    ["src/studio.ts", "src/main.ts"],
    ["src/runs/worker.ts", "processors/text-expansion/index.ts"],
    ["src/runs/worker.ts", "test/support/nats.ts"],
    ["drizzle/tables.ts", "src/json.ts"],
    ["views/layout.tsx", "src/json.ts"],
    ["views/layout.tsx", "src/documents/model/rows.ts"],
    ["views/browser/main.ts", "src/documents/log.ts"],
    ["src/documents/model/rows.ts", "src/json.ts"],
    ["processors/a/index.ts", "src/json.ts"],
    ["processors/a/index.ts", "processors/b/prompt.ts"],
    ["src/json.test.ts", "src/app.tsx"],
  ])("would refuse %s → %s", (from, to) => {
    expect(whyNot({ from, to, typeOnly: false })).toBeString();
  });

  test.each([
    ["src/runs/queue.ts", "src/blobs/blobs.ts", false],
    ["src/runs/routes.tsx", "views/layout.tsx", false],
    ["src/json.ts", "src/runs/runs.ts", true],
    ["views/layout.tsx", "src/assets.ts", true],
    ["processors/a/index.ts", "src/processors/sdk.ts", false],
    ["src/processors/builtin.ts", "processors/a/index.ts", false],
    ["src/main.ts", "src/studio.ts", false],
    ["test/bench/program.ts", "src/studio.ts", false],
    ["src/app.test.ts", "src/studio.ts", false],
  ])("would allow %s → %s", (from, to, typeOnly) => {
    expect(whyNot({ from, to, typeOnly })).toBeUndefined();
  });

  test("are told apart from types, comments and strings", () => {
    const found = importsOf(
      "src/runs/queue.ts",
      [
        'import type { A } from "./a.ts";',
        'import { type B } from "./b.ts";',
        'import { type C, c } from "../c.ts";',
        'export type { D } from "./d.ts";',
        'export { e } from "./e.ts";',
        'import {\n  f,\n  g,\n} from "./f.ts";',
        '// import { h } from "./h.ts";',
        'const i = await import("./i.ts");',
        'type J = import("./j.ts").J;',
        "const k = \"import { k } from './k.ts'\";",
        'import l from "package";',
      ].join("\n"),
    );
    const names = (typeOnly: boolean) =>
      found.filter((one) => one.typeOnly === typeOnly).map(({ to }) => to);
    expect(names(false).sort()).toEqual(
      ["src/c.ts", "src/runs/e.ts", "src/runs/f.ts", "src/runs/i.ts"].sort(),
    );
    expect(names(true).sort()).toEqual(
      ["src/runs/a.ts", "src/runs/b.ts", "src/runs/d.ts", "src/runs/j.ts"].sort(),
    );
  });

  test("that form a circle are found by their path", () => {
    const link = (from: string, to: string, typeOnly = false) => ({ from, to, typeOnly });
    expect(circleIn([link("a", "b"), link("b", "c"), link("c", "b")])).toEqual(["b", "c", "b"]);
    expect(circleIn([link("a", "b"), link("b", "a", true)])).toBeNull();
  });
});

describe("files", () => {
  test("are no barrels", () => {
    const named = FILES.filter(
      (path) => /\/index\.tsx?$/.test(path) && !/^processors\/[^/]+\/index\.ts$/.test(path),
    );
    const stars = search(/^export \* from [^;]*/gm, isCode, true);
    const only = FILES.filter(isCode).filter((path) => {
      const code = withoutComments(texts.get(path)!);
      const rest = code.replace(/^(?:import|export)\b[^;"]*"[^"]+";?/gm, "").trim();
      return rest === "" && /^export\b/m.test(code);
    });
    hold(
      "A barrel hides where a thing lives and loads everything for one name: import from the file itself.",
      [...named, ...stars, ...only],
    );
  });

  test("are named after what they are about", () => {
    const vague = /^(?:(?:.*-)?(?:utils?|helpers?)|misc|common|shared|lib)$/;
    const broken = FILES.filter((path) =>
      path.split("/").some((part) => vague.test(part.replace(/\..*$/, ""))),
    );
    hold("A drawer for anything is where nobody looks: name the file after its one idea.", broken);
  });

  test("leave nothing to be done later", () => {
    const broken = search(
      /\b(TODO|FIXME|XXX|HACK)\b/g,
      (path) => path !== "bun.lock" && !isTidy(path),
    );
    hold("A note to oneself is read by everybody: do it now, or open an issue.", broken);
  });

  test("run every test", () => {
    const pattern = /\b(?:test|it|describe)(?:\.\w+)*\.(?:only|skip|todo)\b/g;
    hold(
      "A test that is skipped, or that skips the others, says green about what nobody checked.",
      search(pattern, (path) => isTest(path) && !isTidy(path), true),
    );
  });

  test("name no place of one machine", () => {
    const homes = search(
      /(?<![\w.-])\/(?:root|home|Users|work)\/[^\s"'`]*/g,
      (path) => !isTidy(path),
    );
    const temporary = search(/(?<![\w.-])\/tmp\/[^\s"'`]*/g, (path) => !isTest(path));
    hold("It works on one machine only: make the path from the file's own place or a setting.", [
      ...homes,
      ...temporary,
    ]);
  });

  test("name no package registry", () => {
    const hosts = search(
      /\b(?:registry|artifactory|nexus|verdaccio|npm\.pkg)\.[a-z0-9-]+(?:\.[a-z]+)+|_authToken|^\s*registry\s*=.*/gm,
      (path) => !isTidy(path),
    );
    const locked = findAll("bun.lock", texts.get("bun.lock")!, /https?:\/\/[^\s"]*/g).map(show);
    hold("Packages come from wherever the reader's own package manager is told to look.", [
      ...hosts,
      ...locked,
    ]);
  });
});

describe("made files are current", () => {
  test("src/schemas/types.ts", async () => {
    const current = (await Bun.file(TYPES_FILE).text()) === (await generateTypes());
    hold(
      "The types that processors see differ from the schemas that their blobs are checked with.",
      current ? [] : ["Run `bun run types` and commit src/schemas/types.ts."],
    );
  });

  test("drizzle/migrations", async () => {
    const folder = "drizzle/migrations/";
    const journal: { entries: { idx: number; tag: string }[] } = JSON.parse(
      texts.get(`${folder}meta/_journal.json`)!,
    );
    const tags = journal.entries.map(({ tag }) => `${folder}${tag}.sql`);
    const files = FILES.filter((path) => path.startsWith(folder) && path.endsWith(".sql"));
    expect(tags.toSorted(), "the journal and the folder must name the same migrations").toEqual(
      files,
    );

    const last = String(journal.entries.at(-1)!.idx).padStart(4, "0");
    const before = JSON.parse(texts.get(`${folder}meta/${last}_snapshot.json`)!);
    const after = generateDrizzleJson(tables, before.id, undefined, "snake_case");
    hold(
      "A database made by the migrations differs from drizzle/tables.ts. Run `bun run migration` and commit what it makes. Missing:",
      await generateMigration(before, after as typeof before),
    );
  });
});

describe("markup", async () => {
  const known = await knownAttributes();

  test("uses attributes that htmx knows", () => {
    const broken = FILES.filter(isMarkup)
      .flatMap((path) => attributesIn(path, texts.get(path)!))
      .filter(({ found }) => !known.has(found))
      .map(show);
    hold("htmx ignores what it does not know, and nothing else would notice:", broken);
  });

  test("is read with htmx's own list of attributes", () => {
    for (const name of ["hx-get", "hx-post", "hx-swap", "hx-sync", "hx-target", "hx-ws:connect"])
      expect(known.has(name)).toBe(true);
    for (const name of ["hx-target:inherited", "hx-vals:inherited:append", "hx-status:4xx"])
      expect(known.has(name)).toBe(true);
    for (const name of ["hx-psot", "hx-ws", "hx-on", "hx-ext", "hx-disinherit", "hx-status:9xx"])
      expect(known.has(name)).toBe(false);
  });

  test("cannot hide a misspelt attribute", () => {
    const sample = [
      '<button hx-psot="/runs">',
      "<a hx-boots>",
      "<form hx-get={url} hx-tagret='#x'/>",
      '{...{ "hx-staus:4xx": "swap:none" }}',
      'button.setAttribute("hx-wsap", "none");',
      '// hx-comment="is not code"',
      'c.req.header("hx-request"); <hx-partial hx-target="#y"></hx-partial>',
      'import "htmx.org/dist/ext/hx-ws.js";',
    ].join("\n");
    const found = attributesIn("sample.tsx", sample).filter((one) => !known.has(one.found));
    expect(found.map((one) => `${one.line} ${one.found}`)).toEqual([
      "1 hx-psot",
      "2 hx-boots",
      "3 hx-tagret",
      "4 hx-staus:4xx",
      "5 hx-wsap",
    ]);
  });

  test("asks for nothing that the content security policy refuses", () => {
    const refused = [
      /(?<=[\s{])style=/g,
      /<style\b/g,
      // A script with a body; one that is loaded closes itself.
      /<script\b[^>]*(?<!\/)>/g,
      /(?<=[\s"'`])hx-on\b[\w:.-]*/g,
      /(?<=\s)on[a-zA-Z]+=["{]/g,
      /["'`](?:js|javascript):/g,
      // A filter, which htmx evaluates: click[ctrlKey].
      /hx-trigger[\w:"]*\s*[=:]\s*["'{`][^"'`}]*\[/g,
    ];
    hold(
      "The policy allows no inline style, script or evaluated code, so a browser ignores it:",
      refused.flatMap((pattern) => search(pattern, isMarkup, true)),
    );
  });

  test("takes its colours from views/ui/tokens.css", () => {
    const colour =
      /#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\([^)]*\)|\b(?:white|black|gr[ae]y|silver|red|green|blue|yellow|orange|purple|pink|brown)\b(?!-)/i;
    const broken = FILES.filter((path) => isStyle(path) && path !== "views/ui/tokens.css").flatMap(
      (path) =>
        // Values only: a selector may be called #add, a custom property --red.
        findAll(path, withoutComments(texts.get(path)!), /(?<=[{;\s])[\w-]+\s*:\s[^;{}]+/g).filter(
          ({ found }) => colour.test(found.replace(/^[^:]*:/, "").replace(/--[\w-]+/g, "")),
        ),
    );
    hold(
      "A colour outside the tokens has no dark form and no computed contrast: name it in tokens.css.",
      broken.map(show),
    );
  });
});

describe("dependencies", () => {
  const DEPENDENCY_LIMIT = 35;
  const runtime = Object.keys(packageJson.dependencies);

  test("stay few", () => {
    hold(
      `At most ${DEPENDENCY_LIMIT} direct runtime dependencies: each is code that nobody here reads, and an upgrade for ever.`,
      runtime.length > DEPENDENCY_LIMIT ? [`${runtime.length}: ${runtime.join(", ")}`] : [],
    );
  });

  test("are pinned", () => {
    const all = { ...packageJson.dependencies, ...packageJson.devDependencies };
    const loose = Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+/.test(version));
    hold(
      "A range is another program on another day: `bun add --exact`.",
      loose.map(([name, version]) => `${name}: ${version}`),
    );
  });

  test("are explained in ARCHITECTURE.md", () => {
    const REASON_WORDS = 2;
    const table = /^\| package +\| why +\|\n\|[ |-]+\n((?:\|.*\n)*)/m.exec(
      texts.get("ARCHITECTURE.md") ?? "",
    );
    const explained = (table?.[1] ?? "").split("\n").flatMap((row) => {
      const [, names = "", why = ""] = row.split("|");
      const enough = why.trim().split(/\s+/).length >= REASON_WORDS;
      return enough
        ? names
            .replaceAll("`", "")
            .split(",")
            .map((name) => name.trim())
        : [];
    });
    hold(
      "Each runtime dependency stands with its reason in ARCHITECTURE.md, in the table `| package | why |`, and nothing else does:",
      [
        ...runtime.filter((name) => !explained.includes(name)),
        ...explained
          .filter((name) => !runtime.includes(name))
          .map((name) => `${name} (not a dependency)`),
      ],
    );
  });
});

describe("deployment", () => {
  const compose = texts.get("compose.yaml")!;
  const dockerfile = texts.get("Dockerfile")!;

  test("passes on every setting that the studio reads", () => {
    const settings = [...texts.get("src/env.ts")!.matchAll(/\(\s*"([A-Z][A-Z0-9_]{3,})"/g)];
    const unset = settings
      .map((match) => match[1]!)
      .filter((name) => !new RegExp(`^\\s+${name}[:=]`, "m").test(`${compose}\n${dockerfile}`));
    hold(
      "A container sees only what compose.yaml or the Dockerfile name; this would be set in vain:",
      [...new Set(unset)],
    );
  });

  test("explains every variable of compose.yaml in .env.example", () => {
    const variables = new Set([...compose.matchAll(/\$\{(\w+)/g)].map((match) => match[1]!));
    const explained = texts.get(".env.example")!;
    hold(
      "Whoever runs the studio looks for settings in .env.example:",
      [...variables].filter((name) => !new RegExp(`^(# )?${name}=`, "m").test(explained)),
    );
  });

  test.each(["studio", "worker"])("gives %s an environment that it starts with", (service) => {
    // As compose does it, with nothing in .env but the two secrets.
    const filled = compose.replace(
      /\$\{\w+(?::-([^}]*)|:\?[^}]*)\}/g,
      (_, otherwise?: string) => otherwise ?? "0123456789abcdef".repeat(4),
    );
    const { services } = Bun.YAML.parse(filled) as {
      services: Record<string, { environment: Record<string, string> }>;
    };
    expect(() => readEnv(services[service]!.environment)).not.toThrow();
  });

  test("runs on the Bun that the types and the tests are of", () => {
    const version = packageJson.devDependencies["bun-types"];
    const images = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map((match) => match[1]!);
    hold(
      "The image would run a Bun that nothing was tested with.",
      images.filter((image) => image !== `oven/bun:${version}-slim`),
    );
  });

  test("names every image with its version", () => {
    const images = [...compose.matchAll(/^\s+image: (\S+)$/gm)].map((match) => match[1]!);
    hold(
      "An image without a version is another program after the next pull.",
      images.filter((image) => image !== "reyna-studio" && !/:\d+\.\d+/.test(image)),
    );
  });
});

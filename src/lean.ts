/**
 * What packages bring along and no page of ours uses, taken out while bundling. Each stands in for the whole module it
 * names; the script's test counts the bytes that come back when one of them no longer matches.
 */
import type { BunPlugin } from "bun";

/** Modules by the end of their path, and what takes their place. */
const INSTEAD: [module: RegExp, source: string][] = [
  // Yjs' coloured logging, and under it a DOM builder and a schema language; only warnings are ever printed.
  [
    /\/lib0\/logging\.js$/,
    `export const [BOLD, UNBOLD, BLUE, GREY, GREEN, RED, PURPLE, ORANGE, UNCOLOR] = Array(9).fill("");
     export const print = (...said) => console.log(...said);
     export const warn = (...said) => console.warn(...said);`,
  ],
  // A second SHA-256, for marks of one kind that overlap each other: no mark of the chapter's schema does.
  [
    /\/y-prosemirror\/src\/utils\.js$/,
    'export const hashOfJSON = () => { throw new Error("No mark of ours overlaps itself."); };',
  ],
  // What is Node and what is a browser: it is a browser, and nobody develops Yjs in it.
  [
    /\/lib0\/environment\.js$/,
    `export const [isNode, isMac, production, supportsColor] = [false, false, true, false];
     export const isBrowser = true;
     export const [getVariable, getConf, getParam] = Array(3).fill(() => null);
     export const [hasParam, hasConf] = Array(2).fill(() => false);
     export const ensureConf = () => { throw new Error("There is no environment."); };`,
  ],
];

export const lean: BunPlugin = {
  name: "lean",
  setup(build) {
    for (const [module, contents] of INSTEAD)
      build.onLoad({ filter: module }, () => ({ contents, loader: "js" }));
  },
};

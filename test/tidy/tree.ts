/** The tree as a checker sees it: paths from the root with `/`, and text. */
import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Every file that git would keep. Without asking git, so that it also holds in a tree that came as an
 * archive: what `.gitignore` names is left out.
 */
export async function filesOfTree(): Promise<string[]> {
  const lines = (await textOf(".gitignore")).split("\n").filter((line) => line.trim());
  const ignored = [".git", ...lines.map((line) => line.replace(/\/$/, ""))].map(
    (pattern) => new Bun.Glob(pattern),
  );
  const found: string[] = [];
  async function walk(folder: string): Promise<void> {
    for (const entry of await readdir(ROOT + folder, { withFileTypes: true })) {
      if (ignored.some((glob) => glob.match(entry.name))) continue;
      if (entry.isDirectory()) await walk(`${folder}${entry.name}/`);
      else found.push(folder + entry.name);
    }
  }
  await walk("");
  return found.sort();
}

export function textOf(path: string): Promise<string> {
  return Bun.file(ROOT + path).text();
}

/** TypeScript or CSS without its comments; line breaks stay, so that lines keep their numbers. */
export function withoutComments(source: string): string {
  const blank = (comment: string) => comment.replace(/[^\n]/g, "");
  return source.replace(/\/\*[\s\S]*?\*\//g, blank).replace(/(?<![:\\"'`])\/\/[^\n]*/g, blank);
}

export type Finding = { path: string; line: number; found: string };

/** Where the pattern (global) occurs. */
export function findAll(path: string, text: string, pattern: RegExp): Finding[] {
  return [...text.matchAll(pattern)].map((match) => ({
    path,
    line: text.slice(0, match.index).split("\n").length,
    found: match[0].trim(),
  }));
}

export const show = ({ path, line, found }: Finding) => `${path}:${line}: ${found}`;

/** Which entries of the codex a text speaks of. */
import type { BlobIn, Schemas } from "../../src/processors/sdk.ts";

export type Entry = Schemas["codex-entry-v1"];

export type Matched = {
  id: string;
  entry: Entry;
  /** What of it came up, as it is spelled there, the name first; none of one that is there because it is pinned. */
  by: string[];
};

/** Scripts that write words without space between them: there is no edge of a word to look for. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const WORD = "[\\p{L}\\p{N}\\p{M}]";
/** Of English: Hester's, the Tulls', and the apostrophe alone. */
const POSSESSIVE = "(?:['’]s|s['’]|['’])?";

/**
 * Entries that are pinned, then those that the text names, in the order in which they come up. Names and aliases are
 * whole words in any case of letters, possessives too; of several that begin at one place the longest counts, so “Engine
 * house” is not also “Engine”.
 */
export function matchCodex(blobs: BlobIn<"codex-entry-v1">[], text: string): Matched[] {
  const owners = new Map<string, { name: string; of: Matched[] }>();
  const all = blobs.map(({ id, content }): Matched => ({ id, entry: content, by: [] }));
  for (const one of all)
    for (const name of [one.entry.name, ...(one.entry.aliases ?? [])]) {
      const key = keyOf(name);
      if (key === "") continue;
      const known = owners.get(key) ?? { name, of: [] };
      owners.set(key, known);
      if (!known.of.includes(one)) known.of.push(one);
    }
  const found = owners.size === 0 ? [] : namesIn(text, [...owners.keys()]);
  const matched: Matched[] = [];
  for (const key of found) {
    const { name, of } = owners.get(key)!;
    for (const one of of) {
      if (!matched.includes(one)) matched.push(one);
      if (!one.by.includes(name)) one.by.push(name);
    }
  }
  for (const { entry, by } of matched)
    by.sort(
      (a, b) => Number(keyOf(b) === keyOf(entry.name)) - Number(keyOf(a) === keyOf(entry.name)),
    );
  // A stable order for what is always there, so that a prompt begins alike.
  const pinned = all
    .filter(({ entry }) => entry.pinned)
    .toSorted((a, b) => (a.entry.name < b.entry.name ? -1 : 1));
  return [...pinned, ...matched.filter(({ entry }) => !entry.pinned)];
}

/** Keys that come up, each once, in that order. */
function namesIn(text: string, keys: string[]): string[] {
  const longestFirst = keys.toSorted((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map(patternOf).join("|"), "giu");
  const found = new Set<string>();
  for (const [words] of text.normalize("NFC").matchAll(pattern)) {
    const key = keyOf(words);
    const named = ["", "'", "'s", "s'"]
      .filter((ending) => key.endsWith(ending))
      .map((ending) => key.slice(0, key.length - ending.length));
    const known = named.find((one) => keys.includes(one));
    if (known) found.add(known);
  }
  return [...found];
}

/** Letters without case, one kind of apostrophe, single spaces. */
const keyOf = (name: string): string =>
  name.normalize("NFC").trim().toLowerCase().replaceAll("’", "'").replace(/\s+/gu, " ");

function patternOf(key: string): string {
  const signs = [...key];
  const begins = UNSPACED.test(signs[0]!) ? "" : `(?<!${WORD})`;
  const ends = UNSPACED.test(signs.at(-1)!) ? "" : `${POSSESSIVE}(?!${WORD})`;
  const words = key
    .replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")
    .replaceAll(" ", "\\s+")
    .replaceAll("'", "['’]");
  return `${begins}${words}${ends}`;
}

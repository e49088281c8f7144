/** ZIP archives that are the same to the byte for the same content. */
import { type Zippable, zipSync } from "fflate";

/** The first that the format can say; in local time, as the format has it, so that it is the same everywhere. */
const MTIME = new Date(1980, 0, 1);
/** DOS, as whom most readers expect. */
const OS = 0;

export type Entry = { path: string; bytes: Uint8Array /** Not compressed. */; stored?: boolean };

/** In the order given. */
export function zip(entries: readonly Entry[]): Uint8Array {
  const files: Zippable = {};
  for (const { path, bytes, stored } of entries)
    files[path] = [bytes, { level: stored ? 0 : 9, mtime: MTIME, os: OS }];
  return zipSync(files);
}

export const utf8 = (words: string): Uint8Array => new TextEncoder().encode(words);

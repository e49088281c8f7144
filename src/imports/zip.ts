/**
 * The parts of a zip that are wanted, bounded before anything is inflated: by what its directory says of their
 * sizes, and while inflating by the same (`fflate` gives each part the room that was stated and no more).
 */
import { type UnzipFileInfo, unzipSync } from "fflate";
import { Refused } from "./manuscript.ts";

/** Parts in one file. A manuscript with a thousand pictures has some two thousand. */
const PARTS_LIMIT = 20_000;
/**
 * What the wanted parts may come to, inflated, in bytes. 500,000 words are 4 to 15 MiB of markup; a parsed document
 * takes some sixty times its bytes, for the seconds that it is read.
 */
export const INFLATED_LIMIT_BYTES = 24 * 1024 * 1024;
/** Inflated to packed, beyond this, above a small size, is no text: markup packs 10 to 40 times. */
const RATIO_LIMIT = 400;
const SMALL_BYTES = 1024 * 1024;

/** @throws Refused for what is no zip, or a dangerous one */
export function unzip(
  bytes: Uint8Array,
  wanted: (name: string) => boolean,
): Map<string, Uint8Array> {
  let parts = 0;
  let total = 0;
  const filter = ({ name, size, originalSize }: UnzipFileInfo): boolean => {
    if (++parts > PARTS_LIMIT)
      throw new Refused(`It holds more than ${PARTS_LIMIT.toLocaleString("en")} parts.`);
    if (leadsOut(name))
      throw new Refused("It holds a path that leads out of it. Such a file is not opened.");
    if (!wanted(name)) return false;
    total += originalSize;
    const isBomb = originalSize > SMALL_BYTES && originalSize > size * RATIO_LIMIT;
    if (isBomb || total > INFLATED_LIMIT_BYTES)
      throw new Refused(
        `Unpacked, its text is larger than any manuscript: more than ${INFLATED_LIMIT_BYTES / 1024 / 1024} MiB, or packed too tightly to be words.`,
      );
    return true;
  };
  let found: Record<string, Uint8Array>;
  try {
    found = unzipSync(bytes, { filter });
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused("It is damaged: it cannot be unpacked.");
  }
  return new Map(Object.entries(found));
}

const leadsOut = (name: string): boolean =>
  name.startsWith("/") ||
  name.includes("\\") ||
  /^[A-Za-z]:/.test(name) ||
  name.split("/").includes("..");

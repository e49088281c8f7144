/** Byte ranges of HTTP (RFC 9110, section 14), as far as one range goes; more than one is answered whole. */

/** From `start` up to, and without, `end`. */
export type ByteRange = { start: number; end: number };

/** Undefined: the whole. Null: none of it lies in the file. */
export function rangeOf(header: string | undefined, size: number): ByteRange | undefined | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? "");
  if (!match || (match[1] === "" && match[2] === "")) return undefined;
  const [, first, last] = match;
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? null : { start: size - length, end: size };
  }
  const start = Number(first);
  const end = last === "" ? size : Math.min(Number(last) + 1, size);
  if (start >= size) return null;
  if (last !== "" && Number(last) < start) return undefined;
  return { start, end };
}

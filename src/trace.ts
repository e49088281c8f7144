/** W3C Trace Context, level 1: `00-<trace id>-<parent id>-<flags>`. */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})$/;

/** A step of our own in the caller's trace, or in a new one. */
export function nextTraceparent(incoming: string | undefined): string {
  const known = incoming ? TRACEPARENT.exec(incoming) : null;
  return `00-${known?.[1] ?? randomHex(16)}-${randomHex(8)}-${known?.[2] ?? "01"}`;
}

const randomHex = (bytes: number) =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString("hex");

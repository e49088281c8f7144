/**
 * JSON as the studio takes it. Postgres refuses some of what JSON allows (U+0000, lone surrogates),
 * and deep nesting exhausts stacks further in: both are refused here, with the place.
 */
import { type FieldError, invalid, MAX_ERRORS, Problem } from "./problem.ts";

/** The largest JSON body, in bytes. */
export const BODY_LIMIT_BYTES = 4 * 1024 * 1024;
/** The deepest nesting of arrays and objects. */
export const NESTING_LIMIT = 64;

export async function readJson(request: Request): Promise<unknown> {
  return parseJson(await readText(request));
}

/** @throws 400 when it is not JSON; 422 with the places of what cannot be stored */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    // The engine's parser keeps a stack of its own: no nesting that fits in a body exhausts it.
    value = JSON.parse(text);
  } catch {
    throw new Problem(400, "not-json", "The body is not JSON");
  }
  requireStorable(value);
  return value;
}

/** @throws 422 with the places of what Postgres refuses or what nests too deep */
export function requireStorable(value: unknown): void {
  const errors = unstorable(value, "", 0, []);
  if (errors.length > 0) throw invalid(errors);
}

/** What is packed is not unpacked here: its size would be known too late. @throws 415 (RFC 9110, 15.5.16) */
export function requireUnpacked({ headers }: Request): void {
  const coding = headers.get("content-encoding");
  if (coding !== null && coding.trim().toLowerCase() !== "identity")
    throw new Problem(415, "content-encoding", "Bodies are taken as they are", {
      detail: "Send it without Content-Encoding.",
      headers: { "accept-encoding": "identity" },
    });
}

/** A text body within the limit. @throws 400 when it is not UTF-8, 413, 415 */
export async function readText(request: Request): Promise<string> {
  requireUnpacked(request);
  const tooLarge = () =>
    new Problem(413, "too-large", "The body is too large", {
      detail: `At most ${BODY_LIMIT_BYTES / 1024 / 1024} MiB of JSON fit in one request.`,
    });
  const length = request.headers.get("content-length");
  if (Number(length ?? 0) > BODY_LIMIT_BYTES) throw tooLarge();
  if (!request.body) return "";
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let bytes = 0;
  try {
    // A stated length binds the connection, so the whole can be had at once; else bytes are counted.
    if (length !== null) return decoder.decode(await request.bytes());
    for await (const chunk of request.body) {
      bytes += chunk.byteLength;
      if (bytes > BODY_LIMIT_BYTES) throw tooLarge();
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw new Problem(400, "not-json", "The body is not UTF-8");
    throw error;
  }
}

function unstorable(
  value: unknown,
  pointer: string,
  depth: number,
  errors: FieldError[],
): FieldError[] {
  if (errors.length >= MAX_ERRORS) return errors;
  if (typeof value === "string") checkString(value, pointer, errors);
  else if (typeof value === "number") {
    if (!Number.isFinite(value))
      errors.push({ pointer, rule: "number", message: "is beyond what a double holds" });
  } else if (value !== null && typeof value === "object") {
    if (depth === NESTING_LIMIT) {
      const message = `must not nest deeper than ${NESTING_LIMIT} levels`;
      errors.push({ pointer, rule: "nesting", message });
    } else if (Array.isArray(value)) {
      for (const [i, item] of value.entries())
        unstorable(item, `${pointer}/${i}`, depth + 1, errors);
    } else {
      for (const [key, item] of Object.entries(value)) {
        const inner = `${pointer}/${escapePointer(key)}`;
        checkString(key, inner, errors);
        unstorable(item, inner, depth + 1, errors);
      }
    }
  }
  return errors;
}

function checkString(text: string, pointer: string, errors: FieldError[]): void {
  if (text.includes("\u0000"))
    errors.push({ pointer, rule: "nul", message: "holds U+0000, which cannot be stored" });
  if (!text.isWellFormed())
    errors.push({ pointer, rule: "unicode", message: "holds half of a surrogate pair" });
}

/** RFC 6901, section 3. */
export function escapePointer(token: string): string {
  return token.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** Keys sorted, no white space: equal values have equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}

export function hashJson(value: unknown): string {
  return new Bun.CryptoHasher("sha256").update(canonicalJson(value)).digest("hex");
}

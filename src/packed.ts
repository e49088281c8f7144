/**
 * Brotli at its smallest takes a processor about a second for all that browsers fetch. What was packed once is kept
 * beside the packages, by its bytes, so that a start that changes nothing packs nothing. Where nothing can be written it is
 * packed at each start.
 */
import { mkdir, readdir, rename, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, brotliDecompress, constants } from "node:zlib";

type Bytes = Uint8Array<ArrayBuffer>;

const KEPT_IN = fileURLToPath(new URL("../node_modules/.cache/reyna", import.meta.url));
/** What is older goes when something new is kept, in milliseconds. */
const KEPT_MS = 7 * 24 * 60 * 60 * 1_000;

/** In Brotli (RFC 7932), text. */
export async function packed(bytes: Bytes, folder = KEPT_IN): Promise<Bytes> {
  const path = join(folder, `${new Bun.CryptoHasher("sha256").update(bytes).digest("hex")}.br`);
  const known = await readPacked(path, bytes);
  if (known) return known;
  const made = new Uint8Array(await promisify(brotliCompress)(bytes, { params: smallest(bytes) }));
  await keep(folder, path, made).catch(() => {});
  return made;
}

const smallest = ({ byteLength }: Bytes) => ({
  [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
  [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
  [constants.BROTLI_PARAM_SIZE_HINT]: byteLength,
});

/** Undefined when it is not there, or not whole: a machine may have lost its power since. */
async function readPacked(path: string, bytes: Bytes): Promise<Bytes | undefined> {
  try {
    const known = await Bun.file(path).bytes();
    return bytes.length > 0 && (await promisify(brotliDecompress)(known)).equals(bytes)
      ? known
      : undefined;
  } catch {
    return undefined;
  }
}

/** Under its name only once it is whole: several processes start at once. */
async function keep(folder: string, path: string, made: Bytes): Promise<void> {
  await mkdir(folder, { recursive: true });
  const aside = `${path}.${process.pid}`;
  await Bun.write(aside, made);
  await rename(aside, path);
  const oldest = Date.now() - KEPT_MS;
  for (const name of await readdir(folder)) {
    const one = join(folder, name);
    if ((await stat(one)).mtimeMs < oldest) await unlink(one);
  }
}

/** Secrets that are shown once: what is kept of them is a hash, by which they are found again. */

/** In bytes of randomness. */
const SECRET_BYTES = 32;

/** Letters, digits, - and _. */
export const newSecret = (): string =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(SECRET_BYTES))).toString("base64url");

/** SHA-256, in hexadecimal. A secret of full length needs no slow hash. */
export const hashOfSecret = (secret: string): string =>
  new Bun.CryptoHasher("sha256").update(secret).digest("hex");

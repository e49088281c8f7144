/**
 * Sealing: what the database may hold but nobody who only has the database may read. AES-256-GCM under a key
 * that HKDF (RFC 5869) makes of the studio's secret; all processes of a studio need the same one.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

/** In bytes, as NIST SP 800-38D recommends. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

export class CannotUnseal extends Error {}

const keyOf = (secret: string) =>
  new Uint8Array(hkdfSync("sha256", secret, "", "reyna sealed values", KEY_BYTES));

/** Nonce, tag, then the text. */
export function seal(secret: string, text: string): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", keyOf(secret), nonce);
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/** @throws CannotUnseal when it was sealed with another secret, or is damaged */
export function unseal(secret: string, sealed: Uint8Array): string {
  try {
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv("aes-256-gcm", keyOf(secret), nonce);
    decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const body = sealed.subarray(NONCE_BYTES + TAG_BYTES);
    return Buffer.concat([decipher.update(body), decipher.final()]).toString("utf8");
  } catch {
    throw new CannotUnseal("It was sealed with another secret.");
  }
}

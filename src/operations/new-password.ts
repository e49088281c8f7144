/**
 * `bun run new:password EMAIL`: for whoever forgot theirs, since the studio sends no mail. Makes one, says it once, and
 * signs that account out everywhere.
 */
import { createAuth } from "../accounts/auth.ts";
import { forAccount } from "./account.ts";

/** Of a made password, in bytes of randomness. */
const PASSWORD_BYTES = 12;

const { email, made } = await forAccount(
  "bun run new:password you@example.org",
  async (tx, { id, email }) => {
    const auth = createAuth(tx, { secret: "", publicUrl: undefined, rateLimited: false });
    const { password: passwords, internalAdapter } = await auth.$context;
    const made = crypto
      .getRandomValues(new Uint8Array(PASSWORD_BYTES))
      .toBase64({ alphabet: "base64url" });
    await internalAdapter.updatePassword(id, await passwords.hash(made));
    await internalAdapter.deleteUserSessions(id);
    return { email, made };
  },
);
console.log(`The new password of ${email}: ${made}`);
console.log("Whoever was signed in with the old one is signed out within seconds.");

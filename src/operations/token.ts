/**
 * `bun run token EMAIL`: a token for a program of that account's, which may read and write. Its secret is all that is
 * printed, so that a script can take it; the account finds and deletes it like its others.
 */
import { createToken } from "../accounts/tokens.ts";
import { forAccount } from "./account.ts";

const secret = await forAccount("bun run token you@example.org", async (tx, { id }) => {
  const actor = { kind: "account", account: id, administrator: false } as const;
  const made = await createToken(tx, actor, {
    name: "from the command line",
    scopes: ["read", "write"],
  });
  return made.secret;
});
console.log(secret);

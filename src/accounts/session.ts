import type { AccountActor } from "../access.ts";
import type { Auth } from "./auth.ts";

/** Who a request comes from, by cookie or bearer token. */
export async function actorFrom(auth: Auth, headers: Headers) {
  if (!headers.has("cookie") && !headers.has("authorization")) return undefined;
  const found = await auth.api.getSession({ headers });
  if (!found) return undefined;
  const actor: AccountActor = {
    kind: "account",
    account: found.user.id,
    administrator: Boolean(found.user.administratorSince),
  };
  return { actor, session: { id: found.session.id, expiresAt: found.session.expiresAt } };
}

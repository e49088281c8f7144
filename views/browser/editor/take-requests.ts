/** What takes ask of the studio beside htmx, and what is said when it does not answer. */

export class Refused extends Error {}

export const AWAY = "The studio did not answer. Nothing is lost; try again.";
const SIGNED_OUT = "You are signed out. Sign in in another tab, then try again.";
/** How long the studio may take to answer, in milliseconds. */
const ANSWER_MS = 10_000;
const UNAUTHORIZED = 401;

/** @throws Refused with a sentence for the writer; what else fails, fails as fetch does */
export async function request(method: string, path: string, body?: unknown): Promise<Response> {
  const response = await fetch(path, {
    method,
    headers: { accept: "application/json, text/html", "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  if (response.ok) return response;
  if (response.status === UNAUTHORIZED) throw new Refused(SIGNED_OUT);
  const { detail, title } = await response.json().catch(() => ({}));
  throw new Refused(detail ?? title ?? AWAY);
}

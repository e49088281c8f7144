/** Brings what this device changed into the account's state, on top of what other devices did. */
import type { Change } from "./panes-kept.ts";

/** How often a change is made again on top of somebody else's. */
const TIMES = 4;
const PATH = "/api/me/state";

/**
 * The revision that has it, `refused` where it never will be, null where it may be sent again later.
 * @throws when the studio does not answer
 */
export async function send(change: Change): Promise<number | "refused" | null> {
  for (let time = 0; time < TIMES; time++) {
    const now = await fetch(PATH, { headers: { accept: "application/json" } });
    if (!now.ok) return null;
    const { content } = (await now.json()) as { content: Record<string, unknown> };
    const next = Object.entries({ ...content, ...change }).filter(([, one]) => one !== null);
    const answer = await fetch(PATH, {
      method: "PUT",
      headers: { "content-type": "application/json", "if-match": now.headers.get("etag") ?? "" },
      body: JSON.stringify({ content: Object.fromEntries(next), schema: "user-state-v1" }),
    });
    if (answer.ok) return ((await answer.json()) as { revision: number }).revision;
    if (answer.status === 422) return "refused";
    if (answer.status !== 412) return null;
  }
  return null;
}

import type { Client } from "./client.ts";

/** Lets processors act in the client's book that do so only once its owner says it. */
export async function consent(client: Client, ...processors: string[]): Promise<void> {
  for (const id of processors) {
    const path = `/api/buckets/${client.book}/processors/${id}`;
    const { status, body } = await client.request("PUT", path, { enabled: true });
    if (status !== 200) throw new Error(`enabling ${id}: ${status} ${JSON.stringify(body)}`);
  }
}

/**
 * An account's own model may lie anywhere on the internet, but the studio's neighbours (its database, the router, a
 * cloud's metadata service) are not for everybody to talk to: those are an administrator's.
 */
import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { eq } from "drizzle-orm";
import { accounts } from "../../drizzle/tables.ts";
import type { Db } from "../database.ts";
import { RunError } from "../processors/sdk.ts";

/** Special-purpose ranges (RFC 6890 and its registries) that are this machine or its networks. */
const NEAR = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
] as const)
  NEAR.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of [
  ["::1", 128],
  ["::", 128],
  ["fc00::", 7],
  ["fe80::", 10],
] as const)
  NEAR.addSubnet(network, prefix, "ipv6");

export function isNear(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return NEAR.check(mapped, "ipv4");
  return NEAR.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

/** @throws RunError `model-address` */
export async function requirePublicAddress(
  db: Db,
  account: string,
  baseUrl: string,
): Promise<void> {
  const host = new URL(baseUrl).hostname.replace(/^\[|\]$/g, "");
  const found = isIP(host) ? [host] : await addressesOf(host);
  if (!found.some(isNear)) return;
  const [row] = await db
    .select({ since: accounts.administratorSince })
    .from(accounts)
    .where(eq(accounts.id, account));
  if (row?.since) return;
  throw new RunError(
    "model-address",
    "Your own model lies in the studio's own network, which only an administrator may use. Ask one to set it for everybody, or choose an address on the internet.",
    { retryable: false },
  );
}

/** None where the name is not known: the call itself will say so. */
async function addressesOf(host: string): Promise<string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  } catch {
    return [];
  }
}

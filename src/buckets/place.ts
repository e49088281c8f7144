/**
 * Places in the tree. Whoever changes its shape holds the lock of its root: two moves at once, each
 * right alone, could otherwise make a circle, and a new child could keep a path that a move made old.
 */
import { and, asc, eq, isNull, ne, sql } from "drizzle-orm";
import { buckets } from "../../drizzle/tables.ts";
import type { Tx } from "../database.ts";
import { evenPositions, positionBetween } from "../position.ts";
import { type Bucket, badPlace } from "./buckets.ts";

/** The deepest a tree goes, in buckets from its root. */
export const MAX_DEPTH = 32;
/** The most children of one bucket, without those in the trash. */
export const MAX_CHILDREN = 2_000;
/** Positions that grew longer are given out anew, in characters. */
const MAX_POSITION = 100;

/** Until the transaction ends nobody else changes the shape of this tree. Reading goes on. */
export async function lockTree(tx: Tx, root: string): Promise<void> {
  await tx.execute(sql`select 1 from buckets where id = ${root} for no key update`);
}

/** @throws 422 when what is so many buckets high does not fit below the parent. */
export function requireDepth(parent: Bucket | undefined, height: number): void {
  if ((parent?.path.length ?? 0) + height > MAX_DEPTH)
    throw badPlace("/parent", "depth", `a tree goes ${MAX_DEPTH} buckets deep at most`);
}

/** @throws 422 when the parent has as many children as one may have. */
export async function requireBreadth(tx: Tx, parent: string): Promise<void> {
  const [found] = await tx
    .select({ count: sql<number>`count(*)::int` })
    .from(buckets)
    .where(and(eq(buckets.parent, parent), isNull(buckets.trashedAt)));
  if (found!.count >= MAX_CHILDREN)
    throw badPlace("/parent", "breadth", `a bucket has ${MAX_CHILDREN} children at most`);
}

/** Where among its siblings: at a position, right before or after one of them; absent, behind all. */
export type Spot = { position?: string; before?: string; after?: string };

/**
 * The position of a spot under a parent. Siblings between which there is no room, because they share a
 * position or theirs grew long, are given new ones, in the order they have.
 * @throws 422 when the sibling it names is none
 */
export async function positionAt(
  tx: Tx,
  parent: string | null,
  spot: Spot,
  moving?: string,
): Promise<string> {
  if (spot.position !== undefined) return spot.position;
  if (parent === null) return positionBetween(null, null);
  const siblings = await siblingsOf(tx, parent, moving);
  const at = indexOf(siblings, spot);
  const between = (order: { position: string }[]) =>
    positionBetween(order[at - 1]?.position ?? null, order[at]?.position ?? null);
  const position = between(siblings);
  const fits = at === siblings.length || position < siblings[at]!.position;
  if (fits && position.length <= MAX_POSITION) return position;
  const fresh = evenPositions(siblings.length);
  for (const [i, { id }] of siblings.entries())
    await tx.update(buckets).set({ position: fresh[i]! }).where(eq(buckets.id, id));
  return between(fresh.map((position) => ({ position })));
}

/** With those in the trash: what comes back from there finds its place. */
function siblingsOf(tx: Tx, parent: string, moving: string | undefined) {
  return tx
    .select({ id: buckets.id, position: buckets.position })
    .from(buckets)
    .where(and(eq(buckets.parent, parent), moving ? ne(buckets.id, moving) : undefined))
    .orderBy(asc(buckets.position), asc(buckets.id));
}

function indexOf(siblings: { id: string }[], { before, after }: Spot): number {
  const named = before ?? after;
  if (named === undefined) return siblings.length;
  const at = siblings.findIndex(({ id }) => id === named);
  if (at < 0)
    throw badPlace(before ? "/before" : "/after", "sibling", "is not among the children there");
  return before ? at : at + 1;
}

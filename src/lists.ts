/** Lists: newest first by id (UUIDv7), a page at a time from a cursor. */
import { Problem } from "./problem.ts";

export type PageRequest = { limit: number; cursor: string | undefined };
export type Page<Item> = { items: Item[]; next: string | null };

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What is no id cannot exist: finders answer 404 before Postgres refuses the cast. */
export const isId = (text: string): boolean => ID.test(text);

/** Reads `?limit` and `?cursor`. @throws 422 */
export function pageRequest(query: Record<string, string>): PageRequest {
  const limit = query.limit === undefined ? DEFAULT_LIMIT : Number(query.limit);
  if (!Number.isInteger(limit) || limit < 1)
    throw badQuery("limit", `must be a whole number from 1 to ${MAX_LIMIT}`);
  if (query.cursor !== undefined && !isId(query.cursor))
    throw badQuery("cursor", "must be the `next` of an earlier page");
  return { limit: Math.min(limit, MAX_LIMIT), cursor: query.cursor };
}

export const badQuery = (name: string, message: string) =>
  new Problem(422, "invalid", "The query does not validate", {
    errors: [{ pointer: `/query/${name}`, rule: "query", message }],
  });

/** Of `limit + 1` rows. */
export function page<Item extends { id: string }>(
  rows: Item[],
  { limit }: PageRequest,
): Page<Item> {
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? items.at(-1)!.id : null };
}

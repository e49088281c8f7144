import { Hono } from "hono";
import { findBucket } from "../buckets/buckets.ts";
import type { Database } from "../database.ts";
import { actorOf, type Http } from "../http.ts";
import { pageRequest } from "../lists.ts";
import { readEventPage } from "./reading.ts";

/** The log for programs: `/api/events`. What is live comes over `/live`. */
export function eventRoutes(db: Database) {
  return new Hono<Http>().get("/", async (c) => {
    const actor = actorOf(c);
    const { since, bucket, limit } = c.req.query();
    const types = c.req.queries("type")?.flatMap((list) => list.split(",").filter(Boolean));
    if (bucket) await findBucket(db, actor, bucket);
    const request = pageRequest(limit === undefined ? {} : { limit });
    const filter = { since, bucket, types: types?.length ? types : undefined };
    return c.json(await readEventPage(db, actor, filter, request.limit));
  });
}

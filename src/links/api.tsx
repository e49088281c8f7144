import { Hono } from "hono";
import type { Database, Tx } from "../database.ts";
import type { Env } from "../env.ts";
import { actorOf, answerOnce, bodyOf, type Http, type HttpContext } from "../http.ts";
import { pageRequest } from "../lists.ts";
import { createLink, type Link, linkView, listLinks, revokeLink, tokenOf } from "./links.ts";
import { LinkShape } from "./operations.ts";

export type LinkParts = { db: Database; secret: string; env: Pick<Env, "publicUrl"> };

/** Read-only links for programs: `/api/buckets/:id/links`, `/api/links/:id`. */
export function linkRoutes({ db, secret, env }: LinkParts) {
  const view = (c: HttpContext, link: Link) => {
    const token = tokenOf(secret, link);
    return linkView(link, token && addressOf(c, env.publicUrl, token));
  };

  return new Hono<Http>()
    .post("/buckets/:id/links", async (c) => {
      const actor = actorOf(c);
      const id = c.req.param("id");
      const draft = await bodyOf(c, LinkShape);
      const make = async (tx: Tx) => {
        const { link } = await createLink(tx, secret, actor, id, draft);
        return { status: 201, answer: view(c, link) };
      };
      return answerOnce(c, db, draft, make, secret);
    })
    .get("/buckets/:id/links", async (c) => {
      const request = pageRequest(c.req.query());
      const found = await listLinks(db, actorOf(c), c.req.param("id"), request);
      return c.json({ items: found.items.map((link) => view(c, link)), next: found.next });
    })
    .delete("/links/:id", async (c) => {
      await revokeLink(db, actorOf(c), c.req.param("id"));
      return c.body(null, 204);
    });
}

/** Where a reader finds it. */
export const addressOf = (c: HttpContext, publicUrl: URL | undefined, token: string): string =>
  new URL(`/read/${token}`, publicUrl ?? new URL(c.req.url)).href;

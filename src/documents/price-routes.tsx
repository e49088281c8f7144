/** What an ask would send and cost as things stand, beside the button that makes it. */
import { Hono } from "hono";
import { Price } from "../../views/chapters/price.tsx";
import { type ContextParts, contextOf } from "../context/context.ts";
import { actorOf, type Http } from "../http.ts";
import { findDocumentBucket } from "./write.ts";

export function priceRoutes(parts: ContextParts) {
  return new Hono<Http>().get("/chapters/:id/passages/:passage/price", async (c) => {
    const { id, passage } = c.req.param();
    const bucket = await findDocumentBucket(parts.db, actorOf(c), id);
    const { view } = await contextOf(parts, actorOf(c), bucket, { passage, include: [] });
    return c.html(view.sent ? <Price {...view.sent} /> : "");
  });
}

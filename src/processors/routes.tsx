import { Hono } from "hono";
import { actorOf, bodyOf, type Http } from "../http.ts";
import { listInstalled, processorView } from "./listing.ts";
import { PreviewShape } from "./operations.ts";
import { type PreviewParts, previewRun } from "./preview.ts";

export function processorRoutes(parts: PreviewParts) {
  const { db } = parts;
  return new Hono<Http>()
    .get("/", async (c) => {
      actorOf(c);
      return c.json({ items: (await listInstalled(db)).map(processorView), next: null });
    })
    .get("/:id", async (c) => {
      actorOf(c);
      const [found] = await listInstalled(db, c.req.param("id"));
      return c.json(processorView(found!));
    })
    .post("/:id/preview", async (c) => {
      const actor = actorOf(c);
      const request = await bodyOf(c, PreviewShape);
      const { record: _, ...preview } = await previewRun(parts, actor, c.req.param("id"), request);
      return c.json(preview);
    });
}

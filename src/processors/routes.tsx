import { Hono } from "hono";
import { requireAdministrator } from "../access.ts";
import { actorOf, bodyOf, type Http } from "../http.ts";
import { listInstalled, processorView } from "./listing.ts";
import { ManifestShape, PreviewShape } from "./operations.ts";
import { type PreviewParts, previewRun } from "./preview.ts";
import { installManifest, type ManifestDraft, removeProcessor } from "./registering.ts";

export function processorRoutes(parts: PreviewParts) {
  const { db, processors } = parts;
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
    .post("/", async (c) => {
      const actor = actorOf(c);
      requireAdministrator(actor);
      const manifest = (await bodyOf(c, ManifestShape)) as ManifestDraft;
      return c.json(processorView(await installManifest(db, actor, processors, manifest)));
    })
    .delete("/:id", async (c) => {
      await removeProcessor(db, actorOf(c), processors, c.req.param("id"));
      return c.body(null, 204);
    })
    .post("/:id/preview", async (c) => {
      const actor = actorOf(c);
      const request = await bodyOf(c, PreviewShape);
      const { record: _, ...preview } = await previewRun(parts, actor, c.req.param("id"), request);
      return c.json(preview);
    });
}

/** The drawer of the writer's page. Programs preview under /api/processors, and ask for runs. */
import { Hono } from "hono";
import { ContextUpdate } from "../../views/context/drawer.tsx";
import { PromptUpdate } from "../../views/context/prompt.tsx";
import { requireWriter } from "../access.ts";
import type { Database } from "../database.ts";
import type { Documents } from "../documents/open.ts";
import { findDocumentBucket } from "../documents/write.ts";
import { actorOf, formOf, type Http, type HttpContext } from "../http.ts";
import { once } from "../idempotency.ts";
import { type ContextParts, contextOf } from "./context.ts";
import { allowSummaries, makeSummaries, settleChapters } from "./summaries.ts";

export type ContextRouteParts = ContextParts & { db: Database; documents: Documents };

export function contextRoutes(parts: ContextRouteParts) {
  const { db, secret } = parts;
  return new Hono<Http>()
    .get("/chapters/:id/context", async (c) => {
      const actor = actorOf(c);
      const bucket = await findDocumentBucket(db, actor, c.req.param("id"));
      const { passage = null, include = "", prompt } = c.req.query();
      const request = { passage, include: wordsIn(include) };
      const { view, messages } = await contextOf(parts, actor, bucket, request);
      return c.html(
        prompt === undefined ? <ContextUpdate {...view} /> : <PromptUpdate messages={messages} />,
      );
    })
    .post("/chapters/:id/summaries", async (c) => {
      const actor = actorOf(c);
      const bucket = await findDocumentBucket(db, actor, c.req.param("id"));
      requireWriter(bucket.role);
      const { chapters, allow, passage = null, include = "" } = await formOf(c);
      const wanted = chapters === undefined ? [bucket.id] : wordsIn(chapters);
      await settleChapters(parts, c.get("log"), bucket, wanted);
      const asking = keyed(c, { chapters: wanted, allow: allow === "on" });
      await once(db, actor, asking, async (tx) => {
        if (allow === "on") await allowSummaries(tx, actor, secret, bucket);
        return { status: 201, answer: { asked: await makeSummaries(tx, actor, bucket, wanted) } };
      });
      const request = { passage, include: wordsIn(include) };
      const { view } = await contextOf(parts, actor, bucket, request);
      return c.html(<ContextUpdate {...view} />, 201);
    });
}

const wordsIn = (list: string): string[] => list.split(" ").filter(Boolean);

const keyed = (c: HttpContext, body: unknown) => ({
  method: c.req.method,
  path: c.req.path,
  key: c.req.header("idempotency-key"),
  body,
});

import { Hono } from "hono";
import type { Database } from "../database.ts";
import { actorOf, answerOnce, bodyOf, type Http } from "../http.ts";
import { pageRequest } from "../lists.ts";
import type { Processor } from "../processors/sdk.ts";
import { backfillRuns, redriveRuns } from "./many.ts";
import { BackfillShape, RedriveShape, ReplayShape, RunRequestShape } from "./operations.ts";
import {
  cancelRun,
  findRun,
  listRuns,
  replayRun,
  requestRun,
  retryRun,
  runSummary,
  runView,
} from "./runs.ts";

/** What this web process heard of a run's text, which may be ahead of the last checkpoint. */
type Heard = (run: string) => { attempt: number; text: string } | undefined;

export function runRoutes(db: Database, processors: readonly Processor[], heard: Heard) {
  return new Hono<Http>()
    .post("/", async (c) => {
      const actor = actorOf(c);
      const request = await bodyOf(c, RunRequestShape);
      return answerOnce(c, db, request, async (tx) => ({
        status: 202,
        answer: runSummary(await requestRun(tx, actor, request)),
      }));
    })
    .get("/", async (c) => {
      const { status, processor, blob, bucket, ...query } = c.req.query();
      const filter = { status, processor, blob, bucket };
      const found = await listRuns(db, actorOf(c), filter, pageRequest(query));
      return c.json({ items: found.items.map(runSummary), next: found.next });
    })
    .post("/redrive", async (c) => {
      const actor = actorOf(c);
      const asked = await bodyOf(c, RedriveShape);
      return answerOnce(c, db, asked, async (tx) => ({
        status: 202,
        answer: await redriveRuns(tx, actor, asked),
      }));
    })
    .post("/backfill", async (c) => {
      const actor = actorOf(c);
      const asked = await bodyOf(c, BackfillShape);
      return answerOnce(c, db, asked, async (tx) => ({
        status: 202,
        answer: await backfillRuns(tx, actor, asked),
      }));
    })
    .get("/:id", async (c) => {
      const view = await runView(db, await findRun(db, actorOf(c), c.req.param("id")));
      const live = view.status === "running" ? heard(view.id) : undefined;
      if (live && live.attempt === view.attempt && live.text.length > (view.partial?.length ?? 0))
        return c.json({ ...view, partial: live.text, partialAttempt: live.attempt });
      return c.json(view);
    })
    .post("/:id/cancellation", async (c) =>
      answerOnce(c, db, null, async (tx) => {
        const run = await cancelRun(tx, actorOf(c), processors, c.req.param("id"));
        return { status: run.status === "running" ? 202 : 200, answer: runSummary(run) };
      }),
    )
    .post("/:id/retry", async (c) =>
      answerOnce(c, db, null, async (tx) => ({
        status: 202,
        answer: runSummary(await retryRun(tx, actorOf(c), c.req.param("id"))),
      })),
    )
    .post("/:id/replays", async (c) => {
      const actor = actorOf(c);
      const asked = await bodyOf(c, ReplayShape);
      return answerOnce(c, db, asked, async (tx) => ({
        status: 202,
        answer: runSummary(await replayRun(tx, actor, c.req.param("id"), asked.version)),
      }));
    });
}

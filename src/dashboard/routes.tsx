/** The page one comes in by, and what its buttons do beside those of books. */
import { eq } from "drizzle-orm";
import { Hono } from "hono";
import { getCookie } from "hono/cookie";
import { accounts } from "../../drizzle/tables.ts";
import { CHANGES_PATH, ZONE_COOKIE } from "../../views/dashboard/ids.ts";
import { Dashboard, DashboardUpdate, type Said } from "../../views/dashboard/page.tsx";
import type { AccountActor } from "../access.ts";
import type { Assets } from "../assets.ts";
import { firstPlace } from "../books/first-book.ts";
import { findBucket } from "../buckets/buckets.ts";
import type { Feed } from "../events/feed.ts";
import { actorOf, formOf, type Http, type HttpContext } from "../http.ts";
import { Problem } from "../problem.ts";
import type { Processor } from "../processors/sdk.ts";
import { cancelRun } from "../runs/runs.ts";
import { setGoal } from "./goal.ts";
import { type DashboardParts, dashboardView } from "./view.tsx";
import { zoneIn } from "./zone.ts";

export type DashboardRouteParts = DashboardParts & {
  feed: Feed;
  assets: Assets;
  processors: readonly Processor[];
};

export function dashboardRoutes(parts: DashboardRouteParts) {
  const { db, feed, assets, processors } = parts;
  const zoneOf = (c: HttpContext) => zoneIn(getCookie(c, ZONE_COOKIE));

  async function update(c: HttpContext) {
    const view = await dashboardView(parts, actorOf(c), zoneOf(c));
    return c.html(<DashboardUpdate view={view} />);
  }

  return new Hono<Http>()
    .get("/", async (c) => {
      const actor = c.get("actor");
      // Whoever is not signed in is sent on from there to the first run, where that is due.
      if (!actor) return c.redirect("/sign-in");
      const { book, said, of, was } = c.req.query();
      if (book !== undefined) return c.redirect(`/chapters/${await firstPlace(db, actor, book)}`);
      // Before anything is read: what happens from here on, the socket tells.
      const since = `${feed.epoch}:${feed.offset}`;
      const zone = zoneOf(c);
      const [account] = await db.select().from(accounts).where(eq(accounts.id, actor.account));
      return c.html(
        <Dashboard
          assets={assets}
          account={account!}
          view={await dashboardView(parts, actor, zone)}
          said={said && of ? await saidOf(actor, said, of, was) : null}
          zone={zone}
          since={since}
        />,
      );
    })
    .get(CHANGES_PATH, update)
    .post("/dashboard/goal", async (c) => {
      const { words = "" } = await formOf(c);
      const said = words.replaceAll(/[\s,.]/g, "");
      await setGoal(db, actorOf(c), said === "" ? null : Number(said));
      return c.req.header("hx-request") ? update(c) : c.redirect("/", 303);
    })
    .post("/dashboard/runs/:id/cancellation", async (c) => {
      await cancelRun(db, actorOf(c), processors, c.req.param("id"));
      return c.req.header("hx-request") ? update(c) : c.redirect("/", 303);
    });

  /** What a redirect says of what was done; nothing where its book is not to be seen. */
  async function saidOf(
    actor: AccountActor,
    said: string,
    of: string,
    was: string | undefined,
  ): Promise<Said | null> {
    const book = await findBucket(db, actor, of).catch((error) => {
      if (error instanceof Problem) return null;
      throw error;
    });
    const name = book && `“${book.name}”`;
    const act = (deed: string, fields: Record<string, string> = {}) => ({
      action: `/books/${of}/${deed}`,
      fields,
    });
    if (!book) return null;
    switch (said) {
      case "renamed":
        return {
          says: `It is called ${name} now.`,
          undo: was ? act("name", { title: was }) : null,
        };
      case "copied":
        return { says: `${name} was made.`, undo: act("trash") };
      case "archived":
        return { says: `${name} is put aside.`, undo: act("shelf", { archived: "" }) };
      case "taken-up":
        return { says: `${name} is back.`, undo: act("shelf", { archived: "on" }) };
      case "trashed":
        return { says: `${name} is in the trash.`, undo: act("restoration") };
      case "restored":
        return { says: `${name} is back.`, undo: act("trash") };
      default:
        return null;
    }
  }
}

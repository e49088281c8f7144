/** The Runs page, and what its buttons do. The public way to the same things is under /api/runs. */
import { eq } from "drizzle-orm";
import { Hono } from "hono";
import { accounts } from "../../drizzle/tables.ts";
import { RunDetail } from "../../views/runs/detail.tsx";
import { runPath, type ShownFilter, searchOf } from "../../views/runs/ids.ts";
import {
  type Figures,
  FiguresUpdate,
  RunsPage,
  type RunsPageProps,
} from "../../views/runs/page.tsx";
import type { AccountActor } from "../access.ts";
import type { Assets } from "../assets.ts";
import type { Database } from "../database.ts";
import type { Reading } from "../documents/reading.ts";
import type { Feed } from "../events/feed.ts";
import { actorOf, formOf, type Http, type HttpContext } from "../http.ts";
import { pageRequest } from "../lists.ts";
import { budgetsOf, dollars, listSpending, monthOf } from "../llm/spending.ts";
import type { Processor } from "../processors/sdk.ts";
import { choicesOf, countOpen, type ListFilter, listShown } from "./listing.ts";
import { redriveRuns } from "./many.ts";
import { detailView, type Heard, rowView } from "./page.tsx";
import { cancelRun, findRun, retryRun } from "./runs.ts";

export type RunsPageParts = {
  db: Database;
  reading: Reading;
  feed: Feed;
  assets: Assets;
  processors: readonly Processor[];
  heard: Heard;
};

export function runsPageRoutes({ db, reading, feed, assets, processors, heard }: RunsPageParts) {
  async function page(c: HttpContext, opened?: string) {
    const actor = actorOf(c);
    // Before anything is read: what happens from here on, the socket tells.
    const since = `${feed.epoch}:${feed.offset}`;
    const filter = filterIn(c.req.query());
    if (opened) await findRun(db, actor, opened);
    const [account] = await db.select().from(accounts).where(eq(accounts.id, actor.account));
    const listed = await listShown(
      db,
      reading,
      actor,
      filter,
      pageRequest(filter.before ? { cursor: filter.before } : {}),
    );
    const shown = opened ?? listed.items[0]?.id;
    const choices = await choicesOf(db, actor);
    return c.html(
      <RunsPage
        assets={assets}
        account={account!}
        filter={filter}
        isOpened={opened !== undefined}
        {...choices}
        runs={listed.items.map((one) => rowView(one, heard))}
        older={listed.next}
        figures={await figuresOf(actor, filter)}
        redriven={redrivenIn(c.req.query())}
        shown={shown ? await detailView(db, reading, actor, shown, heard) : null}
        since={since}
      />,
    );
  }

  async function figuresOf(actor: AccountActor, filter: ListFilter): Promise<Figures> {
    const [counts, spent, budgets] = await Promise.all([
      countOpen(db, actor, filter),
      listSpending(db, actor.account),
      budgetsOf(db, actor.account),
    ]);
    const now = spent.filter(({ month }) => month === monthOf(new Date()));
    const sum = (of: (row: (typeof now)[number]) => number) =>
      now.reduce((total, row) => total + of(row), 0);
    const own = budgets.find(({ of }) => of === "account");
    return {
      counts,
      month: {
        runs: sum(({ attempts }) => attempts),
        tokens: sum(({ inputTokens, outputTokens }) => inputTokens + outputTokens),
        cost: dollars(sum(({ cost }) => cost)),
        limit: own ? dollars(own.limit) : null,
        share: own && own.limit > 0 ? own.spent / own.limit : null,
      },
    };
  }

  /** The run as it stands: in its place for the script, as a page for who has none. */
  async function stands(c: HttpContext, id: string) {
    if (!c.req.header("hx-request")) return c.redirect(runPath(id), 303);
    return fragment(c, id);
  }

  async function fragment(c: HttpContext, id: string) {
    const run = await detailView(db, reading, actorOf(c), id, heard);
    return c.html(<RunDetail run={run} search={searchOf(lookedAt(c))} />);
  }

  return new Hono<Http>()
    .get("/runs", (c) => page(c))
    .get("/runs/figures", async (c) => {
      const figures = await figuresOf(actorOf(c), lookedAt(c));
      return c.html(<FiguresUpdate {...figures} />);
    })
    .get("/runs/:id", (c) => {
      c.header("vary", "HX-Request");
      const id = c.req.param("id");
      return c.req.header("hx-request") ? fragment(c, id) : page(c, id);
    })
    .post("/runs/shown/:id/cancellation", async (c) => {
      const run = await cancelRun(db, actorOf(c), processors, c.req.param("id"));
      return stands(c, run.id);
    })
    .post("/runs/shown/:id/retry", async (c) => {
      const run = await retryRun(db, actorOf(c), c.req.param("id"));
      return stands(c, run.id);
    })
    .post("/runs/redrive", async (c) => {
      const actor = actorOf(c);
      const { processor, book } = filterIn(await formOf(c));
      const { redriven, left } = await redriveRuns(db, actor, { processor, bucket: book });
      const told = new URLSearchParams({ redriven: String(redriven), left: String(left) });
      const search = searchOf({ processor, book });
      return c.redirect(`/runs${search}${search ? "&" : "?"}${told}`, 303);
    });
}

/** What a redirect says of what was tried again. */
function redrivenIn({ redriven, left }: Record<string, string>): RunsPageProps["redriven"] {
  const [queued, more] = [Number(redriven), Number(left)];
  return redriven && Number.isInteger(queued) && Number.isInteger(more)
    ? { queued, left: more }
    : null;
}

function filterIn(query: Record<string, string>): ShownFilter {
  const { status, processor, book, before } = query;
  return {
    status: status || undefined,
    processor: processor || undefined,
    book: book || undefined,
    before: before || undefined,
  };
}

/** The filter of the page that asks for a fragment. */
function lookedAt(c: HttpContext): ShownFilter {
  const address = c.req.header("hx-current-url") ?? "";
  if (!URL.canParse(address)) return {};
  return filterIn(Object.fromEntries(new URL(address).searchParams));
}

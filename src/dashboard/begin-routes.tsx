/** The first run, once one is in: what is done, what comes next. */
import { count, eq } from "drizzle-orm";
import { Hono } from "hono";
import { accounts } from "../../drizzle/tables.ts";
import { Begin } from "../../views/accounts/begin.tsx";
import type { Assets } from "../assets.ts";
import { firstPlace } from "../books/first-book.ts";
import type { Database } from "../database.ts";
import { actorOf, type Http } from "../http.ts";
import type { Models } from "../llm/models.ts";

export type BeginParts = {
  db: Database;
  assets: Assets;
  version: string;
  models: Pick<Models, "nameOf">;
};

export function beginRoutes({ db, assets, version, models }: BeginParts) {
  return new Hono<Http>().get("/begin", async (c) => {
    const actor = actorOf(c);
    const [account] = await db.select().from(accounts).where(eq(accounts.id, actor.account));
    const [all] = await db.select({ accounts: count() }).from(accounts);
    return c.html(
      <Begin
        assets={assets}
        version={version}
        account={account!}
        isOnly={all!.accounts === 1}
        model={await models.nameOf(actor.account)}
        chapter={await firstPlace(db, actor)}
      />,
    );
  });
}

/** The page on which people say which model is asked, what it costs and where it ends. */
import { eq } from "drizzle-orm";
import { Hono } from "hono";
import { accounts } from "../../drizzle/tables.ts";
import { ModelPage, type ModelPageProps, Tested } from "../../views/settings/model.tsx";
import type { AccountActor } from "../access.ts";
import type { Assets } from "../assets.ts";
import type { Database } from "../database.ts";
import { actorOf, formOf, type Http, type HttpContext } from "../http.ts";
import { tryModel } from "../llm/connection.ts";
import type { Models } from "../llm/models.ts";
import {
  findSettings,
  type Owner,
  type Settings,
  type SettingsDraft,
  saveSettings,
} from "../llm/settings.ts";
import { budgetsOf, dollars, listSpending, monthOf } from "../llm/spending.ts";
import { Problem } from "../problem.ts";

export type SettingsParts = {
  db: Database;
  assets: Assets;
  models: Models;
  /** Seals keys. */
  secret: string;
};

export function settingsRoutes({ db, assets, models, secret }: SettingsParts) {
  async function page(
    c: HttpContext,
    told: Pick<ModelPageProps, "saved" | "errors" | "values"> = {},
  ) {
    const actor = actorOf(c);
    const [account] = await db.select().from(accounts).where(eq(accounts.id, actor.account));
    const { own, installation } = await findSettings(db, actor.account);
    return c.html(
      <ModelPage
        assets={assets}
        account={account!}
        own={shown(own)}
        installation={actor.administrator ? shown(installation) : undefined}
        now={await inUse(actor)}
        months={await monthsOf(actor)}
        {...told}
      />,
    );
  }

  async function inUse(actor: AccountActor): Promise<ModelPageProps["now"]> {
    const named = await models.nameOf(actor.account);
    const budgets = await budgetsOf(db, actor.account);
    return {
      model: named,
      budgets: budgets.map(({ of, spent, limit }) => ({
        of,
        spent: dollars(spent),
        limit: dollars(limit),
        isFull: spent >= limit,
      })),
    };
  }

  async function monthsOf(actor: AccountActor): Promise<ModelPageProps["months"]> {
    const rows = await listSpending(db, actor.account);
    const months = Map.groupBy(rows, ({ month }) => month);
    return [...months].slice(0, MONTHS_SHOWN).map(([month, parts]) => ({
      month,
      isNow: month === monthOf(new Date()),
      attempts: sum(parts, "attempts"),
      tokens: sum(parts, "inputTokens") + sum(parts, "outputTokens"),
      cost: dollars(sum(parts, "cost")),
    }));
  }

  return new Hono<Http>()
    .get("/settings", (c) => c.redirect("/settings/model"))
    .get("/settings/model", (c) => page(c, { saved: ownerOf(c.req.query("saved")) }))
    .post("/settings/model/:owner", async (c) => {
      const owner = ownerOf(c.req.param("owner")) ?? "account";
      const form = await formOf(c);
      try {
        await saveSettings(db, actorOf(c), secret, owner, draftIn(form));
        models.forget();
      } catch (error) {
        if (!(error instanceof Problem) || error.status !== 422) throw error;
        c.status(422);
        return page(c, { errors: errorsIn(owner, error), values: { owner, ...withoutKey(form) } });
      }
      return c.redirect(form.next === "/begin" ? "/begin" : `/settings/model?saved=${owner}`, 303);
    })
    .post("/settings/model/:owner/test", async (c) => {
      const actor = actorOf(c);
      const owner = ownerOf(c.req.param("owner")) ?? "account";
      const draft = draftIn(await formOf(c));
      const result = await tryModel(db, actor, secret, owner, draft);
      return c.html(<Tested owner={owner} result={result} />);
    });
}

/** Months of use on the page. */
const MONTHS_SHOWN = 12;

const ownerOf = (text: string | undefined): Owner | undefined =>
  text === "installation" || text === "account" ? text : undefined;

function draftIn(form: Record<string, string>): SettingsDraft {
  const amount = (name: string) => {
    const text = form[name]?.trim().replace(",", ".") ?? "";
    return text === "" ? null : Number(text);
  };
  return {
    baseUrl: form.baseUrl ?? "",
    model: form.model ?? "",
    // An empty field keeps the key that there is; a box takes it away.
    apiKey: form.forgetKey === "on" ? "" : form.apiKey?.trim() ? form.apiKey : undefined,
    inputPrice: amount("inputPrice"),
    outputPrice: amount("outputPrice"),
    monthlyLimit: amount("monthlyLimit"),
  };
}

function shown(settings: Settings | undefined) {
  return {
    baseUrl: settings?.baseUrl ?? "",
    model: settings?.model ?? "",
    hasKey: settings?.apiKey != null,
    inputPrice: settings?.inputPrice?.toString() ?? "",
    outputPrice: settings?.outputPrice?.toString() ?? "",
    monthlyLimit: settings?.monthlyLimit?.toString() ?? "",
  };
}

function errorsIn(owner: Owner, problem: Problem): ModelPageProps["errors"] {
  const errors = (problem.extra.errors ?? []).map(({ pointer, message }) => [
    pointer.slice(1),
    message,
  ]);
  return { owner, ...Object.fromEntries(errors) };
}

const withoutKey = ({ apiKey: _key, ...form }: Record<string, string>) => form;

const sum = <Name extends string>(rows: Record<Name, number>[], name: Name): number =>
  rows.reduce((total, row) => total + row[name], 0);

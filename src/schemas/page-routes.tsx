/** The Schemas page and its forms. The public way to the same things is under /api/schemas. */
import { eq } from "drizzle-orm";
import { Hono } from "hono";
import { accounts } from "../../drizzle/tables.ts";
import {
  ALL_CONFIG_PATH,
  type Looked,
  MAKING_PATH,
  NEW_SCHEMA_PATH,
  SCHEMAS_PATH,
  schemaPath,
  type View,
} from "../../views/schemas/ids.ts";
import type { MakingView } from "../../views/schemas/making.tsx";
import { SchemasPage, type SchemasPageProps } from "../../views/schemas/page.tsx";
import type { DocumentView, DraftView } from "../../views/schemas/schema-view.ts";
import { DocumentAnswer } from "../../views/schemas/tries.tsx";
import type { Assets } from "../assets.ts";
import type { Database } from "../database.ts";
import type { Feed } from "../events/feed.ts";
import { actorOf, formOf, type Http, type HttpContext } from "../http.ts";
import { badQuery } from "../lists.ts";
import { Problem } from "../problem.ts";
import { LEVELS, type Level } from "./compatibility/check.ts";
import { clearConfig, configOf, type SchemaConfig, setConfig } from "./configs.ts";
import { deprecateVersion } from "./deprecation.ts";
import { isSchemaName } from "./names.ts";
import { faultsOf, jsonIn, type Shown, schemaView } from "./page.tsx";
import { errorsBy, sideOf } from "./page-comparison.ts";
import { listForPage } from "./page-listing.ts";
import { registerVersion } from "./registration.ts";
import { findVersion, requireVersion } from "./versions.ts";

export type SchemasPageParts = { db: Database; feed: Feed; assets: Assets };

export function schemasPageRoutes({ db, feed, assets }: SchemasPageParts) {
  async function page(c: HttpContext, name: string | undefined, shown: Shown = {}, view?: View) {
    // Before anything is read: what happens from here on, the socket tells.
    const since = c.req.method === "GET" ? `${feed.epoch}:${feed.offset}` : null;
    const actor = actorOf(c);
    const { q = "" } = c.req.query();
    const looked = lookedAt(c.req.query());
    const listing = await listForPage(db, actor, q.trim());
    const first = name ?? listing.groups[0]?.schemas[0]?.name;
    const asked = { ...looked, ...(view ? { view } : {}) };
    const schema = first ? await schemaView(db, actor, first, asked, shown) : null;
    return answer(c, { listing, isOpened: name !== undefined, shown: schema, making: null, since });
  }

  type Answered = Omit<SchemasPageProps, "assets" | "account" | "search">;
  async function answer(c: HttpContext, props: Answered) {
    const { account: id } = actorOf(c);
    const [account] = await db.select().from(accounts).where(eq(accounts.id, id));
    const search = c.req.query("q") ?? "";
    return c.html(<SchemasPage assets={assets} account={account!} search={search} {...props} />);
  }

  /** The page on which a schema is made, with what was refused of it. */
  async function making(c: HttpContext, typed: Partial<MakingView> = {}) {
    const actor = actorOf(c);
    const { compatibility, policy } = await configOf(db);
    const config = { level: compatibility, policy };
    const empty = { name: "", text: BEGINNING, faults: [], problem: null };
    return answer(c, {
      listing: await listForPage(db, actor, ""),
      isOpened: true,
      shown: null,
      making: { ...empty, ...typed, config, isAdministrator: actor.administrator },
      since: null,
    });
  }

  /** Registers the first version of a schema; whoever means another version tries it on the schema's page. */
  async function make(c: HttpContext) {
    const actor = actorOf(c);
    const form = await formOf(c);
    const name = (form.name ?? "").trim();
    const text = textIn(form.schema);
    const refuse = (status: number, refused: Partial<MakingView>) => {
      c.status(status as 422);
      return making(c, { name, text, ...refused });
    };
    if (isSchemaName(name) && (await findVersion(db, name, "latest")))
      return refuse(409, { problem: `There is a schema called ${name} already.` });
    const faults = await faultsOf(db, text);
    if (faults.length > 0) return refuse(422, { faults });
    try {
      const schema: unknown = JSON.parse(text);
      await registerVersion(db, actor, name, { schema, source: text });
      return c.redirect(schemaPath(name), 303);
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500) throw error;
      return refuse(error.status, refusalIn(error));
    }
  }

  /** A draft as the form has it, looked at but not compared. */
  async function draftIn(form: Record<string, string>): Promise<DraftView> {
    const { schema, level, against = "latest" } = form;
    const text = textIn(schema);
    return {
      text,
      level: levelIn(level) ?? "BACKWARD",
      against: /^(all|[1-9]\d{0,8})$/.test(against) ? (against as DraftView["against"]) : "latest",
      faults: await faultsOf(db, text),
      problem: null,
    };
  }

  /** Registers what was tried; what refuses it is shown as if it had been tried. */
  async function register(c: HttpContext, name: string, draft: DraftView) {
    try {
      const schema: unknown = JSON.parse(draft.text);
      const { version } = await registerVersion(db, actorOf(c), name, {
        schema,
        source: draft.text,
      });
      return c.redirect(`${schemaPath(name, { to: version.version })}&done=registered`, 303);
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500) throw error;
      c.status(error.status as 409);
      const isShown = error.type === "incompatible";
      const refused = isShown ? { problem: null, faults: [] } : refusalIn(error);
      return page(c, name, { draft: { ...draft, ...refused } });
    }
  }

  return new Hono<Http>()
    .get(SCHEMAS_PATH, (c) => (c.req.query("new") === undefined ? page(c, undefined) : making(c)))
    .post(NEW_SCHEMA_PATH, make)
    .post(ALL_CONFIG_PATH, async (c) => {
      const actor = actorOf(c);
      await setConfig(db, actor, undefined, configIn(await formOf(c)));
      return c.redirect(MAKING_PATH, 303);
    })
    .get(`${SCHEMAS_PATH}/:name`, (c) => {
      const done = DONE[c.req.query("done") ?? ""];
      return page(c, c.req.param("name"), done ? { done } : {});
    })
    .post(`${SCHEMAS_PATH}/:name/draft`, async (c) => {
      actorOf(c);
      const [name, form] = [c.req.param("name"), await formOf(c)];
      const draft = await draftIn(form);
      if (draft.faults.length > 0) c.status(422);
      else if (form.deed === "register") return register(c, name, draft);
      return page(c, name, { draft }, viewIn(form.view));
    })
    .post(`${SCHEMAS_PATH}/:name/validation`, async (c) => {
      actorOf(c);
      const [name, form] = [c.req.param("name"), await formOf(c)];
      const document = await documentTried(name, form);
      if (c.req.header("hx-request")) return c.html(<DocumentAnswer document={document} />);
      return page(c, name, { document });
    })
    .post(`${SCHEMAS_PATH}/:name/config`, async (c) => {
      const [actor, name, form] = [actorOf(c), c.req.param("name"), await formOf(c)];
      if (form.deed === "clear") await clearConfig(db, actor, name);
      else await setConfig(db, actor, name, configIn(form));
      return c.redirect(`${schemaPath(name)}?done=set`, 303);
    })
    .post(`${SCHEMAS_PATH}/:name/versions/:version/deprecation`, async (c) => {
      const { name, version } = c.req.param();
      await deprecateVersion(db, actorOf(c), name, version);
      return c.redirect(`${schemaPath(name)}?done=deprecated`, 303);
    });

  async function documentTried(name: string, form: Record<string, string>): Promise<DocumentView> {
    const text = textIn(form.document);
    const version = await requireVersion(db, name, form.version ?? "latest");
    const parsed = jsonIn(text);
    const tried = { text, version: version.version };
    if ("faults" in parsed) {
      const [first] = parsed.faults;
      return { ...tried, answer: { problem: `This ${first?.message ?? "is not JSON"}.` } };
    }
    return { ...tried, answer: { faults: await errorsBy(db, sideOf(version), parsed.value) } };
  }
}

/** Which versions the address names, and how they are shown. @throws 422 */
function lookedAt({ from, to, view, q }: Record<string, string>): Looked {
  const number = (name: string, text: string | undefined) => {
    if (!text) return undefined;
    if (!/^[1-9]\d{0,8}$/.test(text)) throw badQuery(name, "must be the number of a version");
    return Number(text);
  };
  return {
    from: number("from", from),
    to: number("to", to),
    view: viewIn(view),
    q: q || undefined,
  };
}

const viewIn = (text: string | undefined): View | undefined =>
  text === "fields" || text === "side" || text === "json" ? text : undefined;

const levelIn = (text: string | undefined): Level | undefined =>
  LEVELS.find((level) => level === text);

/** @throws 422 */
function configIn({ compatibility, policy }: Record<string, string>): SchemaConfig {
  const level = levelIn(compatibility);
  if (!level) throw badQuery("compatibility", `must be one of ${LEVELS.join(", ")}`);
  return { compatibility: level, policy: policy === "lenient" ? "lenient" : "strict" };
}

/** Forms end their lines as letters do. */
const textIn = (field: string | undefined) => (field ?? "").replaceAll("\r\n", "\n").trim();

/** What stands in the field of a new schema. */
const BEGINNING = JSON.stringify(
  {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Weather note",
    type: "object",
    properties: { text: { type: "string", minLength: 1, maxLength: 2000 } },
    required: ["text"],
    additionalProperties: false,
  },
  null,
  2,
);

/** What a form did, said on the page that follows it. */
const DONE: Record<string, string> = {
  registered: "It is registered.",
  set: "The level is set.",
  deprecated: "That version is deprecated.",
};

/** A refusal as it stands beside the field. */
const refusalIn = ({ title, extra }: Problem) => ({
  problem: `${title}. ${extra.detail ?? ""}`.trim(),
  faults: (extra.errors ?? []).map(inSchema),
});

/** The API's errors point into its body; these into the schema. */
const inSchema = ({ pointer, message }: { pointer: string; message: string }) => ({
  pointer: pointer.replace(/^\/schema/, ""),
  message,
});

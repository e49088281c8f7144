/** The page of a book's codex; it needs no script. Programs use the blobs of its bucket. */
import { eq } from "drizzle-orm";
import { Hono } from "hono";
import { accounts } from "../../drizzle/tables.ts";
import { CodexPage, type CodexPageProps } from "../../views/codex/page.tsx";
import { codexPath, entryPath } from "../../views/codex/paths.ts";
import { mayWrite, requireWriter } from "../access.ts";
import type { Assets } from "../assets.ts";
import { restoreBlob, trashBlob } from "../blobs/trash.ts";
import type { Database } from "../database.ts";
import { actorOf, formOf, type Http, type HttpContext } from "../http.ts";
import { Problem } from "../problem.ts";
import type { Processor } from "../processors/sdk.ts";
import type { CodexEntryV1 } from "../schemas/types.ts";
import { addEntry, changeEntry, findBook, findEntry, listEntries } from "./codex.ts";

export type CodexParts = { db: Database; assets: Assets; processors: readonly Processor[] };

export function codexRoutes({ db, assets, processors }: CodexParts) {
  async function page(
    c: HttpContext,
    shown: Pick<CodexPageProps, "open" | "typed" | "errors">,
    entry?: string,
  ) {
    const actor = actorOf(c);
    const book = await findBook(db, actor, c.req.param("id")!);
    const { q = "", saved, trashed } = c.req.query();
    const open = entry ? await findEntry(db, actor, book.id, entry) : null;
    const [account] = await db.select().from(accounts).where(eq(accounts.id, actor.account));
    return c.html(
      <CodexPage
        assets={assets}
        account={account!}
        book={{ id: book.id, title: book.name, ai: book.ai }}
        back={ourPath(c.req.query("back"))}
        entries={await listEntries(db, book.id, q)}
        search={q}
        mayWrite={mayWrite(book.role)}
        saved={saved === undefined ? null : (open?.name ?? "")}
        trashed={trashed ? await findEntry(db, actor, book.id, trashed) : null}
        {...shown}
        open={open}
      />,
    );
  }

  /** Shows what was refused of a form, with what was typed; else goes where the words are. */
  async function saving(
    c: HttpContext,
    entry: string | undefined,
    save: (content: CodexEntryV1, revision: number) => Promise<{ id: string }>,
  ) {
    const book = await findBook(db, actorOf(c), c.req.param("id")!);
    requireWriter(book.role);
    if (entry) await findEntry(db, actorOf(c), book.id, entry);
    const form = await formOf(c);
    const content = contentIn(form);
    try {
      const { id } = await save(content, Number(form.revision));
      return c.redirect(entryPath(book.id, id, { saved: "", ...keptOf(c) }), 303);
    } catch (error) {
      if (!(error instanceof Problem) || ![412, 422].includes(error.status)) throw error;
      c.status(error.status as 422);
      return page(c, { open: null, typed: content, errors: errorsIn(error) }, entry);
    }
  }

  return new Hono<Http>()
    .get("/books/:id/codex", (c) => page(c, { open: null }))
    .post("/books/:id/codex", (c) =>
      saving(c, undefined, (content) => addEntry(db, actorOf(c), c.req.param("id"), content)),
    )
    .get("/books/:id/codex/:entry", (c) => page(c, { open: null }, c.req.param("entry")))
    .post("/books/:id/codex/:entry", (c) => {
      const { id, entry } = c.req.param();
      return saving(c, entry, (content, revision) =>
        changeEntry(db, actorOf(c), id, entry, revision, content),
      );
    })
    .post("/books/:id/codex/:entry/trash", async (c) => {
      const [actor, { id, entry }] = [actorOf(c), c.req.param()];
      requireWriter((await findBook(db, actor, id)).role);
      await findEntry(db, actor, id, entry);
      await trashBlob(db, actor, processors, entry);
      return c.redirect(codexPath(id, { trashed: entry, ...keptOf(c) }), 303);
    })
    .post("/books/:id/codex/:entry/restoration", async (c) => {
      const [actor, { id, entry }] = [actorOf(c), c.req.param()];
      requireWriter((await findBook(db, actor, id)).role);
      await findEntry(db, actor, id, entry);
      await restoreBlob(db, actor, entry);
      return c.redirect(entryPath(id, entry, keptOf(c)), 303);
    });
}

/** Aliases stand a line each, or parted by commas. */
function contentIn(form: Record<string, string>): CodexEntryV1 {
  const { name = "", kind = "", text = "", aliases = "", pinned } = form;
  const also = aliases.split(/[\n,]/).map((one) => one.trim());
  return {
    name: name.trim(),
    aliases: [...new Set(also.filter((one) => one !== "" && one !== name.trim()))],
    text: text.replaceAll("\r\n", "\n").trim(),
    ...(kind.trim() ? { kind: kind.trim() } : {}),
    ...(pinned === "on" ? { pinned: true } : {}),
  };
}

const SAYS: Record<string, string> = {
  name: "1 to 200 characters.",
  kind: "At most 60 characters.",
  aliases: "At most 30, of at most 200 characters each.",
  text: "At most 20,000 characters.",
};

function errorsIn({ status, extra }: Problem): NonNullable<CodexPageProps["errors"]> {
  if (status === 412)
    return {
      form: "Somebody changed this meanwhile. What you typed stands below; save again to have it so.",
    };
  const fields = (extra.errors ?? []).flatMap(({ pointer }) =>
    pointer.split("/").filter((name) => name in SAYS),
  );
  const told = fields.map((field) => [field, SAYS[field]]);
  return told.length > 0 ? Object.fromEntries(told) : { form: "That could not be saved." };
}

/** A path of this studio; null for whatever else was asked for. */
const ourPath = (path: string | undefined): string | null =>
  path && /^\/[\w/-]*$/.test(path) && !path.startsWith("//") ? path : null;

function keptOf(c: HttpContext): Record<string, string> {
  const back = ourPath(c.req.query("back"));
  return back ? { back } : {};
}

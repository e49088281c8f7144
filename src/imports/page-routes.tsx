import { eq } from "drizzle-orm";
import { Hono } from "hono";
import { accounts } from "../../drizzle/tables.ts";
import { NewImport } from "../../views/imports/new.tsx";
import { Found, Preview } from "../../views/imports/preview.tsx";
import type { AccountActor } from "../access.ts";
import type { Assets } from "../assets.ts";
import { findBucket } from "../buckets/buckets.ts";
import { type Database, transact } from "../database.ts";
import { chunksOf, firstFile, nameOf } from "../files/incoming.ts";
import type { FileStore } from "../files/store.ts";
import { actorOf, formOf, type Http, type HttpContext } from "../http.ts";
import { isId } from "../lists.ts";
import { Problem } from "../problem.ts";
import { booksToFill } from "./books.ts";
import {
  changeImport,
  findImport,
  IMPORT_LIMIT_BYTES,
  type ImportChange,
  readUpload,
  requireImport,
} from "./imports.ts";
import { makeBook, prepareBook, whyNot } from "./make.ts";
import { CUTS, type Cut } from "./rule.ts";

export type ImportPageParts = { db: Database; files: FileStore; assets: Assets };

/** A body that is refused is read to its end, up to here in bytes: a browser that still sends hears no answer. */
const READ_TO_THE_END_BYTES = 1024 * 1024 * 1024;

/** The pages of imports. They work without a script. */
export function importPages({ db, files, assets }: ImportPageParts) {
  async function newPage(c: HttpContext, refused?: string) {
    const actor = actorOf(c);
    const props = { assets, account: await accountOf(db, actor), into: await intoOf(c) };
    const limit = IMPORT_LIMIT_BYTES / 1024 / 1024;
    return c.html(<NewImport {...props} limit={limit} refused={refused} />);
  }

  /** The book that is named, if chapters may go there. */
  async function intoOf(c: HttpContext): Promise<{ id: string; name: string } | null> {
    const id = c.req.query("book");
    return id && isId(id) ? findBucket(db, actorOf(c), id) : null;
  }

  async function preview(c: HttpContext, refusal?: string) {
    const actor = actorOf(c);
    const shown = await findImport(db, actor, c.req.param("id")!);
    return c.html(
      <Preview
        assets={assets}
        account={await accountOf(db, actor)}
        shown={shown}
        refusal={refusal ?? whyNot(shown.outline)}
        books={await booksToFill(db, actor)}
        into={(await intoOf(c))?.id ?? null}
      />,
    );
  }

  return new Hono<Http>()
    .get("/imports/new", (c) => newPage(c))
    .post("/imports", async (c) => {
      const actor = actorOf(c);
      const into = await intoOf(c);
      try {
        await requireImport(db, actor, Number(c.req.header("content-length") ?? 0));
        const part = await firstFile(c.req.raw, c.req.header("content-type") ?? "");
        const upload = { name: nameOf(part.name), chunks: part.chunks };
        const { id } = await readUpload(db, files, actor, upload);
        return c.redirect(`/imports/${id}${into ? `?book=${into.id}` : ""}`, 303);
      } catch (error) {
        if (!(error instanceof Problem) || ![409, 413, 422, 503].includes(error.status))
          throw error;
        await readToTheEnd(c.req.raw);
        c.status(error.status as 422);
        const isMissing = error.extra.errors?.[0]?.rule === "file";
        return newPage(
          c,
          isMissing ? "Choose a file first." : (error.extra.detail ?? `${error.title}.`),
        );
      }
    })
    .get("/imports/:id", (c) => preview(c))
    .post("/imports/:id/rule", async (c) => {
      const form = await formOf(c);
      const shown = await changeImport(db, actorOf(c), c.req.param("id"), { rule: ruleIn(form) });
      if (c.req.header("hx-request"))
        return c.html(<Found shown={shown} refusal={whyNot(shown.outline)} />);
      const book = c.req.query("book");
      return c.redirect(`/imports/${shown.id}${book && isId(book) ? `?book=${book}` : ""}`, 303);
    })
    .post("/imports/:id/book", async (c) => {
      const actor = actorOf(c);
      const { id } = await findImport(db, actor, c.req.param("id"));
      const { into, title } = await formOf(c);
      const named = title?.trim();
      try {
        const { madeAt } = await findImport(db, actor, id);
        if (named && !madeAt) await changeImport(db, actor, id, { title: named.slice(0, 300) });
        const prepared = await prepareBook(db, actor, id, into || undefined);
        const made = await transact(db, (tx) => makeBook(tx, actor, prepared, into || undefined));
        return c.redirect(`/chapters/${made.chapters[0]}`, 303);
      } catch (error) {
        if (!(error instanceof Problem) || ![409, 422].includes(error.status)) throw error;
        c.status(error.status as 409);
        return preview(c, error.extra.detail ?? `${error.title}.`);
      }
    });
}

async function accountOf(db: Database, actor: AccountActor) {
  const [account] = await db.select().from(accounts).where(eq(accounts.id, actor.account));
  return account!;
}

function ruleIn({
  cut,
  gaps,
  passages,
}: Record<string, string>): NonNullable<ImportChange["rule"]> {
  return {
    ...(CUTS.includes(cut as Cut) && { cut: cut as Cut }),
    gaps: gaps === "on",
    passages: passages === "scenes" ? "scenes" : "stretches",
  };
}

/** At flat memory. */
async function readToTheEnd(request: Request): Promise<void> {
  if (!request.body || request.bodyUsed || request.body.locked) return;
  let size = 0;
  for await (const chunk of chunksOf(request)) {
    size += chunk.byteLength;
    if (size > READ_TO_THE_END_BYTES) return;
  }
}

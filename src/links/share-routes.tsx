import { eq } from "drizzle-orm";
import { Hono } from "hono";
import { accounts } from "../../drizzle/tables.ts";
import { type ShareErrors, SharePage } from "../../views/links/share.tsx";
import type { Assets } from "../assets.ts";
import { findOwnedBook } from "../books/books.ts";
import { actorOf, formOf, type Http, type HttpContext } from "../http.ts";
import { Problem } from "../problem.ts";
import { checked } from "../shape.ts";
import { addressOf, type LinkParts } from "./api.tsx";
import { createLink, hasEnded, type LinkDraft, listLinks, revokeLink, tokenOf } from "./links.ts";
import { LinkShape } from "./operations.ts";
import { shareable } from "./shareable.ts";

export type ShareParts = LinkParts & { assets: Assets };

/** Links that the page shows, the newest. */
const SHOWN = 200;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** What of a book is shared, and with whom: `/books/:id/links`. Works without a script. */
export function sharePages({ db, secret, env, assets }: ShareParts) {
  async function page(
    c: HttpContext,
    errors: ShareErrors = {},
    typed: Record<string, string> = {},
  ) {
    const actor = actorOf(c);
    const book = await findOwnedBook(db, actor, c.req.param("id")!);
    const { items } = await listLinks(db, actor, book.id, { limit: SHOWN, cursor: undefined });
    const [account] = await db.select().from(accounts).where(eq(accounts.id, actor.account));
    return c.html(
      <SharePage
        assets={assets}
        account={account!}
        book={{ id: book.id, name: book.name }}
        things={await shareable(db, book)}
        asked={typed.what ?? c.req.query("of") ?? book.id}
        made={c.req.query("made") ?? null}
        errors={errors}
        typed={typed}
        links={items.map((link) => {
          const token = hasEnded(link) ? null : tokenOf(secret, link);
          return {
            id: link.id,
            name: link.name,
            to: link.bucket === book.id ? null : link.to.name || "Untitled",
            hasPassword: link.passwordHash !== null,
            createdAt: link.createdAt,
            expiresAt: link.expiresAt,
            endedAt: link.revokedAt ?? (hasEnded(link) ? link.expiresAt : null),
            url: token && addressOf(c, env.publicUrl, token),
          };
        })}
      />,
    );
  }

  return new Hono<Http>()
    .get("/books/:id/links", (c) => page(c))
    .post("/books/:id/links", async (c) => {
      const actor = actorOf(c);
      const book = await findOwnedBook(db, actor, c.req.param("id"));
      const form = await formOf(c);
      try {
        const draft = checked(draftIn(form), LinkShape);
        const things = await shareable(db, book);
        const thing = things.find(({ id }) => id === form.what) ?? things[0]!;
        const { link } = await createLink(db, secret, actor, thing.id, draft);
        return c.redirect(`/books/${book.id}/links?made=${link.id}#link-${link.id}`, 303);
      } catch (error) {
        if (!(error instanceof Problem) || ![409, 422].includes(error.status)) throw error;
        c.status(error.status as 422);
        return page(c, errorsIn(error), form);
      }
    })
    .post("/books/:id/links/:link/revocation", async (c) => {
      const actor = actorOf(c);
      const book = await findOwnedBook(db, actor, c.req.param("id"));
      await revokeLink(db, actor, c.req.param("link"));
      return c.redirect(`/books/${book.id}/links`, 303);
    });
}

function draftIn({ name = "", password = "", days = "" }: Record<string, string>): LinkDraft {
  const lasts = Number(days);
  return {
    name: name.trim(),
    ...(password && { password }),
    ...(lasts > 0 && { expiresAt: new Date(Date.now() + lasts * DAY_MS).toISOString() }),
  };
}

function errorsIn({ title, extra }: Problem): ShareErrors {
  const [first] = extra.errors ?? [];
  if (first?.pointer === "/password") return { password: "4 to 128 characters." };
  if (first?.pointer === "/name") return { name: "At most 200 characters." };
  return { form: extra.detail ?? `${title}.` };
}

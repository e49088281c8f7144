/** The settings of a book, for its page. Programs use PATCH /api/buckets/:id. */
import { eq } from "drizzle-orm";
import { Hono } from "hono";
import { accounts } from "../../drizzle/tables.ts";
import { BookSettings, type BookSettingsProps } from "../../views/books/settings.tsx";
import { mayWrite } from "../access.ts";
import type { Assets } from "../assets.ts";
import type { BucketSeen } from "../buckets/buckets.ts";
import { type BucketChange, changeBucket } from "../buckets/change.ts";
import type { Database } from "../database.ts";
import { actorOf, formOf, type Http, type HttpContext } from "../http.ts";
import { Problem } from "../problem.ts";
import type { BucketBookV3 } from "../schemas/types.ts";
import { findBook } from "./books.ts";
import { VOICE_SAYS, voiceIn } from "./voice.ts";

export type BookParts = { db: Database; assets: Assets };

export function bookRoutes({ db, assets }: BookParts) {
  async function settings(
    c: HttpContext,
    shown: Pick<BookSettingsProps, "isSaved" | "errors"> & { back?: string | undefined },
  ) {
    const actor = actorOf(c);
    const book = await findBook(db, actor, c.req.param("id")!);
    const [account] = await db.select().from(accounts).where(eq(accounts.id, actor.account));
    const { back, ...rest } = shown;
    return c.html(
      <BookSettings
        assets={assets}
        account={account!}
        book={{
          id: book.id,
          title: book.name,
          metadata: book.metadata as BucketBookV3,
          ai: book.ai,
          revision: book.revision,
        }}
        back={ourPath(back ?? c.req.query("back"))}
        mayWrite={mayWrite(book.role)}
        isOwner={book.role === "owner"}
        {...rest}
      />,
    );
  }

  return new Hono<Http>()
    .get("/books/:id/settings", (c) => settings(c, { isSaved: c.req.query("saved") !== undefined }))
    .post("/books/:id/settings", async (c) => {
      const actor = actorOf(c);
      const book = await findBook(db, actor, c.req.param("id"));
      const form = await formOf(c);
      try {
        await changeBucket(db, actor, book.id, Number(form.revision), changeIn(form, book));
      } catch (error) {
        if (!(error instanceof Problem) || ![412, 422].includes(error.status)) throw error;
        c.status(error.status as 422);
        return settings(c, { errors: errorsIn(error), back: form.back });
      }
      const query = new URLSearchParams({ saved: "", back: ourPath(form.back) });
      return c.redirect(`/books/${book.id}/settings?${query}`, 303);
    });
}

/** What a form says of a book: an empty field takes away what stood there. */
function changeIn(form: Record<string, string>, book: BucketSeen): BucketChange {
  const text = (name: string) => form[name]?.trim() || null;
  const target = text("target")?.replaceAll(/[\s,.]/g, "") ?? null;
  const ai = form.ai === "on";
  return {
    name: text("title") ?? book.name,
    metadata: {
      author: text("author"),
      language: text("language"),
      target: target === null ? null : Number.isNaN(Number(target)) ? target : Number(target),
      intoEmpty: form.intoEmpty === "on" ? true : null,
      // Not shown with AI off: it stays as it is.
      ...(book.ai ? voiceIn(form) : {}),
    },
    // Not an owner's: the field was not his to send.
    ...(book.role === "owner" && ai !== book.ai ? { ai } : {}),
  };
}

const SAYS: Record<string, string> = {
  author: "At most 200 characters.",
  language: "A code such as en or en-GB.",
  target: "A whole number of words, 1 to 10,000,000.",
  ...VOICE_SAYS,
};

function errorsIn({ status, extra }: Problem): NonNullable<BookSettingsProps["errors"]> {
  if (status === 412)
    return { form: "Somebody changed this meanwhile. Here is how it stands; change it again." };
  const fields = (extra.errors ?? []).flatMap(({ pointer }) =>
    pointer.split("/").filter((name) => name in SAYS),
  );
  const told = fields.map((field) => [field, SAYS[field]]);
  return told.length > 0 ? Object.fromEntries(told) : { form: "That could not be saved." };
}

/** A path of this studio; whatever else was asked for is the first page. */
const ourPath = (path: string | undefined): string =>
  path && /^\/[\w/-]*$/.test(path) && !path.startsWith("//") ? path : "/";

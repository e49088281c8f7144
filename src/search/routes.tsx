/** Search as a page, and what the palette shows of it. The public way to words is `q` of /api/blobs. */
import { eq } from "drizzle-orm";
import { Hono } from "hono";
import { accounts } from "../../drizzle/tables.ts";
import { type At, commandsFor } from "../../views/palette/commands.ts";
import { PALETTE_PATH, SHEET_PATH } from "../../views/palette/ids.ts";
import { type PaletteGroup, PaletteResults, paletteGroups } from "../../views/palette/palette.tsx";
import { Sheet } from "../../views/palette/sheet.tsx";
import { SearchPage } from "../../views/search/page.tsx";
import { type AccountActor, mayWrite } from "../access.ts";
import type { Assets } from "../assets.ts";
import { listBooks } from "../books/library.ts";
import { findBucket } from "../buckets/buckets.ts";
import type { Database } from "../database.ts";
import { chaptersIn, readOutline } from "../documents/chapters.ts";
import { actorOf, type Http, type HttpContext } from "../http.ts";
import { Problem } from "../problem.ts";
import { countFound, search } from "./search.ts";
import { QUERY_LIMIT, wordsIn } from "./words.ts";

/** What the palette shows while one types, and before. */
const PALETTE_FOUND = 24;
const BOOKS_SHOWN = 6;
const CHAPTERS_SHOWN = 8;

export function searchRoutes({ db, assets }: { db: Database; assets: Assets }) {
  return new Hono<Http>()
    .get("/search", async (c) => {
      const actor = actorOf(c);
      const query = (c.req.query("q") ?? "").trim().slice(0, QUERY_LIMIT);
      const [account] = await db.select().from(accounts).where(eq(accounts.id, actor.account));
      const groups = await search(db, actor, query);
      return c.html(
        <SearchPage
          assets={assets}
          account={account!}
          query={query}
          groups={groups}
          count={countFound(groups)}
        />,
      );
    })
    .get(PALETTE_PATH, async (c) => {
      const actor = actorOf(c);
      const typed = (c.req.query("q") ?? "").trim().slice(0, QUERY_LIMIT);
      const at = await placeOf(c, actor);
      const isCommand = typed.startsWith(">");
      const words = wordsIn(typed);
      return c.html(
        <PaletteResults
          query={typed}
          groups={isCommand ? [] : await found(actor, typed, at)}
          commands={commandsFor(at, words)}
        />,
      );
    })
    .get(SHEET_PATH, (c) => {
      actorOf(c);
      return c.html(<Sheet />);
    });

  async function found(actor: AccountActor, typed: string, at: At): Promise<PaletteGroup[]> {
    const from = at.book?.id;
    if (wordsIn(typed).length > 0)
      return paletteGroups(await search(db, actor, typed, { from, most: PALETTE_FOUND }), from);
    const books = (await listBooks(db, actor)).filter(({ id }) => id !== from);
    const chapters = at.book ? await chaptersOf(actor, at.book.id) : [];
    const plain = (text: string) => [{ text, isMatch: false }];
    return [
      {
        title: "In this book",
        found: chapters.map(({ id, number, name }) => ({
          kind: "chapter" as const,
          href: `/chapters/${id}`,
          text: plain(name || "Untitled"),
          where: `chapter ${number}`,
        })),
      },
      {
        title: "Books",
        found: books.slice(0, BOOKS_SHOWN).map(({ id, title }) => ({
          kind: "book" as const,
          href: `/?book=${id}`,
          text: plain(title),
          where: "",
        })),
      },
    ].filter((group) => group.found.length > 0);
  }

  async function chaptersOf(actor: AccountActor, book: string) {
    const outline = await readOutline(db, await findBucket(db, actor, book));
    return chaptersIn(outline).slice(0, CHAPTERS_SHOWN);
  }

  /** The book of the page that asks. */
  async function placeOf(c: HttpContext, actor: AccountActor): Promise<At> {
    const address = c.req.header("hx-current-url") ?? "";
    const path = URL.canParse(address) ? new URL(address).pathname : "";
    const id = /^\/(?:chapters|books|pitches)\/([0-9a-f-]{36})(?:\/|$)/.exec(path)?.[1];
    if (!id) return { book: null };
    try {
      const here = await findBucket(db, actor, id);
      const book = await findBucket(db, actor, here.root);
      if (book.type !== "book") return { book: null };
      return { book: { id: book.id, title: book.name, mayWrite: mayWrite(book.role) } };
    } catch (error) {
      if (error instanceof Problem) return { book: null };
      throw error;
    }
  }
}

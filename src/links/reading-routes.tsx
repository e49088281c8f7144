import { Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { LinkEnded, LinkPassword } from "../../views/links/doors.tsx";
import { ReadingPage } from "../../views/links/reading.tsx";
import { PEER_HEADER } from "../accounts/auth.ts";
import type { Assets } from "../assets.ts";
import type { Database } from "../database.ts";
import type { Env } from "../env.ts";
import { formOf, type Http, type HttpContext, upgrade } from "../http.ts";
import { isId } from "../lists.ts";
import { notFound, Problem } from "../problem.ts";
import { findByLink, type LinkSeen } from "./links.ts";
import { mayLook, proofOf, tryPassword } from "./passwords.ts";
import type { Readers } from "./readers.ts";
import { chaptersOf, readPieces, readShared } from "./text.ts";

export type ReadingParts = {
  db: Database;
  assets: Assets;
  secret: string;
  env: Pick<Env, "publicUrl">;
  readers: Readers;
};

/** How long a reader is not asked for the password again, in seconds. */
const PROOF_FOR_S = 30 * 24 * 60 * 60;

/**
 * The quiet pages of readers: `/read/<secret>`. Whoever is signed in is nobody special here: only the link says what is
 * shown.
 */
export function readingRoutes({ db, assets, secret, env, readers }: ReadingParts) {
  /** The link, if it is good and opened; else the page that stands in its place. */
  async function opened(c: HttpContext): Promise<LinkSeen | Response> {
    quiet(c);
    const token = c.req.param("token")!;
    const seen = await findByLink(db, token);
    if (!seen) return ended(c);
    if (mayLook(secret, seen.link, getCookie(c, cookieOf(seen)))) return seen;
    return c.html(<LinkPassword assets={assets} token={token} />, 401);
  }

  function ended(c: HttpContext) {
    return c.html(<LinkEnded assets={assets} />, 404);
  }

  async function page(c: HttpContext, seen: LinkSeen, chapter: string | null) {
    const { actor, bucket } = seen;
    const shared = await readShared(db, bucket);
    const chapters = chaptersOf(shared);
    const at = chapter === null ? -1 : chapters.findIndex(({ id }) => id === chapter);
    if (chapter !== null && at < 0) return ended(c);
    const shown = chapter ?? (shared.stretches ? null : bucket.id);
    return c.html(
      <ReadingPage
        assets={assets}
        path={`/read/${c.req.param("token")}`}
        shared={shared}
        shown={shown}
        chapter={chapters[at] ?? null}
        previous={chapters[at - 1] ?? null}
        next={at < 0 ? null : (chapters[at + 1] ?? null)}
        pieces={shown === null ? [] : ((await readPieces(db, actor, shown)) ?? [])}
      />,
    );
  }

  return new Hono<Http>()
    .get("/:token", async (c) => {
      const seen = await opened(c);
      return seen instanceof Response ? seen : page(c, seen, null);
    })
    .get("/:token/live", async (c) => {
      const token = c.req.param("token");
      const seen = await findByLink(db, token);
      if (!seen || !mayLook(secret, seen.link, getCookie(c, cookieOf(seen))))
        throw notFound("This link");
      if (c.req.header("upgrade")?.toLowerCase() !== "websocket")
        throw new Problem(426, "upgrade-required", "This is a WebSocket", {
          headers: { upgrade: "websocket" },
        });
      return upgrade(c, readers.socket(token, seen));
    })
    .get("/:token/:chapter", async (c) => {
      const seen = await opened(c);
      if (seen instanceof Response) return seen;
      const chapter = c.req.param("chapter");
      return isId(chapter) ? page(c, seen, chapter) : ended(c);
    })
    .post("/:token/password", async (c) => {
      quiet(c);
      const token = c.req.param("token");
      const seen = await findByLink(db, token);
      if (!seen) return ended(c);
      const { password = "" } = await formOf(c);
      const path = `/read/${token}`;
      if (seen.link.passwordHash === null) return c.redirect(path, 303);
      try {
        if (await tryPassword(db, seen.link, password, c.req.header(PEER_HEADER) ?? "")) {
          setCookie(c, cookieOf(seen), proofOf(secret, seen.link), {
            path,
            httpOnly: true,
            sameSite: "Lax",
            secure: env.publicUrl?.protocol === "https:",
            maxAge: PROOF_FOR_S,
          });
          return c.redirect(path, 303);
        }
      } catch (error) {
        if (!(error instanceof Problem) || error.status !== 429) throw error;
        for (const [name, value] of Object.entries(error.extra.headers ?? {}))
          c.header(name, value);
        const wrong = `Too many passwords were tried. ${error.extra.detail}`;
        return c.html(<LinkPassword assets={assets} token={token} wrong={wrong} />, 429);
      }
      const wrong = "That is not the password.";
      return c.html(<LinkPassword assets={assets} token={token} wrong={wrong} />, 401);
    });
}

const cookieOf = ({ link }: LinkSeen) => `reyna_read_${link.id}`;

/** No search engine keeps it, no cache, and no other site hears of its address. */
function quiet(c: HttpContext): void {
  c.header("x-robots-tag", "noindex, nofollow, noarchive");
  c.header("cache-control", "private, no-store");
}

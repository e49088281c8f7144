/** The page of a book's builds and what its buttons do. Programs use blobs of `compile-settings` and runs on them. */
import { eq } from "drizzle-orm";
import { Hono } from "hono";
import { accounts } from "../../drizzle/tables.ts";
import { buildPath, buildsPath } from "../../views/builds/ids.ts";
import { BuildsPage } from "../../views/builds/page.tsx";
import { BuildPage, type BuildPageProps } from "../../views/builds/settings.tsx";
import { type AccountActor, mayWrite, requireWriter } from "../access.ts";
import type { Assets } from "../assets.ts";
import { findBlob } from "../blobs/blobs.ts";
import { putBlob } from "../blobs/change.ts";
import { restoreBlob, trashBlob } from "../blobs/trash.ts";
import type { BucketSeen } from "../buckets/buckets.ts";
import { type Database, transact } from "../database.ts";
import type { Documents } from "../documents/open.ts";
import type { Feed } from "../events/feed.ts";
import { forgetReceived, keepFile, receive, requireUpload } from "../files/files.ts";
import { firstFile, nameOf } from "../files/incoming.ts";
import type { FileStore } from "../files/store.ts";
import { actorOf, formOf, type Http, type HttpContext } from "../http.ts";
import { Problem } from "../problem.ts";
import type { Processor } from "../processors/sdk.ts";
import type { CompileSettingsV1, FileV1 } from "../schemas/types.ts";
import { buildChapters, findBook, findBuild } from "./builds.ts";
import { cancelCompiling, compileBuild, createBuild, EVERYTHING } from "./compile.ts";
import { errorsIn, inOrder, refusalIn, settingsIn } from "./settings.ts";
import { buildListUpdate, buildViews, figure } from "./view.tsx";

export type BuildParts = {
  db: Database;
  documents: Documents;
  feed: Feed;
  assets: Assets;
  files: FileStore;
  processors: readonly Processor[];
};

/** A cover, in bytes. */
const COVER_LIMIT_BYTES = 32 * 1024 * 1024;
const NAME_LIMIT = 120;

export function buildRoutes(parts: BuildParts) {
  const { db, assets, feed, processors, files } = parts;

  const accountOf = async (actor: AccountActor) =>
    (await db.select().from(accounts).where(eq(accounts.id, actor.account)))[0]!;

  /** The book, and the build that the address names. @throws 404 */
  async function found(c: HttpContext) {
    const book = await findBook(db, actorOf(c), c.req.param("id")!);
    return { book, build: await findBuild(db, actorOf(c), book.id, c.req.param("build")!) };
  }

  /** The same, for whoever may write. @throws 404, 403 */
  async function writable(c: HttpContext) {
    const book = await findBook(db, actorOf(c), c.req.param("id")!);
    requireWriter(book.role);
    return { book, build: await findBuild(db, actorOf(c), book.id, c.req.param("build")!) };
  }

  async function compile(c: HttpContext, book: BucketSeen, build: string): Promise<void> {
    const own = { db, documents: parts.documents, log: c.get("log") };
    await compileBuild(own, actorOf(c), build, await buildChapters(db, book));
  }

  /** The list as it stands: in its place for the script, as the page for who has none. */
  async function stands(c: HttpContext, book: BucketSeen) {
    if (!c.req.header("hx-request")) return c.redirect(buildsPath(book.id), 303);
    return c.html(await buildListUpdate(db, book));
  }

  async function settings(
    c: HttpContext,
    shown: Pick<BuildPageProps, "isSaved" | "errors"> & { typed?: CompileSettingsV1 },
  ) {
    const actor = actorOf(c);
    const { book, build } = await found(c);
    const stored = build.content as CompileSettingsV1;
    const chosen = shown.typed ?? stored;
    const { leftOut = [] } = chosen;
    const chapters = inOrder(await buildChapters(db, book), chosen);
    const { author, language } = book.metadata;
    return c.html(
      <BuildPage
        assets={assets}
        account={await accountOf(actor)}
        book={{
          id: book.id,
          title: book.name,
          author: typeof author === "string" ? author : "",
          language: typeof language === "string" ? language : "",
        }}
        build={{ id: build.id, name: stored.name, revision: build.revision }}
        settings={chosen}
        chapters={chapters.map(({ id, name, words }) => ({
          id,
          name,
          words: figure(words),
          isIn: !leftOut.includes(id),
        }))}
        cover={stored.cover ? await coverName(actor, stored.cover) : null}
        mayWrite={mayWrite(book.role)}
        isSaved={shown.isSaved}
        errors={shown.errors}
      />,
    );
  }

  async function coverName(actor: AccountActor, id: string): Promise<string> {
    try {
      const { schema, content } = await findBlob(db, actor, id);
      return schema === "file" ? (content as FileV1).name : "a file that is none";
    } catch (error) {
      if (error instanceof Problem && error.status === 404) return "a file that is gone";
      throw error;
    }
  }

  async function save(c: HttpContext) {
    const { book, build } = await writable(c);
    const form = await formOf(c);
    const chapters = await buildChapters(db, book);
    const typed = settingsIn(form, build.content as CompileSettingsV1, chapters);
    if (form.move) return settings(c, { typed, isSaved: false, errors: {} });
    const errors = errorsIn(typed, chapters);
    if (Object.keys(errors).length > 0) {
      c.status(422);
      return settings(c, { typed, isSaved: false, errors });
    }
    try {
      await putBlob(db, actorOf(c), build.id, Number(form.revision), { content: typed });
    } catch (error) {
      if (!(error instanceof Problem) || ![412, 422].includes(error.status)) throw error;
      c.status(error.status as 422);
      return settings(c, { typed, isSaved: false, errors: refusalIn(error) });
    }
    if (form.then !== "compile") return c.redirect(`${buildPath(book.id, build.id)}?saved`, 303);
    await compile(c, book, build.id);
    return c.redirect(buildsPath(book.id), 303);
  }

  /** Keeps an uploaded picture as a file of the book, and names it in the build. */
  async function takeCover(c: HttpContext) {
    const actor = actorOf(c);
    const { book, build } = await writable(c);
    const type = c.req.header("content-type") ?? "";
    const part = await firstFile(c.req.raw, type);
    const draft = { bucket: book.id, name: nameOf(part.name), mediaType: part.type };
    await requireUpload(db, actor, draft);
    const received = await receive(db, files, part.chunks, COVER_LIMIT_BYTES);
    try {
      await transact(db, async (tx) => {
        const cover = await keepFile(tx, actor, draft, received);
        await putBlob(tx, actor, build.id, build.revision, {
          content: { ...(build.content as CompileSettingsV1), cover },
        });
      });
    } finally {
      await forgetReceived(db, files, received).catch((error) =>
        c.get("log").warn({ err: error }, "bytes that are nobody's stay until the sweep"),
      );
    }
    return c.redirect(`${buildPath(book.id, build.id)}?saved`, 303);
  }

  return new Hono<Http>()
    .get("/books/:id/builds", async (c) => {
      const actor = actorOf(c);
      // Before anything is read: what happens from here on, the socket tells.
      const since = `${feed.epoch}:${feed.offset}`;
      const book = await findBook(db, actor, c.req.param("id"));
      const { trashed } = c.req.query();
      const gone = trashed ? await findBuild(db, actor, book.id, trashed) : null;
      return c.html(
        <BuildsPage
          assets={assets}
          account={await accountOf(actor)}
          book={{ id: book.id, title: book.name }}
          builds={await buildViews(db, book)}
          mayWrite={mayWrite(book.role)}
          trashed={
            gone?.trashedAt ? { id: gone.id, name: (gone.content as CompileSettingsV1).name } : null
          }
          since={since}
        />,
      );
    })
    .post("/books/:id/builds", async (c) => {
      const actor = actorOf(c);
      const book = await findBook(db, actor, c.req.param("id"));
      requireWriter(book.role);
      const isFirst = (await formOf(c)).compile === "on";
      const content = isFirst ? EVERYTHING : { ...EVERYTHING, name: "New build" };
      const build = await createBuild(db, actor, book, content);
      if (!isFirst) return c.redirect(buildPath(book.id, build.id), 303);
      await compile(c, book, build.id);
      return c.redirect(buildsPath(book.id), 303);
    })
    .get("/books/:id/builds/:build", (c) =>
      settings(c, { isSaved: c.req.query("saved") !== undefined, errors: {} }),
    )
    .post("/books/:id/builds/:build", save)
    .post("/books/:id/builds/:build/runs", async (c) => {
      const { book, build } = await writable(c);
      await compile(c, book, build.id);
      return stands(c, book);
    })
    .post("/books/:id/builds/:build/cancellation", async (c) => {
      const { book, build } = await writable(c);
      await cancelCompiling(db, actorOf(c), processors, build.id);
      return stands(c, book);
    })
    .post("/books/:id/builds/:build/copy", async (c) => {
      const { book, build } = await writable(c);
      const content = build.content as CompileSettingsV1;
      const name = `${content.name}, copy`.slice(0, NAME_LIMIT);
      const copy = await createBuild(db, actorOf(c), book, { ...content, name });
      return c.redirect(buildPath(book.id, copy.id), 303);
    })
    .post("/books/:id/builds/:build/cover", takeCover)
    .post("/books/:id/builds/:build/cover/removal", async (c) => {
      const { book, build } = await writable(c);
      const { cover: _, ...content } = build.content as CompileSettingsV1;
      await putBlob(db, actorOf(c), build.id, build.revision, { content });
      return c.redirect(`${buildPath(book.id, build.id)}?saved`, 303);
    })
    .post("/books/:id/builds/:build/trash", async (c) => {
      const { book, build } = await writable(c);
      await trashBlob(db, actorOf(c), processors, build.id);
      const query = new URLSearchParams({ trashed: build.id });
      return c.redirect(`${buildsPath(book.id)}?${query}`, 303);
    })
    .post("/books/:id/builds/:build/restoration", async (c) => {
      const { book, build } = await writable(c);
      await restoreBlob(db, actorOf(c), build.id);
      return c.redirect(buildsPath(book.id), 303);
    });
}

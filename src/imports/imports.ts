/**
 * Imports: a manuscript that was read and waits to become a book. An account's own; kept a day. The upload goes
 * through the file store, noted like every upload, and is gone as soon as it was read.
 */
import { and, desc, eq, lt } from "drizzle-orm";
import { imports } from "../../drizzle/tables.ts";
import { type AccountActor, requireWholeAccount } from "../access.ts";
import type { Database, Db } from "../database.ts";
import { forgetReceived, receive } from "../files/files.ts";
import type { FileStore } from "../files/store.ts";
import { isId, type Page, type PageRequest, page } from "../lists.ts";
import { conflict, notFound, Problem } from "../problem.ts";
import { inWorker } from "./in-worker.ts";
import type { Rule } from "./rule.ts";
import type { Outline } from "./split.ts";

/** The largest manuscript that is taken, in bytes: its text fits many times, its pictures are not kept. */
export const IMPORT_LIMIT_BYTES = 64 * 1024 * 1024;
/** An import is kept for so long, in hours. */
export const KEPT_HOURS = 24;
/** Imports of one account that wait at once. */
export const IMPORTS_LIMIT = 50;

export type Import = typeof imports.$inferSelect;
/** Without what was read. */
export type Seen = Omit<Import, "manuscript" | "rule" | "outline"> & {
  rule: Rule;
  outline: Outline;
};

export type Upload = { name: string; chunks: AsyncIterable<Uint8Array> };

/** Before the first byte is read. @throws 403 for a token that may not write, or is good for some books only; 413; 409 */
export async function requireImport(db: Db, actor: AccountActor, stated: number): Promise<void> {
  requireWholeAccount(actor);
  if (stated > IMPORT_LIMIT_BYTES) throw tooLarge();
  if ((await db.$count(imports, eq(imports.account, actor.account))) >= IMPORTS_LIMIT)
    throw conflict("too-many", `At most ${IMPORTS_LIMIT} imports wait at once`);
}

/** Reads a manuscript, off the event loop. @throws 413; 422 `not-a-manuscript` with a sentence; 503 */
export async function readUpload(
  db: Database,
  store: FileStore,
  actor: AccountActor,
  { name, chunks }: Upload,
): Promise<Seen> {
  const received = await receive(db, store, chunks, IMPORT_LIMIT_BYTES).catch((error) => {
    throw error instanceof Problem && error.status === 413 ? tooLarge() : error;
  });
  try {
    const body = store.read(received.key, 0, received.size);
    const bytes = received.size === 0 ? new Uint8Array() : await new Response(body).bytes();
    const found = await inWorker({ do: "read", bytes, name });
    const [made] = await db
      .insert(imports)
      .values({
        id: Bun.randomUUIDv7(),
        account: actor.account,
        name,
        format: found.format,
        size: received.size,
        title: found.title,
        author: found.author,
        manuscript: found.manuscript,
        losses: found.losses,
        rule: found.rule,
        outline: found.outline,
      })
      .returning();
    return seen(made!);
  } finally {
    await forgetReceived(db, store, received);
  }
}

const tooLarge = () =>
  new Problem(413, "too-large", "The manuscript is too large", {
    detail: `At most ${IMPORT_LIMIT_BYTES / 1024 / 1024} MiB are taken. Pictures are not imported: take them out, or send the text in parts.`,
  });

/** With what was read. @throws 404 for another's, and for a token that is good for some books only */
export async function findWhole(db: Db, actor: AccountActor, id: string): Promise<Import> {
  const own = and(eq(imports.id, id), eq(imports.account, actor.account));
  const [row] = isId(id) && !actor.token?.roots ? await db.select().from(imports).where(own) : [];
  if (!row) throw notFound("This import");
  return row;
}

export const findImport = async (db: Db, actor: AccountActor, id: string): Promise<Seen> =>
  seen(await findWhole(db, actor, id));

/** Newest first. */
export async function listImports(
  db: Db,
  actor: AccountActor,
  request: PageRequest,
): Promise<Page<Seen>> {
  if (actor.token?.roots) return { items: [], next: null };
  const rows = await db
    .select()
    .from(imports)
    .where(
      and(
        eq(imports.account, actor.account),
        request.cursor ? lt(imports.id, request.cursor) : undefined,
      ),
    )
    .orderBy(desc(imports.id))
    .limit(request.limit + 1);
  const found = page(rows, request);
  return { ...found, items: found.items.map(seen) };
}

export type ImportChange = { title?: string; rule?: Partial<Rule> };

/** Cuts it anew; what was read is read no second time. @throws 404; 403; 409 `made` */
export async function changeImport(
  db: Database,
  actor: AccountActor,
  id: string,
  { title, rule }: ImportChange,
): Promise<Seen> {
  const found = await findWhole(db, actor, id);
  requireWholeAccount(actor);
  if (found.madeAt) throw alreadyMade();
  const next = { ...(found.rule as Rule), ...rule };
  const outline = rule
    ? await inWorker({ do: "outline", manuscript: found.manuscript, rule: next })
    : undefined;
  const [changed] = await db
    .update(imports)
    .set({ rule: next, ...(outline && { outline }), ...(title && { title }) })
    .where(eq(imports.id, id))
    .returning();
  if (!changed) throw notFound("This import");
  return seen(changed);
}

export const alreadyMade = () =>
  conflict("made", "The book of this import was made", "Import the file once more for another.");

/** @throws 404; 403 for a token that may only read */
export async function deleteImport(db: Database, actor: AccountActor, id: string): Promise<void> {
  await findWhole(db, actor, id);
  requireWholeAccount(actor);
  await db.delete(imports).where(eq(imports.id, id));
}

/** Those whose day is over. */
export async function sweepImports(db: Database, now = new Date()): Promise<void> {
  const before = new Date(now.getTime() - KEPT_HOURS * 60 * 60 * 1_000);
  await db.delete(imports).where(lt(imports.createdAt, before));
}

function seen({ manuscript: _manuscript, ...row }: Import): Seen {
  return { ...row, rule: row.rule as Rule, outline: row.outline as Outline };
}

/** As the API shows an import. */
export function importView({ account: _account, made, ...one }: Seen) {
  const expiresAt = new Date(one.createdAt.getTime() + KEPT_HOURS * 60 * 60 * 1_000);
  return { ...one, chapters: made, expiresAt };
}

/** Versions: what a document was at a moment, to look at, compare and come back to. */
import { and, desc, eq, getTableColumns, lt, sql } from "drizzle-orm";
import * as Y from "yjs";
import { documentVersions } from "../../drizzle/tables.ts";
import { type AccountActor, type Actor, nameOf } from "../access.ts";
import type { Bucket } from "../buckets/buckets.ts";
import type { Db, Tx } from "../database.ts";
import { isId, type Page, type PageRequest, page } from "../lists.ts";
import { notFound } from "../problem.ts";
import type { ChapterV1 } from "../schemas/types.ts";
import { readDocument } from "./log.ts";
import { newDocument, passagesOf, STRUCTURE } from "./model/document.ts";
import { readRows } from "./model/rows.ts";
import { restoreSnapshot, toSnapshot } from "./model/snapshot.ts";
import type { Documents } from "./open.ts";
import { writeDocument } from "./write.ts";

/** All automatic versions are kept for so long, in milliseconds; then one an hour. */
export const ALL_FOR_MS = 24 * 60 * 60 * 1_000;
/** Automatic versions older than this are kept one a day, in milliseconds. */
export const HOURLY_FOR_MS = 7 * 24 * 60 * 60 * 1_000;
/** Versions that one statement prunes. */
const PRUNED_AT_ONCE = 500;

/** A version without its words. */
export type Version = Omit<typeof documentVersions.$inferSelect, "state">;

const { state: _state, ...WITHOUT_STATE } = getTableColumns(documentVersions);

export type VersionDraft = { name: string | null; reason: Version["reason"] };

/** A document at a number of its log, in both forms. */
export type Standing = { seq: number; content: ChapterV1; state: Uint8Array };

export const standingOf = (doc: Y.Doc, seq: number): Standing => ({
  seq,
  content: toSnapshot(doc),
  state: Y.encodeStateAsUpdate(doc),
});

/**
 * Keeps the document as it stands, by default as the log has it. An automatic version of what the
 * newest version already has is that one.
 */
export async function keepVersion(
  tx: Tx,
  actor: Actor,
  bucket: Pick<Bucket, "id" | "root">,
  { name, reason }: VersionDraft,
  standing?: Standing,
): Promise<Version> {
  const { seq, content, state } = standing ?? (await standingInLog(tx, bucket.id));
  const newest = await newestVersion(tx, bucket.id);
  if (name === null && newest?.seq === seq) return newest;
  const [version] = await tx
    .insert(documentVersions)
    .values({
      id: Bun.randomUUIDv7(),
      document: bucket.id,
      root: bucket.root,
      name,
      reason,
      seq,
      words: content.words.prose,
      state,
      createdBy: nameOf(actor),
    })
    .returning(WITHOUT_STATE);
  return version!;
}

async function standingInLog(db: Db, document: string): Promise<Standing> {
  const { doc, seq } = await readDocument(db, document);
  return standingOf(doc, seq);
}

export async function newestVersion(db: Db, document: string): Promise<Version | undefined> {
  const [version] = await db
    .select(WITHOUT_STATE)
    .from(documentVersions)
    .where(eq(documentVersions.document, document))
    .orderBy(desc(documentVersions.id))
    .limit(1);
  return version;
}

/** Newest first. */
export async function listVersions(
  db: Db,
  document: string,
  request: PageRequest,
): Promise<Page<Version>> {
  const rows = await db
    .select(WITHOUT_STATE)
    .from(documentVersions)
    .where(
      and(
        eq(documentVersions.document, document),
        request.cursor ? lt(documentVersions.id, request.cursor) : undefined,
      ),
    )
    .orderBy(desc(documentVersions.id))
    .limit(request.limit + 1);
  return page(rows, request);
}

/** A version with its words. @throws 404 */
export async function readVersion(
  db: Db,
  document: string,
  id: string,
): Promise<Version & { content: ChapterV1 }> {
  if (!isId(id)) throw notFound("This version");
  const [row] = await db
    .select()
    .from(documentVersions)
    .where(and(eq(documentVersions.id, id), eq(documentVersions.document, document)));
  if (!row) throw notFound("This version");
  const { state, ...version } = row;
  const doc = newDocument();
  Y.applyUpdate(doc, state);
  return { ...version, content: toSnapshot(doc) };
}

/**
 * Writes a version's words back, into one passage or all of them, as a change like any other: what is
 * there now is kept as a version first, and nothing of it is deleted for good. A passage that the version does
 * not have goes to the trash, as it does when all is restored.
 * @throws 404, 409
 */
export async function restoreVersion(
  tx: Tx,
  documents: Documents,
  actor: AccountActor,
  bucket: Pick<Bucket, "id" | "root">,
  id: string,
  passage?: string,
): Promise<{ before: Version }> {
  const { content } = await readVersion(tx, bucket.id, id);
  return writeDocument(tx, documents, actor, bucket.id, async (doc, seq) => {
    const draft: VersionDraft = { name: null, reason: "restore" };
    const before = await keepVersion(tx, actor, bucket, draft, standingOf(doc, seq));
    if (passage === undefined || content.passages.some((one) => one.id === passage))
      restoreSnapshot(doc, content, new Date(), passage);
    else takeOut(doc, passage);
    return { before };
  });
}

/** Alone: what is merged under it is another passage's words. @throws 404 */
function takeOut(doc: Y.Doc, passage: string): void {
  if (!readRows(doc).some(({ passages }) => passages.includes(passage)))
    throw notFound("This passage");
  doc.transact(() => {
    passagesOf(doc).get(passage)!.set("gone", new Date().toISOString());
  }, STRUCTURE);
}

/**
 * Thins out what the studio kept by itself: of an hour, later of a day, the newest stays. What somebody named
 * is never pruned.
 */
export async function pruneVersions(db: Db, now = new Date()): Promise<void> {
  const ago = (ms: number) => new Date(now.getTime() - ms).toISOString();
  const span = (at: string) =>
    sql.raw(
      `case when ${at}.created_at >= '${ago(HOURLY_FOR_MS)}' then date_trunc('hour', ${at}.created_at, 'UTC')
        else date_trunc('day', ${at}.created_at, 'UTC') end`,
    );
  for (;;) {
    const { rowCount } = await db.execute(sql`
      delete from document_versions where id in (
        select v.id from document_versions v
        where v.name is null and v.created_at < ${ago(ALL_FOR_MS)} and exists (
          select 1 from document_versions newer
          where newer.document = v.document and newer.name is null and newer.id > v.id
            and ${span("newer")} = ${span("v")}
        )
        limit ${PRUNED_AT_ONCE})`);
    if ((rowCount ?? 0) < PRUNED_AT_ONCE) return;
  }
}

/** As the API shows a version. */
export function versionView({ root: _root, document, ...version }: Version) {
  return { ...version, bucket: document };
}

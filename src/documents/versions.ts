/** Versions: what a document was at a moment, to look at, compare and come back to. */
import { and, desc, eq, getTableColumns, lt } from "drizzle-orm";
import * as Y from "yjs";
import { documentVersions } from "../../drizzle/tables.ts";
import { type AccountActor, type Actor, nameOf } from "../access.ts";
import type { Bucket } from "../buckets/buckets.ts";
import type { Db, Tx } from "../database.ts";
import { isId, type Page, type PageRequest, page } from "../lists.ts";
import { notFound } from "../problem.ts";
import type { ChapterV1 } from "../schemas/types.ts";
import { readDocument } from "./log.ts";
import { newDocument } from "./model/document.ts";
import { restoreSnapshot, toSnapshot } from "./model/snapshot.ts";
import type { Documents } from "./open.ts";
import { writeDocument } from "./write.ts";

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
 * there now is kept as a version first, and nothing of it is deleted for good.
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
  if (passage && !content.passages.some((one) => one.id === passage))
    throw notFound("This passage");
  return writeDocument(tx, documents, actor, bucket.id, async (doc, seq) => {
    const draft: VersionDraft = { name: null, reason: "restore" };
    const before = await keepVersion(tx, actor, bucket, draft, standingOf(doc, seq));
    restoreSnapshot(doc, content, new Date(), passage);
    return { before };
  });
}

/** As the API shows a version. */
export function versionView({ root: _root, document, ...version }: Version) {
  return { ...version, bucket: document };
}

/**
 * Files: bytes in the store, a row that names them by their SHA-256, and a `file` blob for each that was uploaded.
 * The same bytes are kept once.
 *
 * A key is noted before the first byte is written and the note goes in the transaction that makes the blob, so
 * wherever a crash falls, what lies in the store is either somebody's or noted to be removed.
 */
import { and, eq, lt, sql } from "drizzle-orm";
import { files, fileUploads } from "../../drizzle/tables.ts";
import { type AccountActor, requireWriter } from "../access.ts";
import { type Blob, findBlob } from "../blobs/blobs.ts";
import { insertBlob } from "../blobs/insert.ts";
import { findBucket } from "../buckets/buckets.ts";
import { requireTakes } from "../buckets/types.ts";
import { type Database, type Db, type Tx, transact } from "../database.ts";
import { conflict, notFound, Problem } from "../problem.ts";
import type { FileV1 } from "../schemas/types.ts";
import { requireValid } from "../schemas/versions.ts";
import type { FileStore } from "./store.ts";

/** An upload takes no longer than this, in hours; what was noted earlier and is nobody's is removed. */
const UPLOAD_HOURS = 24;
/** Bytes that nobody needs any more are kept so long, in hours. */
const ORPHAN_HOURS = 1;
/** Removed at one turn. */
const BATCH = 100;

const SCHEMA = "file-v1";
const HOUR_MS = 60 * 60 * 1_000;

export type FileDraft = { bucket: string; name: string; mediaType: string };

/** Bytes that are in the store and belong to nobody yet. */
export type Received = { key: string; sha256: string; size: number };

/** Whether the bucket takes a file from this actor, before its bytes are read. @throws 404, 403, 409, 422 */
export async function requireUpload(db: Db, actor: AccountActor, draft: FileDraft): Promise<void> {
  const bucket = await findBucket(db, actor, draft.bucket);
  requireWriter(bucket.role);
  if (bucket.trashedAt) throw conflict("trashed", "The bucket is in the trash");
  await requireTakes(db, bucket, "file");
  await requireValid(db, SCHEMA, contentOf(draft, { sha256: "0".repeat(64), size: 0 }));
}

/** Writes what comes into the store. @throws 413 beyond `limit` bytes; then nothing of it stays */
export async function receive(
  db: Database,
  store: FileStore,
  chunks: AsyncIterable<Uint8Array>,
  limit: number,
): Promise<Received> {
  const key = Bun.randomUUIDv7();
  await db.insert(fileUploads).values({ key });
  const hash = new Bun.CryptoHasher("sha256");
  let size = 0;
  async function* measured() {
    for await (const chunk of chunks) {
      size += chunk.byteLength;
      if (size > limit) throw tooLarge(limit);
      hash.update(chunk);
      yield chunk;
    }
  }
  try {
    await store.write(key, measured());
  } catch (error) {
    await drop(db, store, key);
    throw error;
  }
  return { key, sha256: hash.digest("hex"), size };
}

export const tooLarge = (limit: number) =>
  new Problem(413, "too-large", "The file is too large", {
    detail: `At most ${limit} bytes are taken; REYNA_FILE_LIMIT sets it.`,
  });

/**
 * Makes received bytes a file: its row, unless the same bytes have one, and a blob.
 * @throws 404, 403, 409 when the bucket does not take it any more
 */
export async function keepFile(
  tx: Tx,
  actor: AccountActor,
  draft: FileDraft,
  received: Received,
): Promise<string> {
  await ownBytes(tx, received);
  const content = contentOf(draft, received);
  const schema = await requireValid(tx, SCHEMA, content);
  const id = Bun.randomUUIDv7();
  const { bucket } = draft;
  const made = await insertBlob(tx, actor, id, { schema, bucket, content, metadata: {} });
  if (!made) {
    await requireUpload(tx, actor, draft);
    throw conflict("changed", "The bucket changed meanwhile", "Nothing was stored; try again.");
  }
  return id;
}

/** Received bytes are somebody's from here on; where the same bytes are kept already, these stay noted and are removed. */
export async function ownBytes(tx: Tx, { key, sha256, size }: Received): Promise<void> {
  const [file] = await tx
    .insert(files)
    .values({ sha256, key, size })
    // Whoever is about to collect it waits, or is waited for.
    .onConflictDoUpdate({ target: files.sha256, set: { size } })
    .returning();
  if (file!.key === key) await tx.delete(fileUploads).where(eq(fileUploads.key, key));
}

/** Removes what was received and became nobody's; whatever fails is left to the sweep. */
export async function forgetReceived(db: Database, store: FileStore, { key }: Received) {
  const [noted] = await db.select().from(fileUploads).where(eq(fileUploads.key, key));
  if (noted) await drop(db, store, key);
}

const contentOf = (
  { name, mediaType }: FileDraft,
  { size, sha256 }: Omit<Received, "key">,
): FileV1 => ({ name, mediaType, size, sha256 });

export type FileSeen = { blob: Blob; content: FileV1; key: string };

/** @throws 404 when the actor may not see it or it is no file */
export async function findFile(db: Db, actor: AccountActor, id: string): Promise<FileSeen> {
  const blob = await findBlob(db, actor, id);
  if (blob.schema !== "file") throw notFound("This file");
  const content = blob.content as FileV1;
  const [file] = await db.select().from(files).where(eq(files.sha256, content.sha256));
  if (!file) throw notFound("This file");
  return { blob, content, key: file.key };
}

/** Removes what uploads left behind, and bytes that no blob names any more. */
export async function collectFiles(
  db: Database,
  store: FileStore,
  now = new Date(),
): Promise<void> {
  const unused = new Date(now.getTime() - ORPHAN_HOURS * HOUR_MS);
  const candidates = await db
    .select({ sha256: files.sha256 })
    .from(files)
    .where(and(lt(files.createdAt, unused), isUnused))
    .limit(BATCH);
  for (const { sha256 } of candidates) {
    const key = await disown(db, sha256);
    if (key) await drop(db, store, key);
  }
  const since = new Date(now.getTime() - UPLOAD_HOURS * HOUR_MS);
  const left = await db
    .select()
    .from(fileUploads)
    .where(lt(fileUploads.startedAt, since))
    .limit(BATCH);
  for (const { key } of left) await drop(db, store, key);
}

const isUnused = sql`not exists (
  select 1 from blobs where blobs.schema = 'file' and blobs.content->>'sha256' = ${files.sha256})`;

/** Takes a file's row away, and notes its key in the same breath; undefined when it is needed after all. */
function disown(db: Database, sha256: string): Promise<string | undefined> {
  return transact(db, async (tx) => {
    // In this order: whoever uploads the same bytes now has committed or waits, and is seen by the second look.
    await tx.execute(sql`select 1 from files where sha256 = ${sha256} for update`);
    const [gone] = await tx
      .delete(files)
      .where(and(eq(files.sha256, sha256), isUnused))
      .returning();
    if (!gone) return undefined;
    await tx.insert(fileUploads).values({ key: gone.key, startedAt: new Date(0) });
    return gone.key;
  });
}

async function drop(db: Database, store: FileStore, key: string): Promise<void> {
  await store.remove(key);
  await db.delete(fileUploads).where(eq(fileUploads.key, key));
}

/**
 * Files that a processor makes. Their bytes go to the store as they are made; rows and `file` blobs come to be with the
 * run's output, in the same transaction, or not at all: of an attempt that ends otherwise nothing is anybody's,
 * and the sweep of files finds it.
 */
import { and, eq, isNull } from "drizzle-orm";
import { blobs, files } from "../../drizzle/tables.ts";
import { type Actor, nameOf } from "../access.ts";
import { blobFacts } from "../blobs/blobs.ts";
import type { Database, Tx } from "../database.ts";
import { append } from "../events/append.ts";
import { ownBytes, type Received, receive } from "../files/files.ts";
import type { FileStore } from "../files/store.ts";
import { isId } from "../lists.ts";
import { type FileRead, type MadeFile, type NewFile, RunError } from "../processors/sdk.ts";
import type { FileV1 } from "../schemas/types.ts";
import { findSchema } from "../schemas/versions.ts";

/** One file that a processor makes, and one that it reads, in bytes. */
export const MADE_LIMIT_BYTES = 256 * 1024 * 1024;
export const READ_LIMIT_BYTES = 32 * 1024 * 1024;
/** Files of one attempt. */
const FILES_LIMIT = 50;

const SCHEMA = "file-v1";

/** In the store, and nobody's yet. */
export type Made = { id: string; name: string; mediaType: string; received: Received };

/** Writes it to the store and notes it in `made`. @throws RunError for one that is too large, or one too many */
export async function makeFile(
  db: Database,
  store: FileStore,
  made: Made[],
  { name, mediaType, bytes }: NewFile,
): Promise<MadeFile> {
  if (bytes.byteLength > MADE_LIMIT_BYTES || made.length >= FILES_LIMIT)
    throw refused(
      "output-too-large",
      `A file may have ${MADE_LIMIT_BYTES / 1024 / 1024} MiB, and a run ${FILES_LIMIT} files.`,
    );
  const received = await receive(db, store, chunked(bytes), MADE_LIMIT_BYTES);
  const id = Bun.randomUUIDv7();
  made.push({ id, name, mediaType, received });
  return { id, size: received.size, sha256: received.sha256 };
}

const CHUNK_BYTES = 1024 * 1024;

async function* chunked(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += CHUNK_BYTES)
    yield bytes.subarray(at, at + CHUNK_BYTES);
}

/** Makes them blobs beside the output that they were made with, and derived from it. */
export async function keepMade(
  tx: Tx,
  actor: Actor,
  made: readonly Made[],
  output: { id: string; root: string; bucket: string; path: string[] },
): Promise<void> {
  if (made.length === 0) return;
  const by = nameOf(actor);
  const schema = (await findSchema(tx, SCHEMA))!;
  for (const { id, name, mediaType, received } of made) {
    const { sha256, size } = received;
    await ownBytes(tx, received);
    const content: FileV1 = { name, mediaType, size, sha256 };
    const [blob] = await tx
      .insert(blobs)
      .values({
        id,
        root: output.root,
        bucket: output.bucket,
        schema: schema.name,
        schemaVersion: schema.version,
        content,
        metadata: {},
        derivedFrom: output.id,
        createdBy: by,
        updatedBy: by,
      })
      .returning();
    await append(tx, actor, {
      type: `blob.derived.${SCHEMA}`,
      place: output,
      subject: id,
      data: blobFacts(blob!),
    });
  }
}

/** A file of the same root, whole. @throws RunError for one that is not, or that is too large */
export async function readFile(
  db: Database,
  store: FileStore,
  root: string,
  id: string,
): Promise<FileRead> {
  const [blob] = isId(id)
    ? await db
        .select()
        .from(blobs)
        .where(and(eq(blobs.id, id), eq(blobs.root, root), isNull(blobs.trashedAt)))
    : [];
  const content = blob?.schema === "file" ? (blob.content as FileV1) : undefined;
  const [file] = content
    ? await db.select().from(files).where(eq(files.sha256, content.sha256))
    : [];
  if (!content || !file)
    throw refused("not-found", "A file that was asked for is not in this book.");
  if (file.size > READ_LIMIT_BYTES)
    throw refused(
      "file-too-large",
      `“${content.name}” has over ${READ_LIMIT_BYTES / 1024 / 1024} MiB, which is more than can be worked with.`,
    );
  const bytes = await new Response(store.read(file.key, 0, file.size)).bytes();
  return { name: content.name, mediaType: content.mediaType, bytes };
}

const refused = (type: string, sentence: string) =>
  new RunError(type, sentence, { retryable: false });

/**
 * Where the bytes of files lie: a folder, or any S3. Objects are named by keys of ours and never change; what they
 * are, and whether anybody needs them, stands in Postgres.
 */
import { mkdir, open, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { S3Settings } from "../env.ts";

export type FileStore = {
  /** Resolves when the bytes are safe. A failure may leave a part behind; the caller removes the key. */
  write(key: string, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  /** The bytes from `start` up to, and without, `end`. */
  read(key: string, start: number, end: number): ReadableStream<Uint8Array>;
  /** What is not there is removed already. */
  remove(key: string): Promise<void>;
};

export function openFolderStore(folder: string): FileStore {
  const pathOf = (key: string) => join(folder, key.slice(-2), key);
  return {
    async write(key, chunks) {
      const path = pathOf(key);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const file = await open(path, "wx", 0o600);
      try {
        for await (const chunk of chunks) await file.write(chunk);
        await file.sync();
      } finally {
        await file.close();
      }
      await syncFolder(dirname(path));
    },
    read: (key, start, end) => Bun.file(pathOf(key)).slice(start, end).stream(),
    remove: (key) => rm(pathOf(key), { force: true }),
  };
}

/** Also the file's name is to outlive a loss of power. Windows has no such thing. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  await folder.sync().finally(() => folder.close());
}

/** Bytes that are sent to S3 at once, and that wait at most. */
const PART_BYTES = 8 * 1024 * 1024;
const PARTS_AT_ONCE = 2;
const S3_RETRIES = 3;

export function openS3Store(settings: S3Settings): FileStore {
  const client = new Bun.S3Client(settings);
  return {
    async write(key, chunks) {
      const writer = client
        .file(key)
        .writer({ partSize: PART_BYTES, queueSize: PARTS_AT_ONCE, retry: S3_RETRIES });
      let waiting = 0;
      try {
        for await (const chunk of chunks) {
          writer.write(chunk);
          waiting += chunk.byteLength;
          if (waiting < PART_BYTES) continue;
          // What comes in faster than S3 takes it must not gather here.
          await writer.flush();
          waiting = 0;
        }
      } catch (error) {
        await Promise.resolve(writer.end(error as Error)).catch(() => {});
        throw error;
      }
      await writer.end();
    },
    read: (key, start, end) => client.file(key).slice(start, end).stream(),
    async remove(key) {
      await client.file(key).delete();
    },
  };
}

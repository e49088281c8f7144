/**
 * Snapshots: when a document rests, and now and then while somebody writes, it becomes a revision of
 * its `chapter` blob. What is due stands in the database, so a crash forgets nothing; of several
 * processes the one that gets the document's lock does it.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { and, eq, isNotNull, sql } from "drizzle-orm";
import { blobs, buckets, documents } from "../../drizzle/tables.ts";
import { SYSTEM } from "../access.ts";
import { type Blob, blobFacts, keepRevision, schemaIdOf } from "../blobs/blobs.ts";
import type { Stop } from "../bus/bus.ts";
import { noteWriting } from "../dashboard/writing.ts";
import { type Database, isUnavailable, type Tx, transact } from "../database.ts";
import { append } from "../events/append.ts";
import { canonicalJson } from "../json.ts";
import type { Log } from "../log.ts";
import { pitchSnapshot } from "../pitches/snapshot.ts";
import { findTriggered, queueTriggered } from "../runs/queue.ts";
import type { ChapterV1 } from "../schemas/types.ts";
import { requireValid } from "../schemas/versions.ts";
import { countsIn, withCounts } from "./counts.ts";
import { logLength, readDocument, shortenLog } from "./log.ts";
import type { Documents } from "./open.ts";
import { keepVersion, newestVersion, type Standing, standingOf } from "./versions.ts";

/** A document rests when nothing was appended for so long, in milliseconds. */
export const SNAPSHOT_IDLE_MS = 5_000;
/** One that does not rest gets a snapshot at most this often, in milliseconds. */
export const SNAPSHOT_EVERY_MS = 60_000;
/** How often what is due is looked for, in milliseconds. */
const LOOK_EVERY_MS = 1_000;
/** Documents taken up at one look. */
const AT_ONCE = 20;
/** A log with more updates than this behind its state is shortened when a snapshot is made. */
const LOG_LENGTH = 200;
/** Automatic versions of resting documents lie at least so far apart, in milliseconds. */
const VERSIONS_APART_MS = 10 * 60 * 1_000;
/** One that failed is left alone for so long, in milliseconds. */
const FAILED_FOR_MS = 60_000;
/** The schema of a chapter's snapshot, and of a pitch's. */
const SCHEMA = "chapter-v1";
const PITCH_SCHEMA = "pitch-v1";

export function startSnapshots(parts: {
  db: Database;
  documents: Documents;
  log: Log;
  idleMs?: number;
  everyMs?: number;
}): Stop {
  const { db, log, idleMs = SNAPSHOT_IDLE_MS, everyMs = SNAPSHOT_EVERY_MS } = parts;
  const stopped = new AbortController();
  const failed = new Map<string, number>();

  async function lookOnce(): Promise<void> {
    for (const [id, until] of failed) if (until < performance.now()) failed.delete(id);
    const found = await findDue(db, idleMs, everyMs, AT_ONCE + failed.size);
    for (const due of found.filter(({ bucket }) => !failed.has(bucket))) {
      if (stopped.signal.aborted) return;
      await takeSnapshot(db, parts.documents, due).catch((error) => {
        log.error({ err: error, document: due.bucket }, "a snapshot failed; it is tried again");
        if (!isUnavailable(error)) failed.set(due.bucket, performance.now() + FAILED_FOR_MS);
      });
    }
  }

  const looking = (async () => {
    while (!stopped.signal.aborted) {
      try {
        await lookOnce();
      } catch (error) {
        log.warn({ err: error }, "snapshots that are due were not read; they are looked for again");
      }
      const pause = Math.min(LOOK_EVERY_MS, idleMs);
      await sleep(pause, undefined, { signal: stopped.signal }).catch(() => {});
    }
  })();
  return async () => {
    stopped.abort();
    await looking;
  };
}

type Due = { bucket: string; rests: boolean };

async function findDue(
  db: Database,
  idleMs: number,
  everyMs: number,
  most: number,
): Promise<Due[]> {
  const rests = sql<boolean>`updated_at < now() - ${idleMs} * interval '1 ms'`;
  return db
    .select({ bucket: documents.bucket, rests })
    .from(documents)
    .where(
      sql`dirty_since is not null and (${rests} or dirty_since < now() - ${everyMs} * interval '1 ms')`,
    )
    .orderBy(documents.dirtySince)
    .limit(most);
}

/** How long is waited for a snapshot that somebody asks with, in milliseconds. */
const AT_ONCE_WITHIN_MS = 1_500;

/**
 * Brings a document's snapshot up to date, for whoever is about to ask with it. It is a kindness: where it fails or takes
 * long, the one before it has to do, and it is made when it is due.
 */
export async function snapshotNow(
  db: Database,
  opened: Documents,
  log: Log,
  bucket: string,
): Promise<void> {
  const taken = (async () => {
    const [dirty] = await db
      .select({ bucket: documents.bucket })
      .from(documents)
      .where(and(eq(documents.bucket, bucket), isNotNull(documents.dirtySince)));
    if (dirty) await takeSnapshot(db, opened, { bucket, rests: false });
  })().catch((error) => {
    log.warn({ err: error, document: bucket }, "no snapshot was made for an ask");
  });
  await Promise.race([taken, sleep(AT_ONCE_WITHIN_MS, undefined, { ref: false })]);
}

async function takeSnapshot(db: Database, opened: Documents, { bucket: id, rests }: Due) {
  const standing = await readStanding(db, opened, id);
  if (!standing) return;
  const { seq, content, state } = standing;
  const isLong = (await logLength(db, id)) > LOG_LENGTH;
  await transact(db, async (tx) => {
    const { rows } = await tx.execute<{ taken: boolean }>(
      sql`select pg_try_advisory_xact_lock(hashtextextended(${`snapshot:${id}`}, 0)) as taken`,
    );
    if (!rows[0]!.taken) return;
    const [document] = await tx.select().from(documents).where(eq(documents.bucket, id));
    // Somebody else was quicker.
    if (!document?.dirtySince || document.snapshotSeq >= seq) return;
    const [bucket] = await tx.select().from(buckets).where(eq(buckets.id, id));
    const counted = await withCounts(tx, content);
    if (bucket!.type === "chapter") await noteWriting(tx, document, { seq, content: counted });
    const snapshot =
      bucket!.type === "pitch"
        ? await writeSnapshot(
            tx,
            bucket!,
            document.snapshot,
            await pitchSnapshot(tx, bucket!, counted, state),
            PITCH_SCHEMA,
          )
        : await writeSnapshot(tx, bucket!, document.snapshot, counted);
    if (rests && (await isVersionDue(tx, id)))
      await keepVersion(tx, SYSTEM, bucket!, { name: null, reason: "rest" }, standing);
    if (isLong) await shortenLog(tx, id, seq, state);
    // Last, because writers wait for this row.
    await tx.execute(sql`
      update documents set snapshot = ${snapshot}, snapshot_seq = ${seq},
        counts = ${JSON.stringify(countsIn(counted))}::jsonb,
        dirty_since = case when seq > ${seq} then now() end
      where bucket = ${id}`);
  });
}

/**
 * The first snapshot of a chapter that began with words, in the transaction that made it. Nobody typed them, and it
 * triggers nothing: on-create processors do not run for what is imported.
 */
export async function beginSnapshot(
  tx: Tx,
  bucket: typeof buckets.$inferSelect,
  seq: number,
  content: ChapterV1,
): Promise<void> {
  const counted = await withCounts(tx, content);
  const snapshot = await writeSnapshot(tx, bucket, null, counted, SCHEMA, { triggers: false });
  await tx
    .update(documents)
    .set({ snapshot, snapshotSeq: seq, counts: countsIn(counted), dirtySince: null })
    .where(eq(documents.bucket, bucket.id));
}

/**
 * The document with everything up to its number and nothing else: words that are still on their way into the log
 * belong to whoever is about to append them.
 */
async function readStanding(
  db: Database,
  documents: Documents,
  id: string,
): Promise<Standing | undefined> {
  if (!(await documents.flushed(id))) return undefined;
  const settled = documents.settled(id);
  if (settled) return standingOf(settled.doc, settled.applied);
  const read = await readDocument(db, id);
  return standingOf(read.doc, read.seq);
}

/** A new blob, or a new revision where the words have changed; answers its id. */
async function writeSnapshot(
  tx: Tx,
  bucket: typeof buckets.$inferSelect,
  id: string | null,
  content: object,
  ref = SCHEMA,
  { triggers = true } = {},
): Promise<string> {
  const schema = await requireValid(tx, ref, content);
  const [standing] = id ? await tx.select().from(blobs).where(eq(blobs.id, id)).for("update") : [];
  if (!standing) {
    const [blob] = await tx
      .insert(blobs)
      .values({
        id: Bun.randomUUIDv7(),
        root: bucket.root,
        bucket: bucket.id,
        schema: schema.name,
        schemaVersion: schema.version,
        content,
        metadata: {},
        createdBy: "system",
        updatedBy: "system",
      })
      .returning();
    await tell(tx, "blob.created", blob!, bucket);
    const triggered = triggers ? await findTriggered(tx, ref, bucket.root) : [];
    await queueTriggered(tx, SYSTEM, triggered, blob!, bucket);
    return blob!.id;
  }
  if (canonicalJson(standing.content) === canonicalJson(content)) return standing.id;
  await keepRevision(tx, standing);
  const [blob] = await tx
    .update(blobs)
    .set({
      content,
      schemaVersion: schema.version,
      revision: standing.revision + 1,
      updatedBy: "system",
      updatedAt: new Date(),
    })
    .where(eq(blobs.id, standing.id))
    .returning();
  await tell(tx, "blob.updated", blob!, bucket);
  return blob!.id;
}

const tell = (tx: Tx, fact: string, blob: Blob, bucket: { root: string; path: string[] }) =>
  append(tx, SYSTEM, {
    type: `${fact}.${schemaIdOf(blob)}`,
    place: bucket,
    subject: blob.id,
    data: blobFacts(blob),
  });

async function isVersionDue(tx: Tx, document: string): Promise<boolean> {
  const newest = await newestVersion(tx, document);
  return !newest || Date.now() - newest.createdAt.getTime() > VERSIONS_APART_MS;
}

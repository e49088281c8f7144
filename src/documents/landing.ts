/**
 * Landing: a take goes into its passage's prose when that is still empty. Once a take, by whichever process gets the
 * row; in one transaction with the document, whose row is locked first: from the look at the prose to
 * the commit nobody appends to the log. What is typed at the same moment and not yet in the log stands beside the take;
 * the same take accepted by hand at that moment is there once.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { and, eq, isNull } from "drizzle-orm";
import type * as Y from "yjs";
import { blobs, buckets, documents as documentRows, takeLandings } from "../../drizzle/tables.ts";
import type { Actor } from "../access.ts";
import type { Blob } from "../blobs/blobs.ts";
import type { Stop } from "../bus/bus.ts";
import { type Database, isUnavailable, type Tx, transact } from "../database.ts";
import type { Feed } from "../events/feed.ts";
import type { Log } from "../log.ts";
import { Problem } from "../problem.ts";
import type { ExpandedTextV1, TextInputV1 } from "../schemas/types.ts";
import { acceptTake } from "./model/accept.ts";
import { readRows } from "./model/rows.ts";
import { hashOfText, textOf } from "./model/text.ts";
import type { Documents } from "./open.ts";
import { rewritesOf } from "./passages.ts";
import { settleDocument, writeDocument } from "./write.ts";

/** How often what is left over is looked for, in milliseconds; mostly the feed tells at once. */
const LOOK_EVERY_MS = 2_000;
/** Landings taken up at one look. */
const AT_ONCE = 20;
/** One that failed is left alone for so long, in milliseconds. */
const FAILED_FOR_MS = 60_000;

const DERIVED = /^blob\.derived\.expanded-text-v\d+$/;

type Landing = typeof takeLandings.$inferSelect;
type Outcome = NonNullable<Landing["outcome"]>;

export function startLandings(parts: {
  db: Database;
  documents: Documents;
  feed: Feed;
  log: Log;
}): Stop {
  const { db, documents, log } = parts;
  const stopped = new AbortController();
  const failed = new Map<string, number>();
  let bell = Promise.withResolvers<void>();
  const leave = parts.feed.subscribe(({ event }) => {
    if (DERIVED.test(event.type)) bell.resolve();
  });

  async function lookOnce(): Promise<void> {
    for (const [take, until] of failed) if (until < performance.now()) failed.delete(take);
    const open = await db
      .select()
      .from(takeLandings)
      .where(isNull(takeLandings.settledAt))
      .orderBy(takeLandings.createdAt)
      .limit(AT_ONCE + failed.size);
    for (const landing of open.filter(({ take }) => !failed.has(take))) {
      if (stopped.signal.aborted) return;
      await land(db, documents, landing).catch((error) => {
        log.error({ err: error, take: landing.take }, "a take did not land; it is tried again");
        if (!isUnavailable(error)) failed.set(landing.take, performance.now() + FAILED_FOR_MS);
      });
    }
  }

  const looking = (async () => {
    while (!stopped.signal.aborted) {
      bell = Promise.withResolvers<void>();
      await lookOnce().catch((error) => {
        log.warn({ err: error }, "takes that are to land were not read; they are looked for again");
      });
      const pause = sleep(LOOK_EVERY_MS, undefined, { signal: stopped.signal }).catch(() => {});
      await Promise.race([pause, bell.promise]);
    }
  })();
  return async () => {
    leave();
    stopped.abort();
    await looking;
  };
}

async function land(db: Database, documents: Documents, { take, document }: Landing) {
  // What was typed in this process before is in the log, and so in what is looked at.
  await settleDocument(documents, document);
  try {
    await transact(db, (tx) => landOnce(tx, documents, take));
  } catch (error) {
    // Too large a chapter stays as it is; the take waits beside it like any other.
    if (!(error instanceof Problem) || error.status !== 409) throw error;
    await transact(db, async (tx) => settle(tx, take, "refused"));
  }
}

async function landOnce(tx: Tx, documents: Documents, id: string): Promise<void> {
  const [landing] = await tx
    .select()
    .from(takeLandings)
    .where(and(eq(takeLandings.take, id), isNull(takeLandings.settledAt)))
    .for("update", { skipLocked: true });
  if (!landing) return;
  const found = await findTake(tx, landing);
  if (!found) return settle(tx, id, "gone");
  if (!found.ai) return settle(tx, id, "ai-off");
  const actor: Actor = {
    kind: "processor",
    processor: "text-expansion",
    run: found.take.run ?? "",
  };
  const outcome = await writeDocument(tx, documents, actor, landing.document, (doc) =>
    put(doc, landing.passage, found.take, found.ask),
  );
  await settle(tx, id, outcome);
}

/** The take and its ask, and the document locked; undefined when one of them is no more, or was discarded. */
async function findTake(tx: Tx, { take: id, document }: Landing) {
  const [take] = await tx.select().from(blobs).where(eq(blobs.id, id));
  if (!take || take.trashedAt || take.metadata.discardedAt !== undefined) return undefined;
  const [ask] = await tx.select().from(blobs).where(eq(blobs.id, take.derivedFrom!));
  // Rewritten words have a place of their own.
  if (ask && rewritesOf(ask)) return undefined;
  const [root] = await tx.select({ ai: buckets.ai }).from(buckets).where(eq(buckets.id, take.root));
  const [bucket] = await tx
    .select({ trashedAt: buckets.trashedAt })
    .from(documentRows)
    .innerJoin(buckets, eq(buckets.id, documentRows.bucket))
    .where(eq(documentRows.bucket, document))
    .for("no key update", { of: documentRows });
  return ask && root && bucket?.trashedAt === null ? { take, ask, ai: root.ai } : undefined;
}

function put(doc: Y.Doc, passage: string, take: Blob, ask: Blob): Outcome {
  const row = readRows(doc).find(({ passages }) => passages.includes(passage));
  if (!row) return "gone";
  if (textOf(row.prose).trim() !== "") return "not-empty";
  // As a writer accepts it: who does that in the same moment writes the same, and it comes in once.
  acceptTake(doc, passage, {
    take: take.id,
    text: (take.content as ExpandedTextV1).text,
    askHash: hashOfText((ask.content as TextInputV1).text),
  });
  return "landed";
}

async function settle(tx: Tx, take: string, outcome: Outcome): Promise<void> {
  await tx
    .update(takeLandings)
    .set({ settledAt: new Date(), outcome })
    .where(eq(takeLandings.take, take));
}

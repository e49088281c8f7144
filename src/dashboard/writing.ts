/**
 * What was written since the snapshot before: words by hand and words of accepted takes, apart, by who made the
 * updates in between, and where the last change stands. It is noted in the transaction that makes the snapshot.
 */
import { and, eq, gt, lte, sql } from "drizzle-orm";
import { blobs, type documents, documentUpdates, writing } from "../../drizzle/tables.ts";
import type { Tx } from "../database.ts";
import { halfFrom } from "../documents/model/snapshot.ts";
import { textOf } from "../documents/model/text.ts";
import type { ChapterV1 } from "../schemas/types.ts";

type Document = typeof documents.$inferSelect;
type Saved = ChapterV1["passages"][number];

/** A place in the prose of a chapter. */
export type Spot = { passage: string; caret: number | null };

/**
 * Before the snapshot is written. A document that came with its words (an import, a copy) was made with its
 * `counts`: they are nobody's writing.
 */
export async function noteWriting(
  tx: Tx,
  document: Document,
  { seq, content }: { seq: number; content: ChapterV1 },
): Promise<void> {
  // From before counts were kept: what is new of it, nobody knows.
  if (document.snapshot && !document.counts) return;
  const authors = await authorsOf(tx, document, seq);
  if (authors.length === 0) return;
  const before = document.counts ?? { prose: 0, accepted: 0 };
  const accepted = (content.words.accepted ?? 0) - (before.accepted ?? 0);
  const typed = content.words.prose - before.prose - accepted;
  const spot = lastChange(await standing(tx, document), content);
  const shares = shared({ typed, accepted }, authors);
  for (const { account, ...share } of shares)
    await tx
      .insert(writing)
      .values({
        account,
        document: document.bucket,
        root: document.root,
        hour: sql`date_trunc('hour', now(), 'UTC')`,
        ...share,
        passage: spot?.passage ?? null,
        caret: spot?.caret ?? null,
      })
      .onConflictDoUpdate({
        target: [writing.account, writing.hour, writing.document],
        set: {
          typed: sql`${writing.typed} + ${share.typed}`,
          accepted: sql`${writing.accepted} + ${share.accepted}`,
          ...(spot ? { passage: spot.passage, caret: spot.caret } : {}),
          writtenAt: sql`now()`,
        },
      });
}

type Author = { account: string; bytes: number };

/** Who made the updates since the last snapshot, who made most of them first. Accounts that are gone are left out. */
async function authorsOf(tx: Tx, { bucket, snapshotSeq }: Document, seq: number) {
  const bytes = sql<number>`sum(octet_length(${documentUpdates.update}))::int`;
  return tx
    .select({ account: sql<string>`substr(${documentUpdates.actor}, 9)`, bytes })
    .from(documentUpdates)
    .where(
      and(
        eq(documentUpdates.document, bucket),
        gt(documentUpdates.seq, snapshotSeq),
        lte(documentUpdates.seq, seq),
        sql`${documentUpdates.actor} in (select 'account:' || id from accounts)`,
      ),
    )
    .groupBy(documentUpdates.actor)
    .orderBy(sql`2 desc`);
}

/** By how much of the updates each made, in whole words whose sum is the whole. */
export function shared<Part extends string>(
  words: Record<Part, number>,
  authors: readonly Author[],
): ({ account: string } & Record<Part, number>)[] {
  const all = authors.reduce((sum, { bytes }) => sum + bytes, 0);
  const left = { ...words };
  const parts = Object.keys(words) as Part[];
  const rest = authors.slice(1).map(({ account, bytes }) => {
    const own = { account } as { account: string } & Record<Part, number>;
    for (const part of parts) {
      const share = Math.trunc((words[part] * bytes) / all);
      Object.assign(own, { [part]: share });
      left[part] -= share;
    }
    return own;
  });
  return [{ account: authors[0]!.account, ...left }, ...rest];
}

async function standing(tx: Tx, { snapshot }: Document): Promise<ChapterV1 | undefined> {
  if (!snapshot) return undefined;
  const [blob] = await tx
    .select({ content: blobs.content })
    .from(blobs)
    .where(eq(blobs.id, snapshot));
  return blob?.content as ChapterV1 | undefined;
}

/** The last passage that differs; in its prose, the end of what differs. Undefined where nothing does. */
export function lastChange(before: ChapterV1 | undefined, after: ChapterV1): Spot | undefined {
  const known = new Map(before?.passages.map((passage) => [passage.id, passage]));
  const isOther = (half: "notes" | "prose") => (passage: Saved) =>
    JSON.stringify(known.get(passage.id)?.[half] ?? []) !== JSON.stringify(passage[half]);
  const prose = after.passages.findLast(isOther("prose"));
  if (prose) {
    const old = known.get(prose.id);
    return { passage: prose.id, caret: endOfChange(old ? proseOf(old) : "", proseOf(prose)) };
  }
  const notes = after.passages.findLast(isOther("notes"));
  return notes && { passage: notes.id, caret: null };
}

const proseOf = ({ prose }: Saved): string => textOf(halfFrom(prose, "prose"));

/** How far into `after` it differs from `before`, in UTF-16 units. */
function endOfChange(before: string, after: string): number {
  const most = Math.min(before.length, after.length);
  let same = 0;
  while (same < most && before.at(-1 - same) === after.at(-1 - same)) same++;
  return after.length - same;
}

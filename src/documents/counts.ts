/** What a snapshot tells beyond its words: how many of them came with takes, and where notes moved on. */
import { inArray } from "drizzle-orm";
import { blobs } from "../../drizzle/tables.ts";
import type { Db } from "../database.ts";
import type { ChapterV1, ExpandedTextV1 } from "../schemas/types.ts";
import { halfFrom } from "./model/snapshot.ts";
import { countWords, hashOf, textOf, wordsIn } from "./model/text.ts";

type Saved = ChapterV1["passages"][number];

/** A word stands as it came while so many in a row, itself among them, are as in the take. */
const RUN = 3;

/**
 * How many words of `prose` came with `take`, wherever they were moved to: those in a run of three that the
 * take has too. Single words prove nothing, since every text has them.
 */
export function wordsFrom(take: string, prose: string): number {
  const [came, stand] = [wordsIn(take), wordsIn(prose)];
  const run = Math.min(RUN, came.length, stand.length);
  if (run === 0) return 0;
  const runs = new Set(came.map((_, at) => runAt(came, at, run)));
  const isFrom = new Array<boolean>(stand.length).fill(false);
  for (let at = 0; at + run <= stand.length; at++)
    if (runs.has(runAt(stand, at, run))) isFrom.fill(true, at, at + run);
  return isFrom.filter(Boolean).length;
}

const runAt = (words: string[], at: number, length: number) =>
  words.slice(at, at + length).join(" ");

export async function withCounts(db: Db, chapter: ChapterV1): Promise<ChapterV1> {
  const takes = await textsOf(db, chapter.passages.flatMap(takesIn));
  let accepted = 0;
  for (const passage of chapter.passages) {
    const texts = takesIn(passage).flatMap((id) => takes.get(id) ?? []);
    if (texts.length > 0)
      accepted += wordsFrom(texts.join("\n\n"), textOf(halfFrom(passage.prose, "prose")));
  }
  return {
    ...chapter,
    words: { ...chapter.words, accepted },
    changed: rowsIn(chapter).filter(isChanged).length,
  };
}

/** The take that was accepted, and those of which a part was. */
const takesIn = ({ take, also }: Saved): string[] => [
  ...(take === undefined ? [] : [take]),
  ...(also?.split(" ") ?? []),
];

/** As they stand beside the snapshot. */
export const countsIn = ({ words, changed = 0 }: ChapterV1) => ({ accepted: 0, ...words, changed });

async function textsOf(db: Db, takes: string[]): Promise<Map<string, string>> {
  if (takes.length === 0) return new Map();
  const rows = await db
    .select({ id: blobs.id, content: blobs.content })
    .from(blobs)
    .where(inArray(blobs.id, takes));
  return new Map(rows.map(({ id, content }) => [id, (content as ExpandedTextV1).text ?? ""]));
}

/** Passages that are drawn in one row stand together, the first of them first. */
function rowsIn({ passages }: ChapterV1): Saved[][] {
  const rows: Saved[][] = [];
  for (const passage of passages)
    if (passage.under === undefined) rows.push([passage]);
    else rows.at(-1)?.push(passage);
  return rows;
}

function isChanged(parts: Saved[]): boolean {
  const { take, askHash } = parts[0]!;
  if (take === undefined) return false;
  const half = (name: "notes" | "prose") =>
    halfFrom(
      parts.flatMap((part) => part[name]),
      name,
    );
  return countWords(half("prose")) > 0 && askHash !== hashOf(half("notes"));
}

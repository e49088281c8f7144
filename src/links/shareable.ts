import { and, eq, isNull, sql } from "drizzle-orm";
import { buckets } from "../../drizzle/tables.ts";
import type { Bucket } from "../buckets/buckets.ts";
import type { Db } from "../database.ts";
import { chaptersIn, readOutline } from "../documents/chapters.ts";

export type Thing = { id: string; type: "book" | "chapter" | "pitch"; name: string };

/** What of a book a link may show: all of it, then its chapters in their order, then its pitches. */
export async function shareable(db: Db, book: Bucket): Promise<Thing[]> {
  const outline = await readOutline(db, book);
  const pitches = await db
    .select({ id: buckets.id, name: buckets.name })
    .from(buckets)
    .where(
      and(
        sql`${buckets.path} @> array[${book.id}]::uuid[]`,
        eq(buckets.type, "pitch"),
        isNull(buckets.trashedAt),
      ),
    )
    .orderBy(buckets.position, buckets.id);
  return [
    { id: book.id, type: "book", name: book.name },
    ...chaptersIn(outline).map(({ id, number, name }) => ({
      id,
      type: "chapter" as const,
      name: name || `Chapter ${number}`,
    })),
    ...pitches.map(({ id, name }) => ({ id, type: "pitch" as const, name: name || "Untitled" })),
  ];
}

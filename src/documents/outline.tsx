/** The outline as fragments: what an answer brings to whoever changed it, and an event to everybody who looks. */
import { eq } from "drizzle-orm";
import { buckets } from "../../drizzle/tables.ts";
import { TitleUpdate } from "../../views/chapters/chapter-title.tsx";
import { ChapterCountsUpdate } from "../../views/chapters/counts.tsx";
import {
  type OutlineProps,
  OutlineRowUpdate,
  OutlineUpdate,
} from "../../views/chapters/outline.tsx";
import { AskToday } from "../../views/chapters/today.tsx";
import type { Bucket } from "../buckets/buckets.ts";
import type { Db } from "../database.ts";
import type { NumberedEvent } from "../events/event.ts";
import { bookOf, chaptersIn, readOutline, trashedChapters } from "./chapters.ts";

/** The outline beside a chapter; null where it lies in nothing. */
export async function outlineOf(
  db: Db,
  chapter: Pick<Bucket, "id" | "path">,
): Promise<OutlineProps | null> {
  const book = await bookOf(db, chapter);
  if (!book) return null;
  const [outline, trashed] = await Promise.all([
    readOutline(db, book),
    trashedChapters(db, book.id),
  ]);
  return { book: outline, trashed, current: chapter.id };
}

/** All of it, as a page that shows this chapter has it, the chapter's own title included. */
export async function outlineUpdate(db: Db, chapter: Bucket) {
  const props = await outlineOf(db, chapter);
  if (!props) return null;
  const current = chaptersIn(props.book).find(({ id }) => id === chapter.id);
  return (
    <>
      <OutlineUpdate {...props} />
      <TitleUpdate
        chapter={{ id: chapter.id, number: current?.number ?? null, title: chapter.name }}
        isTrashed={chapter.trashedAt !== null}
      />
      {current && <ChapterCountsUpdate {...current} />}
    </>
  );
}

const CHANGES_A_TREE = /^bucket\.(created|updated|moved|deleted|restored)$/;
const CHANGES_A_ROW =
  /^(blob\.(created|updated)\.chapter-v\d+|run\.(queued|started|succeeded|cancelled|dead))$/;

/**
 * What an event changes of the outline on the page of a chapter, if anything: the whole, when a bucket below
 * its book changed; one row, when another snapshot has other words, or a run begins or ends.
 */
export function outlineChange(
  db: Db,
  chapterId: string,
  { path, event, root }: NumberedEvent,
): Promise<unknown> | undefined {
  const isTree = CHANGES_A_TREE.test(event.type);
  if (!isTree && !CHANGES_A_ROW.test(event.type)) return undefined;
  return (async () => {
    const [chapter] = await db.select().from(buckets).where(eq(buckets.id, chapterId));
    if (!chapter || chapter.root !== root) return null;
    if (isTree) return outlineUpdate(db, chapter);
    const props = await outlineOf(db, chapter);
    const changed = props && chaptersIn(props.book).find(({ id }) => id === path.at(-1));
    if (!changed) return null;
    return (
      <>
        <OutlineRowUpdate {...props} chapter={changed} />
        {changed.id === chapterId && <ChapterCountsUpdate {...changed} />}
        {changed.id === chapterId && <AskToday chapter={chapterId} />}
      </>
    );
  })();
}

import { Mark, type MarkName } from "../ui/mark.tsx";
import { Replace } from "../ui/partial.tsx";

export type ChapterRow = {
  id: string;
  number: number;
  /** Empty while it has no name. */
  title: string;
  /** The mark that stands for all its passages. */
  mark: MarkName;
};

export const OUTLINE_ID = "outline";
export const chapterRowId = (id: string) => `chapter-${id}`;
export const chapterMarkId = (id: string) => `chapter-mark-${id}`;

/** The chapters of a book; beside the page where there is room, else an overlay. */
export function Outline({
  book,
  chapters,
  current,
}: {
  book: { title: string };
  chapters: ChapterRow[];
  /** Id of the chapter on screen. */
  current: string;
}) {
  return (
    <nav class="outline" id={OUTLINE_ID} aria-label="Chapters" popover="auto">
      <h2>{book.title}</h2>
      <p>{chapters.length === 1 ? "1 chapter" : `${chapters.length} chapters`}</p>
      <ol>
        {chapters.map((chapter) => (
          <OutlineRow chapter={chapter} current={chapter.id === current} />
        ))}
      </ol>
    </nav>
  );
}

export function OutlineRow({ chapter, current }: { chapter: ChapterRow; current: boolean }) {
  return (
    <li id={chapterRowId(chapter.id)}>
      <a href={`/chapters/${chapter.id}`} aria-current={current ? "page" : undefined}>
        <span class="number">{chapter.number}</span>
        <span class="title">{chapter.title || "Untitled"}</span>
        <ChapterMark {...chapter} />
      </a>
    </li>
  );
}

function ChapterMark({ id, mark }: Pick<ChapterRow, "id" | "mark">) {
  return (
    <span class="state" id={chapterMarkId(id)}>
      <Mark name={mark} size={8} named />
    </span>
  );
}

/** The mark for an answer or a frame. */
export function ChapterMarkUpdate(props: Pick<ChapterRow, "id" | "mark">) {
  return (
    <Replace id={chapterMarkId(props.id)}>
      <ChapterMark {...props} />
    </Replace>
  );
}

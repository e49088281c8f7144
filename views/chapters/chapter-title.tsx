/** Where one is: the title of the chapter at the head of its page, where it can be changed, and in the top bar. */
import { Button } from "../ui/button.tsx";
import { Replace } from "../ui/partial.tsx";
import { BAR_TITLE_ID, CHAPTER_TITLE_ID, CHAPTER_TRASHED_ID, UNTITLED } from "./outline-ids.ts";

export type TitledChapter = {
  id: string;
  /** Null for one in the trash. */
  number: number | null;
  /** Empty while it has no name. */
  title: string;
};

/** In place of a title that a chapter does not have to have. */
const NAME_IT = "Name this chapter, or don’t";

export function ChapterTitle({ chapter }: { chapter: TitledChapter }) {
  return (
    <h1>
      <Written chapter={chapter} />
    </h1>
  );
}

/** In place of an empty title the style sheet shows that there is none. What the studio has is told beside what is written. */
function Written({ chapter: { id, title } }: { chapter: TitledChapter }) {
  const name = title.trim();
  return (
    <span id={CHAPTER_TITLE_ID} data-title={id} data-name={name} data-none={NAME_IT}>
      {name}
    </span>
  );
}

export function BarTitle({ chapter: { number, title } }: { chapter: TitledChapter }) {
  return (
    <strong id={BAR_TITLE_ID}>
      {number !== null && <span class="number">{number}, </span>}
      {title.trim() || UNTITLED}
    </strong>
  );
}

/** Told where the chapter is in the trash: it can be read, and brought back. */
export function TrashedNotice({ id, isTrashed }: { id: string; isTrashed: boolean }) {
  return (
    <div
      class="notice"
      id={CHAPTER_TRASHED_ID}
      role="status"
      data-trashed={String(isTrashed)}
      hidden={!isTrashed}
    >
      {isTrashed && (
        <>
          This chapter is in the trash.
          <form hx-post={`/chapters/${id}/restoration`} hx-swap="none">
            <Button type="submit">Restore it</Button>
          </form>
        </>
      )}
    </div>
  );
}

export function TitleUpdate(props: { chapter: TitledChapter; isTrashed: boolean }) {
  return (
    <>
      <Replace id={CHAPTER_TITLE_ID}>
        <Written chapter={props.chapter} />
      </Replace>
      <Replace id={BAR_TITLE_ID}>
        <BarTitle {...props} />
      </Replace>
      <Replace id={CHAPTER_TRASHED_ID}>
        <TrashedNotice id={props.chapter.id} isTrashed={props.isTrashed} />
      </Replace>
    </>
  );
}

/** A shared text: the contents of a book, or the prose of a chapter or a pitch. Quiet, and readable without a script. */
import { raw } from "hono/html";
import type { Assets } from "../../src/assets.ts";
import type { Piece, Shared, SharedChapter } from "../../src/links/text.ts";
import { Ended } from "./doors.tsx";
import { Reader } from "./reader.tsx";

export type ReadingProps = {
  assets: Pick<Assets, "url">;
  /** Of the link. */
  path: string;
  shared: Shared;
  /** The bucket whose text is shown; null: the contents of a book. */
  shown: string | null;
  /** Of a book. */
  chapter: SharedChapter | null;
  previous: SharedChapter | null;
  next: SharedChapter | null;
  pieces: Piece[];
};

export const READING_ID = "reading";
export const ENDED_ID = "ended";

export function ReadingPage(props: ReadingProps) {
  const { assets, path, shared, shown, chapter } = props;
  const name = shared.name || "Untitled";
  const title = chapter ? `${nameOf(chapter)}, ${name}` : name;
  return (
    <Reader assets={assets} title={title} live={`${path}/live`} shown={shown}>
      <div id={READING_ID}>{shown === null ? <Contents {...props} /> : <Text {...props} />}</div>
      <template id={ENDED_ID}>
        <Ended />
      </template>
    </Reader>
  );
}

const nameOf = ({ name, number }: SharedChapter) => name || `Chapter ${number}`;

function Contents({ path, shared }: ReadingProps) {
  const { name, author, language, stretches } = shared;
  return (
    <main id="main" class="contents" lang={language ?? undefined}>
      <h1 dir="auto">{name || "Untitled"}</h1>
      {author && (
        <p class="author" dir="auto">
          {author}
        </p>
      )}
      <nav aria-label="Chapters">
        {stretches!.map(({ part, chapters }) => (
          <>
            {part && <h2 dir="auto">{part}</h2>}
            <ol>
              {chapters.map((chapter) => (
                <li>
                  <span class="number">{chapter.number}</span>
                  <a href={`${path}/${chapter.id}`} dir="auto">
                    {nameOf(chapter)}
                  </a>
                </li>
              ))}
            </ol>
          </>
        ))}
      </nav>
      {stretches!.length === 0 && <p class="nothing">There are no chapters yet.</p>}
    </main>
  );
}

function Text({ path, shared, chapter, previous, next, pieces }: ReadingProps) {
  const title = chapter ? nameOf(chapter) : shared.name || "Untitled";
  return (
    <>
      {chapter && (
        <header class="where">
          <a href={path} dir="auto">
            {shared.name || "Untitled"}
          </a>
        </header>
      )}
      <main id="main" lang={shared.language ?? undefined}>
        <article>
          <h1 dir="auto">{title}</h1>
          {pieces.map(({ title, html }) => (
            <section>
              {title && <h2 dir="auto">{title}</h2>}
              {raw(html)}
            </section>
          ))}
          {pieces.length === 0 && <p class="nothing">Nothing is written here yet.</p>}
        </article>
      </main>
      {(previous || next) && (
        <nav class="turn" aria-label="Chapters">
          {previous && (
            <a href={`${path}/${previous.id}`} rel="prev">
              <span class="way">Previous</span>
              <span dir="auto">{nameOf(previous)}</span>
            </a>
          )}
          {next && (
            <a href={`${path}/${next.id}`} rel="next" class="next">
              <span class="way">Next</span>
              <span dir="auto">{nameOf(next)}</span>
            </a>
          )}
        </nav>
      )}
    </>
  );
}

/** The place where one stopped: what one comes back to stands first. */
import { Cover } from "../books/cover.tsx";
import { Meter } from "../ui/meter.tsx";
import { type BookCard, BookMenu } from "./books.tsx";
import { STOPPED_ID } from "./ids.ts";
import { type Moment, When } from "./when.tsx";

export type StoppedView = {
  book: BookCard;
  chapter: { name: string; number: number | null };
  /** To the passage. */
  href: string;
  words: string;
  isNotes: boolean;
  when: Moment;
  /** `goal`: words of a day; null: none was set. */
  today: { typed: number; accepted: number; goal: number | null };
};

export function Stopped({ stopped }: { stopped: StoppedView | null }) {
  return (
    <section id={STOPPED_ID} class="stopped" aria-label="Where you stopped">
      {stopped ? <Place {...stopped} /> : <Nothing />}
    </section>
  );
}

function Place({ book, chapter, href, words, isNotes, when, today }: StoppedView) {
  const name = chapter.name || "Untitled";
  return (
    <>
      <Cover book={book} />
      <div class="place-text">
        <p class="of">{book.title}</p>
        <h1>{chapter.number === null ? name : `${chapter.number}, ${name}`}</h1>
        <p class={isNotes ? "last notes" : "last"} dir="auto">
          {words || "Nothing is written here yet."}
          {words && !isNotes && <span class="caret" aria-hidden="true" />}
        </p>
        <div class="go-on">
          <a class="button primary large" href={href}>
            Continue writing
          </a>
          <span class="hint">
            Edited {when.isToday && "at "}
            <When {...when} />
          </span>
          <BookMenu book={book} />
        </div>
        <div class="meters">
          <Today {...today} />
          <Meter
            words={book.words}
            of={book.target}
            label={
              book.target === null
                ? `${book.words === 1 ? "word" : "words"} in the book`
                : "in the book"
            }
          />
        </div>
      </div>
    </>
  );
}

function Today({ typed, accepted, goal }: StoppedView["today"]) {
  const words = typed + accepted;
  return (
    <p class="word-meter">
      <span>
        <strong>{words.toLocaleString("en")}</strong>
        {goal !== null && ` of ${goal.toLocaleString("en")}`}
        {goal === null && (words === 1 ? " word" : " words")} today
      </span>
      {goal !== null && (
        <svg class="track" viewBox="0 0 120 3" preserveAspectRatio="none" aria-hidden="true">
          <rect class="typed" width={share(typed, goal, 0)} height="3" />
          <rect
            x={share(typed, goal, 0)}
            width={share(accepted, goal, typed)}
            height="3"
            fill="url(#taken)"
          />
        </svg>
      )}
      {accepted > 0 && <span>+{accepted.toLocaleString("en")} from takes</span>}
    </p>
  );
}

/** In px of a track of 120, behind what is there before. */
const share = (words: number, goal: number, before: number): string => {
  const upTo = (count: number) => (Math.min(count, goal) / goal) * 120;
  return String(Math.round((upTo(before + words) - upTo(before)) * 10) / 10);
};

function Nothing() {
  return (
    <div class="place-text">
      <h1>No book yet</h1>
      <p class="last">Begin one below, or bring in a manuscript that you have.</p>
    </div>
  );
}

import type { Assets } from "../../src/assets.ts";
import { Layout } from "../layout.tsx";
import { countWords, wordsLabel } from "../prose.ts";
import { Button } from "../ui/button.tsx";
import { PlusIcon } from "../ui/icons.tsx";
import { ModifierKey } from "../ui/key.tsx";
import { GLOSS, type MarkName } from "../ui/mark.tsx";
import { Replace } from "../ui/partial.tsx";
import { SaveChip } from "../ui/save-chip.tsx";
import { SpineCell } from "../ui/spine.tsx";
import { type Account, TopBar } from "../ui/top-bar.tsx";
import { type ChapterRow, OUTLINE_ID, Outline } from "./outline.tsx";
import { NewPassage, PassageRow } from "./passage.tsx";
import { isExpanding, MARKS_ID, PASSAGES_ID, type PassageView } from "./passage-view.ts";

export type ChapterPageProps = {
  assets: Pick<Assets, "url">;
  account: Account;
  book: {
    title: string;
    /** BCP 47; what quotes and dashes are set by. */
    language?: string;
  };
  chapters: ChapterRow[];
  /** `title` is empty while it has no name. */
  chapter: { id: string; number: number; title: string };
  passages: PassageView[];
  /** `<epoch>:<offset>`, taken before anything on the page was read. */
  since: string;
  /** RFC 3339; the newest moment at which words of this chapter reached the database. */
  savedAt: string | null;
  /** Name of the model that would be asked; null means the practice model. */
  model: string | null;
};

/** The writer: a chapter's notes and prose, side by side. */
export function ChapterPage(props: ChapterPageProps) {
  const { assets, account, book, chapter, passages } = props;
  const title = chapter.title || "Untitled";
  return (
    <Layout assets={assets} title={`${title}, ${book.title}`} account={account.id} page="writer">
      <TopBar
        account={account}
        outline={OUTLINE_ID}
        status={
          <>
            <ExpandingCount count={passages.filter(({ run }) => isExpanding(run)).length} />
            <SaveChip savedAt={props.savedAt} />
          </>
        }
      >
        <span class="book">
          {book.title} <span aria-hidden="true">/</span>
        </span>{" "}
        <strong>
          <span class="number">{chapter.number}, </span>
          {title}
        </strong>
      </TopBar>
      <p class="notice" id="signed-out" role="alert" hidden>
        You are signed out. Your words stay on this device.{" "}
        <a href="/sign-in" target="_blank" rel="noopener">
          Sign in in a new tab
        </a>
        , and they are saved.
      </p>
      <p class="notice" id="refused" role="alert" hidden />
      <div class="desk">
        <Outline book={book} chapters={props.chapters} current={chapter.id} />
        <main
          id="main"
          class="pane"
          hx-ws:connect={`/live?view=chapter/${chapter.id}&since=${props.since}`}
          hx-swap="none"
          data-live
        >
          <header class="head">
            <p aria-hidden="true">Notes</p>
            <h1 class={chapter.title ? undefined : "unnamed"}>{title}</h1>
          </header>
          <noscript>
            <p class="refused">Reading works without JavaScript; writing needs it.</p>
          </noscript>
          <div
            id={PASSAGES_ID}
            class="passages"
            lang={book.language}
            data-document={chapter.id}
            data-begin={isBlank(passages) ? "true" : undefined}
          >
            {passages.map((passage) => (
              <PassageRow passage={passage} />
            ))}
          </div>
          <NewPassage chapter={chapter.id} />
          <Marks />
          <div class="add">
            <Button id="new-passage-button" data-new-passage>
              <PlusIcon />
              New passage
            </Button>
          </div>
          {isBlank(passages) && <WaysIn />}
        </main>
      </div>
      <Foot passages={passages} model={props.model} />
    </Layout>
  );
}

export const EXPANDING_ID = "expanding";

/** How many passages are being written now; stands empty and unseen at none. */
export function ExpandingCount({ count }: { count: number }) {
  return (
    <span class="running" id={EXPANDING_ID} hidden={count === 0}>
      <span>
        {count}
        <span class="words"> expanding</span>
      </span>
    </span>
  );
}

/** The count for an answer or a frame. */
export function ExpandingCountUpdate({ count }: { count: number }) {
  return (
    <Replace id={EXPANDING_ID}>
      <ExpandingCount count={count} />
    </Replace>
  );
}

function isBlank(passages: PassageView[]): boolean {
  const [only] = passages;
  return (
    passages.length === 1 && only!.notes === "" && !only!.row.hasProse && !only!.take && !only!.run
  );
}

/** Every state of the spine, for the script to take copies of. */
function Marks() {
  return (
    <template id={MARKS_ID}>
      {(Object.keys(GLOSS) as MarkName[]).map((mark) => (
        <SpineCell mark={mark} />
      ))}
    </template>
  );
}

function WaysIn() {
  return (
    <div class="ways">
      <h2>Ways in</h2>
      <p>
        <ModifierKey then="⇧ ↵" /> split here, a new passage
      </p>
      <p>
        <kbd>Tab</kbd> across to the prose and back
      </p>
      <p>
        <ModifierKey then="↵" /> expand the notes, as a take
      </p>
      <p>
        <ModifierKey then="." /> stop a take, and keep what is there
      </p>
    </div>
  );
}

function Foot({ passages, model }: { passages: PassageView[]; model: string | null }) {
  const words = passages.reduce((sum, { notes }) => sum + countWords(notes), 0);
  return (
    <footer class="foot">
      <span hidden>
        <span data-words-of="prose" /> in prose
      </span>
      <span>
        <span data-words-of="notes">{wordsLabel(words)}</span> in notes
      </span>
      <span class="model">{model ? `AI on: ${model}` : "Practice model"}</span>
    </footer>
  );
}

import type { Assets } from "../../src/assets.ts";
import { Renewal } from "../accounts/renewal.tsx";
import { ContextPlace } from "../context/drawer.tsx";
import { OpenContext } from "../context/open-context.tsx";
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
import { ComparisonPlace } from "../versions/comparison.tsx";
import { HistoryPlace } from "../versions/history.tsx";
import { OpenHistory } from "../versions/open-history.tsx";
import { RestoredPlace } from "../versions/restored.tsx";
import { ArrangeHelp } from "./arrange.tsx";
import { BarTitle, ChapterTitle, type TitledChapter, TrashedNotice } from "./chapter-title.tsx";
import { ChapterCounts, type Counts } from "./counts.tsx";
import { ExpansionButton, ExpansionPanel } from "./expansion.tsx";
import { FocusButton, LeaveFocus, SearchButton } from "./head-buttons.tsx";
import { LinkEditor } from "./link-editor.tsx";
import { Outline, type OutlineProps } from "./outline.tsx";
import { OUTLINE_ID } from "./outline-ids.ts";
import { Divider, HalvesTabs } from "./panes.tsx";
import { FOOT_ID, type Panes, SHEET_ID } from "./panes-ids.ts";
import { NewPassage, PassageRow } from "./passage.tsx";
import { isExpanding, MARKS_ID, PASSAGES_ID, type PassageView } from "./passage-view.ts";
import { Removed } from "./recovered.tsx";
import { Today, TodayAsks, type Written } from "./today.tsx";
import { typographyOf } from "./typography.ts";
import { Waiting } from "./waiting.tsx";

export type ChapterPageProps = {
  assets: Pick<Assets, "url">;
  account: Account;
  book: {
    title: string;
    /** BCP 47; what quotes and dashes are set by. */
    language?: string;
    /** Its bucket. */
    id?: string;
    /** False: its owner switched AI off. */
    ai?: boolean;
  };
  outline: OutlineProps;
  chapter: TitledChapter & Counts & { isTrashed: boolean; expandOnPause?: boolean };
  mayWrite: boolean;
  passages: PassageView[];
  /** Of the document that they are of (`documents/model/state.ts`). */
  state?: string | undefined;
  /** `<epoch>:<offset>`, taken before anything on the page was read. */
  since: string;
  /** RFC 3339; the newest moment at which words of this chapter reached the database. */
  savedAt: string | null;
  /** Name of the model that would be asked; null means the practice model. */
  model: string | null;
  /** As the account has it. */
  panes?: Panes;
  /** What the account wrote today. */
  today?: Written;
};

/** The writer: a chapter's notes and prose, side by side. */
export function ChapterPage(props: ChapterPageProps) {
  const { assets, account, book, chapter, passages, panes = {} } = props;
  const title = chapter.title || "Untitled";
  return (
    <Layout assets={assets} title={`${title}, ${book.title}`} account={account.id} page="writer">
      <TopBar
        account={account}
        outline={OUTLINE_ID}
        status={
          <>
            <LeaveFocus />
            <HalvesTabs {...panes} />
            <ExpandingCount count={passages.filter(({ run }) => isExpanding(run)).length} />
            <SaveChip savedAt={props.savedAt} />
            <SearchButton />
            <OpenHistory chapter={chapter.id} />
            <FocusButton />
            {book.ai !== false && <OpenContext chapter={chapter.id} />}
          </>
        }
      >
        <span class="book">
          {book.title} <span aria-hidden="true">/</span>
        </span>{" "}
        <BarTitle chapter={chapter} />
      </TopBar>
      <Renewal account={account} />
      <Waiting />
      <LinkEditor />
      <p class="notice" id="refused" role="alert" hidden />
      <TrashedNotice id={chapter.id} isTrashed={chapter.isTrashed} />
      <div class="desk">
        <Outline {...props.outline} mayWrite={props.mayWrite} />
        <main
          id="main"
          class="pane"
          data-halves={panes.halves ?? "both"}
          data-divider={panes.divider}
          data-panes-revision={panes.revision}
          data-ai={book.ai === false ? "off" : undefined}
          data-reads={props.mayWrite ? undefined : true}
          hx-ws:connect={`/live?view=chapter/${chapter.id}&since=${props.since}`}
          hx-swap="none"
          data-live
        >
          <div class="sheet" id={SHEET_ID}>
            <header class="head">
              <p aria-hidden="true">Notes</p>
              <ChapterTitle chapter={chapter} />
            </header>
            <Divider {...panes} />
            <noscript>
              <p class="refused">Reading works without JavaScript; writing needs it.</p>
            </noscript>
            <div
              id={PASSAGES_ID}
              class="passages"
              lang={book.language}
              data-typography={JSON.stringify(typographyOf(book.language))}
              data-document={chapter.id}
              data-state={props.mayWrite && !chapter.isTrashed ? props.state : undefined}
              data-begin={isBlank(passages) ? "true" : undefined}
            >
              {passages.map((passage) => (
                <PassageRow passage={passage} />
              ))}
            </div>
            <NewPassage chapter={chapter.id} />
            <Marks />
            <ArrangeHelp />
            <div class="add">
              <Button id="new-passage-button" data-new-passage>
                <PlusIcon />
                New passage
              </Button>
            </div>
            <Removed />
            {isBlank(passages) && <WaysIn />}
          </div>
        </main>
        <ComparisonPlace />
        <HistoryPlace />
        {book.ai !== false && <ContextPlace />}
      </div>
      <RestoredPlace />
      <ExpansionPanel
        chapter={chapter.id}
        atPause={chapter.expandOnPause === true}
        model={props.model}
      />
      <Foot {...props} />
    </Layout>
  );
}

export const EXPANDING_ID = "expanding";

/** How many passages are being written now; stands empty and unseen at none. */
export function ExpandingCount({ count }: { count: number }) {
  return (
    <a class="running" id={EXPANDING_ID} href="/runs" hidden={count === 0}>
      <span>
        {count}
        <span class="words"> expanding</span>
      </span>
    </a>
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
        <SpineCell mark={mark} folds />
      ))}
    </template>
  );
}

function WaysIn() {
  return (
    <div class="ways">
      <section>
        <h2>Three ways in</h2>
        <p>
          <ModifierKey then="⇧ ↵" /> split here, a new passage
        </p>
        <p>
          <kbd>Tab</kbd> across to the prose and back
        </p>
        <p>
          <ModifierKey then="↵" /> expand the notes, as a take
        </p>
      </section>
      <section>
        <h2>Coming from somewhere else</h2>
        <p>Paste from a word processor or the web; emphasis, headings and lists come along.</p>
        <p>Begin a line with #, &gt; or * and Markdown becomes its form as you type.</p>
      </section>
    </div>
  );
}

function Foot(
  props: Pick<ChapterPageProps, "passages" | "model" | "book" | "chapter" | "mayWrite" | "today">,
) {
  const { passages, model, book, chapter } = props;
  const ai = book.ai === false ? "AI off" : model ? `AI on: ${model}` : "Practice model";
  const words = passages.reduce((sum, { notes }) => sum + countWords(notes), 0);
  return (
    <footer class="foot" id={FOOT_ID} popover="auto">
      {props.today && <Today {...props.today} />}
      {props.today && <TodayAsks />}
      <ChapterCounts {...chapter} />
      <span>
        <span data-words-of="notes">{wordsLabel(words)}</span> in notes
      </span>
      {props.mayWrite && <ExpansionButton chapter={chapter.id} />}
      {book.id ? (
        <a class="model" href={`/books/${book.id}/settings?back=/chapters/${chapter.id}`}>
          {ai}
          <span class="unseen">, settings of the book</span>
        </a>
      ) : (
        <span class="model">{ai}</span>
      )}
    </footer>
  );
}

/** A pitch: its sections by the convention at the left, their text at the right, in the editor of chapters. */
import type { Assets } from "../../src/assets.ts";
import { Renewal } from "../accounts/renewal.tsx";
import { ArrangeHelp } from "../chapters/arrange.tsx";
import { ExpandingCount } from "../chapters/page.tsx";
import { Divider, HalvesTabs } from "../chapters/panes.tsx";
import { type HalvesShown, type Panes, SHEET_ID } from "../chapters/panes-ids.ts";
import { NewPassage, PassageRow } from "../chapters/passage.tsx";
import { isExpanding, MARKS_ID, PASSAGES_ID, type PassageView } from "../chapters/passage-view.ts";
import { Removed } from "../chapters/recovered.tsx";
import { typographyOf } from "../chapters/typography.ts";
import { Waiting } from "../chapters/waiting.tsx";
import { Layout } from "../layout.tsx";
import { GLOSS, type MarkName } from "../ui/mark.tsx";
import { SaveChip } from "../ui/save-chip.tsx";
import { SpineCell } from "../ui/spine.tsx";
import { type Account, TopBar } from "../ui/top-bar.tsx";
import { ComparisonPlace } from "../versions/comparison.tsx";
import { HistoryPlace } from "../versions/history.tsx";
import { OpenHistory } from "../versions/open-history.tsx";
import { RestoredPlace } from "../versions/restored.tsx";
import {
  SECTIONS_ID,
  type SectionStatus,
  type SectionView,
  SINCE_MARK_ID,
  STATUS_MARKS_ID,
  STATUS_SAYS,
} from "./pitch-view.ts";
import { SectionFoot, SectionHead } from "./section.tsx";
import { SectionsNav } from "./sections-nav.tsx";
import { BuiltLine, Sources, type SourcesProps } from "./sources.tsx";
import { StatusOf } from "./status-mark.tsx";

export type PitchPageProps = {
  assets: Pick<Assets, "url">;
  account: Account;
  pitch: { id: string; name: string; template: string; isTrashed: boolean; language?: string };
  sections: SectionView[];
  missing: { key: string; title: string }[];
  sources: SourcesProps;
  passages: PassageView[];
  /** Of the document that they are of (`documents/model/state.ts`). */
  state: string | undefined;
  mayWrite: boolean;
  /** `<epoch>:<offset>`, taken before anything on the page was read. */
  since: string;
  savedAt: string | null;
  panes?: Panes;
};

export const CHANGED_SINCE = "chapters changed since";

export function PitchPage(props: PitchPageProps) {
  const { assets, account, pitch, sections, sources, passages, panes = {}, mayWrite } = props;
  const { book } = sources;
  const title = book ? `Pitching ${book.title || "Untitled"}` : pitch.name || "Untitled";
  return (
    <Layout
      assets={assets}
      title={`${pitch.name}, ${title}`}
      account={account.id}
      page="writer pitch"
    >
      <TopBar
        account={account}
        outline={SECTIONS_ID}
        status={
          <>
            <HalvesTabs {...panes} labels={HALVES} hasFoot={false} />
            <ExpandingCount count={passages.filter(({ run }) => isExpanding(run)).length} />
            <SaveChip savedAt={props.savedAt} />
            <OpenHistory chapter={pitch.id} />
            <a class="button outlined export" href={`/pitches/${pitch.id}/export`}>
              Export
            </a>
          </>
        }
      >
        <span class="book">
          {book ? <a href={`/books/${book.id}/pitches`}>{book.title || "Untitled"}</a> : "Pitches"}{" "}
          <span aria-hidden="true">/</span>
        </span>{" "}
        <strong>{pitch.name || pitch.template}</strong>
      </TopBar>
      <Renewal account={account} />
      <Waiting />
      <p class="notice" id="refused" role="alert" hidden />
      {pitch.isTrashed && (
        <p class="notice" role="status">
          This pitch is in the trash: it can be read.
        </p>
      )}
      <div class="desk">
        <SectionsNav
          pitch={pitch.id}
          template={pitch.template}
          sections={sections}
          missing={props.missing}
          mayWrite={mayWrite}
        />
        <main
          id="main"
          class="pane"
          data-halves={panes.halves ?? "both"}
          data-divider={panes.divider}
          data-panes-revision={panes.revision}
          data-ai={sources.isAiOn ? undefined : "off"}
          data-reads={mayWrite ? undefined : true}
          hx-ws:connect={`/live?view=pitch/${pitch.id}&since=${props.since}`}
          hx-swap="none"
          data-live
        >
          <div class="sheet" id={SHEET_ID}>
            <header class="head">
              <h1>{title}</h1>
              <BuiltLine {...sources} />
            </header>
            <Divider {...panes} />
            <noscript>
              <p class="refused">Reading works without JavaScript; writing needs it.</p>
            </noscript>
            <div
              id={PASSAGES_ID}
              class="passages"
              lang={pitch.language}
              data-typography={JSON.stringify(typographyOf(pitch.language))}
              data-document={pitch.id}
              data-state={mayWrite && !pitch.isTrashed ? props.state : undefined}
            >
              {passages.map((passage) => (
                <SectionOrPassage passage={passage} pitch={pitch.id} sections={sections} />
              ))}
            </div>
            <NewPassage chapter={pitch.id} />
            <Marks />
            <ArrangeHelp />
            <Removed />
          </div>
        </main>
        <Sources {...sources} />
        <ComparisonPlace />
        <HistoryPlace />
      </div>
      <RestoredPlace />
    </Layout>
  );
}

function SectionOrPassage({
  passage,
  pitch,
  sections,
}: {
  passage: PassageView;
  pitch: string;
  sections: SectionView[];
}) {
  const section = sections.find((one) => one.passage === passage.id);
  if (!section) return <PassageRow passage={passage} />;
  return (
    <PassageRow
      passage={passage}
      begins={{
        title: section.title,
        gloss: section.isTouched ? CHANGED_SINCE : undefined,
        head: <SectionHead section={section} />,
        foot: <SectionFoot section={section} pitch={pitch} />,
      }}
    />
  );
}

/** What the halves of a pitch are called. */
const HALVES: Record<HalvesShown, string> = { notes: "Conventions", both: "Both", prose: "Text" };

/** Every state of the spine and of a section, for the script to take copies of. */
function Marks() {
  return (
    <>
      <template id={MARKS_ID}>
        {(Object.keys(GLOSS) as MarkName[]).map((mark) => (
          <SpineCell
            mark={mark}
            gloss={mark === "changed" ? "facts changed since" : undefined}
            folds
          />
        ))}
      </template>
      <template id={SINCE_MARK_ID}>
        <SpineCell mark="changed" gloss={CHANGED_SINCE} folds />
      </template>
      <template id={STATUS_MARKS_ID}>
        {(Object.keys(STATUS_SAYS) as SectionStatus[]).map((status) => (
          <span data-status={status}>
            <StatusOf status={status} />
          </span>
        ))}
      </template>
    </>
  );
}

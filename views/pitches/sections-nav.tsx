/** The sections of a pitch: how many words each has, and how it stands. */
import { Button } from "../ui/button.tsx";
import { Replace } from "../ui/partial.tsx";
import { navSays } from "./nav-says.ts";
import {
  IN_RANGE_ID,
  isWithin,
  navId,
  SECTION_LIST_ID,
  SECTIONS_ID,
  type SectionView,
  statusOf,
} from "./pitch-view.ts";
import { StatusOf } from "./status-mark.tsx";

export type SectionsNavProps = {
  pitch: string;
  template: string;
  sections: SectionView[];
  /** Sections of the template that were taken out. */
  missing: { key: string; title: string }[];
  mayWrite: boolean;
};

export function SectionsNav(props: SectionsNavProps) {
  const { template, sections, mayWrite } = props;
  const within = sections.filter((one) => one.words > 0 && isWithin(one.words, one.limits)).length;
  return (
    <nav class="outline sections" id={SECTIONS_ID} aria-label="Sections" popover="auto">
      <header>
        <h2>{template}</h2>
        <p>
          <span id={IN_RANGE_ID}>{within}</span> of {sections.length} sections in range
        </p>
      </header>
      <SectionList sections={sections} />
      {mayWrite && <AddSection {...props} />}
    </nav>
  );
}

function SectionList({ sections }: Pick<SectionsNavProps, "sections">) {
  const groups = [...Map.groupBy(sections, ({ group }) => group)];
  return (
    <div class="chapters" id={SECTION_LIST_ID}>
      {groups.map(([group, those]) => (
        <>
          {group && <h3>{group}</h3>}
          <ol>
            {those.map((section) => (
              <SectionRow section={section} />
            ))}
          </ol>
        </>
      ))}
    </div>
  );
}

/** The list alone: beside it somebody may be naming a section. */
export const SectionListUpdate = (props: Pick<SectionsNavProps, "sections">) => (
  <Replace id={SECTION_LIST_ID}>
    <SectionList {...props} />
  </Replace>
);

function SectionRow({ section }: { section: SectionView }) {
  const { passage, title, words, blanks } = section;
  return (
    <li id={navId(passage)}>
      <a href={`#passage-${passage}`} data-goes={passage}>
        <span class="title">{title}</span>
        <span class="words">
          <span data-nav-words>{navSays(words, blanks.length)}</span>
          <span class="unseen">, </span>
        </span>
        <StatusOf status={statusOf({ ...section, blanks: blanks.length })} />
      </a>
    </li>
  );
}

function AddSection({ pitch, missing }: SectionsNavProps) {
  return (
    <details class="add-section">
      <summary>Add a section</summary>
      {missing.map(({ key, title }) => (
        <form method="post" action={`/pitches/${pitch}/sections`}>
          <input type="hidden" name="section" value={key} />
          <Button type="submit">{title}</Button>
        </form>
      ))}
      <form method="post" action={`/pitches/${pitch}/sections`} class="own-section">
        <label for="own-section">One of your own</label>
        <input id="own-section" name="title" maxlength={200} required autocomplete="off" />
        <Button type="submit">Add</Button>
      </form>
    </details>
  );
}

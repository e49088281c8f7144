/** The history of a chapter: what it was, by day, in a drawer beside the page. */
import { Button } from "../ui/button.tsx";
import { CloseIcon } from "../ui/icons.tsx";
import { ModifierKey } from "../ui/key.tsx";
import { Append, Replace } from "../ui/partial.tsx";
import { figures, HISTORY_ID, type VersionView, WHY } from "./version-view.ts";
import { dayIn, timeIn } from "./when.ts";

export type HistoryProps = {
  chapter: string;
  versions: VersionView[];
  /** Asks for those before; null when these are all. */
  next: string | null;
  /** The day of the last one that is shown already. */
  after?: string | undefined;
  mayWrite: boolean;
  /** IANA. */
  zone: string;
};

/** The drawer before it is opened for the first time; its words come when they are asked for. */
export function HistoryPlace() {
  return (
    <aside class="drawer" id={HISTORY_ID} aria-label="History" tabindex={-1}>
      <Head />
    </aside>
  );
}

/** What there is before its words, and when they do not come. */
function Head() {
  return (
    <>
      <header>
        <h2>History</h2>
        <button type="button" class="icon-button" aria-label="Close the history" data-closes>
          <CloseIcon />
        </button>
      </header>
      <p class="refused" role="alert" data-problem hidden />
    </>
  );
}

const LIST_ID = "history-days";
const EARLIER_ID = "history-earlier";
const NAME_LIMIT = 200;

export function HistoryUpdate(props: HistoryProps) {
  return (
    <Replace id={HISTORY_ID}>
      <History {...props} />
    </Replace>
  );
}

export function History(props: HistoryProps) {
  const { chapter, versions, mayWrite, zone } = props;
  return (
    <aside class="drawer answers" id={HISTORY_ID} aria-label="History" tabindex={-1}>
      <Head />
      {mayWrite && (
        <form
          class="naming answers"
          hx-post={`/chapters/${chapter}/versions?${new URLSearchParams({ zone })}`}
          hx-swap="none"
          hx-sync="this:drop"
          data-flushes
        >
          <label for="version-name">Name this version</label>
          <div class="box">
            <input
              id="version-name"
              name="name"
              maxlength={NAME_LIMIT}
              required
              autocomplete="off"
              placeholder="Before the fog"
            />
            <Button type="submit">Keep</Button>
          </div>
          <p class="hint">
            <ModifierKey then="S" /> from anywhere. What has a name is kept for ever.
          </p>
          <p class="refused" role="alert" data-problem hidden />
        </form>
      )}
      <div id={LIST_ID}>
        {versions.length === 0 ? (
          <p class="hint">
            Nothing yet. The studio keeps a version when you rest, before you accept a take, and
            before you restore.
          </p>
        ) : (
          <Days {...props} />
        )}
      </div>
    </aside>
  );
}

/** Further back: comes behind what is there, and takes the button away that asked for it. */
export function EarlierUpdate(props: HistoryProps) {
  return (
    <>
      <Replace id={EARLIER_ID}>
        <span data-brought hidden />
      </Replace>
      <Append to={LIST_ID}>
        <Days {...props} />
      </Append>
    </>
  );
}

function Days({ chapter, versions, next, after, zone }: HistoryProps) {
  const days = new Map<string, VersionView[]>();
  for (const version of versions) {
    const day = dayIn(zone, version.createdAt);
    days.set(day, [...(days.get(day) ?? []), version]);
  }
  const query = new URLSearchParams({ zone, ...(next ? { cursor: next } : {}) });
  return (
    <>
      {[...days].map(([day, those]) => (
        <section class="day" aria-label={day}>
          {day !== after && <h3>{day}</h3>}
          <ol>
            {those.map((version) => (
              <Version chapter={chapter} version={version} zone={zone} />
            ))}
          </ol>
        </section>
      ))}
      {next && (
        <Button
          id={EARLIER_ID}
          hx-get={`/chapters/${chapter}/versions?${query}`}
          hx-swap="none"
          hx-sync="this:drop"
        >
          Earlier versions
        </Button>
      )}
    </>
  );
}

function Version(props: { chapter: string; version: VersionView; zone: string }) {
  const { chapter, version, zone } = props;
  const query = new URLSearchParams({ from: version.id, zone });
  return (
    <li>
      <button
        type="button"
        class="version"
        hx-get={`/chapters/${chapter}/comparison?${query}`}
        hx-swap="none"
        hx-sync="this:drop"
        data-version={version.id}
      >
        {version.name && <strong>{version.name}</strong>}
        <span>
          <time datetime={version.createdAt.toISOString()}>{timeIn(zone, version.createdAt)}</time>{" "}
          <span class="why">{WHY[version.reason]}</span>
        </span>
        <span class="count">
          {figures.format(version.words)}
          <span class="unseen"> words</span>
        </span>
      </button>
    </li>
  );
}

/** What processors did, do and are to do, and one run in full beside the list. */
import type { Assets } from "../../src/assets.ts";
import { Layout } from "../layout.tsx";
import type { Account } from "../ui/account-menu.tsx";
import { Button } from "../ui/button.tsx";
import { Masthead } from "../ui/masthead.tsx";
import { Replace } from "../ui/partial.tsx";
import { RunDetail } from "./detail.tsx";
import {
  bookToken,
  REDRIVE_PATH,
  RUN_LIST_ID,
  RUN_MONTH_ID,
  RUN_PLACE_ID,
  RUN_PULSE_ID,
  runCountId,
  type ShownFilter,
  searchOf,
} from "./ids.ts";
import { RunRow } from "./row.tsx";
import { figure, type RunDetailView, type RunRowView } from "./run-view.ts";

export type Figures = {
  /** Runs in a state, for the states in which something is to be done. */
  counts: Record<string, number>;
  /** What this account asked for in this month. */
  month: { runs: number; tokens: number; cost: string; limit: string | null; share: number | null };
};

export type RunsPageProps = {
  assets: Pick<Assets, "url">;
  account: Account;
  filter: ShownFilter;
  /** Whether the address names the run that is shown. */
  isOpened: boolean;
  processors: { id: string; title: string }[];
  books: { id: string; title: string }[];
  runs: RunRowView[];
  /** Of the last run, where there are older ones. */
  older: string | null;
  figures: Figures;
  shown: RunDetailView | null;
  /** How many dead ones were just queued again, and how many are left. */
  redriven: { queued: number; left: number } | null;
  /** `<epoch>:<offset>`, taken before anything on the page was read. */
  since: string;
};

/** In the order in which a run comes through them. */
const STATES = [
  ["queued", "Waiting"],
  ["running", "Running"],
  ["dead", "Failed"],
  ["succeeded", "Done"],
  ["cancelled", "Stopped"],
] as const;

export function RunsPage(props: RunsPageProps) {
  const { assets, account, filter, shown, isOpened } = props;
  const title = shown && isOpened ? `${shown.what}, runs` : "Runs";
  return (
    <Layout assets={assets} title={title} account={account.id} page="runs">
      <Masthead account={account} current="runs" />
      <main
        id="main"
        data-opened={isOpened ? true : undefined}
        hx-ws:connect={`/live?view=runs/${filter.book ?? "all"}&since=${props.since}`}
        hx-swap="none"
        data-live
      >
        <section class="list" aria-labelledby="runs-title">
          <header>
            <h1 id="runs-title">Runs</h1>
            <Tabs filter={filter} counts={props.figures.counts} />
          </header>
          <Filters {...props} />
          {props.redriven && <Redriven {...props.redriven} />}
          <List {...props} />
          <Foot {...props} />
          <span hidden id={RUN_PULSE_ID} />
        </section>
        <section class="place-of-run" id={RUN_PLACE_ID} aria-label="The run that is chosen">
          {shown ? (
            <RunDetail run={shown} search={searchOf(filter)} />
          ) : (
            <p class="hint">A run opens here: where its words came from, and where they went.</p>
          )}
        </section>
      </main>
    </Layout>
  );
}

function Tabs({ filter, counts }: { filter: ShownFilter; counts: Figures["counts"] }) {
  const { processor, book } = filter;
  const tab = (status: string | undefined, label: string) => (
    <a
      href={`/runs${searchOf({ status, processor, book })}`}
      aria-current={filter.status === status ? "true" : undefined}
    >
      {label}
      {status && <Count status={status} count={counts[status]} />}
    </a>
  );
  return (
    <nav class="states" aria-label="By state">
      {tab(undefined, "All")}
      {STATES.map(([status, label]) => tab(status, label))}
    </nav>
  );
}

/** Only of what waits, runs or failed: what has ended well is no news. */
function Count({ status, count }: { status: string; count: number | undefined }) {
  return <span id={runCountId(status)}>{count ? ` ${figure(count)}` : ""}</span>;
}

function Filters({ filter, processors, books }: RunsPageProps) {
  if (processors.length < 2 && books.length < 2) return null;
  return (
    <form class="filters" method="get" action="/runs">
      {filter.status && <input type="hidden" name="status" value={filter.status} />}
      <Choice
        name="processor"
        label="Processor"
        all="Every processor"
        chosen={filter.processor}
        from={processors}
      />
      <Choice name="book" label="Book" all="Every book" chosen={filter.book} from={books} />
      <Button type="submit">Show</Button>
    </form>
  );
}

type ChoiceProps = {
  name: string;
  label: string;
  all: string;
  chosen: string | undefined;
  from: { id: string; title: string }[];
};

function Choice({ name, label, all, chosen, from }: ChoiceProps) {
  if (from.length < 2 && !chosen) return null;
  return (
    <label>
      <span class="unseen">{label}</span>
      <select name={name}>
        <option value="">{all}</option>
        {from.map(({ id, title }) => (
          <option value={id} selected={id === chosen}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}

function List({ runs, filter, shown }: RunsPageProps) {
  const { before: _before, ...kept } = filter;
  const search = searchOf(kept);
  return (
    <>
      <table class="runs-table">
        <thead>
          <tr>
            <td />
            <th scope="col">What</th>
            <th scope="col">State</th>
            <th scope="col">Time</th>
            <th scope="col">Tokens</th>
            <th scope="col">Cost</th>
          </tr>
        </thead>
        <tbody
          id={RUN_LIST_ID}
          data-status={filter.status}
          data-processor={filter.processor}
          data-book={filter.book && bookToken(filter.book)}
          data-before={filter.before}
        >
          {runs.map((run) => (
            <RunRow run={run} search={search} isCurrent={run.id === shown?.id} />
          ))}
        </tbody>
      </table>
      <Nothing filter={filter} />
    </>
  );
}

function Redriven({ queued, left }: NonNullable<RunsPageProps["redriven"]>) {
  const runs = queued === 1 ? "1 run is" : `${figure(queued)} runs are`;
  return (
    <p class="redriven" role="status">
      {queued > 0 ? `${runs} queued again.` : "None of them can be tried again."}
      {left > 0 && ` ${figure(left)} are left for another press.`}
    </p>
  );
}

/** Stands below a list without rows, also until the first one comes. */
function Nothing({ filter }: { filter: ShownFilter }) {
  if (searchOf(filter) !== "")
    return (
      <div class="nothing">
        <p>No run is like this.</p>
        <p>
          <a class="act" href="/runs">
            Show all runs
          </a>
        </p>
      </div>
    );
  return (
    <div class="nothing">
      <p>Nothing was asked for yet.</p>
      <p>
        A run begins when you expand a passage’s notes: press{" "}
        <kbd>
          <span class="on-mac">⌘ ↵</span>
          <span class="off-mac">Ctrl ↵</span>
        </kbd>{" "}
        in a chapter. Here you see it at work, stop it, try it again, and read every word that was
        sent to the model and every word that came back.
      </p>
      <p>
        <a class="act" href="/">
          To your book
        </a>
      </p>
    </div>
  );
}

function Foot({ filter, older, runs, figures }: RunsPageProps) {
  const { status, processor, book } = filter;
  return (
    <footer>
      <p class="paging">
        {filter.before && (
          <a class="act" href={`/runs${searchOf({ ...filter, before: undefined })}`}>
            Newest
          </a>
        )}
        {older && (
          <a class="act" href={`/runs${searchOf({ ...filter, before: older })}`} rel="next">
            Older
          </a>
        )}
      </p>
      {status === "dead" && runs.length > 0 && (
        <form method="post" action={REDRIVE_PATH}>
          {Object.entries({ processor, book }).map(
            ([name, value]) => value && <input type="hidden" name={name} value={value} />,
          )}
          <Button type="submit" look="outlined">
            Try all of these again
          </Button>
        </form>
      )}
      <Month month={figures.month} />
    </footer>
  );
}

function Month({ month }: Pick<Figures, "month">) {
  return (
    <p class="month" id={RUN_MONTH_ID}>
      <span>This month {figure(month.runs)} asked</span>
      <span>{figure(month.tokens)} tokens</span>
      <span>
        {month.cost}
        {month.limit && ` of ${month.limit}`}
      </span>
      {month.share !== null && (
        <progress max="1" value={String(Math.min(month.share, 1))} aria-hidden="true" />
      )}
    </p>
  );
}

/** The figures anew, for whoever looks. */
export function FiguresUpdate({ counts, month }: Figures) {
  return (
    <>
      {STATES.map(([status]) => (
        <Replace id={runCountId(status)}>
          <Count status={status} count={counts[status]} />
        </Replace>
      ))}
      <Replace id={RUN_MONTH_ID}>
        <Month month={month} />
      </Replace>
    </>
  );
}

/** Where one comes in: the place where one stopped, the books, what goes on. */
import type { Child } from "hono/jsx";
import type { Assets } from "../../src/assets.ts";
import type { Running as AtWork } from "../../src/dashboard/running.ts";
import { Layout } from "../layout.tsx";
import type { Account } from "../ui/account-menu.tsx";
import { Button } from "../ui/button.tsx";
import { Masthead } from "../ui/masthead.tsx";
import { Replace } from "../ui/partial.tsx";
import { Activity, type DeedView } from "./activity.tsx";
import { Books, type BooksView } from "./books.tsx";
import {
  ACTIVITY_ID,
  BOOKS_ID,
  DASHBOARD_PULSE_ID,
  PITCHES_ID,
  RUNNING_ID,
  STOPPED_ID,
  WEEK_ID,
} from "./ids.ts";
import { NewBook } from "./new-book.tsx";
import { Pitches, type PitchLine } from "./pitches.tsx";
import { Running } from "./running.tsx";
import { Stopped, type StoppedView } from "./stopped.tsx";
import { Week, type WeekView } from "./week.tsx";

export type DashboardView = {
  stopped: StoppedView | null;
  books: BooksView;
  pitches: PitchLine[];
  week: WeekView;
  running: AtWork;
  activity: DeedView[];
};

/** What was done just now, and how it is taken back. */
export type Said = {
  says: string;
  undo: { action: string; fields: Record<string, string> } | null;
};

export type DashboardProps = {
  assets: Pick<Assets, "url">;
  account: Account;
  view: DashboardView;
  said: Said | null;
  /** The time zone that this was drawn for. */
  zone: string;
  /** Everything from here on, the socket tells. */
  since: string;
};

export function Dashboard({ assets, account, view, said, zone, since }: DashboardProps) {
  return (
    <Layout assets={assets} title="Books, ReYNa Studio" account={account.id} page="dashboard">
      <Masthead account={account} current="books" />
      <main
        id="main"
        data-zone={zone}
        hx-ws:connect={`/live?view=dashboard&since=${since}`}
        hx-swap="none"
        data-live
      >
        <div class="desk-top">
          {said && <Notice {...said} />}
          <Stopped stopped={view.stopped} />
          <Books books={view.books} />
          <Pitches pitches={view.pitches} />
        </div>
        <aside aria-label="Lately">
          <Week week={view.week} />
          <Running running={view.running} />
          <Activity deeds={view.activity} />
        </aside>
        <span hidden id={DASHBOARD_PULSE_ID} />
      </main>
      <NewBook />
    </Layout>
  );
}

function Notice({ says, undo }: Said) {
  return (
    <div class="said" role="status">
      <span>{says}</span>
      {undo && (
        <form method="post" action={undo.action}>
          {Object.entries(undo.fields).map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <Button type="submit" look="outlined" autofocus>
            Undo
          </Button>
        </form>
      )}
    </div>
  );
}

/** Every part as it stands, for who has the page open. */
export function DashboardUpdate({ view }: { view: DashboardView }) {
  const parts: [string, Child][] = [
    [STOPPED_ID, <Stopped stopped={view.stopped} />],
    [BOOKS_ID, <Books books={view.books} />],
    [PITCHES_ID, <Pitches pitches={view.pitches} />],
    [WEEK_ID, <Week week={view.week} />],
    [RUNNING_ID, <Running running={view.running} />],
    [ACTIVITY_ID, <Activity deeds={view.activity} />],
  ];
  return (
    <>
      {parts.map(([id, part]) => (
        <Replace id={id}>{part}</Replace>
      ))}
    </>
  );
}

/** For a frame, which is the same for all who look: each asks for what it shows itself. */
export function DashboardPulse({ of }: { of: number }) {
  return (
    <hx-partial hx-target={`#${DASHBOARD_PULSE_ID}`} hx-swap="innerHTML">
      <span data-of={String(of)} />
    </hx-partial>
  );
}

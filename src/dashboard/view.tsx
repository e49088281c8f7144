/** From rows to what the dashboard shows to one account. */
import type { BookCard } from "../../views/dashboard/books.tsx";
import type { DashboardView } from "../../views/dashboard/page.tsx";
import type { StoppedView } from "../../views/dashboard/stopped.tsx";
import type { Moment } from "../../views/dashboard/when.tsx";
import { type AccountActor, mayWrite } from "../access.ts";
import { type BookListed, listBooks, listTrashedBooks } from "../books/library.ts";
import { findBucket } from "../buckets/buckets.ts";
import type { Database } from "../database.ts";
import type { Reading } from "../documents/reading.ts";
import { readActivity } from "./activity.ts";
import { readGoal } from "./goal.ts";
import { readPitches } from "./pitches.ts";
import { readRunning } from "./running.ts";
import { type Stopped, whereStopped } from "./stopped.ts";
import { readWeek } from "./week.ts";
import { dayLabel, dayOf, weekdayOf, type Zone } from "./zone.ts";

export type DashboardParts = {
  db: Database;
  reading: Reading;
  /** What this process heard of a running run, which may be ahead of the last checkpoint. */
  heard: (run: string) => { attempt: number; text: string } | undefined;
};

export async function dashboardView(
  { db, reading, heard }: DashboardParts,
  actor: AccountActor,
  zone: Zone,
): Promise<DashboardView> {
  const now = new Date();
  const today = dayOf(now, zone);
  const moment = (at: Date): Moment => {
    const day = dayOf(at, zone);
    return { at: at.toISOString(), day: dayLabel(day, today), isToday: day >= today };
  };
  const [books, trashed, stopped, week, running, deeds, pitches, goal] = await Promise.all([
    listBooks(db, actor),
    listTrashedBooks(db, actor),
    whereStopped(db, actor),
    readWeek(db, actor.account, zone, now),
    readRunning(db, reading, heard, actor),
    readActivity(db, actor),
    readPitches(db, actor),
    readGoal(db, actor.account),
  ]);
  const card = (book: BookListed): BookCard => ({
    id: book.id,
    title: book.title,
    author: book.author,
    words: book.words,
    target: book.target,
    changed: moment(book.changedAt),
    mayWrite: mayWrite(book.role),
    isOwner: book.role === "owner",
  });
  const first = books.find(({ id }) => id === stopped?.book);
  return {
    stopped:
      stopped &&
      (await stoppedView(
        db,
        actor,
        stopped,
        first && card(first),
        { ...week.at(-1)!, goal },
        moment,
      )),
    books: {
      first: first ? card(first) : null,
      others: books.filter((one) => one !== first && !one.archivedAt).map(card),
      archived: books.filter((one) => one !== first && one.archivedAt).map(card),
      trashed: trashed.map(({ id, title, trashedAt }) => ({ id, title, when: moment(trashedAt) })),
    },
    pitches: pitches.map(({ changedAt, ...pitch }) => ({ ...pitch, when: moment(changedAt) })),
    week: {
      goal,
      days: week.map(({ day, ...words }) => ({ name: weekdayOf(day), ...words })),
    },
    running,
    activity: deeds.map(({ at, ...deed }) => ({ ...deed, when: moment(at) })),
  };
}

async function stoppedView(
  db: Database,
  actor: AccountActor,
  stopped: Stopped,
  card: BookCard | undefined,
  today: StoppedView["today"],
  moment: (at: Date) => Moment,
): Promise<StoppedView> {
  const { chapter, book, passage, words, isNotes, writtenAt } = stopped;
  const when = moment(writtenAt);
  return {
    // A chapter may lie in something that is no book of its own.
    book: card ?? (await bareCard(db, actor, book, when)),
    chapter,
    href: `/chapters/${chapter.id}${passage ? `#passage-${passage}` : ""}`,
    words,
    isNotes,
    when,
    today,
  };
}

async function bareCard(db: Database, actor: AccountActor, id: string, changed: Moment) {
  const { name, role } = await findBucket(db, actor, id);
  return {
    id,
    title: name,
    author: "",
    words: 0,
    target: null,
    changed,
    mayWrite: mayWrite(role),
    isOwner: role === "owner",
  };
}

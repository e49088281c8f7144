/** What an account wrote in the last seven days, a day where it is. */
import { and, eq, gte, sql } from "drizzle-orm";
import { writing } from "../../drizzle/tables.ts";
import type { Db } from "../database.ts";
import { dayAfter, dayOf, type Zone } from "./zone.ts";

/** Words of prose; none is below zero, though a day may have taken more away than it brought. */
export type Day = { day: string; typed: number; accepted: number };

const DAYS = 7;
/** Further back than the week begins in any time zone, in hours. */
const HOURS = (DAYS + 2) * 24;

/** Seven days; today is the last. */
export async function readWeek(
  db: Db,
  account: string,
  zone: Zone,
  now = new Date(),
): Promise<Day[]> {
  const rows = await db
    .select({
      hour: writing.hour,
      typed: sql<number>`sum(${writing.typed})::int`,
      accepted: sql<number>`sum(${writing.accepted})::int`,
    })
    .from(writing)
    .where(
      and(
        eq(writing.account, account),
        gte(writing.hour, sql`now() - ${HOURS} * interval '1 hour'`),
      ),
    )
    .groupBy(writing.hour);
  const today = dayOf(now, zone);
  const days = Array.from({ length: DAYS }, (_, at) => ({
    day: dayAfter(today, at - DAYS + 1),
    typed: 0,
    accepted: 0,
  }));
  for (const { hour, typed, accepted } of rows) {
    const day = days.find((one) => one.day === dayOf(hour, zone));
    if (!day) continue;
    day.typed += typed;
    day.accepted += accepted;
  }
  return days.map(({ day, typed, accepted }) => ({
    day,
    typed: Math.max(typed, 0),
    accepted: Math.max(accepted, 0),
  }));
}

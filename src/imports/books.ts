import { and, desc, eq, isNull, sql } from "drizzle-orm";
import { buckets } from "../../drizzle/tables.ts";
import { type AccountActor, writesTo } from "../access.ts";
import type { Db } from "../database.ts";

/** Books that a list offers, the newest. */
const OFFERED = 200;

/** Those into which the actor may import. */
export const booksToFill = (db: Db, actor: AccountActor): Promise<{ id: string; name: string }[]> =>
  db
    .select({ id: buckets.id, name: buckets.name })
    .from(buckets)
    .where(
      and(
        eq(buckets.type, "book"),
        isNull(buckets.trashedAt),
        writesTo(actor, sql`${buckets.root}`),
      ),
    )
    .orderBy(desc(buckets.id))
    .limit(OFFERED);

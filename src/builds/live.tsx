/** What the page of builds hears: compiling, and chapters that moved on from what was compiled. */
import { eq } from "drizzle-orm";
import { buckets } from "../../drizzle/tables.ts";
import type { AccountActor } from "../access.ts";
import type { Database } from "../database.ts";
import type { NumberedEvent } from "../events/event.ts";
import { COMPILER, findBook } from "./builds.ts";
import { buildListUpdate } from "./view.tsx";

const TOLD =
  /^(bucket\.(created|updated|moved|deleted|restored)|blob\.[a-z]+\.(chapter|compile-settings|compiled-book)-v\d+)$/;
const RUNS = /^run\.(queued|started|succeeded|failed|cancelled|dead)$/;

export function buildsView(db: Database) {
  return {
    requireSeen: (actor: AccountActor, book: string) => findBook(db, actor, book),
    make(book: string, { path, event }: NumberedEvent): Promise<object> | undefined {
      if (!path.includes(book)) return undefined;
      const isCompiling = RUNS.test(event.type) && event.data.processor === COMPILER;
      if (!isCompiling && !TOLD.test(event.type)) return undefined;
      return contentOf(book);
    },
  };

  async function contentOf(id: string): Promise<object> {
    const [book] = await db.select().from(buckets).where(eq(buckets.id, id));
    return book ? { content: await buildListUpdate(db, book) } : {};
  }
}

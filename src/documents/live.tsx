/** What the writer's page hears: its passages, when their asks, runs and takes move on. */
import type { AccountActor } from "../access.ts";
import { findBucket } from "../buckets/buckets.ts";
import type { Database } from "../database.ts";
import type { NumberedEvent } from "../events/event.ts";
import { outlineChange } from "./outline.tsx";
import { type Heard, passageUpdate } from "./page.tsx";
import type { Reading } from "./reading.ts";

const MOVES_A_PASSAGE =
  /^(blob\.(derived|updated)\.expanded-text-v\d+|run\.(queued|started|succeeded|failed|cancelled|dead))$/;

export function chapterView(db: Database, reading: Reading, heard: Heard) {
  return {
    requireSeen: (actor: AccountActor, chapter: string) => findBucket(db, actor, chapter),
    make(chapter: string, numbered: NumberedEvent): Promise<object> | undefined {
      const made = [passageChange(chapter, numbered), outlineChange(db, chapter, numbered)];
      const changes = made.filter((change) => change !== undefined);
      return changes.length > 0 ? contentOf(changes) : undefined;
    },
  };

  function passageChange(chapter: string, { path, event }: NumberedEvent) {
    const { passage } = (event.data.metadata ?? {}) as { passage?: unknown };
    if (path.at(-1) !== chapter || typeof passage !== "string") return undefined;
    if (!MOVES_A_PASSAGE.test(event.type)) return undefined;
    return passageUpdate(db, reading, chapter, passage, heard);
  }
}

/** As hx-ws takes it: each fragment names its own target, the rest of the page stays. */
async function contentOf(changes: Promise<unknown>[]): Promise<object> {
  const made = (await Promise.all(changes)).filter(Boolean);
  return made.length > 0 ? { content: made.map(String).join("") } : {};
}

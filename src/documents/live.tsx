/** What the writer's page hears: its passages, when their asks, runs and takes move on. */
import type { AccountActor } from "../access.ts";
import { findBucket } from "../buckets/buckets.ts";
import type { Bus } from "../bus/bus.ts";
import type { Database } from "../database.ts";
import type { NumberedEvent } from "../events/event.ts";
import { signalView } from "../live/live.ts";
import { type Heard, passageAdded, passageUpdate } from "./page.tsx";
import type { Passage } from "./passages.ts";

const MOVES_A_PASSAGE =
  /^(blob\.derived\.expanded-text-v\d+|run\.(queued|started|succeeded|failed|cancelled|dead))$/;

export function chapterView(db: Database, heard: Heard) {
  return {
    requireSeen: (actor: AccountActor, chapter: string) => findBucket(db, actor, chapter),
    make(chapter: string, { path, event }: NumberedEvent): Promise<object> | undefined {
      const { passage } = (event.data.metadata ?? {}) as { passage?: unknown };
      if (path.at(-1) !== chapter || typeof passage !== "string") return undefined;
      if (!MOVES_A_PASSAGE.test(event.type)) return undefined;
      return contentOf(passageUpdate(db, chapter, passage, heard));
    },
  };
}

/** As hx-ws takes it: each fragment names its own target, the rest of the page stays. */
async function contentOf(fragments: Promise<unknown>): Promise<object> {
  const made = await fragments;
  return made ? { content: String(made) } : {};
}

const viewOf = (passage: Passage) => ({
  view: `chapter/${passage.chapter}`,
  root: passage.root,
});

/** Other tabs and devices learn what notes say now, and what that means for their take. */
export async function tellNotes(db: Database, bus: Bus, passage: Passage, heard: Heard) {
  const { id, revision, notes } = passage;
  const content = await contentOf(passageUpdate(db, passage.chapter, id, heard));
  const frame = { type: "notes", passage: id, revision, notes, ...content };
  signalView(bus, { ...viewOf(passage), frame });
}

export async function tellAdded(db: Database, bus: Bus, passage: Passage) {
  const content = await contentOf(passageAdded(db, passage.chapter, passage.id, false));
  signalView(bus, { ...viewOf(passage), frame: { type: "passage", ...content } });
}

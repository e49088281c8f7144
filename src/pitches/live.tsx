/** What a pitch's page hears: its takes as a chapter's, and the chapters that it was built from as they change. */
import { eq } from "drizzle-orm";
import { buckets } from "../../drizzle/tables.ts";
import { SectionListUpdate } from "../../views/pitches/sections-nav.tsx";
import { SourcesUpdate } from "../../views/pitches/sources.tsx";
import type { AccountActor } from "../access.ts";
import { findBucket } from "../buckets/buckets.ts";
import type { Database } from "../database.ts";
import type { Reading } from "../documents/reading.ts";
import type { NumberedEvent } from "../events/event.ts";
import { sectionViews, sourcesProps } from "./page.tsx";
import { readPitch } from "./pitch.ts";

const MOVES_A_PASSAGE =
  /^(blob\.(derived|updated)\.expanded-text-v\d+|run\.(queued|started|succeeded|failed|cancelled|dead))$/;
/** Another snapshot of a chapter or of the pitch itself; a chapter that came, went or has another name. */
const MOVES_SOURCES =
  /^(blob\.(created|updated)\.(chapter|pitch)-v\d+|bucket\.(created|updated|moved|deleted|restored))$/;
/** A take that came or was put aside changes what was built from what. */
const MOVES_TAKES =
  /^(blob\.(derived|updated)\.expanded-text-v\d+|run\.(queued|succeeded|cancelled|dead))$/;

/** The fragments that follow from a change of one passage; null when it is gone. */
type PassageChanges = (document: string, passage: string) => Promise<unknown>;

export function pitchView(db: Database, reading: Reading, passageChanges: PassageChanges) {
  return {
    requireSeen: (actor: AccountActor, pitch: string) => findBucket(db, actor, pitch),
    make(pitch: string, { path, event, root }: NumberedEvent): Promise<object> | undefined {
      const isHere = path.at(-1) === pitch;
      const { passage } = (event.data.metadata ?? {}) as { passage?: unknown };
      const isPassage = isHere && typeof passage === "string" && MOVES_A_PASSAGE.test(event.type);
      const isSource = MOVES_SOURCES.test(event.type) || (isHere && MOVES_TAKES.test(event.type));
      if (!isPassage && !isSource) return undefined;
      return (async () => {
        const made = [
          ...(isPassage ? [await passageChanges(pitch, passage)] : []),
          ...(isSource ? [await sourcesUpdate(db, reading, pitch, root)] : []),
        ].filter(Boolean);
        return made.length > 0 ? { content: made.map(String).join("") } : {};
      })();
    },
  };
}

/** Null for a pitch of another root: what happened there is not its own. */
async function sourcesUpdate(db: Database, reading: Reading, id: string, root: string | null) {
  const [pitch] = await db.select().from(buckets).where(eq(buckets.id, id));
  if (!root || pitch?.root !== root) return null;
  const [top] = await db.select().from(buckets).where(eq(buckets.id, root));
  const state = await readPitch(db, reading, pitch);
  // One fragment for all who look; a reader's form is refused, and hidden for them by the page.
  const may = { mayWrite: pitch.trashedAt === null, isAiOn: top?.ai === true };
  return (
    <>
      <SourcesUpdate {...sourcesProps(id, state, may)} />
      <SectionListUpdate sections={sectionViews(state)} />
    </>
  );
}

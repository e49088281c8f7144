/** Making pitches and listing them: of a book, or alone. */
import { and, eq, inArray, isNull } from "drizzle-orm";
import { blobs, buckets, documents } from "../../drizzle/tables.ts";
import { type AccountActor, rootsOf } from "../access.ts";
import type { Bucket } from "../buckets/buckets.ts";
import { createBucket } from "../buckets/create.ts";
import type { Db } from "../database.ts";
import type { PitchV1 } from "../schemas/types.ts";
import { changedSince, rangesOf } from "./changed.ts";
import { listTemplates, requireTemplate } from "./templates.ts";

/** In characters; as buckets have it. */
const NAME_LIMIT = 500;

/** Without a name of its own it is called as its template. @throws 404, 403, 409 for the book; 422 for the template */
export async function createPitch(
  db: Db,
  actor: AccountActor,
  draft: { book: string | null; template: string; name: string },
): Promise<Bucket> {
  const { title } = await requireTemplate(db, draft.template);
  return createBucket(db, actor, {
    type: "pitch",
    name: (draft.name.trim() || title).slice(0, NAME_LIMIT),
    metadata: { template: draft.template },
    ...(draft.book ? { parent: draft.book } : {}),
  });
}

export type Listed = {
  id: string;
  name: string;
  template: string;
  words: number;
  blanks: number;
  from: string;
  changed: number;
};

/** Of a book in its order; null: those that lie in nothing. Figures are of their snapshots. */
export async function listPitches(
  db: Db,
  actor: AccountActor,
  book: string | null,
): Promise<Listed[]> {
  const roots = await rootsOf(db, actor);
  if (roots.length === 0) return [];
  const rows = await db
    .select({ pitch: buckets, snapshot: blobs.content })
    .from(buckets)
    .leftJoin(documents, eq(documents.bucket, buckets.id))
    .leftJoin(blobs, eq(blobs.id, documents.snapshot))
    .where(
      and(
        eq(buckets.type, "pitch"),
        book ? eq(buckets.parent, book) : isNull(buckets.parent),
        inArray(buckets.root, roots),
        isNull(buckets.trashedAt),
      ),
    )
    .orderBy(buckets.position, buckets.id);
  const since = await changedSince(
    db,
    actor,
    rows.map(({ pitch }) => pitch.id),
  );
  const templates = new Map((await listTemplates(db)).map(({ id, title }) => [id, title]));
  return rows.map(({ pitch, snapshot }) => {
    const { sections, blanks } = (snapshot as PitchV1 | null) ?? { sections: [], blanks: 0 };
    const built = since.get(pitch.id);
    return {
      id: pitch.id,
      name: pitch.name,
      template: templates.get(String(pitch.metadata.template)) ?? "",
      words: sections.reduce((sum, { words }) => sum + words, 0),
      blanks,
      from: rangesOf(built?.from ?? []),
      changed: built?.changed ?? 0,
    };
  });
}

/** The pitches somebody sees, of books and alone. */
import { sql } from "drizzle-orm";
import { type AccountActor, rootsOf } from "../access.ts";
import type { Db } from "../database.ts";
import { changedSince } from "../pitches/changed.ts";
import { listTemplates } from "../pitches/templates.ts";
import type { PitchV1 } from "../schemas/types.ts";

export type PitchListed = {
  id: string;
  name: string;
  /** Its template. */
  kind: string;
  /** Its words, and the blanks in them. */
  far: string;
  /** What of its book changed since it was built. */
  changed: string;
  isStale: boolean;
  changedAt: Date;
};

/** Those that changed last. */
const PITCHES_LIMIT = 12;

type Row = {
  id: string;
  name: string;
  template: string | null;
  snapshot: PitchV1 | null;
  changed_at: string;
};

export async function readPitches(db: Db, actor: AccountActor): Promise<PitchListed[]> {
  const roots = await rootsOf(db, actor);
  const { rows } = await db.execute<Row>(sql`
    select b.id, b.name, b.metadata->>'template' as template, s.content as snapshot,
      greatest(b.updated_at, d.updated_at) as changed_at
    from buckets b left join documents d on d.bucket = b.id left join blobs s on s.id = d.snapshot
    where b.root = any(${sql.param(roots)}::uuid[]) and b.type = 'pitch' and b.trashed_at is null
    order by changed_at desc, b.id desc limit ${PITCHES_LIMIT}`);
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const [since, templates] = await Promise.all([changedSince(db, actor, ids), listTemplates(db)]);
  return rows.map(({ id, name, template, snapshot, changed_at }) => ({
    id,
    name: name || "Untitled",
    kind: templates.find((one) => one.id === template)?.title ?? "",
    far: farLabel(snapshot),
    ...sinceLabel(since.get(id)),
    changedAt: new Date(changed_at),
  }));
}

function farLabel(snapshot: PitchV1 | null): string {
  const { words, blanks } = snapshot ?? { words: { prose: 0 }, blanks: 0 };
  const written = `${words.prose.toLocaleString("en")} ${words.prose === 1 ? "word" : "words"}`;
  return blanks > 0 ? `${written}, ${blanks} ${blanks === 1 ? "blank" : "blanks"}` : written;
}

function sinceLabel(built: { from: number[]; changed: number } | undefined) {
  if (!built || built.from.length === 0) return { changed: "", isStale: false };
  if (built.changed === 0) return { changed: "Up to date", isStale: false };
  const chapters = built.changed === 1 ? "chapter" : "chapters";
  return { changed: `${built.changed} ${chapters} changed since`, isStale: true };
}

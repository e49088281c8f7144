/** A run in full: its attempts, what went in and what came out, what was read, what came of that. */
import { and, asc, eq, inArray, or } from "drizzle-orm";
import { accounts, blobRevisions, blobs, runAttempts, runs } from "../../drizzle/tables.ts";
import type { AccountActor, MemberRole } from "../access.ts";
import type { Db } from "../database.ts";
import type { Reading } from "../documents/reading.ts";
import { notFound } from "../problem.ts";
import { schemaId } from "../schemas/names.ts";
import { findListed, type ListedRun } from "./listing.ts";
import { findRun } from "./runs.ts";

/** A blob as it was at a revision. */
export type BlobThen = {
  id: string;
  schema: string;
  revision: number;
  content: unknown;
  metadata: Record<string, unknown>;
};

export type Story = {
  listed: ListedRun;
  role: MemberRole;
  attempts: (typeof runAttempts.$inferSelect)[];
  input: BlobThen | null;
  output: BlobThen | null;
  read: BlobThen[];
  /** Runs that its output started. */
  followed: { id: string; processor: string; status: string }[];
  /** The name of who asked, where that is an account. */
  by: string | null;
};

/** @throws 404 when the actor may not see it */
export async function storyOf(
  db: Db,
  reading: Reading,
  actor: AccountActor,
  id: string,
): Promise<Story> {
  const { role } = await findRun(db, actor, id);
  const listed = await findListed(db, reading, id);
  if (!listed) throw notFound("This run");
  const { run } = listed;
  const attempts = await db
    .select()
    .from(runAttempts)
    .where(eq(runAttempts.run, id))
    .orderBy(asc(runAttempts.attempt));
  const [input] = await blobsThen(db, run.root, [{ id: run.blob, revision: run.revision }]);
  const [output] = await db.select().from(blobs).where(eq(blobs.run, id));
  const read = await blobsThen(db, run.root, run.read);
  const followed = output
    ? await db
        .select({ id: runs.id, processor: runs.processor, status: runs.status })
        .from(runs)
        .where(eq(runs.blob, output.id))
        .orderBy(asc(runs.id))
        .limit(FOLLOWED_LIMIT)
    : [];
  return {
    listed,
    role,
    attempts,
    input: input ?? null,
    output: output ? blobThen(output) : null,
    read,
    followed,
    by: await nameIn(db, run.queuedBy),
  };
}

/** Runs told of that began with the output. */
const FOLLOWED_LIMIT = 20;

type Row = Pick<
  typeof blobs.$inferSelect,
  "id" | "schema" | "schemaVersion" | "revision" | "content" | "metadata"
>;

const blobThen = ({ id, schema, schemaVersion, revision, content, metadata }: Row): BlobThen => ({
  id,
  schema: schemaId(schema, schemaVersion),
  revision,
  content,
  metadata,
});

/** As they were read, in that order; what is purged is left out. */
async function blobsThen(
  db: Db,
  root: string,
  wanted: { id: string; revision: number }[],
): Promise<BlobThen[]> {
  if (wanted.length === 0) return [];
  const ids = [...new Set(wanted.map(({ id }) => id))];
  const now = await db
    .select()
    .from(blobs)
    .where(and(inArray(blobs.id, ids), eq(blobs.root, root)));
  const old = await db
    .select()
    .from(blobRevisions)
    .where(
      or(
        ...wanted.map(({ id, revision }) =>
          and(eq(blobRevisions.blob, id), eq(blobRevisions.revision, revision)),
        ),
      ),
    );
  return wanted.flatMap(({ id, revision }) => {
    const current = now.find((blob) => blob.id === id);
    if (!current) return [];
    if (current.revision === revision) return [blobThen(current)];
    const then = old.find((one) => one.blob === id && one.revision === revision);
    return then ? [blobThen({ ...then, id })] : [];
  });
}

async function nameIn(db: Db, actor: string): Promise<string | null> {
  const [kind, id] = actor.split(":");
  if (kind !== "account" || !id) return null;
  const [account] = await db
    .select({ name: accounts.name })
    .from(accounts)
    .where(eq(accounts.id, id));
  return account?.name ?? null;
}

/**
 * Read-only links: a secret address under which a book, a chapter or a pitch may be read, by whoever has it, until it is
 * revoked or its time is over. Only owners make them: a link gives the words to the world, as an invitation gives
 * the book, and an editor was asked to write, not to publish.
 */
import { and, desc, eq, gt, isNull, lt, or, sql } from "drizzle-orm";
import { buckets, links } from "../../drizzle/tables.ts";
import { type AccountActor, type LinkActor, nameOf, requireOwner, showsTo } from "../access.ts";
import { hashOfSecret, newSecret } from "../accounts/secrets.ts";
import { type Bucket, type BucketSeen, findBucket, requireStanding } from "../buckets/buckets.ts";
import { type Db, transact } from "../database.ts";
import { append } from "../events/append.ts";
import { isId, type Page, type PageRequest, page } from "../lists.ts";
import { conflict, invalid, notFound } from "../problem.ts";
import { seal, unseal } from "../secret.ts";

export type Link = typeof links.$inferSelect;

export type LinkDraft = {
  /** For whom it is. */
  name?: string;
  password?: string;
  /** RFC 3339; absent: until it is revoked. */
  expiresAt?: string;
};

/** Links of one bucket that are good at once. */
export const LINKS_LIMIT = 50;
/** OWASP's Password Storage Cheat Sheet: 19 MiB, two passes. Verifying reads the figures from the hash. */
const ARGON2 = { algorithm: "argon2id", memoryCost: 19_456, timeCost: 2 } as const;
/** What one can read. */
const SHARED = ["book", "chapter", "pitch"];

/** @throws 404; 403 for who does not own it; 409 `trashed`, `too-many`; 422 */
export async function createLink(
  db: Db,
  secret: string,
  actor: AccountActor,
  id: string,
  { name = "", password, expiresAt }: LinkDraft,
): Promise<{ link: Link; token: string }> {
  const bucket = await requireShareable(db, actor, id);
  if (expiresAt && new Date(expiresAt) <= new Date())
    throw invalid([{ pointer: "/expiresAt", rule: "future", message: "must lie in the future" }]);
  // Slow by design, so before the transaction.
  const passwordHash = password ? await Bun.password.hash(password, ARGON2) : null;
  return transact(db, async (tx) => {
    await tx.execute(sql`select 1 from buckets where id = ${bucket.id} for no key update`);
    const good = and(eq(links.bucket, bucket.id), isGood());
    if ((await tx.$count(links, good)) >= LINKS_LIMIT)
      throw conflict("too-many", `At most ${LINKS_LIMIT} links lead to one thing`);
    const token = newSecret();
    const [link] = await tx
      .insert(links)
      .values({
        id: Bun.randomUUIDv7(),
        root: bucket.root,
        bucket: bucket.id,
        name: name.trim(),
        hash: hashOfSecret(token),
        sealed: seal(secret, token),
        passwordHash,
        createdBy: nameOf(actor),
        expiresAt: expiresAt ? new Date(expiresAt) : null,
      })
      .returning();
    await tell(tx, actor, "link.created", link!, bucket);
    return { link: link!, token };
  });
}

/** @throws 404, 403, 409, 422 */
async function requireShareable(db: Db, actor: AccountActor, id: string): Promise<BucketSeen> {
  const bucket = await findBucket(db, actor, id);
  requireOwner(bucket.role);
  requireStanding(bucket);
  if (!SHARED.includes(bucket.type))
    throw invalid([
      { pointer: "/bucket", rule: "type", message: "only a book, a chapter or a pitch is read so" },
    ]);
  return bucket;
}

/** Of the bucket and of what lies below it, newest first; those that ended too. @throws 404, 403 */
export async function listLinks(
  db: Db,
  actor: AccountActor,
  id: string,
  request: PageRequest,
): Promise<Page<Link & { to: Pick<Bucket, "id" | "name" | "type"> }>> {
  const bucket = await findBucket(db, actor, id);
  requireOwner(bucket.role);
  const rows = await db
    .select({ link: links, to: { id: buckets.id, name: buckets.name, type: buckets.type } })
    .from(links)
    .innerJoin(buckets, eq(buckets.id, links.bucket))
    .where(
      and(
        eq(links.root, bucket.root),
        sql`${buckets.path} @> array[${bucket.id}]::uuid[]`,
        request.cursor ? lt(links.id, request.cursor) : undefined,
      ),
    )
    .orderBy(desc(links.id))
    .limit(request.limit + 1);
  return page(
    rows.map(({ link, to }) => ({ ...link, to })),
    request,
  );
}

/** From here on it shows nothing, also where it is open. Once is enough. @throws 404, 403 */
export async function revokeLink(db: Db, actor: AccountActor, id: string): Promise<Link> {
  const [link] = isId(id) ? await db.select().from(links).where(eq(links.id, id)) : [];
  if (!link) throw notFound("This link");
  const bucket = await findBucket(db, actor, link.bucket).catch(() => {
    throw notFound("This link");
  });
  requireOwner(bucket.role);
  return transact(db, async (tx) => {
    const [revoked] = await tx
      .update(links)
      .set({ revokedAt: new Date(), revokedBy: nameOf(actor) })
      .where(and(eq(links.id, id), isNull(links.revokedAt)))
      .returning();
    if (!revoked) return link;
    await tell(tx, actor, "link.revoked", revoked, bucket);
    return revoked;
  });
}

const tell = (
  tx: Db,
  actor: AccountActor,
  type: "link.created" | "link.revoked",
  link: Link,
  bucket: Pick<Bucket, "root" | "path">,
) =>
  append(tx, actor, {
    type,
    place: { root: bucket.root, path: bucket.path },
    subject: link.id,
    data: { id: link.id, bucket: link.bucket, name: link.name, expiresAt: link.expiresAt },
  });

const isGood = () =>
  and(isNull(links.revokedAt), or(isNull(links.expiresAt), gt(links.expiresAt, sql`now()`)));

export type LinkSeen = { link: Link; actor: LinkActor; bucket: Bucket };

/** Who comes with this secret, and what it shows; undefined when it shows nothing, or never did. */
export async function findByLink(db: Db, token: string): Promise<LinkSeen | undefined> {
  const [link] = await db
    .select()
    .from(links)
    .where(and(eq(links.hash, hashOfSecret(token)), isGood()));
  if (!link) return undefined;
  const actor: LinkActor = {
    kind: "link",
    link: link.id,
    bucket: link.bucket,
    root: link.root,
  };
  const [bucket] = await db
    .select()
    .from(buckets)
    .where(and(eq(buckets.id, link.bucket), showsTo(actor)));
  return bucket && { link, actor, bucket };
}

/** The secret of a link, for its owner to copy again; null when the studio's own secret was changed since. */
export function tokenOf(secret: string, link: Link): string | null {
  try {
    return unseal(secret, link.sealed);
  } catch {
    return null;
  }
}

/** As the API shows a link; with its address while it is good. */
export function linkView(link: Link, url: string | null) {
  const { id, bucket, root, name, passwordHash, createdBy, createdAt } = link;
  const { expiresAt, revokedAt, revokedBy } = link;
  return {
    id,
    bucket,
    root,
    name,
    hasPassword: passwordHash !== null,
    createdBy,
    createdAt,
    expiresAt,
    revokedAt,
    revokedBy,
    url: hasEnded(link) ? null : url,
  };
}

export const hasEnded = ({ revokedAt, expiresAt }: Link, now = new Date()): boolean =>
  revokedAt !== null || (expiresAt !== null && expiresAt <= now);

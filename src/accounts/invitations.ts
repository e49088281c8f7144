/**
 * Invitations: links that let one person in, once. An administrator's admits a new account; with a root, whoever
 * accepts gets a role there.
 */
import { and, desc, eq, isNull, lt } from "drizzle-orm";
import { accounts, buckets, invitations, members } from "../../drizzle/tables.ts";
import { type AccountActor, type MemberRole, requireOwner, requirePerson } from "../access.ts";
import { findBucket } from "../buckets/buckets.ts";
import { requireRoot } from "../buckets/members.ts";
import { type Db, type Tx, transact } from "../database.ts";
import { append } from "../events/append.ts";
import { isId, type Page, type PageRequest, page } from "../lists.ts";
import { forbidden, invalid, notFound } from "../problem.ts";
import { hashOfSecret, newSecret } from "./secrets.ts";

export type Invitation = typeof invitations.$inferSelect;

export type InvitationDraft = {
  /** What to share; absent: the studio alone. */
  root?: string;
  role?: MemberRole;
  /** For how long it is good, in days. */
  days?: number;
};

export const DAYS = { usual: 14, most: 90 };
const DAY_MS = 24 * 60 * 60 * 1_000;

/** The secret is told here and never again. @throws 403; 404; 409 `not-root`; 422 */
export async function invite(
  db: Db,
  actor: AccountActor,
  { root, role, days = DAYS.usual }: InvitationDraft,
): Promise<{ invitation: Invitation; secret: string }> {
  requirePerson(actor);
  if ((root === undefined) !== (role === undefined))
    throw invalid([{ pointer: "/role", rule: "role", message: "root and role belong together" }]);
  if (root === undefined && !actor.administrator)
    throw forbidden("Only an administrator may invite to the studio itself.");
  if (root !== undefined) {
    const bucket = await findBucket(db, actor, root);
    requireRoot(bucket);
    requireOwner(bucket.role);
  }
  const secret = newSecret();
  const [invitation] = await db
    .insert(invitations)
    .values({
      id: Bun.randomUUIDv7(),
      hash: hashOfSecret(secret),
      createdBy: actor.account,
      admits: actor.administrator,
      root: root ?? null,
      role: role ?? null,
      expiresAt: new Date(Date.now() + days * DAY_MS),
    })
    .returning();
  return { invitation: invitation!, secret };
}

/** The actor's own, newest first. @throws 403 for a token */
export async function listInvitations(
  db: Db,
  actor: AccountActor,
  request: PageRequest,
): Promise<Page<Invitation>> {
  requirePerson(actor);
  const rows = await db
    .select()
    .from(invitations)
    .where(
      and(
        eq(invitations.createdBy, actor.account),
        request.cursor ? lt(invitations.id, request.cursor) : undefined,
      ),
    )
    .orderBy(desc(invitations.id))
    .limit(request.limit + 1);
  return page(rows, request);
}

/** One that was accepted stays accepted. @throws 404; 403 for a token */
export async function withdraw(db: Db, actor: AccountActor, id: string): Promise<void> {
  requirePerson(actor);
  const [gone] = isId(id)
    ? await db
        .delete(invitations)
        .where(and(eq(invitations.id, id), eq(invitations.createdBy, actor.account)))
        .returning()
    : [];
  if (!gone) throw notFound("This invitation");
}

export type Open = { invitation: Invitation; from: string; to: string | null };

/** One that is still good, with who sent it and what it shares. @throws 404 */
export async function findOpen(db: Db, secret: string, now = new Date()): Promise<Open> {
  const [row] = await db
    .select({ invitation: invitations, from: accounts.name, to: buckets.name })
    .from(invitations)
    .innerJoin(accounts, eq(accounts.id, invitations.createdBy))
    .leftJoin(buckets, and(eq(buckets.id, invitations.root), isNull(buckets.trashedAt)))
    .where(and(eq(invitations.hash, hashOfSecret(secret)), isNull(invitations.acceptedAt)));
  const isGone = row?.invitation.root && row.to === null;
  if (!row || isGone || row.invitation.expiresAt <= now) throw notFound("This invitation");
  return row;
}

/**
 * Uses an invitation up. Who has a role there already keeps it where it is the higher one.
 * @throws 404 when it is not good any more
 */
export async function accept(db: Db, actor: AccountActor, secret: string): Promise<Invitation> {
  return transact(db, async (tx) => {
    const { invitation } = await findOpen(tx, secret);
    const [mine] = await tx
      .update(invitations)
      .set({ acceptedAt: new Date(), acceptedBy: actor.account })
      .where(and(eq(invitations.id, invitation.id), isNull(invitations.acceptedAt)))
      .returning();
    // Somebody else was quicker.
    if (!mine) throw notFound("This invitation");
    if (mine.root && mine.role) await join(tx, actor, mine.root, mine.role);
    return mine;
  });
}

const RANKS: MemberRole[] = ["viewer", "commenter", "editor", "owner"];

async function join(tx: Tx, actor: AccountActor, root: string, role: MemberRole): Promise<void> {
  const { account } = actor;
  const [before] = await tx
    .select()
    .from(members)
    .where(and(eq(members.root, root), eq(members.account, account)));
  if (before && RANKS.indexOf(before.role) >= RANKS.indexOf(role)) return;
  await tx
    .insert(members)
    .values({ root, account, role })
    .onConflictDoUpdate({ target: [members.root, members.account], set: { role } });
  await append(tx, actor, {
    type: "bucket.member_added",
    place: { root, path: [root] },
    subject: root,
    data: { root, account, role, before: before?.role ?? null },
  });
}

/** As the API shows an invitation. */
export function invitationView({ hash: _hash, createdBy: _by, ...invitation }: Invitation) {
  return invitation;
}

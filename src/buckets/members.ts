/** Members of a root: who may see and change what lies below it. There is always an owner. */
import { and, asc, eq } from "drizzle-orm";
import { accounts, members } from "../../drizzle/tables.ts";
import {
  type AccountActor,
  type MemberRole,
  requireOwner,
  requireWholeAccount,
} from "../access.ts";
import { type Db, type Tx, transact } from "../database.ts";
import { append } from "../events/append.ts";
import { isId } from "../lists.ts";
import { conflict, notFound } from "../problem.ts";
import { type BucketSeen, findBucket } from "./buckets.ts";
import { lockTree } from "./place.ts";

export type Member = typeof members.$inferSelect;

/** The longest there are first. @throws 404; 409 `not-root` */
export async function listMembers(db: Db, actor: AccountActor, id: string): Promise<Member[]> {
  const { root } = await findRoot(db, actor, id);
  return db
    .select()
    .from(members)
    .where(eq(members.root, root))
    .orderBy(asc(members.createdAt), asc(members.account));
}

/** @throws 404; 409 `not-root` */
export async function findMember(
  db: Db,
  actor: AccountActor,
  id: string,
  account: string,
): Promise<Member> {
  const { root } = await findRoot(db, actor, id);
  const member = await memberOf(db, root, account);
  if (!member) throw notFound("This member");
  return member;
}

/**
 * Gives an account a role, its first or another one.
 * @throws 404 also for an account that there is not; 403; 409 `not-root`, `last-owner`
 */
export async function putMember(
  db: Db,
  actor: AccountActor,
  id: string,
  account: string,
  role: MemberRole,
): Promise<{ member: Member; isNew: boolean }> {
  return transact(db, async (tx) => {
    const root = await findOwned(tx, actor, id);
    const before = await memberOf(tx, root.id, account);
    if (before?.role === role) return { member: before, isNew: false };
    if (!(await isAccount(tx, account))) throw notFound("This account");
    if (before?.role === "owner") await requireAnotherOwner(tx, root.id);
    const [member] = await tx
      .insert(members)
      .values({ root: root.id, account, role })
      .onConflictDoUpdate({ target: [members.root, members.account], set: { role } })
      .returning();
    const data = { root: root.id, account, role, before: before?.role ?? null };
    await append(tx, actor, { type: "bucket.member_added", place: root, subject: root.id, data });
    return { member: member!, isNew: !before };
  });
}

/**
 * Takes an account's role away; everybody may take away their own.
 * @throws 404, 403; 409 `not-root`, `last-owner`
 */
export async function removeMember(
  db: Db,
  actor: AccountActor,
  id: string,
  account: string,
): Promise<void> {
  return transact(db, async (tx) => {
    const root =
      account === actor.account ? await locked(tx, actor, id) : await findOwned(tx, actor, id);
    if (account === actor.account) requireWholeAccount(actor);
    const member = await memberOf(tx, root.id, account);
    if (!member) throw notFound("This member");
    if (member.role === "owner") await requireAnotherOwner(tx, root.id);
    await tx.delete(members).where(and(eq(members.root, root.id), eq(members.account, account)));
    const data = { root: root.id, account, role: member.role };
    await append(tx, actor, { type: "bucket.member_removed", place: root, subject: root.id, data });
  });
}

/** @throws 404; 409 `not-root` */
async function findRoot(db: Db, actor: AccountActor, id: string): Promise<BucketSeen> {
  const bucket = await findBucket(db, actor, id);
  requireRoot(bucket);
  return bucket;
}

/** @throws 409 `not-root` */
export function requireRoot({ parent, root }: Pick<BucketSeen, "parent" | "root">): void {
  if (parent !== null) throw conflict("not-root", "Members are a root's", `Its root is ${root}.`);
}

async function findOwned(tx: Tx, actor: AccountActor, id: string): Promise<BucketSeen> {
  requireOwner((await findBucket(tx, actor, id)).role);
  const root = await locked(tx, actor, id);
  // Whoever had the lock before may have taken the role away.
  requireOwner(root.role);
  return root;
}

async function locked(tx: Tx, actor: AccountActor, id: string): Promise<BucketSeen> {
  const { root } = await findRoot(tx, actor, id);
  await lockTree(tx, root);
  return findRoot(tx, actor, id);
}

async function memberOf(db: Db, root: string, account: string): Promise<Member | undefined> {
  if (!isId(account)) return undefined;
  const [member] = await db
    .select()
    .from(members)
    .where(and(eq(members.root, root), eq(members.account, account)));
  return member;
}

async function isAccount(tx: Tx, id: string): Promise<boolean> {
  if (!isId(id)) return false;
  return (
    (await tx.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, id))).length > 0
  );
}

/** @throws 409 `last-owner` */
async function requireAnotherOwner(tx: Tx, root: string): Promise<void> {
  const owners = await tx
    .select({ account: members.account })
    .from(members)
    .where(and(eq(members.root, root), eq(members.role, "owner")));
  if (owners.length < 2)
    throw conflict("last-owner", "It would have no owner", "Make somebody else its owner first.");
}

/** As the API shows a member. */
export function memberView({ account, role, createdAt }: Member) {
  return { account, role, createdAt };
}

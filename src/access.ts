/**
 * Who may. The only place that knows roles: everything a person reaches is found through
 * {@link roleOf} their actor, and what they hold no role on does not exist for them.
 */
import { and, inArray, type SQL, sql } from "drizzle-orm";
import { type PgColumn, QueryBuilder } from "drizzle-orm/pg-core";
import { buckets, members } from "../drizzle/tables.ts";
import type { Db } from "./database.ts";
import { forbidden } from "./problem.ts";

export type MemberRole = "owner" | "editor" | "commenter" | "viewer";

/** Who does it. `traceparent` (W3C Trace Context) ties what follows to the request it came from. */
export type Actor = { traceparent?: string } & (
  | { kind: "account"; account: string; administrator: boolean; token?: Token }
  | { kind: "link"; link: string; bucket: string; root: string }
  | { kind: "processor"; processor: string; run: string }
  | { kind: "system" }
);

/** What a token allows of what its account may. */
export type Token = {
  id: string;
  scopes: readonly Scope[];
  /** Only below these; null: wherever the account may. */
  roots: readonly string[] | null;
};

/** `read` looks, `write` also changes what the account may change, `administer` also does its administrator's work. */
export type Scope = "read" | "write" | "administer";

export type AccountActor = Extract<Actor, { kind: "account" }>;

/** Whoever came with a read-only link. No verb takes one: it reads what {@link showsTo} lets it, and nothing else. */
export type LinkActor = Extract<Actor, { kind: "link" }>;

export const SYSTEM: Actor = { kind: "system" };

/** As rows and events name an actor: `account:<id>`, `link:<id>`, `processor:<id>`, `system`. */
export function nameOf(actor: Actor): string {
  if (actor.kind === "account") return `account:${actor.account}`;
  if (actor.kind === "link") return `link:${actor.link}`;
  if (actor.kind === "processor") return `processor:${actor.processor}`;
  return "system";
}

/** An SQL expression: the actor's role on a root, null for none. A token that may not write makes a viewer of all. */
export function roleOf(actor: AccountActor, root: PgColumn): SQL<MemberRole | null> {
  const role = new QueryBuilder()
    .select({ role: maySend(actor) ? members.role : sql`'viewer'`.as("role") })
    .from(members)
    .where(and(sql`${members.root} = ${root}`, isOwn(actor)));
  return sql<MemberRole | null>`(${role})`;
}

/** An SQL condition on `buckets`: the link's own bucket, or one below it; nothing that is in the trash. */
export const showsTo = ({ bucket, root }: LinkActor): SQL =>
  sql`${buckets.root} = ${root} and ${buckets.path} @> array[${bucket}]::uuid[] and ${buckets.trashedAt} is null`;

export async function rootsOf(db: Db, actor: AccountActor): Promise<string[]> {
  const rows = await db.select({ root: members.root }).from(members).where(isOwn(actor));
  return rows.map((row) => row.root);
}

/** The same as an SQL array. */
export const rootsSeen = (actor: AccountActor): SQL =>
  sql`array(select ${members.root} from ${members} where ${isOwn(actor)})`;

/** An SQL condition: the actor may write below a root. */
export function writesTo(actor: AccountActor, root: SQL): SQL {
  const writer = writerOf(actor);
  if (!writer) return sql`false`;
  const { account, roots } = writer;
  return writes(sql`${account}::uuid`, sql`${sql.param(roots)}::uuid[]`, root);
}

/** What {@link writes} has to know of an actor; undefined when its token lets it change nothing. */
export const writerOf = (actor: AccountActor) =>
  maySend(actor) ? { account: actor.account, roots: actor.token?.roots ?? null } : undefined;

/** The same of many actors at once: SQL for an account, and for the roots that its token reaches, null for all. */
export const writes = (account: SQL, roots: SQL, root: SQL): SQL => sql`exists (
  select 1 from members m
  where m.root = ${root} and m.account = ${account} and m.role in ${WRITERS} and (${roots} is null or m.root = any(${roots}))
)`;

/** Of `members`: the actor's, as far as a token reaches. */
function isOwn({ account, token }: AccountActor): SQL {
  const own = sql`${members.account} = ${account}`;
  return token?.roots ? sql`${own} and ${inArray(members.root, [...token.roots])}` : own;
}

/** Whether its token, if it came with one, is good below a root. */
export const reaches = ({ token }: AccountActor, root: string): boolean =>
  token?.roots?.includes(root) ?? true;

/** Whether its token, if it came with one, lets it change anything. */
const maySend = ({ token }: AccountActor): boolean =>
  !token || token.scopes.includes("write") || token.scopes.includes("administer");

/** Whether its token, if it came with one, lets it do less than its account. */
export const isNarrowed = (actor: AccountActor): boolean =>
  Boolean(actor.token?.roots) || !maySend(actor);

/** For what belongs to the account and lies below no root. @throws 403 when a token may only read, or only below some roots */
export function requireWholeAccount(actor: AccountActor): void {
  if (!maySend(actor)) throw forbidden("This token may read, not change anything.");
  if (actor.token?.roots) throw forbidden("This token is good for some books only.");
}

/** For what only a person does: tokens, invitations. @throws 403 for a token */
export function requirePerson(actor: AccountActor): void {
  if (actor.token) throw forbidden("A token cannot do this: sign in.");
}

/** @throws 403 */
export function requireAdministrator(actor: AccountActor): void {
  if (!actor.administrator) throw forbidden("Only an administrator may do this.");
}

const WRITERS: MemberRole[] = ["owner", "editor"];

export const mayWrite = (role: MemberRole): boolean => WRITERS.includes(role);

/** @throws 403 when the role reads only. */
export function requireWriter(role: MemberRole): void {
  if (!mayWrite(role)) throw forbidden(`A ${role} may read here, not change anything.`);
}

/** @throws 403 */
export function requireOwner(role: MemberRole): void {
  if (role !== "owner") throw forbidden(`Only an owner may do this; you are ${ROLE_NAMES[role]}.`);
}

const ROLE_NAMES: Record<MemberRole, string> = {
  owner: "an owner",
  editor: "an editor",
  commenter: "a commenter",
  viewer: "a viewer",
};

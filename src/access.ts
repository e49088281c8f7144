/**
 * Who may. The only place that knows roles: everything a person reaches is found through
 * {@link roleOf} their actor, and what they hold no role on does not exist for them.
 */
import { and, eq, type SQL, sql } from "drizzle-orm";
import { type PgColumn, QueryBuilder } from "drizzle-orm/pg-core";
import { members } from "../drizzle/tables.ts";
import type { Db } from "./database.ts";
import { forbidden } from "./problem.ts";

export type MemberRole = "owner" | "editor" | "commenter" | "viewer";

/** Who does it. `traceparent` (W3C Trace Context) ties what follows to the request it came from. */
export type Actor = { traceparent?: string } & (
  | { kind: "account"; account: string; administrator: boolean }
  | { kind: "processor"; processor: string; run: string }
  | { kind: "system" }
);

export type AccountActor = Extract<Actor, { kind: "account" }>;

export const SYSTEM: Actor = { kind: "system" };

/** As rows and events name an actor: `account:<id>`, `processor:<id>`, `system`. */
export function nameOf(actor: Actor): string {
  if (actor.kind === "account") return `account:${actor.account}`;
  if (actor.kind === "processor") return `processor:${actor.processor}`;
  return "system";
}

/** An SQL expression: the actor's role on a root, null for none. */
export function roleOf(actor: AccountActor, root: PgColumn): SQL<MemberRole | null> {
  const role = new QueryBuilder()
    .select({ role: members.role })
    .from(members)
    .where(and(sql`${members.root} = ${root}`, eq(members.account, actor.account)));
  return sql<MemberRole | null>`(${role})`;
}

export async function rootsOf(db: Db, actor: AccountActor): Promise<string[]> {
  const rows = await db
    .select({ root: members.root })
    .from(members)
    .where(eq(members.account, actor.account));
  return rows.map((row) => row.root);
}

/** An SQL condition: the actor may write below a root. */
export function writesTo(actor: AccountActor, root: SQL): SQL {
  return sql`exists (select 1 from members where root = ${root} and account = ${actor.account} and role in ${WRITERS})`;
}

const WRITERS: MemberRole[] = ["owner", "editor"];

export const mayWrite = (role: MemberRole): boolean => WRITERS.includes(role);

/** @throws 403 when the role reads only. */
export function requireWriter(role: MemberRole): void {
  if (!mayWrite(role)) throw forbidden(`A ${role} may read here, not change anything.`);
}

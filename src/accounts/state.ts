/**
 * How an account has the studio set up: one value of `user-state`, the same on all its devices. It is nobody
 * else's concern, so no event tells of it.
 */
import { and, eq } from "drizzle-orm";
import { userState } from "../../drizzle/tables.ts";
import { type AccountActor, requireWholeAccount } from "../access.ts";
import { type Db, type Tx, transact } from "../database.ts";
import { invalid, Problem } from "../problem.ts";
import { parseSchemaRef, schemaId } from "../schemas/names.ts";
import type { UserStateV1 } from "../schemas/types.ts";
import { validate } from "../schemas/validation.ts";
import { findSchema, requireValid, type SchemaSource } from "../schemas/versions.ts";

const SCHEMA = "user-state";

/** The newest version of its content. */
export type UserStateContent = UserStateV1;

export type UserState = {
  /** Id of the newest version, whichever the content was written as. */
  schema: string;
  content: UserStateContent;
  /** 0 before the first change. */
  revision: number;
  updatedAt: Date | null;
};

type Row = typeof userState.$inferSelect;
type Members = Record<string, unknown>;

export async function readState(db: Db, actor: Pick<AccountActor, "account">): Promise<UserState> {
  const [row] = await db.select().from(userState).where(eq(userState.account, actor.account));
  return seen(await newest(db), row);
}

/**
 * Replaces it. Who writes an older version of the schema leaves standing what that version does not know.
 * @param expected the revision it is to replace; 0 for none
 * @throws 403 for a token that may not; 412 with the current revision; 422
 */
export async function putState(
  db: Db,
  actor: AccountActor,
  expected: number,
  change: { content: unknown; schema?: string | undefined },
): Promise<UserState> {
  requireWholeAccount(actor);
  return transact(db, async (tx) => {
    const schema = await newest(tx);
    const standing = await locked(tx, actor);
    if ((standing?.revision ?? 0) !== expected) throw stale(standing?.revision ?? 0);
    if (parseSchemaRef(change.schema ?? SCHEMA)?.name !== SCHEMA)
      throw invalid([{ pointer: "/schema", rule: "schema", message: `must be a ${SCHEMA}` }]);
    const written = await requireValid(tx, change.schema ?? SCHEMA, change.content);
    const unknown = Object.entries(seen(schema, standing).content).filter(
      ([name]) => !(name in propertiesOf(written)),
    );
    const content = fitting(schema, {
      ...Object.fromEntries(unknown),
      ...(change.content as Members),
    });
    const values = {
      content,
      schemaVersion: schema.version,
      revision: expected + 1,
      updatedAt: new Date(),
    };
    const rows = standing
      ? await tx
          .update(userState)
          .set(values)
          .where(and(eq(userState.account, actor.account), eq(userState.revision, expected)))
          .returning()
      : await tx
          .insert(userState)
          .values({ account: actor.account, ...values })
          .onConflictDoNothing()
          .returning();
    // Two first changes at once: the second finds the first one's row.
    if (!rows[0]) throw stale((await locked(tx, actor))?.revision ?? 0);
    return seen(schema, rows[0]);
  });
}

/** So that it is checked before the body is looked at. @throws 412 */
export function requireRevision({ revision }: UserState, expected: number): void {
  if (revision !== expected) throw stale(revision);
}

/** What a page needs to be divided as the account has it. */
export const panesOf = ({ content, revision }: UserState) => ({ ...content, revision });

export const stateView = ({ schema, content, revision, updatedAt }: UserState) => ({
  schema,
  content,
  revision,
  updatedAt: updatedAt?.toISOString() ?? null,
});

async function locked(tx: Tx, { account }: AccountActor): Promise<Row | undefined> {
  const [row] = await tx
    .select()
    .from(userState)
    .where(eq(userState.account, account))
    .for("update");
  return row;
}

async function newest(db: Db): Promise<SchemaSource> {
  const schema = await findSchema(db, SCHEMA);
  if (!schema) throw new Error(`The built-in schema ${SCHEMA} is not registered.`);
  return schema;
}

function seen(schema: SchemaSource, row: Row | undefined): UserState {
  return {
    schema: schemaId(schema.name, schema.version),
    content: fitting(schema, (row?.content ?? {}) as Members),
    revision: row?.revision ?? 0,
    updatedAt: row?.updatedAt ?? null,
  };
}

/** Carried forward to a newer version: what it no longer takes is left out, for each falls back by itself. */
function fitting({ source }: SchemaSource, content: Members): UserStateContent {
  const refused = new Set(validate(source, content).map(({ pointer }) => pointer.split("/")[1]));
  const kept = Object.entries(content).filter(([name]) => !refused.has(name));
  return Object.fromEntries(kept) as UserStateContent;
}

const propertiesOf = ({ source }: SchemaSource): Members =>
  (JSON.parse(source) as { properties?: Members }).properties ?? {};

const stale = (revision: number) =>
  new Problem(412, "stale", "It was changed meanwhile", {
    detail: `The current revision is ${revision}. Read it again, then repeat the change.`,
    headers: { etag: `"${revision}"` },
    members: { revision },
  });

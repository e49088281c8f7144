import { and, asc, desc, eq, gt, isNull } from "drizzle-orm";
import { Hono } from "hono";
import { accounts, invitations, members } from "../../drizzle/tables.ts";
import { PeoplePage, type Person } from "../../views/accounts/people.tsx";
import type { AccountActor } from "../access.ts";
import type { Assets } from "../assets.ts";
import { findOwnedBook } from "../books/books.ts";
import { putMember, removeMember } from "../buckets/members.ts";
import { MemberShape } from "../buckets/operations.ts";
import type { Database } from "../database.ts";
import type { Env } from "../env.ts";
import { actorOf, formOf, type Http, type HttpContext } from "../http.ts";
import { Problem } from "../problem.ts";
import { checked } from "../shape.ts";
import { invitationUrl } from "./api.tsx";
import { invite, withdraw } from "./invitations.ts";
import { InvitationShape } from "./operations.ts";

export type PeopleParts = {
  db: Database;
  assets: Assets;
  settings: Pick<Env, "signup">;
  env: Pick<Env, "publicUrl">;
};

/** Who works on a book, and whom its owner asks to: `/books/:id/people`. Works without a script. */
export function peoplePages({ db, assets, settings, env }: PeopleParts) {
  async function page(c: HttpContext, shown: { made?: string; error?: string } = {}) {
    const actor = actorOf(c);
    const book = await findOwnedBook(db, actor, c.req.param("id")!);
    const people = await peopleOf(db, book.id);
    return c.html(
      <PeoplePage
        assets={assets}
        account={people.find(({ id }) => id === actor.account)!}
        book={{ id: book.id, name: book.name }}
        people={people}
        invitations={await openInvitations(db, actor, book.id)}
        admits={actor.administrator || settings.signup === "open"}
        {...shown}
      />,
    );
  }

  /** What may not be is told on the page. */
  async function attempt(c: HttpContext, work: () => Promise<void>) {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Problem) || ![409, 422].includes(error.status)) throw error;
      c.status(error.status as 409);
      return page(c, { error: [`${error.title}.`, error.extra.detail].filter(Boolean).join(" ") });
    }
    return c.redirect(`/books/${c.req.param("id")}/people`, 303);
  }

  return new Hono<Http>()
    .get("/books/:id/people", (c) => page(c))
    .post("/books/:id/invitations", async (c) => {
      const actor = actorOf(c);
      const book = await findOwnedBook(db, actor, c.req.param("id"));
      const { role } = await formOf(c);
      const draft = checked({ root: book.id, role }, InvitationShape);
      const { secret } = await invite(db, actor, draft);
      c.status(201);
      // Told here and never again: what is kept is its hash.
      return page(c, { made: invitationUrl(c, env.publicUrl, secret) });
    })
    .post("/books/:id/invitations/:invitation/withdrawal", async (c) => {
      const actor = actorOf(c);
      await findOwnedBook(db, actor, c.req.param("id"));
      return attempt(c, () => withdraw(db, actor, c.req.param("invitation")));
    })
    .post("/books/:id/people/:account", async (c) => {
      const actor = actorOf(c);
      const book = await findOwnedBook(db, actor, c.req.param("id"));
      const { role } = checked({ role: (await formOf(c)).role }, MemberShape);
      return attempt(c, async () => {
        await putMember(db, actor, book.id, c.req.param("account"), role);
      });
    })
    .post("/books/:id/people/:account/removal", async (c) => {
      const actor = actorOf(c);
      const book = await findOwnedBook(db, actor, c.req.param("id"));
      return attempt(c, () => removeMember(db, actor, book.id, c.req.param("account")));
    });
}

/** The longest there are first. */
function peopleOf(db: Database, book: string): Promise<Person[]> {
  return db
    .select({ id: accounts.id, name: accounts.name, email: accounts.email, role: members.role })
    .from(members)
    .innerJoin(accounts, eq(accounts.id, members.account))
    .where(eq(members.root, book))
    .orderBy(asc(members.createdAt), asc(members.account));
}

/** The actor's own to this book that are still good, the newest first. */
function openInvitations(db: Database, actor: AccountActor, book: string) {
  return db
    .select({ id: invitations.id, role: invitations.role, expiresAt: invitations.expiresAt })
    .from(invitations)
    .where(
      and(
        eq(invitations.createdBy, actor.account),
        eq(invitations.root, book),
        isNull(invitations.acceptedAt),
        gt(invitations.expiresAt, new Date()),
      ),
    )
    .orderBy(desc(invitations.id));
}

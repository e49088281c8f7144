import { Hono } from "hono";
import { requirePerson } from "../access.ts";
import type { Database, Tx } from "../database.ts";
import type { Env } from "../env.ts";
import { actorOf, answerOnce, bodyOf, type Http, type HttpContext } from "../http.ts";
import { pageRequest } from "../lists.ts";
import { invitationView, invite, listInvitations, withdraw } from "./invitations.ts";
import { InvitationShape, TokenShape } from "./operations.ts";
import type { Sessions } from "./session.ts";
import { createToken, deleteToken, listTokens, tokenView } from "./tokens.ts";

export type AccountParts = {
  db: Database;
  sessions: Sessions;
  env: Pick<Env, "publicUrl">;
  /** The studio's: answers that hold a secret are kept under it. */
  secret: string;
};

/** `/api/tokens` */
export function tokenRoutes({ db, sessions, secret: studio }: AccountParts) {
  return new Hono<Http>()
    .get("/", async (c) => {
      const found = await listTokens(db, actorOf(c), pageRequest(c.req.query()));
      return c.json({ items: found.items.map(tokenView), next: found.next });
    })
    .post("/", async (c) => {
      const actor = actorOf(c);
      // Before an answer is found again, too: it holds the secret.
      requirePerson(actor);
      const draft = await bodyOf(c, TokenShape);
      const make = async (tx: Tx) => {
        const { token, secret } = await createToken(tx, actor, draft);
        return { status: 201, answer: { ...tokenView(token), token: secret } };
      };
      return answerOnce(c, db, draft, make, studio);
    })
    .delete("/:id", async (c) => {
      const id = c.req.param("id");
      await deleteToken(db, actorOf(c), id);
      sessions.ended(id);
      return c.body(null, 204);
    });
}

/** `/api/invitations`. The link is a page: `/invitations/<secret>`. */
export function invitationRoutes({ db, env: { publicUrl }, secret: studio }: AccountParts) {
  return new Hono<Http>()
    .get("/", async (c) => {
      const found = await listInvitations(db, actorOf(c), pageRequest(c.req.query()));
      return c.json({ items: found.items.map(invitationView), next: found.next });
    })
    .post("/", async (c) => {
      const actor = actorOf(c);
      requirePerson(actor);
      const draft = await bodyOf(c, InvitationShape);
      const make = async (tx: Tx) => {
        const { invitation, secret } = await invite(tx, actor, draft);
        const url = invitationUrl(c, publicUrl, secret);
        return { status: 201, answer: { ...invitationView(invitation), url } };
      };
      return answerOnce(c, db, draft, make, studio);
    })
    .delete("/:id", async (c) => {
      await withdraw(db, actorOf(c), c.req.param("id"));
      return c.body(null, 204);
    });
}

/** Where whoever is invited goes. */
export const invitationUrl = (c: HttpContext, publicUrl: URL | undefined, secret: string): string =>
  new URL(`/invitations/${secret}`, publicUrl ?? new URL(c.req.url)).href;

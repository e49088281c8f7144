import { Hono } from "hono";
import { Invited } from "../../views/accounts/invited.tsx";
import { actorOf, formOf, type Http } from "../http.ts";
import { Problem } from "../problem.ts";
import { accept, findOpen, type Open } from "./invitations.ts";
import { type AccountParts, fieldErrors, refused, signedIn } from "./routes.tsx";
import { signUp } from "./sign-up.ts";

/** The page behind an invitation's link: come in as somebody new, or as who one is. Works without script. */
export function invitationPages({ db, assets, settings }: AccountParts) {
  const shown = ({ invitation, from, to }: Open) => ({
    assets,
    from,
    to,
    role: invitation.role,
    admits: invitation.admits || settings.signup === "open",
  });

  return new Hono<Http>()
    .get("/:secret", async (c) => {
      const secret = c.req.param("secret");
      const open = await findOpen(db, secret);
      return c.html(<Invited {...shown(open)} secret={secret} isSignedIn={!!c.get("actor")} />);
    })
    .post("/:secret", async (c) => {
      const secret = c.req.param("secret");
      const open = await findOpen(db, secret);
      const { name = "", email = "", password = "" } = await formOf(c);
      try {
        const draft = { name, email, password };
        const answer = await signUp(db, settings, draft, c.req.raw, {
          needsSetupCode: false,
          traceparent: c.get("traceparent"),
          invitation: secret,
        });
        return signedIn(answer, "/");
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        refused(c, error);
        const values = { name, email };
        return c.html(
          <Invited {...shown(open)} secret={secret} values={values} errors={fieldErrors(error)} />,
        );
      }
    })
    .post("/:secret/acceptance", async (c) => {
      const { root } = await accept(db, actorOf(c), c.req.param("secret"));
      return c.redirect(root ? `/?book=${root}` : "/", 303);
    });
}

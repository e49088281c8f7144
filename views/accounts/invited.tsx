import type { Assets } from "../../src/assets.ts";
import { Layout } from "../layout.tsx";
import { Button } from "../ui/button.tsx";
import { Logo } from "../ui/logo.tsx";
import { NewAccountFields } from "./new-account.tsx";

export type InvitedProps = {
  assets: Pick<Assets, "url">;
  /** What the link ends in. */
  secret: string;
  /** The name of who sent it. */
  from: string;
  /** The name of what it shares; null: the studio alone. */
  to: string | null;
  role: "owner" | "editor" | "commenter" | "viewer" | null;
  /** Whether somebody new may make an account with it. */
  admits: boolean;
  isSignedIn?: boolean;
  /** What was typed before it was refused; never the password. */
  values?: { name?: string; email?: string };
  errors?: { name?: string; email?: string; password?: string; form?: string };
};

const MAY: Record<NonNullable<InvitedProps["role"]>, string> = {
  owner: "to own it together",
  editor: "to write in it",
  commenter: "to read and comment",
  viewer: "to read it",
};

/** Behind an invitation's link. */
export function Invited(props: InvitedProps) {
  const { assets, secret, from, to, role, admits, isSignedIn } = props;
  return (
    <Layout assets={assets} title="An invitation, ReYNa Studio" page="sign-in">
      <p class="greeting">
        {to && role ? (
          <>
            {from} shares “{to}” with you, {MAY[role]}.
          </>
        ) : (
          <>{from} invites you to write here.</>
        )}
      </p>
      <div class="gutter" aria-hidden="true" />
      <main id="main">
        <h1 class="logo">
          <Logo />
        </h1>
        {isSignedIn ? (
          <form method="post" action={`/invitations/${secret}/acceptance`}>
            <Button type="submit" look="primary" large>
              {to ? "Open it" : "Come in"}
            </Button>
          </form>
        ) : (
          <>
            {admits && <NewAccount {...props} />}
            <p class="small">
              {admits ? "You have an account here? " : "This invitation is for an account here. "}
              <a href={`/sign-in?next=${encodeURIComponent(`/invitations/${secret}`)}`}>Sign in</a>
            </p>
          </>
        )}
      </main>
      <footer>It is good for one person, once.</footer>
    </Layout>
  );
}

function NewAccount({ secret, values = {}, errors = {} }: InvitedProps) {
  return (
    <form method="post" action={`/invitations/${secret}`}>
      {errors.form && (
        <p class="refused" role="alert">
          {errors.form}
        </p>
      )}
      <NewAccountFields values={values} errors={errors} />
      <Button type="submit" look="primary" large>
        Come in
      </Button>
    </form>
  );
}

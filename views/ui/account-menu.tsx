import { Button } from "./button.tsx";
import { MoreIcon } from "./icons.tsx";

export type Account = { id: string; name: string; email: string };

/** Who is signed in, the pages that are nobody's book, and the way out. */
export function AccountMenu({ account }: { account: Account }) {
  return (
    <>
      <button type="button" class="icon-button" popovertarget="account" aria-label="Account">
        <MoreIcon />
      </button>
      <div class="menu" id="account" popover="auto">
        <p>{account.name}</p>
        <p>{account.email}</p>
        <a class="button quiet" href="/runs">
          Runs
        </a>
        <a class="button quiet" href="/settings/model">
          Model and budget
        </a>
        <form method="post" action="/sign-out">
          <Button type="submit">Sign out</Button>
        </form>
      </div>
    </>
  );
}

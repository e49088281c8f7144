import type { Child } from "hono/jsx";
import { Button } from "./button.tsx";
import { BackIcon, MoreIcon, OutlineIcon } from "./icons.tsx";
import { Logo } from "./logo.tsx";

export type Account = { id: string; name: string; email: string };

type Props = {
  account: Account;
  /** Where one is: book, then chapter. */
  children: Child;
  /** What stands at the right, before the menu. */
  status?: Child;
  /** Element id of the outline that opens as an overlay on narrow screens. */
  outline?: string;
};

export function TopBar({ account, children, status, outline }: Props) {
  return (
    <header class="topbar">
      {outline && (
        <button
          type="button"
          class="icon-button for-overlay"
          popovertarget={outline}
          aria-label="Chapters"
        >
          <span class="off-phone">
            <OutlineIcon />
          </span>
          <span class="on-phone">
            <BackIcon />
          </span>
        </button>
      )}
      <a class="logo" href="/">
        <Logo />
      </a>
      <div class="place">{children}</div>
      {status}
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
    </header>
  );
}

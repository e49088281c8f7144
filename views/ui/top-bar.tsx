import type { Child } from "hono/jsx";
import { Button } from "./button.tsx";
import { MoreIcon, OutlineIcon } from "./icons.tsx";
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
          <OutlineIcon />
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
        <form method="post" action="/sign-out">
          <Button type="submit">Sign out</Button>
        </form>
      </div>
    </header>
  );
}

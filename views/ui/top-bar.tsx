import type { Child } from "hono/jsx";
import { type Account, AccountMenu } from "./account-menu.tsx";
import { BackIcon, OutlineIcon } from "./icons.tsx";
import { Logo } from "./logo.tsx";

export type { Account };

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
      <AccountMenu account={account} />
    </header>
  );
}

/** The head of every page but the writer's: the studio's mark, its four places, search, the account. */
import type { Child } from "hono/jsx";
import { type Account, AccountMenu } from "./account-menu.tsx";
import { SearchIcon } from "./icons.tsx";
import { ModifierKey } from "./key.tsx";
import { Logo } from "./logo.tsx";

export type Place = "books" | "runs" | "schemas" | "settings";

type Props = {
  account: Account;
  /** Which of its places one is in; null for a page that is in none. */
  current: Place | null;
  /** What of a place one looks at: a book, then what of it. */
  children?: Child;
};

const PLACES: readonly (readonly [Place, string, string])[] = [
  ["books", "/", "Books"],
  ["runs", "/runs", "Runs"],
  ["schemas", "/schemas", "Schemas"],
  ["settings", "/settings/model", "Settings"],
];

export function Masthead({ account, current, children }: Props) {
  return (
    <header class="topbar masthead">
      <a class="logo" href="/" aria-label="ReYNa Studio">
        <Logo />
      </a>
      <nav aria-label="The studio">
        {PLACES.map(([place, href, label]) => (
          <a
            href={href}
            aria-current={place === current ? (children ? "true" : "page") : undefined}
          >
            {label}
          </a>
        ))}
      </nav>
      <div class="place">{children}</div>
      <SearchButton />
      <AccountMenu account={account} />
    </header>
  );
}

/** Without a script it is a link to the page that does the same. */
function SearchButton() {
  return (
    <a class="search-button" href="/search" data-palette aria-keyshortcuts="Control+K Meta+K">
      <SearchIcon />
      <span class="words">Search books, notes, takes</span>
      <ModifierKey then="K" />
    </a>
  );
}

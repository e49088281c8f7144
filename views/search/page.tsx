/** Search as a page: it needs no script, and an address can be kept. */
import type { Assets } from "../../src/assets.ts";
import type { FoundIn } from "../../src/search/search.ts";
import { Layout } from "../layout.tsx";
import type { Account } from "../ui/account-menu.tsx";
import { Button } from "../ui/button.tsx";
import { Masthead } from "../ui/masthead.tsx";
import { FoundIcon, FoundText } from "./found.tsx";

export type SearchPageProps = {
  assets: Pick<Assets, "url">;
  account: Account;
  query: string;
  groups: FoundIn[];
  count: number;
};

export function SearchPage({ assets, account, query, groups, count }: SearchPageProps) {
  const title = query ? `${query}, search` : "Search";
  return (
    <Layout assets={assets} title={title} account={account.id} page="search">
      <Masthead account={account} current={null} />
      <main id="main">
        <h1>Search</h1>
        <search>
          <form method="get" action="/search">
            <label class="unseen" for="q">
              Words in books, notes, takes, the codex and pitches
            </label>
            <input
              id="q"
              name="q"
              type="search"
              value={query}
              maxlength={200}
              autocomplete="off"
              autofocus={query === ""}
            />
            <Button type="submit" look="outlined" large>
              Search
            </Button>
          </form>
        </search>
        {query && (
          <p class="hint" role="status">
            {count === 0 ? "Nothing has all of these words." : countLabel(count)}
          </p>
        )}
        {groups.map(({ root, title: book, found }) => (
          <section aria-labelledby={`in-${root}`}>
            <h2 id={`in-${root}`} dir="auto">
              {book}
            </h2>
            <ol>
              {found.map(({ kind, href, text, where }) => (
                <li>
                  <a href={href}>
                    <FoundIcon kind={kind} />
                    <FoundText text={text} />
                    <span class="where">{where}</span>
                  </a>
                </li>
              ))}
            </ol>
          </section>
        ))}
      </main>
    </Layout>
  );
}

export const countLabel = (count: number): string =>
  `${count.toLocaleString("en")} ${count === 1 ? "result" : "results"}`;

/** The builds of a book: what it is compiled to, and the files that came of it. */
import type { Assets } from "../../src/assets.ts";
import { Layout } from "../layout.tsx";
import type { Account } from "../ui/account-menu.tsx";
import { Button } from "../ui/button.tsx";
import { Masthead } from "../ui/masthead.tsx";
import { Replace } from "../ui/partial.tsx";
import { BuildItem } from "./build.tsx";
import type { BuildView } from "./build-view.ts";
import { BUILD_LIST_ID, buildPath, buildsPath, FORMAT_NAMES, FORMATS } from "./ids.ts";

export type BuildsPageProps = {
  assets: Pick<Assets, "url">;
  account: Account;
  book: { id: string; title: string };
  builds: BuildView[];
  mayWrite: boolean;
  /** What was put in the trash just now. */
  trashed: { id: string; name: string } | null;
  /** `<epoch>:<offset>`, taken before anything on the page was read. */
  since: string;
};

export function BuildsPage(props: BuildsPageProps) {
  const { assets, account, book, builds, mayWrite, trashed, since } = props;
  return (
    <Layout assets={assets} title={`Export ${book.title}`} account={account.id} page="builds">
      <Masthead account={account} current="books">
        <a href={`/?book=${book.id}`}>{book.title}</a> <span aria-hidden="true">/</span>{" "}
        <strong>Export</strong>
      </Masthead>
      <main
        id="main"
        data-reads-only={mayWrite ? undefined : true}
        hx-ws:connect={`/live?view=builds/${book.id}&bucket=${book.id}&since=${since}`}
        hx-swap="none"
        data-live
      >
        <header class="builds-head">
          <h1>Export</h1>
          <form class="writes" method="post" action={buildsPath(book.id)}>
            <Button type="submit">New build</Button>
          </form>
        </header>
        <p class="lead">
          A build says what goes into a file and how it looks. Compile it as often as you like: the
          same words give the same file.
        </p>
        {trashed && (
          <form
            class="undo"
            method="post"
            action={`${buildPath(book.id, trashed.id)}/restoration`}
            role="status"
          >
            “{trashed.name}” is in the trash.{" "}
            <button type="submit" class="act">
              Undo
            </button>
          </form>
        )}
        <BuildList book={book.id} builds={builds} />
      </main>
    </Layout>
  );
}

function BuildList({ book, builds }: { book: string; builds: BuildView[] }) {
  return (
    <section id={BUILD_LIST_ID} aria-label="Builds">
      {builds.map((build) => (
        <BuildItem book={book} build={build} />
      ))}
      {builds.length === 0 && <Everything book={book} />}
    </section>
  );
}

/** Stands ready before there is any build: it becomes one when it is first compiled. */
function Everything({ book }: { book: string }) {
  return (
    <article class="build">
      <header>
        <div>
          <h2>Everything</h2>
          <p class="hint">
            {FORMATS.map((format) => FORMAT_NAMES[format]).join(", ")}, all chapters
          </p>
        </div>
        <form class="deeds writes" method="post" action={buildsPath(book)}>
          <input type="hidden" name="compile" value="on" />
          <Button type="submit" look="primary">
            Compile
          </Button>
        </form>
      </header>
    </article>
  );
}

export function BuildListUpdate(props: { book: string; builds: BuildView[] }) {
  return (
    <Replace id={BUILD_LIST_ID}>
      <BuildList {...props} />
    </Replace>
  );
}

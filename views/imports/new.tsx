/** Where a manuscript comes in. The file input is the drop target itself, so it needs no script. */
import type { Assets } from "../../src/assets.ts";
import { Layout } from "../layout.tsx";
import { Button } from "../ui/button.tsx";
import { Masthead } from "../ui/masthead.tsx";
import type { Account } from "../ui/top-bar.tsx";

export type NewImportProps = {
  assets: Pick<Assets, "url">;
  account: Account;
  /** The book it goes into; null: a new one. */
  into: { id: string; name: string } | null;
  /** The largest file, in MiB. */
  limit: number;
  /** Why the last one was refused. */
  refused?: string | undefined;
};

export function NewImport({ assets, account, into, limit, refused }: NewImportProps) {
  const action = into ? `/imports?book=${into.id}` : "/imports";
  return (
    <Layout assets={assets} title="Import a manuscript" account={account.id} page="import">
      <Masthead account={account} current="books">
        <strong>Import</strong>
      </Masthead>
      <main id="main">
        <h1>Import a manuscript</h1>
        <p class="lead">
          {into ? (
            <>
              Its chapters come behind those of <em>{into.name}</em>.
            </>
          ) : (
            "It becomes a book of chapters."
          )}{" "}
          You see what was found before anything is made.
        </p>
        {refused && (
          <p class="refused" role="alert">
            {refused}
          </p>
        )}
        <form method="post" action={action} enctype="multipart/form-data">
          <div class="drop">
            <label for="file">The manuscript</label>
            <input
              type="file"
              id="file"
              name="file"
              accept=".docx,.md,.markdown,.txt,.text,.html,.htm,application/vnd.openxmlformats-officedocument.wordprocessingml.document,text/markdown,text/plain,text/html"
              aria-describedby="file-note"
              required
            />
            <p class="hint" id="file-note">
              Drop it here, or choose it: a DOCX from Word, Google Docs, LibreOffice or Scrivener;
              Markdown, HTML or plain text. At most {limit} MiB. Pictures and footnotes stay
              outside.
            </p>
          </div>
          <Button type="submit" look="primary" large>
            Read it
          </Button>
        </form>
      </main>
    </Layout>
  );
}

/** Before a pitch is exported: what is still to be filled in. After it: its files. A page that needs no script. */
import type { Assets } from "../../src/assets.ts";
import { Layout } from "../layout.tsx";
import { wordsLabel } from "../prose.ts";
import { Button } from "../ui/button.tsx";
import { Masthead } from "../ui/masthead.tsx";
import type { Account } from "../ui/top-bar.tsx";
import { figure } from "./pitch-view.ts";

export const FORMAT_LABELS = {
  docx: "DOCX, to edit and to send",
  pdf: "PDF, to send as it is",
  markdown: "Markdown, to paste",
} as const;

export type ExportedView = {
  id: string;
  /** RFC 3339. */
  at: string;
  blanks: number;
  files: { file: string; name: string; size: number }[];
};

export type ExportPageProps = {
  assets: Pick<Assets, "url">;
  account: Account;
  pitch: { id: string; name: string };
  words: number;
  /** By section, those that have any. */
  blanks: { title: string; passage: string; says: string[] }[];
  /** The newest first. */
  exported: ExportedView[];
  /** Asked for, and not made yet. */
  isUnderWay: boolean;
  mayWrite: boolean;
  error?: string | undefined;
};

export function ExportPage(props: ExportPageProps) {
  const { assets, account, pitch, blanks, exported, error } = props;
  const count = blanks.reduce((sum, { says }) => sum + says.length, 0);
  return (
    <Layout assets={assets} title={`Export ${pitch.name}`} account={account.id} page="pitch-pages">
      <Masthead account={account} current="books">
        <a href={`/pitches/${pitch.id}`}>{pitch.name}</a> <span aria-hidden="true">/</span>{" "}
        <strong>Export</strong>
      </Masthead>
      <main id="main">
        <h1>Export {pitch.name}</h1>
        {error && (
          <p class="refused" role="alert">
            {error}
          </p>
        )}
        {props.isUnderWay && (
          <p role="status" class="lead">
            The files are being made. <a href={`/pitches/${pitch.id}/export`}>Look again</a>
          </p>
        )}
        {exported.length > 0 && <Made {...props} />}
        {count === 0 ? (
          <p class="lead">
            {props.words === 0
              ? "Nothing is written in this pitch yet, so there is nothing to export."
              : `No blanks are left to fill: ${wordsLabel(props.words)}.`}
          </p>
        ) : (
          <>
            <p class="lead since">
              {figure(count)} {count === 1 ? "blank is" : "blanks are"} still to be filled. Only you
              can: the model may not.
            </p>
            <ul class="blanks">
              {blanks.map(({ title, passage, says }) => (
                <li>
                  <a href={`/pitches/${pitch.id}#passage-${passage}`}>{title}</a>
                  <span>
                    {says.map((one) => (
                      <>
                        <span class="blank">{one}</span>{" "}
                      </>
                    ))}
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
        {props.mayWrite && (
          <form method="post" action={`/pitches/${pitch.id}/export`} class="formats">
            <fieldset>
              <legend>Formats</legend>
              {Object.entries(FORMAT_LABELS).map(([format, label], at) => (
                <label>
                  <input type="checkbox" name={format} value="on" checked={at === 0} /> {label}
                </label>
              ))}
            </fieldset>
            {count > 0 && (
              <label>
                <input type="checkbox" name="unfilled" value={String(count)} required /> Export with{" "}
                {figure(count)} {count === 1 ? "blank" : "blanks"}, shown in brackets
              </label>
            )}
            <Button type="submit" look="primary" large>
              Export
            </Button>
          </form>
        )}
      </main>
    </Layout>
  );
}

function Made({ exported }: ExportPageProps) {
  return (
    <section aria-labelledby="made-title" class="made">
      <h2 id="made-title">Exported</h2>
      <ul>
        {exported.flatMap(({ at, blanks, files }) =>
          files.map(({ file, name, size }) => (
            <li>
              <a href={`/api/blobs/${file}/file`} download={name}>
                {name}
              </a>
              <span class="hint">
                {sizeOf(size)}, {new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC
                {blanks > 0 && `, ${figure(blanks)} ${blanks === 1 ? "blank" : "blanks"} unfilled`}
              </span>
            </li>
          )),
        )}
      </ul>
    </section>
  );
}

const sizeOf = (bytes: number): string => `${figure(Math.max(1, Math.round(bytes / 1024)))} KB`;

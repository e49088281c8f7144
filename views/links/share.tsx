/** Read-only links of a book: who has one, another one, and the end of one. */
import type { Assets } from "../../src/assets.ts";
import { Layout } from "../layout.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Masthead } from "../ui/masthead.tsx";
import type { Account } from "../ui/top-bar.tsx";

export type SharedLink = {
  id: string;
  /** For whom it is. */
  name: string;
  /** The chapter or pitch that it shows; null: the whole book. */
  to: string | null;
  hasPassword: boolean;
  createdAt: Date;
  expiresAt: Date | null;
  /** Null while it is good. */
  endedAt: Date | null;
  /** Null once it has ended, or where the studio cannot tell it any more. */
  url: string | null;
};

export type ShareErrors = { name?: string; password?: string; form?: string };

export type SharePageProps = {
  assets: Pick<Assets, "url">;
  account: Account;
  book: { id: string; name: string };
  things: { id: string; type: "book" | "chapter" | "pitch"; name: string }[];
  /** What the form offers first. */
  asked: string;
  /** The link that was just made. */
  made: string | null;
  links: SharedLink[];
  errors: ShareErrors;
  typed: Record<string, string>;
};

const LASTS: [days: string, label: string][] = [
  ["", "Until I revoke it"],
  ["1", "A day"],
  ["7", "A week"],
  ["30", "30 days"],
  ["90", "90 days"],
];

export function SharePage(props: SharePageProps) {
  const { assets, account, book, links, made } = props;
  const good = links.filter(({ endedAt }) => endedAt === null);
  const ended = links.filter(({ endedAt }) => endedAt !== null);
  return (
    <Layout assets={assets} title={`Share ${book.name}`} account={account.id} page="share">
      <Masthead account={account} current="books">
        <a href={`/?book=${book.id}`}>{book.name}</a> <span aria-hidden="true">/</span>{" "}
        <strong>Share</strong>
      </Masthead>
      <main id="main">
        <h1>Read-only links</h1>
        <p class="lead">
          Whoever has a link reads the prose: no notes, no takes, no account. It stops the moment
          you revoke it.
        </p>
        {good.length > 0 && (
          <ul class="links">
            {good.map((link) => (
              <Standing book={book.id} link={link} isNew={link.id === made} />
            ))}
          </ul>
        )}
        <NewLink {...props} />
        {ended.length > 0 && (
          <section aria-labelledby="ended">
            <h2 id="ended">Ended</h2>
            <ul class="ended">
              {ended.map(({ name, to, endedAt }) => (
                <li>
                  <span dir="auto">{name || "A link"}</span>, {to ?? "the whole book"}: ended{" "}
                  <time datetime={endedAt!.toISOString()}>{dayOf(endedAt!)}</time>
                </li>
              ))}
            </ul>
          </section>
        )}
      </main>
    </Layout>
  );
}

const DAY = new Intl.DateTimeFormat("en", { day: "numeric", month: "long", year: "numeric" });
const dayOf = (time: Date) => DAY.format(time);

function Standing({ book, link, isNew }: { book: string; link: SharedLink; isNew: boolean }) {
  const { id, name, to, hasPassword, expiresAt, createdAt, url } = link;
  const field = `url-${id}`;
  return (
    <li id={`link-${id}`} class={isNew ? "new" : undefined}>
      <h2 dir="auto">{name || "A link"}</h2>
      <p>
        {to ? <span dir="auto">{to}</span> : "The whole book"}
        {hasPassword && ", with a password"}, made{" "}
        <time datetime={createdAt.toISOString()}>{dayOf(createdAt)}</time>,{" "}
        {expiresAt ? (
          <>
            until <time datetime={expiresAt.toISOString()}>{dayOf(expiresAt)}</time>
          </>
        ) : (
          "until it is revoked"
        )}
      </p>
      {url ? (
        <div class="address">
          <label class="unseen" for={field}>
            Address of {name || "the link"}
          </label>
          <input id={field} value={url} readonly autofocus={isNew} />
          <Button look="outlined" data-copies={field} hidden>
            Copy
          </Button>
        </div>
      ) : (
        <p class="refused">Its address cannot be told any more: the studio's secret was changed.</p>
      )}
      <form method="post" action={`/books/${book}/links/${id}/revocation`}>
        <Button type="submit">Revoke</Button>
      </form>
    </li>
  );
}

function NewLink({ book, things, asked, errors, typed }: SharePageProps) {
  return (
    <form class="make" method="post" action={`/books/${book.id}/links`}>
      <h2>A new link</h2>
      {errors.form && (
        <p class="refused" role="alert">
          {errors.form}
        </p>
      )}
      <div class="field">
        <label for="what">What it shows</label>
        <div class="box">
          <select id="what" name="what">
            {things.map(({ id, type, name }) => (
              <option value={id} selected={id === asked}>
                {type === "book" ? "The whole book" : type === "pitch" ? `Pitch: ${name}` : name}
              </option>
            ))}
          </select>
        </div>
      </div>
      <Field
        name="name"
        label="For whom"
        value={typed.name}
        error={errors.name}
        maxlength={200}
        hint="Only you see this."
        autocomplete="off"
      />
      <div class="field">
        <label for="days">How long</label>
        <div class="box">
          <select id="days" name="days">
            {LASTS.map(([days, label]) => (
              <option value={days} selected={days === (typed.days ?? "")}>
                {label}
              </option>
            ))}
          </select>
        </div>
      </div>
      <Field
        name="password"
        label="Password, if it is to have one"
        type="password"
        error={errors.password}
        maxlength={128}
        autocomplete="new-password"
      />
      <Button type="submit" look="primary" large>
        Make the link
      </Button>
    </form>
  );
}

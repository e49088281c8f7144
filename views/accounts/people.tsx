/** Who works on a book, with what right, and whom its owner asks to. */
import type { MemberRole } from "../../src/access.ts";
import type { Assets } from "../../src/assets.ts";
import { Layout } from "../layout.tsx";
import { Button } from "../ui/button.tsx";
import { Masthead } from "../ui/masthead.tsx";

export type Person = { id: string; name: string; email: string; role: MemberRole };

export type PeoplePageProps = {
  assets: Pick<Assets, "url">;
  /** Who looks at it. */
  account: Person;
  book: { id: string; name: string };
  people: Person[];
  /** The owner's own that nobody has accepted yet. */
  invitations: { id: string; role: MemberRole | null; expiresAt: Date }[];
  /** Whether an invitation lets somebody without an account in. */
  admits: boolean;
  /** The address of the invitation that was just made; it is not told again. */
  made?: string;
  /** Why something was not done. */
  error?: string;
};

/** What one who has a role may do. */
const MAY: Record<MemberRole, string> = {
  owner: "Owns the book",
  editor: "Writes in it",
  commenter: "Reads it all, and comments",
  viewer: "Reads it all",
};
/** Those that are given here. */
const GIVEN: MemberRole[] = ["editor", "viewer", "owner"];
const MADE = "made";

const DAY = new Intl.DateTimeFormat("en", { day: "numeric", month: "long", year: "numeric" });

export function PeoplePage(props: PeoplePageProps) {
  const { assets, account, book, people, invitations, error } = props;
  return (
    <Layout assets={assets} title={`People of ${book.name}`} account={account.id} page="share">
      <Masthead account={account} current="books">
        <a href={`/?book=${book.id}`}>{book.name}</a> <span aria-hidden="true">/</span>{" "}
        <strong>People</strong>
      </Masthead>
      <main id="main">
        <h1>People</h1>
        <p class="lead">
          Whoever is here sees the whole book, notes and takes included. To show somebody the prose
          alone, make a{" "}
          <a class="act" href={`/books/${book.id}/links`}>
            read-only link
          </a>
          .
        </p>
        {error && (
          <p class="refused" role="alert">
            {error}
          </p>
        )}
        <ul class="links">
          {people.map((person) => (
            <Somebody book={book.id} person={person} isSelf={person.id === account.id} />
          ))}
        </ul>
        <Invite {...props} />
        {invitations.length > 0 && (
          <section aria-labelledby="waiting">
            <h2 id="waiting">Not answered yet</h2>
            <ul class="links">
              {invitations.map(({ id, role, expiresAt }) => (
                <li>
                  <p>
                    {role && MAY[role]}. Good until{" "}
                    <time datetime={expiresAt.toISOString()}>{DAY.format(expiresAt)}</time>.
                  </p>
                  <form method="post" action={`/books/${book.id}/invitations/${id}/withdrawal`}>
                    <Button type="submit">Withdraw</Button>
                  </form>
                </li>
              ))}
            </ul>
          </section>
        )}
      </main>
    </Layout>
  );
}

function Somebody({ book, person, isSelf }: { book: string; person: Person; isSelf: boolean }) {
  const { id, name, email, role } = person;
  const field = `role-${id}`;
  const roles = GIVEN.includes(role) ? GIVEN : [...GIVEN, role];
  return (
    <li>
      <h2 dir="auto">
        {name}
        {isSelf && ", you"}
      </h2>
      <p>{email}</p>
      {isSelf ? (
        <p>{MAY[role]}</p>
      ) : (
        <>
          <form method="post" action={`/books/${book}/people/${id}/removal`}>
            <Button type="submit" aria-label={`Remove ${name}`}>
              Remove
            </Button>
          </form>
          <form class="address" method="post" action={`/books/${book}/people/${id}`}>
            <label class="unseen" for={field}>
              What {name} may do
            </label>
            <div class="field">
              <RoleChoice id={field} roles={roles} chosen={role} />
            </div>
            <Button type="submit" look="outlined">
              Change
            </Button>
          </form>
        </>
      )}
    </li>
  );
}

function RoleChoice(props: { id: string; roles: MemberRole[]; chosen: MemberRole }) {
  const { id, roles, chosen } = props;
  return (
    <div class="box">
      <select id={id} name="role">
        {roles.map((role) => (
          <option value={role} selected={role === chosen}>
            {MAY[role]}
          </option>
        ))}
      </select>
    </div>
  );
}

function Invite({ book, admits, made }: PeoplePageProps) {
  return (
    <form class="make" method="post" action={`/books/${book.id}/invitations`}>
      <h2>Invite somebody</h2>
      {made && (
        <div class="field">
          <label for={MADE}>
            Send this address. It is good for one person, once, and is not shown again.
          </label>
          <div class="address">
            <input id={MADE} value={made} readonly autofocus />
            <Button look="outlined" data-copies={MADE} hidden>
              Copy
            </Button>
          </div>
        </div>
      )}
      <div class="field">
        <label for="role">What they may do</label>
        <RoleChoice id="role" roles={GIVEN} chosen="editor" />
        <p class="hint">
          {admits
            ? "Who has no account in this studio makes one on the way in."
            : "For somebody with an account in this studio; an administrator can invite new people."}
        </p>
      </div>
      <Button type="submit" look={made ? "outlined" : "primary"} large>
        {made ? "Make another" : "Make an invitation"}
      </Button>
    </form>
  );
}

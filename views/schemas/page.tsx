/** The schemas there are, and one of them: two versions side by side, what changed, and what that does to documents. */
import type { Assets } from "../../src/assets.ts";
import type { Listing } from "../../src/schemas/page-listing.ts";
import { Layout } from "../layout.tsx";
import type { Account } from "../ui/account-menu.tsx";
import { Button } from "../ui/button.tsx";
import { BackIcon } from "../ui/icons.tsx";
import { Masthead } from "../ui/masthead.tsx";
import { FieldTable, SideBySide, Source } from "./diff.tsx";
import { DRAFT_ID, SCHEMAS_PATH, schemaPath, type View } from "./ids.ts";
import { Keeping, Versions } from "./keeping.tsx";
import { SchemaList } from "./list.tsx";
import { Making, type MakingView } from "./making.tsx";
import { SchemaNews } from "./news.tsx";
import { documentsIn, type SchemaView } from "./schema-view.ts";
import { TryDocument, TryVersion } from "./tries.tsx";
import { Verdict } from "./verdict.tsx";
import { InWords } from "./words.tsx";

export type SchemasPageProps = {
  assets: Pick<Assets, "url">;
  account: Account;
  listing: Listing;
  search: string;
  /** Whether the address names the schema that is shown. */
  isOpened: boolean;
  shown: SchemaView | null;
  /** In place of a schema: one that is to be. */
  making: MakingView | null;
  /** `<epoch>:<offset>`, taken before anything on the page was read; null where the page answers a form. */
  since: string | null;
};

export function SchemasPage(props: SchemasPageProps) {
  const { assets, account, listing, search, isOpened, shown, making, since } = props;
  // What answers a form is not read again by itself: the browser would ask whether to send it again.
  const live =
    since === null
      ? {}
      : {
          "hx-ws:connect": `/live?view=schemas&types=schema.*&since=${since}`,
          "hx-swap": "none",
          "data-live": true,
        };
  return (
    <Layout assets={assets} title={titleOf(props)} account={account.id} page="schemas">
      <Masthead account={account} current="schemas" />
      <SchemaNews news={null} />
      <main id="main" data-opened={isOpened ? true : undefined} {...live}>
        <aside class="list" aria-labelledby="schemas-title">
          <SchemaList
            listing={listing}
            search={search}
            shown={shown?.name ?? null}
            isMaking={making !== null}
          />
        </aside>
        {making ? (
          <Making making={making} />
        ) : shown ? (
          <Schema schema={shown} search={search} />
        ) : (
          <p class="hint nothing">Choose a schema to see its versions.</p>
        )}
      </main>
    </Layout>
  );
}

function titleOf({ shown, isOpened, making }: SchemasPageProps): string {
  if (making) return "New schema";
  return shown && isOpened ? `${shown.title}, schemas` : "Schemas";
}

function Schema({ schema, search }: { schema: SchemaView; search: string }) {
  const { compared, title, name, description, done, isSteward, draft, view, alone } = schema;
  const isRegistered =
    compared?.isDraft === true &&
    !compared.isTooLong &&
    compared.fields.every(isSame) &&
    compared.told.length === 0;
  return (
    <>
      <article class="schema" aria-labelledby="schema-title">
        <a
          class="back"
          href={`${SCHEMAS_PATH}${search && `?${new URLSearchParams({ q: search })}`}`}
        >
          <BackIcon />
          Schemas
        </a>
        <header>
          <h2 id="schema-title">{title}</h2>
          <Tabs schema={schema} search={search} />
          <p class="about">
            <code>{name}</code> <Documents schema={schema} />
          </p>
          {description && <p class="hint">{description}</p>}
        </header>
        {done && (
          <p class="done" role="status">
            {done}
          </p>
        )}
        {!compared?.isDraft && <Chooser schema={schema} />}
        {compared?.isTooLong && (
          <p class="hint">These versions are too long to be laid side by side here.</p>
        )}
        {compared && !compared.isTooLong && view !== "fields" ? (
          <SideBySide compared={compared} view={view} />
        ) : view === "json" ? (
          <Source alone={alone} />
        ) : (
          <FieldTable alone={alone} />
        )}
        {compared && <InWords compared={compared} />}
      </article>
      <aside class="panel" aria-label={`About ${title}`}>
        {compared && (
          <Verdict compared={compared} isSteward={isSteward} isRegistered={isRegistered} />
        )}
        {!compared && draft.faults.length === 0 && (
          <p class="hint">
            There is one version. Paste the next one under “Try a version” to see what it would do
            to documents.
          </p>
        )}
        <Keeping schema={schema} />
        <Versions schema={schema} />
      </aside>
      <div class="tries">
        <TryVersion schema={schema} />
        <TryDocument schema={schema} />
      </div>
    </>
  );
}

const isSame = ({ sign }: { sign: string }) => sign === "same";

const VIEWS: readonly (readonly [View, string])[] = [
  ["fields", "Fields"],
  ["side", "Side by side"],
  ["json", "JSON Schema"],
];

/** A draft is in the form alone: its views are asked for with it. */
function Tabs({ schema, search }: { schema: SchemaView; search: string }) {
  const { compared, view, name } = schema;
  const shown = compared ? VIEWS : VIEWS.filter(([one]) => one !== "side");
  if (compared?.isDraft)
    return (
      <div class="looks">
        {VIEWS.slice(1).map(([one, label]) => (
          <Button
            type="submit"
            form={DRAFT_ID}
            name="view"
            value={one}
            aria-pressed={one === view ? "true" : "false"}
          >
            {label}
          </Button>
        ))}
      </div>
    );
  return (
    <nav class="looks" aria-label="How it is shown">
      {shown.map(([one, label]) => (
        <a
          class="button"
          href={schemaPath(name, {
            from: compared?.before.version,
            to: compared?.after.version ?? schema.alone.version,
            view: one,
            q: search,
          })}
          aria-current={one === view ? "true" : undefined}
        >
          {label}
        </a>
      ))}
    </nav>
  );
}

function Documents({ schema }: { schema: SchemaView }) {
  const { documents, versions, compared } = schema;
  const on = (version: number) => versions.find((one) => one.version === version)?.documents ?? 0;
  if (documents.more) return <span>{documentsIn(documents.count, true)}.</span>;
  if (documents.count === 0)
    return (
      <span>
        No document of it yet.
        {compared?.isDraft && ` Version ${compared.after.version} is a draft.`}
      </span>
    );
  const parts = compared
    ? [compared.before.version, ...(compared.isDraft ? [] : [compared.after.version])]
    : [schema.alone.version];
  const words = parts.map((version) => `${documentsIn(on(version))} on v${version}`).join(", ");
  return (
    <span>
      {words}.{compared?.isDraft && ` Version ${compared.after.version} is a draft.`}
    </span>
  );
}

function Chooser({ schema }: { schema: SchemaView }) {
  const { versions, compared, name, view } = schema;
  if (versions.length < 3) return null;
  const choice = (field: "from" | "to", label: string, chosen: number | undefined) => (
    <label>
      <span>{label}</span>
      <select name={field}>
        {versions.map(({ version }) => (
          <option value={String(version)} selected={version === chosen}>
            version {version}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <form class="chooser" method="get" action={schemaPath(name)}>
      {choice("from", "Compare", compared?.before.version)}
      {choice("to", "with", compared?.after.version)}
      <input type="hidden" name="view" value={view === "fields" ? "side" : view} />
      <Button type="submit">Show</Button>
    </form>
  );
}

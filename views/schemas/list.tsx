/** The schemas at the left: the studio's own, then what people made. */
import type { ListedSchema, Listing, SchemaGroup } from "../../src/schemas/page-listing.ts";
import { PlusIcon } from "../ui/icons.tsx";
import { Mark, type MarkName } from "../ui/mark.tsx";
import { MAKING_PATH, SCHEMAS_PATH, schemaPath } from "./ids.ts";
import { documentsIn, figure } from "./schema-view.ts";

const GROUPS: Record<SchemaGroup, string> = {
  content: "What is written",
  places: "Places",
  people: "Made by people",
};

type Props = { listing: Listing; search: string; shown: string | null; isMaking: boolean };

export function SchemaList({ listing, search, shown, isMaking }: Props) {
  return (
    <>
      <header>
        <h1 id="schemas-title">Schemas</h1>
        <p class="hint">Every document says its version</p>
      </header>
      <search>
        <form method="get" action={SCHEMAS_PATH}>
          <label class="unseen" for="schema-search">
            Find a schema
          </label>
          <input
            id="schema-search"
            name="q"
            type="search"
            value={search}
            placeholder="Find by name"
            autocomplete="off"
          />
        </form>
      </search>
      <nav aria-label="Schemas">
        {listing.groups.map(({ group, schemas }) => (
          <section aria-labelledby={`group-${group}`}>
            <h2 id={`group-${group}`}>{GROUPS[group]}</h2>
            <ul>
              {schemas.map((schema) => (
                <li>
                  <Entry schema={schema} search={search} isCurrent={schema.name === shown} />
                </li>
              ))}
            </ul>
          </section>
        ))}
      </nav>
      {listing.groups.length === 0 && (
        <p class="hint">
          No schema is called like this.{" "}
          <a class="act" href={SCHEMAS_PATH}>
            Show all
          </a>
        </p>
      )}
      {listing.isPart && <p class="hint">There are more: find them by name.</p>}
      <a
        class="button quiet making"
        href={MAKING_PATH}
        aria-current={isMaking ? "page" : undefined}
      >
        <PlusIcon />
        New schema
      </a>
    </>
  );
}

function Entry({
  schema,
  search,
  isCurrent,
}: {
  schema: ListedSchema;
  search: string;
  isCurrent: boolean;
}) {
  const { name, title, versions, documents, isDeprecated } = schema;
  const newest = versions.slice(-2).map((version) => `v${version}`);
  const [mark, says] = standing(schema);
  return (
    <a
      href={schemaPath(name, { q: search })}
      aria-current={isCurrent ? "page" : undefined}
      title={name}
    >
      <span class="name">{title}</span>{" "}
      {documents.all > 0 && (
        <span class="used">
          {figure(documents.all)}
          <span class="unseen"> {documents.all === 1 ? "document" : "documents"},</span>{" "}
        </span>
      )}
      <span class="standing">
        {isDeprecated ? (
          <s>{newest.at(-1)}</s>
        ) : documents.older > 0 ? (
          newest.join(", ")
        ) : (
          newest.at(-1)
        )}
      </span>
      <Mark name={mark} size={8} />
      <span class="unseen">, {says}</span>
    </a>
  );
}

/** Filled: in use. Half: some documents are on an older version. Hollow: no documents. */
function standing({ documents, isDeprecated }: ListedSchema): [MarkName, string] {
  if (isDeprecated) return ["to-write", "deprecated"];
  if (documents.older > 0)
    return ["changed", `${documentsIn(documents.older)} on an older version`];
  return documents.all > 0 ? ["fresh", "in use"] : ["to-write", "no documents yet"];
}

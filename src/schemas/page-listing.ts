/** The schemas there are, as the page lists them: the studio's own in two groups, then what people made. */
import { sql } from "drizzle-orm";
import type { AccountActor } from "../access.ts";
import type { Db } from "../database.ts";
import { countForList } from "./page-documents.ts";

/** Schemas in the list; more are found by searching. */
const MOST_LISTED = 200;

export type ListedSchema = {
  name: string;
  title: string;
  /** Those that may still be used, the oldest first; all of them where none may. */
  versions: number[];
  isDeprecated: boolean;
  /** Documents that one may read, and how many of them are not on the latest version. */
  documents: { all: number; older: number };
};

export type SchemaGroup = "content" | "places" | "people";
export type Listing = {
  groups: { group: SchemaGroup; schemas: ListedSchema[] }[];
  /** There are more than are listed. */
  isPart: boolean;
};

type Row = {
  name: string;
  title: string | null;
  owner: string | null;
  latest: number;
  versions: number[];
  standing: number[] | null;
};

/** @param search part of a name or a title */
export async function listForPage(db: Db, actor: AccountActor, search: string): Promise<Listing> {
  const like = `%${search.replaceAll(/[\\%_]/g, "\\$&")}%`;
  const found = search ? sql`where name ilike ${like} or title ilike ${like}` : sql``;
  const { rows } = await db.execute<Row>(sql`
    select name, max(version) as latest,
      (array_agg(title order by version desc))[1] as title,
      (array_agg(owner order by version desc))[1] as owner,
      array_agg(version order by version) as versions,
      array_agg(version order by version) filter (where deprecated_at is null) as standing
    from schema_versions
    where name in (select name from schema_versions ${found})
    group by name
    order by (array_agg(owner order by version desc))[1] is not null, name
    limit ${MOST_LISTED + 1}`);
  const listed = rows.slice(0, MOST_LISTED);
  const counts = await countForList(db, actor, listed);
  const groups = Map.groupBy(listed, groupOf);
  return {
    groups: ORDER.flatMap((group) => {
      const schemas = groups.get(group)?.map((row) => schemaIn(row, counts));
      return schemas ? [{ group, schemas }] : [];
    }),
    isPart: rows.length > MOST_LISTED,
  };
}

const ORDER = ["content", "places", "people"] as const;

const groupOf = ({ name, owner }: Row): SchemaGroup =>
  owner ? "people" : name.startsWith("bucket-") ? "places" : "content";

function schemaIn(
  { name, title, versions, standing }: Row,
  counts: ReadonlyMap<string, ListedSchema["documents"]>,
): ListedSchema {
  return {
    name,
    title: title || name,
    versions: standing ?? versions,
    isDeprecated: standing === null,
    documents: counts.get(name) ?? { all: 0, older: 0 },
  };
}

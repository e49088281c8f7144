/**
 * Rows that come as one JSON text. Of a page of fifty rows with twenty columns the driver and Drizzle would make a
 * thousand values one by one, and most of the garbage of a list.
 */
import { getTableColumns, type InferSelectModel, type SQL, sql } from "drizzle-orm";
import { PgDialect, type PgTable } from "drizzle-orm/pg-core";
import type { Db } from "./database.ts";

/**
 * A reader of all columns of `table`, and of what else is selected, which has no parameters. Columns must be of types that
 * JSON has, or times. It is called with what stands behind `from`, and answers the rows.
 */
export function rowsAsJson<Table extends PgTable, More extends object>(
  table: Table,
  more: { [Name in keyof More]: SQL<More[Name]> },
): (db: Db, rest: SQL) => Promise<(InferSelectModel<Table> & More)[]> {
  type Row = InferSelectModel<Table> & More;
  const columns = getTableColumns(table);
  const named = Object.entries({ ...columns, ...more }).map(
    ([name, value]) => sql`${value} as ${sql.identifier(name)}`,
  );
  // Written out once: of its parts it would be put together at each reading.
  const written = new PgDialect({ casing: "snake_case" }).sqlToQuery(
    sql`select ${sql.join(named, sql`, `)} from ${table}`,
  );
  const select = sql.raw(written.sql);
  const times = Object.keys(columns).filter((name) => columns[name]!.dataType === "date");

  return async (db, rest) => {
    const { rows } = await db.execute<{ all: Record<string, unknown>[] | null }>(
      sql`select json_agg(one) as all from (${select} ${rest}) one`,
    );
    const found = rows[0]!.all ?? [];
    for (const row of found)
      for (const name of times) if (row[name] !== null) row[name] = new Date(row[name] as string);
    return found as Row[];
  };
}

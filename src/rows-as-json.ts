/**
 * Rows whose columns come as one JSON text each. Of a page of fifty rows with twenty columns the driver and Drizzle would
 * make a thousand values one by one, and most of the garbage of a list.
 */
import { getTableColumns, type InferSelectModel, type SQL, sql } from "drizzle-orm";
import { type PgColumn, PgDialect, type PgTable } from "drizzle-orm/pg-core";
import type { Db } from "./database.ts";

/**
 * A reader of all columns of `table`, and of what else is selected, which has no parameters. Columns must be of types that
 * JSON has, or times. It is called with what stands behind `from`, and answers the rows.
 * @param large a column of JSON that comes as it is: within another it would be copied over and over
 */
export function rowsAsJson<Table extends PgTable, More extends object>(
  table: Table,
  large: keyof InferSelectModel<Table> & string,
  more: { [Name in keyof More]: SQL<More[Name]> },
): (db: Db, rest: SQL) => Promise<(InferSelectModel<Table> & More)[]> {
  type Row = InferSelectModel<Table> & More;
  const { [large]: apart, ...columns } = getTableColumns(table);
  const members = Object.entries({ ...columns, ...more }).flatMap(([name, value]) => [
    sql.raw(`'${name}'`),
    sql`${value}`,
  ]);
  // Written out once: of its parts it would be put together at each reading.
  const written = new PgDialect({ casing: "snake_case" }).sqlToQuery(
    sql`select json_build_object(${sql.join(members, sql`, `)}) as row, ${apart} as large from ${table}`,
  );
  const select = sql.raw(written.sql);
  const times = Object.entries(columns as Record<string, PgColumn>).flatMap(
    ([name, { dataType }]) => (dataType === "date" ? [name] : []),
  );

  return async (db, rest) => {
    const { rows } = await db.execute<{ row: Record<string, unknown>; large: unknown }>(
      sql`${select} ${rest}`,
    );
    return rows.map(({ row, large: value }) => {
      for (const name of times) if (row[name] !== null) row[name] = new Date(row[name] as string);
      row[large] = value;
      return row as Row;
    });
  };
}

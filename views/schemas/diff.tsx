/** Two versions as aligned columns, the sign of a change in the gutter; or one version alone. */
import type { Child } from "hono/jsx";
import type { Compared, Side } from "../../src/schemas/page-comparison.ts";
import type { FieldRow } from "../../src/schemas/page-fields.ts";
import type { Aligned, Sign } from "../../src/schemas/page-rows.ts";
import { Day } from "./day.tsx";
import type { View } from "./ids.ts";
import type { SchemaView } from "./schema-view.ts";

const SIGNS: Record<Sign, readonly [string, string]> = {
  same: ["", ""],
  changed: ["~", "changed"],
  removed: ["−", "removed"],
  added: ["+", "added"],
};
/** Indentation is said by a class up to here. */
const DEEPEST = 6;

export function SideBySide({ compared, view }: { compared: Compared; view: View }) {
  const { before, after, isDraft, fields, lines } = compared;
  return (
    <table class="versions" data-view={view}>
      <caption class="unseen">
        Version {before.version} beside {isDraft ? "the draft of " : ""}version {after.version}
      </caption>
      <thead>
        <tr>
          <SideHead side={before} isDraft={false} />
          <td class="sign" />
          <SideHead side={after} isDraft={isDraft} />
        </tr>
      </thead>
      <tbody>
        {view === "json" && lines
          ? lines.map((row) => <Row row={row} cell={(line) => <code>{line}</code>} />)
          : fields.map((row) => <Row row={row} cell={(field) => <Field field={field} />} />)}
      </tbody>
    </table>
  );
}

function SideHead({ side, isDraft }: { side: Side; isDraft: boolean }) {
  return (
    <th scope="col">
      <strong>v{side.version}</strong>{" "}
      {isDraft || !side.at ? (
        "draft, kept nowhere"
      ) : side.deprecatedAt ? (
        <>
          deprecated on <Day at={side.deprecatedAt} />
        </>
      ) : (
        <>
          since <Day at={side.at} />
        </>
      )}
    </th>
  );
}

function Row<T>({ row, cell }: { row: Aligned<T>; cell: (of: T) => Child }) {
  const [sign, says] = SIGNS[row.sign];
  return (
    <tr data-sign={row.sign}>
      <td class="before">{row.before === null ? null : cell(row.before)}</td>
      <td class="sign">
        <span aria-hidden="true">{sign}</span>
        <span class="unseen">{says}</span>
      </td>
      <td class="after">{row.after === null ? null : cell(row.after)}</td>
    </tr>
  );
}

function Field({ field: { name, words, depth } }: { field: FieldRow }) {
  return (
    <span class="field-row" data-depth={String(Math.min(depth, DEEPEST))}>
      <span class="name">{name}</span> <span>{words}</span>
    </span>
  );
}

/** One version: its fields, with what is said of them. */
export function FieldTable({ alone }: { alone: SchemaView["alone"] }) {
  return (
    <table class="fields">
      <caption class="unseen">Fields of version {alone.version}</caption>
      <thead>
        <tr>
          <th scope="col">
            <strong>v{alone.version}</strong>{" "}
            {alone.deprecatedAt ? (
              <>
                deprecated on <Day at={alone.deprecatedAt} />
              </>
            ) : (
              <>
                since <Day at={alone.at} />
              </>
            )}
          </th>
          <th scope="col">
            <span class="unseen">What it takes</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {alone.fields.map((field) => (
          <tr>
            <th scope="row" data-depth={String(Math.min(field.depth, DEEPEST))}>
              {field.name}
            </th>
            <td>
              {field.words}
              {field.description && <span class="says">{field.description}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Source({ alone }: { alone: SchemaView["alone"] }) {
  return (
    <section
      class="source"
      // What scrolls is reached by the keyboard.
      tabindex={0}
      aria-label={`JSON Schema of version ${alone.version}`}
    >
      <pre>{alone.lines.join("\n")}</pre>
    </section>
  );
}

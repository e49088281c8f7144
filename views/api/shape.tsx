/** A JSON Schema in words. */
import { Said } from "./said.tsx";

export type JsonSchema = {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean;
  patternProperties?: Record<string, JsonSchema>;
  description?: string;
  format?: string;
  pattern?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
};

export const shapeAnchor = (name: string) => `shape-${name}`;

/** What it is and, of an object, its members. */
export function Shape({ shape, isInline }: { shape: JsonSchema; isInline?: boolean }) {
  const inner = membersOf(shape);
  return (
    <>
      <span class="kind">
        <Kind shape={shape} />
      </span>
      {!isInline && inner.map((one) => <Members shape={one} />)}
    </>
  );
}

function Members({ shape }: { shape: JsonSchema }) {
  const { properties = {}, required = [] } = shape;
  return (
    <dl class="members">
      {Object.entries(properties).map(([name, member]) => (
        <div>
          <dt>
            <code>{name}</code>
            {!required.includes(name) && <span class="hint"> optional</span>}
          </dt>
          <dd>
            {member.description && (
              <>
                <Said text={member.description} />{" "}
              </>
            )}
            <Shape shape={member} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** The objects in it whose members are worth telling. */
function membersOf(shape: JsonSchema): JsonSchema[] {
  if (Object.keys(shape.properties ?? {}).length > 0) return [shape];
  if (shape.items) return membersOf(shape.items);
  return (shape.anyOf ?? []).flatMap(membersOf);
}

function Kind({ shape }: { shape: JsonSchema }) {
  if (shape.$ref) {
    const name = shape.$ref.split("/").at(-1)!;
    return <a href={`#${shapeAnchor(name)}`}>{name}</a>;
  }
  if ("const" in shape) return <code>{JSON.stringify(shape.const)}</code>;
  if (shape.enum) return <Either of={shape.enum.map((one) => ({ const: one }))} />;
  if (shape.anyOf) return <Either of={shape.anyOf} />;
  if (shape.items)
    return (
      <>
        list of <Kind shape={shape.items} />
        {boundsOf(shape)}
      </>
    );
  return <>{nameOf(shape) + boundsOf(shape)}</>;
}

function Either({ of }: { of: JsonSchema[] }) {
  return (
    <>
      {of.map((one, i) => (
        <>
          {i > 0 && " or "}
          <Kind shape={one} />
        </>
      ))}
    </>
  );
}

function nameOf({ type, format, properties, patternProperties }: JsonSchema): string {
  if (format) return FORMATS[format] ?? format;
  if (patternProperties) return "object with any members";
  if (type === "object" && properties && Object.keys(properties).length === 0) return "object";
  return type === undefined ? "any JSON" : [type].flat().join(" or ");
}

const FORMATS: Record<string, string> = {
  uuid: "id",
  "date-time": "time",
  binary: "bytes",
  email: "email address",
  uri: "URL",
};

/** Limits, as a reader puts them. */
function boundsOf(shape: JsonSchema): string {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems, pattern } = shape;
  const said = [
    span(minimum, maximum, ""),
    span(minLength, maxLength, " characters"),
    span(minItems, maxItems, " items"),
    pattern === undefined ? "" : `matching ${pattern}`,
    shape.default === undefined ? "" : `${JSON.stringify(shape.default)} without`,
  ].filter((one) => one !== "");
  return said.length === 0 ? "" : `, ${said.join(", ")}`;
}

function span(least: number | undefined, most: number | undefined, unit: string): string {
  if (least === undefined && most === undefined) return "";
  if (most === undefined) return `from ${least}${unit}`;
  return least === undefined ? `at most ${most}${unit}` : `${least} to ${most}${unit}`;
}

/** Values that programs send by mistake or in malice, and what becomes of a right body when it is damaged. */
import type { Random } from "./random.ts";

type Schema = {
  $ref?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  type?: string | string[];
  format?: string;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  minimum?: number;
  minLength?: number;
};

/** Strings that have broken programs. */
const STRINGS = [
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "\ud800",
  "\udc00x",
  "\ufeff",
  "\u202e",
  "e\u0301\u0327",
  "👩‍👩‍👧‍👦",
  "ﬀ ß İ ı",
  "NaN",
  "null",
  "-0",
  "1e309",
  "0x10",
  "true",
  "__proto__",
  "constructor",
  "toString",
  "../../etc/passwd",
  "%00",
  "%c0%af",
  "'; drop table blobs; --",
  "<script>alert(1)</script>",
  "{}",
  "[]",
  "a".repeat(300),
  "9".repeat(400),
  "2026-13-45T99:99:99Z",
  "latest",
  "text-input-v0",
  "text-input-v999999999",
  "text-input-v99999999999999999999",
  "bucket-book",
  "bucket-book-v1",
  "chapter",
  "file-v1",
  "UPPER-CASE",
  "01932C07-0000-7000-8000-000000000000",
  "01932c07-0000-7000-8000-00000000000g",
  "ffffffff-ffff-ffff-ffff-ffffffffffff",
];

const NUMBERS = [
  0,
  -0,
  -1,
  1.5,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 53,
  -(2 ** 63),
  1e308,
  5e-324,
  1e21,
  999_999_999_999_999,
];

/** Written as they are: JSON.stringify would not. */
const LITERALS = ["1e400", "-1e999", "NaN", "Infinity", "undefined", "0123", "'x'", '"\\ud800"'];

const KEYS = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "",
  "\u0000",
  "$ref",
];

const HUGE = [10_000, 100_000, 400_000];
const DEEP = [63, 64, 65, 500, 20_000];

export function wrongString(random: Random): string {
  return random.next() < 0.03 ? "é".repeat(random.pick(HUGE)) : random.pick(STRINGS);
}

export function wrongValue(random: Random): unknown {
  return random.weighed({ string: 6, number: 4, other: 3, list: 1, keys: 2 }) === "string"
    ? wrongString(random)
    : otherValue(random);
}

function otherValue(random: Random): unknown {
  switch (random.weighed({ number: 4, plain: 3, list: 1, keys: 2, deep: 1 })) {
    case "number":
      return random.pick(NUMBERS);
    case "plain":
      return random.pick([null, true, false, [], {}, [[]], [null], { "": null }]);
    case "list":
      return Array.from({ length: random.pick([3, 600, 5_000]) }, () => random.below(9));
    case "deep":
      return nested(random.pick(DEEP.slice(0, 4)), random.next() < 0.5);
    default:
      return withKey({}, random.pick(KEYS), random.pick(STRINGS));
  }
}

function nested(levels: number, inArrays: boolean): unknown {
  let value: unknown = "x";
  for (let i = 0; i < levels; i++) value = inArrays ? [value] : { a: value };
  return value;
}

/** A member that is one's own whatever its name, as JSON.parse makes it. */
function withKey(value: object, name: string, member: unknown): object {
  return Object.defineProperty({ ...value }, name, {
    value: member,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

/** A value that its schema takes, most likely. */
export function rightValue(
  schema: Schema,
  resolve: (ref: string) => Schema,
  random: Random,
): unknown {
  const again = (inner: Schema) => rightValue(inner, resolve, random);
  if (schema.$ref) return again(resolve(schema.$ref));
  if ("const" in schema) return schema.const;
  if (schema.enum) return random.pick(schema.enum);
  if (schema.anyOf) return again(random.pick(schema.anyOf));
  switch ([schema.type].flat()[0]) {
    case "object": {
      const { properties = {}, required = [] } = schema;
      const kept = Object.entries(properties).filter(
        ([name]) => required.includes(name) || random.next() < 0.4,
      );
      return Object.fromEntries(kept.map(([name, inner]) => [name, again(inner)]));
    }
    case "array":
      return Array.from({ length: 1 + random.below(3) }, () => again(schema.items ?? {}));
    case "integer":
    case "number":
      return (schema.minimum ?? 0) + random.below(5);
    case "boolean":
      return random.next() < 0.5;
    case "string":
      if (schema.format === "date-time") return "2030-01-01T00:00:00Z";
      return random.pick(["fog", "lamp", "dusk"]).padEnd(schema.minLength ?? 0, "x");
    default:
      return random.pick([{ text: "Fog." }, { text: "Fog.", model: "by hand" }, {}, "fog", null]);
  }
}

/** The value with some of it wrong, at a place of its own choice. */
export function damaged(value: unknown, random: Random): unknown {
  const isInner = value !== null && typeof value === "object" && random.next() < 0.75;
  if (!isInner) return wrongValue(random);
  if (Array.isArray(value)) {
    const at = random.below(value.length + 1);
    return [...value.slice(0, at), damaged(value[at], random), ...value.slice(at + 1)];
  }
  const names = Object.keys(value);
  const how = random.weighed({ change: 6, remove: 2, add: 2 });
  if (how === "add" || names.length === 0)
    return withKey(value, random.pick([...KEYS, "extra", "id", "root"]), wrongValue(random));
  const name = random.pick(names);
  if (how === "change")
    return withKey(value, name, damaged((value as Record<string, unknown>)[name], random));
  return Object.fromEntries(Object.entries(value).filter(([one]) => one !== name));
}

/** JSON as it comes over the wire when something went wrong on the way. */
export function wire(value: unknown, random: Random): string | Uint8Array<ArrayBuffer> {
  const text = JSON.stringify(value) ?? "";
  if (random.next() < 0.8) return text;
  switch (
    random.weighed({
      cut: 4,
      literal: 4,
      flipped: 3,
      bytes: 2,
      deep: 1,
      empty: 1,
      twice: 1,
      bom: 1,
    })
  ) {
    case "cut":
      return text.slice(0, random.below(text.length + 1));
    case "literal":
      return text.replace(/"[^"]*"(?=[,}\]])|\d+/, random.pick(LITERALS));
    case "flipped": {
      const bytes = new TextEncoder().encode(text);
      if (bytes.length > 0) bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
      return bytes;
    }
    case "bytes":
      return new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0xc0, 0x80, 0x22, 0x7d]);
    case "deep":
      return "[".repeat(100_000);
    case "empty":
      return "";
    case "twice":
      return text.replace(/^\{(.+)\}$/s, "{$1,$1}");
    default:
      return `\ufeff${text}`;
  }
}

/** Requests of every operation that the OpenAPI document knows, more or less right. */
import type { Described, Document } from "../support/api-client.ts";
import type { Random } from "./random.ts";
import { damaged, rightValue, wire, wrongString } from "./wrong.ts";

/** Ids that there are, by what they are of. */
export type Pool = Record<string, string[]>;

export type Sent = {
  operation: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
};

type Parameter = NonNullable<Described["parameters"]>[number] & { schema?: object };

/** What a parameter or a member of a body is the id of, by its name and whose it is. */
function kindOf(path: string, name: string): string | undefined {
  if (name === "id") return /\/(\w+)\/\{id\}/.exec(path)?.[1];
  return KINDS[name];
}

const KINDS: Record<string, string> = {
  bucket: "buckets",
  parent: "buckets",
  subtree: "buckets",
  before: "buckets",
  after: "buckets",
  root: "buckets",
  blob: "blobs",
  derivedFrom: "blobs",
  account: "accounts",
  name: "schemas",
  schema: "schemas",
  processor: "processors",
  type: "types",
  passage: "passages",
};

/** Characters of one part of an address. */
const ADDRESS_PART = 1_000;
const MEDIA = [
  "text/plain",
  "application/xml",
  "multipart/form-data",
  "application/json; charset=utf-16",
  "",
];
const TAGS = [
  '"1"',
  '"2"',
  '"3"',
  "*",
  'W/"1"',
  '"x"',
  '"99999999999999999999"',
  "1",
  "",
  '"1", "2"',
];

export function requestFrom(
  document: Document,
  operation: Described,
  pool: Pool,
  random: Random,
): Sent {
  const { path, method, operationId, requestBody } = operation;
  const parameters = (operation.parameters ?? []) as Parameter[];
  /** How much of it is wrong: a request with one fault comes further than one with ten. */
  const share = random.pick([0, 0.05, 0.2, 0.6]);
  const isWrong = () => random.next() < share;
  const told = (name: string, schema: object = {}): string => {
    const known = pool[kindOf(path, name) ?? ""];
    // A server ends a longer address by itself.
    if (isWrong()) return wrongString(random).slice(0, ADDRESS_PART);
    if (known?.length && !("enum" in schema)) return random.pick(known);
    return String(rightValue(schema, resolver(document), random));
  };

  const target = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const schema = parameters.find((one) => one.name === name)?.schema;
    return encoded(name === "n" && !isWrong() ? "1" : told(name, schema));
  });
  const query = parameters
    .filter((one) => one.in === "query" && (one.required || random.next() < 0.35))
    .map(({ name, schema }) => `${encoded(name)}=${encoded(told(name, schema))}`);
  if (isWrong()) query.push(random.pick(ODD_QUERIES));
  const headers = headersOf(parameters, random, isWrong);

  const sent: Sent = {
    operation: operationId,
    method: method.toUpperCase(),
    headers,
    path: target,
  };
  if (query.length > 0) sent.path += `?${query.join("&")}`;
  const [type] = Object.keys(requestBody?.content ?? {});
  if (!requestBody || !type) return sent;
  headers["content-type"] = isWrong() ? random.pick(MEDIA) : type;
  if (type === "*/*") {
    headers["content-type"] = random.pick(["image/png", "multipart/form-data; boundary=x", "x"]);
    return {
      ...sent,
      body: random.pick(["bytes", "", "--x\r\ncontent-disposition: form-data", "--x--"]),
    };
  }
  let body = filled(
    rightValue(requestBody.content[type]!.schema, resolver(document), random),
    pool,
    random,
  );
  for (let times = share === 0 ? 0 : random.below(3); times > 0; times--)
    body = damaged(body, random);
  return { ...sent, body: share === 0 ? JSON.stringify(body) : wire(body, random) };
}

function headersOf(parameters: Parameter[], random: Random, isWrong: () => boolean) {
  const headers: Record<string, string> = {};
  for (const { name, in: place, required } of parameters) {
    if (place !== "header") continue;
    if (name === "If-Match" && (isWrong() ? random.next() < 0.5 : required || random.next() < 0.3))
      headers[name] = isWrong() ? random.pick(TAGS) : random.pick(TAGS.slice(0, 3));
    if (name === "Idempotency-Key" && random.next() < 0.3)
      headers[name] = random.pick([
        `key-${random.below(50)}`,
        crypto.randomUUID(),
        "k".repeat(201),
      ]);
    if (name === "Range")
      headers[name] = random.pick([
        "bytes=0-1",
        "bytes=-0",
        "bytes=9-1",
        "lines=1-2",
        "bytes=0-0,2-3",
      ]);
  }
  if (isWrong())
    headers.accept = random.pick(["text/markdown", "text/html", "image/*", "*/*;q=0", ""]);
  if (isWrong())
    headers.traceparent = random.pick([
      "00-0-0-00",
      "x".repeat(2_000),
      `00-${"0".repeat(32)}-${"0".repeat(16)}-01`,
    ]);
  if (isWrong()) headers["if-none-match"] = random.pick(TAGS);
  return headers;
}

/** Content that its schema takes. */
const FITTING = [
  { schema: "text-input", content: { text: "Fog comes in." } },
  { schema: "expanded-text-v1", content: { text: "Fog.", model: "by hand" } },
];

const ODD_QUERIES = [
  "metadata.__proto__=x",
  "metadata.=",
  `metadata.${"k".repeat(101)}=v`,
  "metadata.passage=p1&metadata.mood=%F0%9F%8C%AB",
  "limit=1&limit=200",
  "limit=1e2",
  "limit=%2B1",
  "cursor=",
  "trashed=TRUE",
  "%ff=%fe",
  "q=%00",
  "q=a%20or%20-b%20%22",
  "since=x:y",
  `since=${"0".repeat(8)}:${"9".repeat(30)}`,
  "depth=-1",
  "depth=1.5",
  "unknown=1",
  "=&&=",
];

/** Ids where members of a body are of something; blobs of a schema with a content that it takes. */
function filled(body: unknown, pool: Pool, random: Random): unknown {
  if (Array.isArray(body)) return body.map((one) => filled(one, pool, random));
  if (body === null || typeof body !== "object") return body;
  const pair = "schema" in body && "content" in body ? random.pick(FITTING) : {};
  return Object.fromEntries(
    Object.entries({ ...body, ...pair }).map(([name, value]) => {
      if (name in pair) return [name, value];
      const known = typeof value === "string" ? pool[KINDS[name] ?? ""] : undefined;
      const isName = name === "name" || (name === "schema" && !("bucket" in body));
      if (known?.length && !isName) return [name, random.pick(known)];
      return [name, name === "content" ? value : filled(value, pool, random)];
    }),
  );
}

/** Half of a surrogate pair has no form in an address. */
const encoded = (text: string) => encodeURIComponent(text.toWellFormed());

const resolver = (document: Document) => (ref: string) =>
  document.components.schemas[ref.split("/").at(-1)!] as object;

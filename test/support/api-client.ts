/**
 * A client made of the studio's OpenAPI document alone: it calls operations by their ids, with what the document
 * says of them, and holds every answer against it. Members that the document does not know fail too.
 */
import Ajv2020, { type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

type Parameter = { name: string; in: "path" | "query" | "header"; required: boolean };
type Media = { schema: object };
type Response = { $ref?: string; content?: Record<string, Media>; headers?: object };
export type Described = {
  operationId: string;
  method: string;
  path: string;
  parameters?: Parameter[];
  requestBody?: { required: boolean; content: Record<string, Media> };
  responses: Record<string, Response>;
  security?: object[];
};

export type Document = {
  openapi: string;
  paths: Record<string, Record<string, Described>>;
  components: {
    schemas: Record<string, object>;
    responses: Record<string, Response>;
  };
};

/** Values of parameters by their names, and a body. */
export type Input = {
  with?: Record<string, string | number>;
  body?: unknown;
  /** Leaves the token out. */
  nobody?: boolean;
  /** Beside those that the document names. */
  headers?: Record<string, string>;
  /** Sent as it is. */
  raw?: BodyInit;
};

export type Called<Body = Record<string, unknown>> = {
  status: number;
  headers: Headers;
  body: Body;
};

export type ApiClient = {
  document: Document;
  operations: Map<string, Described>;
  /** @throws when the answer is not as the document says */
  call<Body = Record<string, unknown>>(id: string, input?: Input): Promise<Called<Body>>;
  /** Which statuses each operation has answered. */
  seen: Map<string, Set<number>>;
  /** The same, as somebody else. */
  as(token: string): ApiClient;
};

export async function readDocument(url: string): Promise<Document> {
  return (await (await fetch(new URL("/api/openapi.json", url))).json()) as Document;
}

export function operationsOf(document: Document): Map<string, Described> {
  return new Map(
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [
        operation.operationId,
        { ...operation, method, path },
      ]),
    ),
  );
}

export async function apiClient(url: string, token: string): Promise<ApiClient> {
  const document = await readDocument(url);
  const operations = operationsOf(document);
  const validatorOf = validators(document);
  const seen = new Map<string, Set<number>>();

  const make = (token: string): ApiClient => ({
    document,
    operations,
    seen,
    as: make,
    async call<Body>(id: string, input: Input = {}) {
      const operation = operations.get(id);
      if (!operation) throw new Error(`The document knows no operation ${id}.`);
      const response = await fetch(requestOf(url, token, operation, input));
      const statuses = seen.get(id) ?? new Set();
      seen.set(id, statuses.add(response.status));
      const body = await checkedBody(document, validatorOf, operation, response);
      return { status: response.status, headers: response.headers, body: body as Body };
    },
  });
  return make(token);
}

export function requestOf(url: string, token: string, operation: Described, input: Input): Request {
  const { parameters = [], requestBody, method, path } = operation;
  const given = { ...input.with };
  const take = (name: string) => {
    const value = given[name];
    delete given[name];
    return value === undefined ? undefined : String(value);
  };
  const target = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(take(name) ?? ""),
  );
  const headers = new Headers(input.nobody ? {} : { authorization: `Bearer ${token}` });
  const address = new URL(target, url);
  for (const { name, in: place } of parameters) {
    const value = place === "path" ? undefined : take(name);
    if (value === undefined) continue;
    if (place === "header") headers.set(name, value);
    else address.searchParams.set(name, value);
  }
  // The document says that any metadata.KEY is a filter.
  for (const name of Object.keys(given))
    if (name.startsWith("metadata.")) address.searchParams.set(name, take(name)!);
  if (Object.keys(given).length > 0)
    throw new Error(`${operation.operationId} takes no ${Object.keys(given)}.`);
  const [type] = Object.keys(requestBody?.content ?? {});
  const hasBody = input.raw !== undefined || input.body !== undefined;
  if (hasBody && type && type !== "*/*") headers.set("content-type", type);
  for (const [name, value] of Object.entries(input.headers ?? {})) headers.set(name, value);
  return new Request(address, {
    method: method.toUpperCase(),
    headers,
    ...(hasBody ? { body: input.raw ?? JSON.stringify(input.body) } : {}),
  });
}

async function checkedBody(
  document: Document,
  validatorOf: (pointer: string) => ValidateFunction,
  operation: Described,
  response: globalThis.Response,
): Promise<unknown> {
  const { operationId, path, method, responses } = operation;
  const status = String(response.status);
  const fail = (why: string) => {
    throw new Error(`${operationId} answered ${status}: ${why}`);
  };
  const stated = responses[status];
  const type = response.headers.get("content-type")?.split(";")[0] ?? "";
  const text = type.includes("json") ? await response.text() : "";
  if (!stated) return fail(`its document knows only ${Object.keys(responses)}. ${text}`);
  const { content, headers } = resolved(document, stated);
  for (const name of Object.keys(headers ?? {}))
    if (!response.headers.has(name)) fail(`without ${name}`);
  if (!content) {
    const rest = text || (await response.text());
    return rest === "" ? undefined : fail(`with a body: ${rest}`);
  }
  const media = type in content ? type : "*/*";
  if (!(media in content)) fail(`as ${type}, not ${Object.keys(content)}: ${text}`);
  const isJson = type.includes("json") && media !== "*/*";
  if (!isJson) return new Uint8Array(await response.arrayBuffer());
  const body = JSON.parse(text) as unknown;
  const at = stated.$ref
    ? stated.$ref.slice(1)
    : `/paths/${token(path)}/${method}/responses/${status}`;
  const validate = validatorOf(`${at}/content/${token(media)}/schema`);
  if (!validate(body))
    fail(`${JSON.stringify(validate.errors?.slice(0, 3))} ${text.slice(0, 500)}`);
  if (
    type === "application/problem+json" &&
    (body as { status: number }).status !== response.status
  )
    fail("with another status inside");
  return body;
}

const resolved = (document: Document, response: Response): Response =>
  response.$ref ? document.components.responses[response.$ref.split("/").at(-1)!]! : response;

/** RFC 6901. */
const token = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1");

function validators(document: Document) {
  const ajv = new Ajv2020({ strict: false, validateSchema: false });
  addFormats.default(ajv);
  ajv.addSchema(closed(document) as object, "openapi");
  const known = new Map<string, ValidateFunction>();
  return (pointer: string) => {
    const validate = known.get(pointer) ?? ajv.compile({ $ref: `openapi#${pointer}` });
    known.set(pointer, validate);
    return validate;
  };
}

/** Every object that states its members has no others, unless it says so. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (value === null || typeof value !== "object") return value;
  const inner = Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, closed(one)]),
  ) as Record<string, unknown>;
  const isShape = inner.type === "object" && typeof inner.properties === "object";
  return isShape && inner.additionalProperties === undefined
    ? { ...inner, additionalProperties: false }
    : inner;
}

/** OpenAPI 3.1 as far as the studio's document goes. */
import { type TSchema, Type } from "typebox";
import type { Answer, Content, Operation, Parameter, Section } from "./operation.ts";
import { MEANINGS, refusalsOf } from "./refusals.ts";
import { Id, Problem } from "./shapes.ts";

type Bodies = Record<string, { schema: object; example?: unknown }>;

export type OpenApiParameter = {
  name: string;
  in: "path" | "query" | "header";
  required: boolean;
  description: string;
  schema: object;
  example?: unknown;
};

export type OpenApiOperation = {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  parameters?: OpenApiParameter[];
  requestBody?: { required: boolean; content: Bodies };
  responses: Record<string, { description: string; headers?: object; content?: Bodies }>;
  security?: object[];
};

export type OpenApi = {
  openapi: "3.1.0";
  info: { title: string; version: string; description: string; license: { name: string } };
  servers: { url: string }[];
  tags: { name: string; description: string }[];
  security: object[];
  paths: Record<string, Record<string, OpenApiOperation>>;
  components: {
    schemas: Record<string, object>;
    securitySchemes: Record<string, object>;
    headers: Record<string, object>;
    responses: Record<string, object>;
  };
};

export const PROBLEM_TYPE = "application/problem+json";

const HEADERS: Record<string, string> = {
  ETag: "The revision in quotes, for If-Match.",
  "set-auth-token": "A token for Authorization: Bearer.",
  "Content-Range": "Which bytes of how many.",
  "Accept-Ranges": "bytes",
  "Content-Disposition": "The name of the file; attachment unless it is a picture.",
};

export function openApiOf(
  sections: readonly Section[],
  info: { version: string; description: string },
): OpenApi {
  const paths: OpenApi["paths"] = {};
  for (const { name, operations } of sections)
    for (const operation of operations) {
      const path = paths[operation.path] ?? {};
      paths[operation.path] = path;
      if (path[operation.method])
        throw new Error(`${operation.method} ${operation.path} is described twice.`);
      path[operation.method] = operationOf(name, operation);
    }
  const shapes: [string, TSchema][] = [
    ...sections.flatMap(({ components = {} }) => Object.entries(components)),
    ["Problem", Problem],
  ];
  return {
    openapi: "3.1.0",
    info: { title: "ReYNa Studio", license: { name: "MIT" }, ...info },
    servers: [{ url: "/" }],
    tags: sections.map(({ name, says }) => ({ name, description: says })),
    security: [{ bearer: [] }, { cookie: [] }],
    paths,
    components: {
      schemas: Object.fromEntries(shapes.map(([name, shape]) => [name, plain(shape)])),
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          description: "A token from `POST /api/tokens`, or the `set-auth-token` of signing in.",
        },
        cookie: { type: "apiKey", in: "cookie", name: "reyna.session_token" },
      },
      headers: Object.fromEntries(
        Object.entries(HEADERS).map(([name, description]) => [
          name,
          { description, schema: { type: "string" } },
        ]),
      ),
      responses: Object.fromEntries(
        Object.entries(MEANINGS).map(([status, description]) => [
          refusalName(status),
          { description, content: { [PROBLEM_TYPE]: { schema: ref("schemas", "Problem") } } },
        ]),
      ),
    },
  };
}

function operationOf(tag: string, operation: Operation): OpenApiOperation {
  const { id, summary, details, body, answers, isOpen } = operation;
  const parameters = parametersOf(operation);
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(details ? { description: details } : {}),
    ...(parameters.length > 0 ? { parameters: parameters.map(parameterOf) } : {}),
    ...(body
      ? {
          requestBody: {
            required: !body.isOptional,
            content: bodiesOf(body.content, body.example),
          },
        }
      : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [status, answerOf(answer)]),
      ),
      ...Object.fromEntries(
        refusalsOf(operation).map((status) => [
          String(status),
          // HEAD answers no body, also where it refuses.
          operation.method === "head"
            ? { description: MEANINGS[status]! }
            : (ref("responses", refusalName(status)) as never),
        ]),
      ),
    },
    ...(isOpen ? { security: [] } : {}),
  };
}

/** With those of the path, in its order. */
function parametersOf({ path, parameters = [] }: Operation): Parameter[] {
  const stated = new Map(parameters.map((one) => [one.name, one]));
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  return [
    ...inPath.map(
      (name): Parameter =>
        stated.get(name) ?? {
          name,
          in: "path",
          required: true,
          says: name === "id" ? "Its id." : `The id of the ${name}.`,
          shape: Id,
        },
    ),
    ...parameters.filter(({ name }) => !inPath.includes(name)),
  ];
}

const parameterOf = ({ name, in: place, required, says, shape, example }: Parameter) => ({
  name,
  in: place,
  required,
  description: says,
  schema: plain(shape),
  ...(example === undefined ? {} : { example }),
});

const answerOf = ({ says, content, headers }: Answer) => ({
  description: says,
  ...(headers
    ? { headers: Object.fromEntries(headers.map((name) => [name, ref("headers", name)])) }
    : {}),
  ...(content ? { content: bodiesOf(content) } : {}),
});

const bodiesOf = (content: Content, example?: unknown): Bodies =>
  Object.fromEntries(
    Object.entries(content).map(([type, shape], i) => [
      type,
      { schema: plain(shape), ...(example === undefined || i > 0 ? {} : { example }) },
    ]),
  );

const ref = (kind: string, name: string) => ({ $ref: `#/components/${kind}/${name}` });
const refusalName = (status: number | string) => `Refused${status}`;

/** JSON Schema alone, without what TypeBox keeps beside it. */
const plain = (shape: TSchema): object => JSON.parse(JSON.stringify(shape)) as object;

/** Any bytes. */
export const Bytes = Type.Unsafe<string>({ type: "string", format: "binary" });

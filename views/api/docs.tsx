/** The API to read: one page made of the OpenAPI document, which the browser's own find searches. */
import type { Assets } from "../../src/assets.ts";
import type { OpenApi, OpenApiOperation } from "../../src/openapi/openapi.ts";
import { Layout } from "../layout.tsx";
import { Logo } from "../ui/logo.tsx";
import { Said } from "./said.tsx";
import { type JsonSchema, Shape, shapeAnchor } from "./shape.tsx";

export type ApiDocsProps = { assets: Pick<Assets, "url">; document: OpenApi; origin: string };

type Entry = { method: string; path: string; operation: OpenApiOperation };

export function ApiDocs({ assets, document, origin }: ApiDocsProps) {
  const entries = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
  const sections = document.tags.map((tag) => ({
    ...tag,
    entries: entries.filter(({ operation }) => operation.tags[0] === tag.name),
  }));
  const shapes = Object.entries(document.components.schemas).sort(([a], [b]) => (a < b ? -1 : 1));
  return (
    <Layout assets={assets} title="The API of ReYNa Studio" page="api-docs">
      <nav aria-label="Operations">
        <a class="logo" href="/">
          <Logo />
        </a>
        <ol>
          {sections.map(({ name, entries }) => (
            <li>
              <a class="part" href={`#${anchor(name)}`}>
                {name}
              </a>
              <ol>
                {entries.map(({ operation }) => (
                  <li>
                    <a href={`#${operation.operationId}`}>{operation.summary}</a>
                  </li>
                ))}
              </ol>
            </li>
          ))}
          <li>
            <a class="part" href="#shapes">
              Shapes
            </a>
            <ol>
              {shapes.map(([name]) => (
                <li>
                  <a href={`#${shapeAnchor(name)}`}>{name}</a>
                </li>
              ))}
            </ol>
          </li>
        </ol>
      </nav>
      <main id="main">
        <h1>The API</h1>
        <p class="about">
          Version {document.info.version}. The same for programs, as OpenAPI {document.openapi}:{" "}
          <a href="/api/openapi.json">/api/openapi.json</a>
        </p>
        {document.info.description.split("\n\n").map((paragraph) => (
          <p>
            <Said text={paragraph} />
          </p>
        ))}
        {sections.map(({ name, description, entries }) => (
          <section aria-labelledby={anchor(name)}>
            <h2 id={anchor(name)}>{name}</h2>
            <p>
              <Said text={description} />
            </p>
            {entries.map((entry) => (
              <Described entry={entry} document={document} origin={origin} />
            ))}
          </section>
        ))}
        <section aria-labelledby="shapes">
          <h2 id="shapes">Shapes</h2>
          <p>What answers have in common, by name.</p>
          {shapes.map(([name, shape]) => (
            <article id={shapeAnchor(name)}>
              <h3>{name}</h3>
              <Shape shape={shape as JsonSchema} />
            </article>
          ))}
        </section>
      </main>
    </Layout>
  );
}

const anchor = (name: string) => `about-${name.toLowerCase()}`;

function Described(props: { entry: Entry; document: OpenApi; origin: string }) {
  const { entry, document, origin } = props;
  const { method, path, operation } = entry;
  const { operationId, summary, description, parameters = [], requestBody } = operation;
  const isOpen = operation.security?.length === 0;
  return (
    <article id={operationId}>
      <h3>
        <a href={`#${operationId}`}>{summary}</a>
      </h3>
      <p class="call">
        <strong>{method.toUpperCase()}</strong> <code>{path}</code>
        <span class="id">{operationId}</span>
      </p>
      {description && (
        <p>
          <Said text={description} />
        </p>
      )}
      {isOpen && <p class="hint">Needs nobody signed in.</p>}
      {parameters.length > 0 && (
        <>
          <h4>Parameters</h4>
          <dl class="members">
            {parameters.map(({ name, in: place, required, description, schema }) => (
              <div>
                <dt>
                  <code>{name}</code>{" "}
                  <span class="hint">
                    {PLACES[place]}
                    {required ? "" : ", optional"}
                  </span>
                </dt>
                <dd>
                  <Said text={description} /> <Shape shape={schema} isInline />
                </dd>
              </div>
            ))}
          </dl>
        </>
      )}
      {requestBody &&
        Object.entries(requestBody.content).map(([type, { schema }]) => (
          <>
            <h4>
              Body <span class="hint">{requestBody.required ? type : `${type}, optional`}</span>
            </h4>
            <Shape shape={schema} />
          </>
        ))}
      <h4>Answers</h4>
      <dl class="members">
        {Object.entries(operation.responses).map(([status, response]) => {
          const { description, content, headers } = resolved(document, response);
          return (
            <div class={Number(status) >= 400 ? "refusal" : undefined}>
              <dt>
                <code>{status}</code>
              </dt>
              <dd>
                <Said text={description} />
                {headers && <span class="hint"> Headers: {Object.keys(headers).join(", ")}.</span>}
                {Number(status) < 400 &&
                  Object.entries(content ?? {}).map(([type, { schema }]) => (
                    <div class="answer">
                      {type !== "application/json" && <span class="hint">{type} </span>}
                      <Shape shape={schema} />
                    </div>
                  ))}
              </dd>
            </div>
          );
        })}
      </dl>
      <h4>For example</h4>
      {/* Scrolls by itself where it is wide, also by keys. */}
      <pre tabindex={0}>{curl(entry, origin)}</pre>
    </article>
  );
}

const PLACES = { path: "in the path", query: "in the query", header: "a header" };

function resolved(document: OpenApi, response: OpenApiOperation["responses"][string]) {
  const { $ref } = response as { $ref?: string };
  if (!$ref) return response;
  return document.components.responses[$ref.split("/").at(-1)!] as typeof response;
}

const AN_ID = "01932c07-0000-7000-8000-000000000000";

/** A call that a shell takes; the token is in a variable, since it is nobody else's to read. */
function curl({ method, path, operation }: Entry, origin: string): string {
  const { parameters = [], requestBody, security } = operation;
  const exampleOf = (name: string) => {
    const { example } = parameters.find((one) => one.name === name) ?? {};
    return String(example ?? (name === "n" ? 1 : AN_ID));
  };
  const target = path.replace(/\{(\w+)\}/g, (_, name: string) => exampleOf(name));
  const query = parameters.filter((one) => one.in === "query" && one.required);
  const search = query.map(({ name }) => `${name}=${exampleOf(name)}`).join("&");
  const lines = [`curl '${origin}${target}${search && `?${search}`}'`];
  if (method === "head") lines.push("--head");
  else if (method !== "get") lines.push(`--request ${method.toUpperCase()}`);
  if (security?.length !== 0) lines.push('--header "Authorization: Bearer $TOKEN"');
  for (const one of parameters)
    if (one.in === "header" && one.required)
      lines.push(`--header '${one.name}: ${String(one.example)}'`);
  const [body] = Object.entries(requestBody?.content ?? {});
  if (body && body[0] === "*/*") lines.push("--data-binary @map.png");
  else if (body?.[1].example !== undefined) {
    lines.push(`--header 'Content-Type: ${body[0]}'`);
    lines.push(`--data '${JSON.stringify(body[1].example, null, 2).replaceAll("'", "'\\''")}'`);
  }
  return lines.join(" \\\n  ");
}

/** Refusals as the Confluent Schema Registry words them: a status, and a code of five digits that begins with it. */
import { isUnavailable } from "../database.ts";
import type { HttpContext } from "../http.ts";
import { Problem } from "../problem.ts";

export const CONTENT_TYPE = "application/vnd.schemaregistry.v1+json";

export class Refusal extends Error {
  constructor(
    /** Its first three digits are the status. */
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

export const noSubject = (subject: string) => new Refusal(40401, `Subject '${subject}' not found.`);
export const noVersion = (version: string | number) =>
  new Refusal(40402, `Version ${version} not found.`);
export const noSchema = () => new Refusal(40403, "Schema not found");
export const invalidSchema = (why: string) => new Refusal(42201, `Invalid schema: ${why}`);

/** Of our own problems, those that the registry has a code for. */
const CODES: Record<string, number> = {
  forbidden: 40301,
  incompatible: 409,
  "schema-in-use": 42206,
  overtaken: 50002,
  busy: 50302,
};

export function refused(c: HttpContext, error: Error): Response {
  if (error instanceof Refusal) return answer(error.code, error.message);
  if (error instanceof Problem) {
    const { status, type, extra } = error;
    const challenge: Record<string, string> =
      status === 401 ? { "www-authenticate": 'Basic realm="ReYNa"' } : {};
    return answer(CODES[type] ?? (status === 422 ? 42201 : status), sentence(error), {
      ...extra.headers,
      ...challenge,
    });
  }
  if (isUnavailable(error)) return answer(50301, "The database is away. Try again.");
  c.get("log").error({ err: error }, "a request to the registry failed");
  return answer(50001, "Something went wrong here. It is in the log.");
}

function sentence({ title, extra: { detail, errors = [] } }: Problem): string {
  const first = errors.map(({ pointer, message }) => `${pointer || "/"} ${message}`);
  return [detail ?? title, ...first].join("; ");
}

function answer(code: number, message: string, headers: Record<string, string> = {}): Response {
  const status = Number(String(code).slice(0, 3));
  return new Response(JSON.stringify({ error_code: code, message }), {
    status,
    headers: { ...headers, "content-type": CONTENT_TYPE },
  });
}

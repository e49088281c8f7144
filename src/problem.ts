/**
 * Refusals: RFC 9457 problem details with a stable `type`. A verb refuses by throwing one, so that
 * its transaction rolls back; `app.tsx` is the one place that turns it into an answer.
 */
export type FieldError = {
  /** JSON Pointer (RFC 6901) into the body. */
  pointer: string;
  /** The rule that was broken: a JSON Schema keyword or a name of ours. */
  rule: string;
  message: string;
};

/** More of them help nobody. */
export const MAX_ERRORS = 100;

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly type: string,
    readonly title: string,
    readonly extra: {
      detail?: string;
      errors?: FieldError[];
      headers?: Record<string, string>;
      /** Members of the document beside the standard ones. */
      members?: Record<string, unknown>;
    } = {},
  ) {
    super(extra.detail ?? title);
    this.name = "Problem";
  }

  toJSON() {
    return {
      type: `/problems/${this.type}`,
      title: this.title,
      status: this.status,
      ...(this.extra.detail ? { detail: this.extra.detail } : {}),
      ...(this.extra.errors ? { errors: this.extra.errors.slice(0, MAX_ERRORS) } : {}),
      ...this.extra.members,
    };
  }

  toResponse(): Response {
    return new Response(JSON.stringify(this), {
      status: this.status,
      headers: { "content-type": "application/problem+json", ...this.extra.headers },
    });
  }
}

export const notSignedIn = () =>
  new Problem(401, "not-signed-in", "Sign in first", {
    headers: { "www-authenticate": "Bearer" },
  });

/** Also the answer for what exists but is not the asker's to see. */
export const notFound = (what = "It") =>
  new Problem(404, "not-found", `${what} does not exist, or is not yours to see`);

export const forbidden = (detail: string) =>
  new Problem(403, "forbidden", "Your role does not allow this", { detail });

export const invalid = (errors: FieldError[], title = "That does not validate") =>
  new Problem(422, "invalid", title, { errors });

export const conflict = (type: string, title: string, detail?: string) =>
  new Problem(409, type, title, detail ? { detail } : {});

export const unavailable = (detail = "The database is away. Nothing was changed; try again.") =>
  new Problem(503, "unavailable", "Not available right now", {
    detail,
    headers: { "retry-after": "1" },
  });

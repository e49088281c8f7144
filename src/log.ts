import { pino } from "pino";

/** Structured logs, one JSON object a line on standard output; no text of a writer goes in. */
export type Log = {
  debug(data: object, message?: string): void;
  info(data: object, message?: string): void;
  warn(data: object, message?: string): void;
  error(data: object, message?: string): void;
  child(bindings: object): Log;
};

export function openLog(level: string): Log {
  return pino({
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    // drizzle puts the query's parameters, and with them people's words, on its errors.
    serializers: { err: (error: unknown) => describe(error) },
  }) as unknown as Log;
}

function describe(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { query: _query, params: _params, ...rest } = error as Error & Record<string, unknown>;
  return {
    ...("code" in rest ? { code: rest.code } : {}),
    type: error.name,
    message: error.name === "DrizzleQueryError" ? "a query failed" : error.message,
    stack: error.name === "DrizzleQueryError" ? undefined : error.stack,
    ...(error.cause ? { cause: describe(error.cause) } : {}),
  };
}

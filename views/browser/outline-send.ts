/** Asks the studio for a change of a chapter; the answer's fragments are swapped in as any other's. */
type Htmx = {
  ajax(
    method: string,
    path: string,
    options: { source: Element; swap: "none"; values?: Record<string, string> },
  ): Promise<void>;
};

const htmx = () => (window as unknown as { htmx: Htmx }).htmx;

/** @param source whose fields go along; what has none in it sends `values` alone */
export const send = (
  source: Element,
  method: "GET" | "PATCH",
  path: string,
  values: Record<string, string> = {},
) => htmx().ajax(method, path, { source, swap: "none", values });

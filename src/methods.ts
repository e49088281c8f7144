/** What an address takes, for who asks it something else (RFC 9110, 9.3.7 and 15.5.6). */
import { Problem } from "./problem.ts";

type Route = { method: string; path: string };

/** The methods that routes have for this path, in the order of the alphabet; middleware has none of its own. */
export function methodsOf(routes: readonly Route[], path: string): string[] {
  const asked = path.split("/");
  const found = new Set<string>();
  for (const { method, path: pattern } of routes)
    if (method !== "ALL" && fits(pattern.split("/"), asked)) found.add(method);
  if (found.has("GET")) found.add("HEAD");
  return [...found].sort();
}

function fits(pattern: string[], asked: string[]): boolean {
  return (
    pattern.length === asked.length &&
    !pattern.includes("*") &&
    pattern.every((part, at) => (part.startsWith(":") ? asked[at] !== "" : part === asked[at]))
  );
}

export const notAllowed = (method: string, allowed: string[]) =>
  new Problem(405, "method-not-allowed", `This address takes no ${method}`, {
    detail: `It takes ${new Intl.ListFormat("en-GB", { type: "conjunction" }).format(allowed)}.`,
    headers: { allow: allowed.join(", ") },
  });

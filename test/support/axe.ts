/** What axe finds on a page; evaluated by the debugger, so that the page keeps its strict policy. */
import { expect } from "bun:test";
import axe from "axe-core";
import type { Page } from "playwright-core";

/** In the colours that the page has at this moment. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations: found } = await page.evaluate(() =>
    (window as unknown as { axe: typeof axe }).axe.run(document, { resultTypes: ["violations"] }),
  );
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target}: ${failureSummary}`),
  );
}

/** Nothing is found in light nor in dark. */
export async function expectNothingFound(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const seen = [page.url(), colorScheme];
    expect([...seen, ...(await violations(page))]).toEqual(seen);
  }
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
}

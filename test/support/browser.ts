/** A real Chromium. Every page fails its test when it logs an error or breaks the content policy. */
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { MARIAN } from "./client.ts";
import { chromiumPath } from "./services.ts";

export type { Page } from "playwright-core";

export async function startBrowser(): Promise<Browser | null> {
  const executablePath = chromiumPath();
  if (!executablePath) return null;
  return chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
}

/** Makes the first account as a newcomer does, and stands in the first chapter. */
export async function comeIn(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await page.getByLabel("Name").fill(MARIAN.name);
  await page.getByLabel("Email").fill(MARIAN.email);
  await page.getByLabel("Password", { exact: true }).fill(MARIAN.password);
  await page.getByRole("button", { name: "Come in" }).click();
  await page.getByRole("link", { name: "Start writing" }).click();
  await page.waitForURL(/\/chapters\//);
  await ready(page);
  return page;
}

/** Signs the first account in, by keyboard. */
export async function comeBack(page: Page, url: string): Promise<void> {
  await page.goto(new URL("/sign-in", url).href);
  await page.getByLabel("Email").fill(MARIAN.email);
  await page.getByLabel("Password", { exact: true }).fill(MARIAN.password);
  await page.keyboard.press("Enter");
  await page.waitForURL(({ pathname }) => pathname !== "/sign-in");
}

/** The editor has taken over the rows that came with the page. */
export async function ready(page: Page): Promise<Page> {
  await page.locator("#passages[data-ready]").waitFor();
  return page;
}

/** Writes into a half of a row in place of what is there, as a person does; the caret stays there. */
export async function write(page: Page, half: "Notes" | "Prose", row: number, text: string) {
  await ready(page);
  await page.getByLabel(`${half} of passage ${row}`, { exact: true }).click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type(text);
}

/** What the pages of a context complain about; empty at the end of every test. */
export function complaintsOf(context: BrowserContext): string[] {
  const complaints: string[] = [];
  context.on("weberror", (error) => complaints.push(String(error.error())));
  context.on("console", (message) => {
    // A pulled cable is told by the browser itself, and by htmx; that is not the page's doing.
    if (
      message.type() === "error" &&
      !/ERR_|WebSocket connection to|htmx:(ws:error: \[object Event\]|error: Failed to fetch)/.test(
        message.text(),
      )
    )
      complaints.push(message.text());
  });
  return complaints;
}

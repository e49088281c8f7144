/** A browser that paints as soon as it can, signed in: what it shows is not held up by a screen's rate. */
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { type Client, MARIAN } from "../support/client.ts";
import { chromiumPath } from "../support/services.ts";

export type BenchBrowser = {
  url: string;
  context: BrowserContext;
  /** Another device, on which nothing of the studio is kept. */
  newcomer(): Promise<BrowserContext>;
  /** The chapter's page, ready to write in. */
  open(chapter: string): Promise<Page>;
  stop(): Promise<void>;
};

/** Null, said loudly, where there is no Chromium. */
export async function openBenchBrowser({ url }: Client): Promise<BenchBrowser | null> {
  const executablePath = chromiumPath();
  if (!executablePath) return null;
  const browser = await chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-gpu-vsync",
      "--disable-frame-rate-limit",
    ],
  });
  const device = async (serviceWorkers: "allow" | "block") => {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      serviceWorkers,
    });
    const { email, password } = MARIAN;
    const path = new URL("/api/auth/sign-in/email", url).href;
    const answer = await context.request.post(path, { data: { email, password } });
    if (!answer.ok()) throw new Error(`signing in answered ${answer.status()}`);
    return context;
  };
  const context = await device("allow");
  return {
    url,
    context,
    newcomer: () => device("block"),
    async open(chapter) {
      const page = await context.newPage();
      await page.goto(new URL(`/chapters/${chapter}`, url).href);
      await page.locator("#passages[data-ready]").waitFor({ timeout: 60_000 });
      return page;
    },
    stop: () => browser.close(),
  };
}

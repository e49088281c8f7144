/** A Chromium with a profile that outlives it: killed like a machine whose plug is pulled, and started again. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium } from "playwright-core";
import { eventually } from "./client.ts";
import { chromiumPath } from "./services.ts";

export type Chromium = {
  context: BrowserContext;
  /** SIGKILL to all of its processes. */
  kill(): Promise<void>;
};

const START_TIMEOUT_MS = 30_000;

/** @param profile a folder; what pages stored there is there again */
export async function spawnChromium(profile: string): Promise<Chromium> {
  const program = chromiumPath();
  if (!program) throw new Error("This needs Chromium.");
  const told = join(profile, "DevToolsActivePort");
  await rm(told, { force: true });
  const child = Bun.spawn(
    [
      program,
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--hide-crash-restore-bubble",
      "--no-first-run",
      "--window-size=1440,900",
      "--remote-debugging-port=0",
      `--user-data-dir=${profile}`,
      "about:blank",
    ],
    // Of a group of its own, so that all of it can be killed.
    { stdin: "ignore", stdout: "ignore", stderr: "ignore", detached: true },
  );
  const end = async () => {
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended already.
    }
    await child.exited;
  };
  try {
    const port = await eventually(async () => {
      const file = Bun.file(told);
      return (await file.exists()) && (await file.text()).split("\n")[0];
    }, START_TIMEOUT_MS);
    const browser: Browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
    return {
      context: browser.contexts()[0]!,
      async kill() {
        await end();
        await browser.close().catch(() => {});
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

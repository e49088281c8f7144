/** A web process on a port that it keeps, killed and started again. */
import { freePort } from "../support/nats.ts";
import { type StudioProcess, spawnStudio } from "../support/studio.ts";

/** How often snapshots are made here: all the time, so that the log is shortened too. In milliseconds. */
const SNAPSHOTS = { idleMs: 1_000, everyMs: 5_000 };

export async function newWeb(common: Record<string, string>) {
  const port = await freePort();
  let studio: StudioProcess;
  const web = {
    url: `http://127.0.0.1:${port}/`,
    async start() {
      studio = await spawnStudio(
        { ...common, HOST: "127.0.0.1", PORT: String(port) },
        { snapshots: SNAPSHOTS },
      );
    },
    /** With SIGKILL. */
    kill: () => studio.kill("SIGKILL"),
  };
  await web.start();
  return web;
}

/** The process that works on schemas which people wrote: what comes in is untrusted, and may never end. */
import { type Order, type Reply, run } from "./jobs.ts";

const answer = (reply: Reply) => process.send?.(reply);

new Worker(new URL("./watchdog.ts", import.meta.url).href);

process.on("message", (order: Order) => {
  const { id } = order;
  try {
    answer({ kind: "done", id, answer: run(order), bytes: process.memoryUsage.rss() });
  } catch (error) {
    answer({ kind: "failed", id, message: String(error), bytes: process.memoryUsage.rss() });
  }
});
process.on("disconnect", () => process.exit(0));
answer({ kind: "ready" });

/** A thread beside the work, which may be stuck: ends the process when it grows too large or its studio is gone. */
const EVERY_MS = 100;
/** Resident, in bytes; some 60 MiB at the start. */
const MOST_BYTES = 1024 * 1024 * 1024;

const studio = process.ppid;

setInterval(() => {
  if (process.ppid !== studio || process.memoryUsage.rss() > MOST_BYTES)
    process.kill(process.pid, "SIGKILL");
}, EVERY_MS);

export {};

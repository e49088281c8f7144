/** What a build is, as its page shows it. */
import type { Format } from "./ids.ts";

export type FileView = { format: Format; name: string; size: string; href: string };

export type CheckView = {
  version: string | null;
  errors: number;
  warnings: number;
  messages: { severity: string; id: string; message: string; path: string | null }[];
};

export type ResultView = {
  at: string;
  words: string;
  /** How many chapters it was built from. */
  chapters: number;
  files: FileView[];
  remarks: string[];
  check: CheckView | null;
  /** Titles. */
  changed: string[];
  added: string[];
  gone: string[];
  /** The build itself was changed since. */
  settings: boolean;
};

export type RunView = {
  id: string;
  state: "queued" | "running" | "stopping";
  done: number | null;
  total: number | null;
  note: string | null;
};

export type BuildView = {
  id: string;
  name: string;
  formats: Format[];
  /** In the build, of the book's. */
  chapters: { taken: number; all: number };
  run: RunView | null;
  /** Why the newest attempt came to nothing. */
  problem: string | null;
  result: ResultView | null;
};

/** As people say a size: 1.4 MB, 380 KB. */
export function sizeOf(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

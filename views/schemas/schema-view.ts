/** What the Schemas page shows of one schema. */
import type { Level } from "../../src/schemas/compatibility/check.ts";
import type { Policy } from "../../src/schemas/compatibility/contain.ts";
import type { Compared } from "../../src/schemas/page-comparison.ts";
import type { FieldRow } from "../../src/schemas/page-fields.ts";
import type { View } from "./ids.ts";

export type Fault = { pointer: string; message: string };

export type VersionView = {
  version: number;
  at: string;
  deprecatedAt: string | null;
  documents: number;
};

export type DraftView = {
  text: string;
  level: Level;
  against: "latest" | "all" | `${number}`;
  /** What keeps it from being a schema, or from being registered. */
  faults: Fault[];
  /** As a sentence, where it is of no single place. */
  problem: string | null;
};

export type DocumentView = {
  text: string;
  version: number;
  /** Null: nothing was tried. */
  answer: { faults: Fault[] } | { problem: string } | null;
};

export type SchemaView = {
  name: string;
  title: string;
  description: string;
  owner: "built-in" | "you" | "somebody";
  /** Newest first. */
  versions: VersionView[];
  /** Documents of it that may be read; `more` where they were too many to count. */
  documents: { count: number; more: boolean };
  view: View;
  /** The version that is looked at, alone. */
  alone: {
    version: number;
    at: string;
    deprecatedAt: string | null;
    fields: FieldRow[];
    lines: string[];
  };
  compared: Compared | null;
  config: { level: Level; policy: Policy };
  /** Whether one may register versions, set the level, deprecate. */
  isSteward: boolean;
  draft: DraftView;
  document: DocumentView;
  /** What was just done, as a sentence. */
  done: string | null;
};

export const LEVEL_WORDS: Record<Level, string> = {
  NONE: "Owes older versions nothing",
  BACKWARD: "Takes what the version before took",
  BACKWARD_TRANSITIVE: "Takes what all versions before took",
  FORWARD: "Makes what the version before takes",
  FORWARD_TRANSITIVE: "Makes what all versions before take",
  FULL: "Takes and makes the same as the version before",
  FULL_TRANSITIVE: "Takes and makes the same as all before",
};

/** Beside a level's name, where there is little room. */
export const LEVEL_NOTES: Record<Level, string> = {
  NONE: "nothing is owed",
  BACKWARD: "new reads old",
  BACKWARD_TRANSITIVE: "new reads all old",
  FORWARD: "old reads new",
  FORWARD_TRANSITIVE: "all old read new",
  FULL: "both read both",
  FULL_TRANSITIVE: "all read all",
};

export const LEVELS = Object.keys(LEVEL_WORDS) as Level[];

export const POLICY_WORDS: Record<Policy, string> = {
  strict: "Strict: of all documents that could be",
  lenient: "Lenient: of documents without fields that are not named",
};

export const figure = (value: number) => value.toLocaleString("en-GB");

export const documentsIn = (count: number, more = false) =>
  count === 0
    ? "no document"
    : `${more ? "more than " : ""}${figure(count)} ${count === 1 ? "document" : "documents"}`;

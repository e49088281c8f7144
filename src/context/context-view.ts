/** What goes out with an ask of a passage, as its drawer shows it. */

/** A row of what goes along; `include` takes the `id` of one that was dropped or trimmed. */
export type ContextPart = {
  id: string;
  what: string;
  /** What goes along; of what was dropped, what it would have taken. */
  tokens: number;
  state: "included" | "trimmed" | "dropped";
  /** What it would have taken whole. */
  from?: number;
};

export type ContextEntry = {
  id: string;
  name: string;
  kind?: string;
  text: string;
  /** What of it came up. */
  by: string[];
  pinned: boolean;
  state: "included" | "dropped";
};

/** Of a chapter before this one that has no summary as it stands. */
export type SummaryNeeded = {
  id: string;
  number: number;
  name: string;
  /** `changed`: there is one, of the chapter as it was. */
  state: "none" | "changed" | "making" | "failed";
  /** Why it failed, for the writer. */
  problem?: string | null;
  /** That of the run is mended where models are set. */
  isSettings?: boolean;
  /** What making it uses, about. */
  tokens: number;
};

export type SummariesView = {
  /** Chapters before this one with words of prose. */
  chapters: number;
  needed: SummaryNeeded[];
  /** What making those that are missing or old would cost, as it is shown; null where prices are not known. */
  cost: string | null;
  /** An owner allowed a model to read whole chapters of this book. */
  isAllowed: boolean;
  isOwner: boolean;
};

export type ContextView = {
  chapter: string;
  book: string;
  /** Null: one is in no passage. */
  passage: { id: string; number: number } | null;
  /** What would be sent; null where nothing can be. */
  sent: {
    parts: ContextPart[];
    codex: ContextEntry[];
    tokens: number;
    /** Of what goes out and comes back together. */
    limit: number;
    /** Kept free for what comes back. */
    answer: number;
    /** As it is shown; null where there is none, or prices are not known. */
    cost: string | null;
  } | null;
  /** Why nothing would be sent. */
  why: string | null;
  /** Parts that are to go along whole. */
  include: string[];
  /** What stops an ask before it is sent: a full budget. */
  budget: string | null;
  /** The model's name; null is the practice model. */
  model: string | null;
  summaries: SummariesView;
  mayWrite: boolean;
};

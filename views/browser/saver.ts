/**
 * Brings one text to the server and knows whether it is there. One request is under way at a time; the newest
 * text follows it. While the server is away it goes on trying; where the server holds another text it
 * stops, since what someone else wrote is not overwritten. Without DOM or network, so it is tested whole.
 */
export type Answer =
  | { kind: "saved"; revision: number; savedAt: string }
  /** Another revision is there; `text` null when the answer did not say which text. */
  | { kind: "conflict"; revision: number; text: string | null }
  /** It will not be taken as it is: not allowed, not valid, not there any more. */
  | { kind: "refused" }
  | { kind: "signed-out" }
  | { kind: "away" };

export type SaverState = "saved" | "saving" | "unsaved";

export type Saver = {
  /** What stands in the field now. */
  changed(text: string): void;
  /** Sends at once; settles when the text is saved or it is known that it cannot be now. */
  flush(): Promise<void>;
  /** The server has a newer text; true when it is to be shown, false while something here is unsaved. */
  heard(revision: number, text: string): boolean;
  /** `unsaved` only once that is worth a word: refused, or away for {@link PATIENCE_MS}. */
  state(): SaverState;
  signedOut(): boolean;
  /** What the server does not have; null when it has all. */
  unsaved(): string | null;
  /** Text under way, the server's revision and time as last heard. */
  position(): { revision: number; savedAt: string | null; sending: string | null };
};

export type SaverOptions = {
  text: string;
  revision: number;
  send(text: string, revision: number): Promise<Answer>;
  /** Calls back after `ms` unless cancelled. */
  wait(ms: number, then: () => void): () => void;
  /** Something that {@link Saver} answers may have changed. */
  onChange(): void;
};

/** Quiet after the last keystroke before a text is sent. */
export const DEBOUNCE_MS = 400;
/** First wait after the server was away; doubled up to {@link RETRY_MOST_MS}. */
export const RETRY_FIRST_MS = 500;
export const RETRY_MOST_MS = 10_000;
/** How long trying goes on before the writer is told. */
export const PATIENCE_MS = 5_000;

export function createSaver({ text, revision, send, wait, onChange }: SaverOptions): Saver {
  let saved = text;
  let latest = text;
  let savedAt: string | null = null;
  let sending: string | null = null;
  let underway: Promise<void> | null = null;
  let stuck: "conflict" | "refused" | null = null;
  let signedOut = false;
  let impatient = false;
  let failures = 0;
  let cancelNext = () => {};
  let cancelPatience = () => {};

  function push(): Promise<void> {
    if (underway) return underway;
    if (stuck || latest === saved) return Promise.resolve();
    cancelNext();
    const sent = latest;
    sending = sent;
    underway = send(sent, revision)
      .catch((): Answer => ({ kind: "away" }))
      .then((answer) => {
        underway = null;
        sending = null;
        take(sent, answer);
        onChange();
      });
    onChange();
    return underway;
  }

  function take(sent: string, answer: Answer): void {
    if (answer.kind === "saved") {
      reached(sent, answer.revision, answer.savedAt);
      return;
    }
    if (answer.kind === "conflict") {
      // The same words from elsewhere, or our own answer that was lost on its way.
      if (answer.text === sent) {
        reached(sent, answer.revision, savedAt);
        return;
      }
      // The text we started from is still there: only its revision moved.
      if (answer.text === saved && answer.revision > revision) {
        revision = answer.revision;
        void push();
        return;
      }
      stuck = "conflict";
      return;
    }
    if (answer.kind === "refused") {
      stuck = "refused";
      return;
    }
    signedOut = answer.kind === "signed-out";
    if (failures === 0) {
      cancelPatience = wait(PATIENCE_MS, () => {
        impatient = true;
        onChange();
      });
    }
    cancelNext = wait(Math.min(RETRY_FIRST_MS * 2 ** failures, RETRY_MOST_MS), push);
    failures += 1;
  }

  function reached(sent: string, now: number, at: string | null): void {
    saved = sent;
    revision = now;
    savedAt = at;
    failures = 0;
    impatient = false;
    signedOut = false;
    cancelPatience();
    void push();
  }

  return {
    changed(next) {
      latest = next;
      if (stuck === "refused") stuck = null;
      if (!underway && failures === 0) {
        cancelNext();
        if (latest !== saved) cancelNext = wait(DEBOUNCE_MS, push);
      }
      onChange();
    },
    async flush() {
      while (latest !== saved && !stuck) {
        const before = failures;
        await push();
        if (failures > before) return;
      }
    },
    heard(newer, theirs) {
      if (newer <= revision || underway || latest !== saved) return false;
      revision = newer;
      saved = theirs;
      latest = theirs;
      onChange();
      return true;
    },
    state() {
      if (stuck || signedOut || impatient) return "unsaved";
      return latest === saved && !underway ? "saved" : "saving";
    },
    signedOut: () => signedOut,
    unsaved: () => (latest === saved ? null : latest),
    position: () => ({ revision, savedAt, sending }),
  };
}

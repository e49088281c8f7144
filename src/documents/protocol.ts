/**
 * What the browser and the server say to each other over `/documents/<bucket>` beside the Hocuspocus
 * protocol. Pure, and imported by both.
 *
 * A connection's stateless messages:
 *
 *   mark:<epoch>.<n>   browser → server: "tell me when everything I sent before this is kept"
 *   kept:<epoch>.<n>   server → browser: it is in the database; the answer to that mark, each once
 *   refused:<json>     server → browser, before the connection closes: an update was not taken, and
 *                      never will be. {type, sentence}; what was typed stays with the browser.
 *
 * The epoch is the browser's, new at each connection. A viewer's marks are not answered, since
 * nothing of theirs is kept.
 */

/** The largest single update, in bytes of its encoding: a paste. */
export const UPDATE_LIMIT_BYTES = 2 * 1024 * 1024;
/** The largest of those with which a connection begins, in bytes: many a paste may have been made offline. */
export const SYNC_LIMIT_BYTES = 8 * 1024 * 1024;
/** The largest document, in bytes of its whole state: about 400,000 words with their history. */
export const DOCUMENT_LIMIT_BYTES = 16 * 1024 * 1024;

const MARK = /^mark:([A-Za-z0-9-]{1,64}\.\d{1,15})$/;
const REFUSED = "refused:";

export const markMessage = (epoch: string, n: number) => `mark:${epoch}.${n}`;

/** What the mark `<epoch>.<n>` is answered with; undefined when the message is no mark. */
export function keptFor(message: string): string | undefined {
  const mark = MARK.exec(message)?.[1];
  return mark && `kept:${mark}`;
}

/** The number in `kept:<epoch>.<n>`; undefined for another epoch or another message. */
export function keptNumber(message: string, epoch: string): number | undefined {
  const prefix = `kept:${epoch}.`;
  return message.startsWith(prefix) ? Number(message.slice(prefix.length)) : undefined;
}

export type Refusal = {
  type: "update-too-large" | "document-too-large" | "not-an-update" | "read-only";
  /** For the writer: what happened and what to do. */
  sentence: string;
};

export const refusedMessage = (refusal: Refusal) => REFUSED + JSON.stringify(refusal);

export function refusalIn(message: string): Refusal | undefined {
  if (!message.startsWith(REFUSED)) return undefined;
  return JSON.parse(message.slice(REFUSED.length)) as Refusal;
}

export const REFUSALS = {
  updateTooLarge: {
    type: "update-too-large",
    sentence: `This is too much at once: at most ${UPDATE_LIMIT_BYTES / 1024 / 1024} MiB can be added in one piece. Paste it in parts.`,
  },
  documentTooLarge: {
    type: "document-too-large",
    sentence: `This chapter is full: at most ${DOCUMENT_LIMIT_BYTES / 1024 / 1024} MiB fit in one. Split it into two chapters.`,
  },
  notAnUpdate: {
    type: "not-an-update",
    sentence:
      "What this page sent is damaged and was not taken. Copy your text and reload the page.",
  },
  readOnly: {
    type: "read-only",
    sentence: "You may read this chapter, not change it.",
  },
} satisfies Record<string, Refusal>;

/** Codes of the socket's end; those of RFC 6455 and its registry, and Hocuspocus' own. */
export const DOCUMENT_CLOSE = {
  /** Not signed in any more. */
  signedOut: { code: 4401, reason: "signed out" },
  /** What one may do here changed: connect again, and the answer tells what is left. */
  accessChanged: { code: 4403, reason: "access changed" },
  /** An update was refused; `refused:` said why. */
  refused: { code: 4400, reason: "refused" },
  restart: { code: 1012, reason: "the studio restarts" },
  tryAgain: { code: 1013, reason: "not available right now" },
} satisfies Record<string, { code: number; reason: string }>;

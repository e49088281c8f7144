/**
 * The open pages of readers in one web process, a socket each. They are told two things: that the words changed, and that
 * the link has ended, because it was revoked, its time is over, or what it shows went to the trash.
 */
import type { ServerWebSocket } from "bun";
import type { Stop } from "../bus/bus.ts";
import { type Database, isUnavailable } from "../database.ts";
import type { NumberedEvent } from "../events/event.ts";
import type { Feed } from "../events/feed.ts";
import type { Socket } from "../http.ts";
import type { Log } from "../log.ts";
import { Problem } from "../problem.ts";
import { findByLink, type LinkSeen } from "./links.ts";

/** Private use (RFC 6455, section 7.4.2): the link has ended, there is nothing to come back to. */
export const ENDED = 4_410;
/** Of the IANA registry: the studio restarts. */
const RESTART = 1_012;
/** The longest wait a timer knows, in milliseconds; a link that lasts longer is looked at again then. */
const TIMER_LIMIT_MS = 2 ** 31 - 1;
/** The pause before a link whose time is over is asked for again, in milliseconds. */
const ASK_AGAIN_MS = 500;
/** Changes of a tree that come one after the other are looked at together, after so many milliseconds. */
const LOOK_AFTER_MS = 100;
/** Open pages of one link in one process. */
const READERS_LIMIT = 1_000;
/** A reader's page has nothing to say; one that says more than this is closed, in bytes. */
const HEARD_LIMIT_BYTES = 1_024;

export type Readers = {
  /** @param token by which it is asked again whether the link is good. @throws 503 when too many have it open */
  socket(token: string, seen: LinkSeen): Socket;
  stop: Stop;
};

type Reader = { token: string; seen: LinkSeen; ws: ServerWebSocket<unknown> };

export function openReaders(parts: { db: Database; feed: Feed; log: Log }): Readers {
  const { db, feed, log } = parts;
  /** By link. */
  const readers = new Map<string, Set<Reader>>();
  const due = new Map<string, ReturnType<typeof setTimeout>>();

  const unsubscribe = feed.subscribe((event) => {
    for (const [link, open] of readers) {
      const [first] = open;
      if (first && event.root === first.seen.link.root) hear(link, first, event);
    }
  });

  const tell = (link: string, says: { type: "changed"; bucket: string | null }) => {
    for (const { ws } of readers.get(link) ?? []) ws.send(JSON.stringify(says));
  };
  const close = (link: string, code: number, reason: string) => {
    for (const { ws } of readers.get(link) ?? []) ws.close(code, reason);
  };

  function hear(link: string, { seen, token }: Reader, { event, path }: NumberedEvent): void {
    if (event.type === "link.revoked") {
      if (event.subject === link) close(link, ENDED, "ended");
      return;
    }
    const isWords = /^blob\.(?:created|updated)\.(?:chapter|pitch)-v\d+$/.test(event.type);
    if (isWords && path.includes(seen.link.bucket))
      tell(link, { type: "changed", bucket: path.at(-1)! });
    if (event.type.startsWith("bucket.") && !due.has(link))
      due.set(
        link,
        setTimeout(() => {
          due.delete(link);
          void look(link, token, { tells: true });
        }, LOOK_AFTER_MS),
      );
  }

  /** The tree around it changed, or its time is over. */
  async function look(link: string, token: string, { tells = false } = {}): Promise<void> {
    try {
      if (!(await findByLink(db, token))) close(link, ENDED, "ended");
      else if (tells) tell(link, { type: "changed", bucket: null });
    } catch (error) {
      if (!isUnavailable(error))
        log.warn({ err: error }, "a read-only link could not be looked at");
      // It may not show what it must not: the page comes back and is asked again.
      close(link, RESTART, "away");
    }
  }

  return {
    socket(token, seen) {
      const { id, expiresAt } = seen.link;
      if ((readers.get(id)?.size ?? 0) >= READERS_LIMIT)
        throw new Problem(503, "busy", "Too many pages of this link are open", {
          headers: { "retry-after": "60" },
        });
      let reader: Reader | undefined;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const wait = () => {
        if (!expiresAt || !reader) return;
        const left = expiresAt.getTime() - Date.now();
        if (left <= 0) void look(id, token);
        // Where the database's clock is behind, it is asked once more.
        timer = setTimeout(wait, left <= 0 ? ASK_AGAIN_MS : Math.min(left + 1, TIMER_LIMIT_MS));
      };
      return {
        open(ws) {
          reader = { token, seen, ws };
          readers.set(id, (readers.get(id) ?? new Set()).add(reader));
          wait();
          // It may have ended between the page and its socket.
          void look(id, token);
        },
        receive(message) {
          if (message.length > HEARD_LIMIT_BYTES) reader?.ws.close(1_009, "too long");
        },
        closed() {
          clearTimeout(timer);
          const open = readers.get(id);
          if (reader) open?.delete(reader);
          if (open?.size === 0) readers.delete(id);
          reader = undefined;
        },
      };
    },
    async stop() {
      unsubscribe();
      for (const timer of due.values()) clearTimeout(timer);
      for (const link of readers.keys()) close(link, RESTART, "restart");
    },
  };
}

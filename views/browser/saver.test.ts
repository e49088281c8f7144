import { describe, expect, test } from "bun:test";
import { type Answer, createSaver, DEBOUNCE_MS, PATIENCE_MS, RETRY_FIRST_MS } from "./saver.ts";

/** A saver with a server that answers by hand and a clock that is moved by hand. */
function desk(text = "", revision = 1) {
  const sent: { text: string; revision: number; answer: (answer: Answer) => Promise<void> }[] = [];
  const timers = new Set<{ due: number; then: () => void }>();
  let now = 0;
  const saver = createSaver({
    text,
    revision,
    send: (text, revision) =>
      new Promise((resolve) => {
        sent.push({
          text,
          revision,
          answer: async (answer) => {
            resolve(answer);
            await settled();
          },
        });
      }),
    wait(ms, then) {
      const timer = { due: now + ms, then };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    onChange() {},
  });
  return {
    saver,
    sent,
    async pass(ms: number) {
      now += ms;
      for (const timer of [...timers].filter(({ due }) => due <= now)) {
        timers.delete(timer);
        timer.then();
      }
      await settled();
    },
  };
}

/** Promises that are resolved already have run their callbacks. */
const settled = () => new Promise((resolve) => setImmediate(resolve));
const saved = (revision: number): Answer => ({
  kind: "saved",
  revision,
  savedAt: "2026-01-01T14:06:00Z",
});

describe("a saver", () => {
  test("sends once after typing pauses", async () => {
    const { saver, sent, pass } = desk();
    saver.changed("D");
    await pass(DEBOUNCE_MS - 1);
    saver.changed("Du");
    await pass(DEBOUNCE_MS - 1);
    expect(sent).toHaveLength(0);
    await pass(1);
    expect(sent.map(({ text, revision }) => [text, revision])).toEqual([["Du", 1]]);
  });

  test("says saved only after the server's answer", async () => {
    const { saver, sent, pass } = desk();
    saver.changed("Dusk");
    expect(saver.state()).toBe("saving");
    await pass(DEBOUNCE_MS);
    expect(saver.state()).toBe("saving");
    await sent[0]!.answer(saved(2));
    expect(saver.state()).toBe("saved");
    expect(saver.unsaved()).toBeNull();
  });

  test("has one request under way, and the newest text follows with the new revision", async () => {
    const { saver, sent, pass } = desk();
    saver.changed("a");
    await pass(DEBOUNCE_MS);
    saver.changed("ab");
    saver.changed("abc");
    await pass(DEBOUNCE_MS);
    expect(sent).toHaveLength(1);
    await sent[0]!.answer(saved(2));
    expect(sent.slice(1).map(({ text, revision }) => [text, revision])).toEqual([["abc", 2]]);
  });

  test("keeps trying while the server is away and tells after five seconds", async () => {
    const { saver, sent, pass } = desk();
    saver.changed("a");
    await pass(DEBOUNCE_MS);
    await sent[0]!.answer({ kind: "away" });
    expect(saver.state()).toBe("saving");
    await pass(RETRY_FIRST_MS);
    expect(sent).toHaveLength(2);
    await pass(PATIENCE_MS);
    expect(saver.state()).toBe("unsaved");
    await sent[1]!.answer(saved(2));
    expect(saver.state()).toBe("saved");
  });

  test("does not overwrite another text", async () => {
    const { saver, sent, pass } = desk("base");
    saver.changed("mine");
    await pass(DEBOUNCE_MS);
    await sent[0]!.answer({ kind: "conflict", revision: 2, text: "theirs" });
    expect(saver.state()).toBe("unsaved");
    expect(saver.unsaved()).toBe("mine");
    saver.changed("mine, longer");
    await pass(60_000);
    expect(sent).toHaveLength(1);
  });

  test("adopts the server's text when it is the same", async () => {
    const { saver, sent, pass } = desk("base");
    saver.changed("mine");
    await pass(DEBOUNCE_MS);
    await sent[0]!.answer({ kind: "conflict", revision: 2, text: "mine" });
    expect(saver.state()).toBe("saved");
    expect(saver.position().revision).toBe(2);
  });

  test("goes on when only the revision moved", async () => {
    const { saver, sent, pass } = desk("base");
    saver.changed("mine");
    await pass(DEBOUNCE_MS);
    await sent[0]!.answer({ kind: "conflict", revision: 4, text: "base" });
    expect(sent[1]).toMatchObject({ text: "mine", revision: 4 });
  });

  test("tries a refused text again once it changed", async () => {
    const { saver, sent, pass } = desk();
    saver.changed("too long");
    await pass(DEBOUNCE_MS);
    await sent[0]!.answer({ kind: "refused" });
    expect(saver.state()).toBe("unsaved");
    saver.changed("short");
    await pass(DEBOUNCE_MS);
    expect(sent[1]!.text).toBe("short");
  });

  test("flushing sends at once and waits for the newest text", async () => {
    const { saver, sent } = desk();
    saver.changed("a");
    let done = false;
    const flushed = saver.flush().then(() => {
      done = true;
    });
    saver.changed("ab");
    await sent[0]!.answer(saved(2));
    expect(done).toBe(false);
    await sent[1]!.answer(saved(3));
    await flushed;
    expect(saver.state()).toBe("saved");
  });

  test("flushing gives up when the server is away", async () => {
    const { saver, sent } = desk();
    saver.changed("a");
    const flushed = saver.flush();
    await sent[0]!.answer({ kind: "away" });
    await flushed;
    expect(saver.unsaved()).toBe("a");
  });

  test("is told when signed out and saves once signed in", async () => {
    const { saver, sent, pass } = desk();
    saver.changed("a");
    await pass(DEBOUNCE_MS);
    await sent[0]!.answer({ kind: "signed-out" });
    expect(saver.signedOut()).toBe(true);
    await pass(RETRY_FIRST_MS);
    await sent[1]!.answer(saved(2));
    expect(saver.signedOut()).toBe(false);
  });

  test("shows a newer text from elsewhere only while nothing here is unsaved", async () => {
    const { saver, pass, sent } = desk("base");
    expect(saver.heard(2, "from elsewhere")).toBe(true);
    expect(saver.heard(2, "an echo")).toBe(false);
    saver.changed("mine");
    expect(saver.heard(3, "from elsewhere again")).toBe(false);
    await pass(DEBOUNCE_MS);
    expect(sent[0]!.revision).toBe(2);
  });
});

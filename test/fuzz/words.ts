/**
 * What was typed, and what became of it. A word is one sign, and each is typed once: when somebody splits a passage or joins
 * its paragraphs while somebody else writes there, the letters of a longer word may end in two places.
 */
const FIRST = 0x4e00;
const LAST = 0xd7a3;
const WORD = /[\u4e00-\ud7a3]/g;

export const wordsIn = (text: string): Set<string> => new Set(text.match(WORD));

export type Words = ReturnType<typeof newWords>;

export function newWords() {
  let count = 0;
  /** By whom. */
  const typed = new Map<string, number>();
  /** Deleted by somebody who saw them, or undone by who typed them. */
  const taken = new Set<string>();
  /** The chip said of these: in the database. */
  const promised = new Set<string>();
  /** …or on the device; unless a mark of its disk came back. */
  const onDevice = new Set<string>();
  /** In no place that vouched for them when their browser was killed. */
  const unsure = new Set<string>();
  return {
    typed,
    taken,
    promised,
    onDevice,
    unsure,
    /** Undefined when all are used up. */
    next(writer: number): string | undefined {
      if (FIRST + count > LAST) return undefined;
      const word = String.fromCharCode(FIRST + count++);
      typed.set(word, writer);
      return word;
    },
    of: (writer: number) => [...typed].flatMap(([word, by]) => (by === writer ? [word] : [])),
    /** Of those that must be there, what is not. */
    missing(there: ReadonlySet<string>, from: Iterable<string> = typed.keys()): string[] {
      return [...from].filter((word) => !there.has(word) && !taken.has(word) && !unsure.has(word));
    },
  };
}

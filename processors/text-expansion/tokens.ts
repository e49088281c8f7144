/** What a text costs a model, about: every model counts otherwise, and none is asked. */

/** English prose in common tokenizers. */
const CHARACTERS_A_TOKEN = 4;
/** Chinese, Japanese and Korean: about a token a sign. */
const SIGN =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff00-\uffef]/gu;

export function tokensOf(text: string): number {
  const signs = text.match(SIGN)?.length ?? 0;
  return signs + Math.ceil((text.length - signs) / CHARACTERS_A_TOKEN);
}

const PARAGRAPH = /\n{2,}/;
const SENTENCE = /(?<=[.!?…]["”’»)]*)\s+|(?<=[。！？])/;

/** As much of the end of a text as the tokens allow: whole paragraphs, else whole sentences; empty when none fits. */
export function endOf(text: string, tokens: number): string {
  for (const [edge, join] of [
    [PARAGRAPH, "\n\n"],
    [SENTENCE, " "],
  ] as const) {
    const kept: string[] = [];
    for (const part of text.split(edge).toReversed()) {
      if (tokensOf([part, ...kept].join(join)) > tokens) break;
      kept.unshift(part);
    }
    if (kept.length > 0) return kept.join(join);
  }
  return "";
}

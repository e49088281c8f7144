/** What the form of a book's settings says of its voice. */

/** An empty field takes away what stood there. */
export function voiceIn(form: Record<string, string>): Record<string, unknown> {
  const text = (name: string) => form[name]?.replaceAll("\r\n", "\n").trim() || null;
  const banned = (form.bannedPhrases ?? "")
    .split("\n")
    .map((phrase) => phrase.trim())
    .filter(Boolean);
  const words = text("takeWords");
  return {
    // What is no number is told by the schema.
    takeWords: words === null || Number.isNaN(Number(words)) ? words : Number(words),
    style: text("style"),
    tense: text("tense"),
    pointOfView: text("pointOfView"),
    tone: text("tone"),
    bannedPhrases: banned.length > 0 ? [...new Set(banned)] : null,
    voiceSample: text("voiceSample"),
  };
}

/** What is refused of it, in a writer's words. */
export const VOICE_SAYS: Record<string, string> = {
  style: "At most 1,000 characters.",
  tense: "Past or present.",
  takeWords: "A whole number of words, 20 to 3,000.",
  pointOfView: "At most 200 characters.",
  tone: "At most 300 characters.",
  bannedPhrases: "At most 60 phrases, of at most 80 characters each.",
  voiceSample: "At most 6,000 characters.",
};

import { describe, expect, test } from "bun:test";
import { wordsFrom } from "./counts.ts";

const TAKE = "The lamp was burning when she reached the gallery. Nobody had been on the rock.";

describe("of the words in prose, those from a take", () => {
  test.each([
    ["all, as it came", TAKE, 15],
    [
      "all, with paragraphs the other way round",
      "Nobody had been on the rock. The lamp was burning when she reached the gallery.",
      15,
    ],
    ["what is left of it", "The lamp was burning.", 4],
    ["none that were typed around it", `It was dusk. ${TAKE} She sat down.`, 15],
    [
      "none beside a word that was changed",
      "The lamp was smoking when she reached the gallery.",
      8,
    ],
    ["none of what only shares single words", "She was on the rock when the lamp had burned.", 3],
    ["none of another text", "Ten to four, fog, early.", 0],
    ["none of nothing", "", 0],
  ])("%s", (_, prose, count) => {
    expect(wordsFrom(TAKE, prose)).toBe(count);
  });

  test("a take of two words counts as two words", () => {
    expect(wordsFrom("Fog, early.", "Fog, early. It came.")).toBe(2);
    expect(wordsFrom("", "Fog.")).toBe(0);
  });
});

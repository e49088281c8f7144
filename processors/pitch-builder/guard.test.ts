import { describe, expect, test } from "bun:test";
import { factsIn, missingItems } from "./facts.ts";
import { Guard, type Rules, stands } from "./guard.ts";
import { wordsOf } from "./words.ts";

const stems = (text: string) => new Set(wordsOf(text).map(({ stem }) => stem));

const rules = (material: Rules["material"], facts: string, more: Partial<Rules> = {}): Rules => ({
  material,
  facts: factsIn(facts),
  known: stems("The Salt Ledger Marian Vane"),
  names: null,
  missing: [],
  ...more,
});

describe("what is made of facts", () => {
  const biography = rules("facts", "I live in Oslo with two cats.\nShort story in Granta, 2019.");

  test.each([
    "Marian Vane lives in Oslo with two cats.",
    "She is the author of The Salt Ledger.",
    "A short story of hers stands in Granta (2019).",
  ])("keeps what the writer said: %s", (sentence) => {
    expect(stands(sentence, biography)).toBe(true);
  });

  test.each([
    "She is a winner of the Booker Prize.",
    "Her books have sold 100,000 copies.",
    "Her books have sold a hundred thousand copies.",
    "She holds a degree from Yale.",
    "She has won a well-known award.",
    "She has kept lighthouses for a decade.",
    "A former nurse, she lives in Oslo.",
    "She lives in Oslo with three cats.",
    "[[winner of the Booker Prize]]",
    "Gewinnerin des Deutschen Buchpreises.",
    "她曾获得布克奖。",
  ])("keeps nothing else: %s", (sentence) => {
    expect(stands(sentence, biography)).toBe(false);
  });

  test("is not somebody else's prize, nor one that was not won", () => {
    const others = rules("facts", "My sister won the Booker Prize.\nI never won the Hugo Award.");
    expect(stands("She won the Booker Prize.", others)).toBe(false);
    expect(stands("Her sister won the Booker Prize.", others)).toBe(true);
    expect(stands("She won the Hugo Award.", others)).toBe(false);
    const hers = rules("facts", "I won the Bridport Prize in 2019.");
    expect(stands("She won the Bridport Prize in 2019.", hers)).toBe(true);
    expect(stands("She won the Bridport Prize in 2021.", hers)).toBe(false);
  });
});

describe("what is made of the manuscript", () => {
  const letter = rules("manuscript", "The Lamplighters, by Emma Stonex (2021).", {
    names: stems("Hester Tull Skerrow Rock Abel Pryce"),
  });

  test.each([
    "Hester Tull rows out to Skerrow Rock and finds the lamp lit.",
    "She won the quarrel, and sold the boat.",
    "For fans of The Lamplighters by Emma Stonex.",
    "The Salt Ledger is complete.",
  ])("tells the story: %s", (sentence) => {
    expect(stands(sentence, letter)).toBe(true);
  });

  test.each([
    "The author is a winner of the Booker Prize.",
    "This award-winning debut sold 100,000 copies.",
    "The manuscript is by an acclaimed novelist.",
    "Hester, who won the Booker Prize, keeps the light.",
    "I am a published poet.",
    "Perfect for fans of The Silent Patient.",
    "It will delight readers of quiet literary mysteries.",
    "Dear Ms Rathbone,",
  ])("claims nothing: %s", (sentence) => {
    expect(stands(sentence, letter)).toBe(false);
  });
});

describe("the guard", () => {
  test("puts our blanks in the place of lies, each once, and adds those that are left", () => {
    const missing = [
      { label: "prizes", signs: ["prize", "award", "won"] },
      { label: "what you have published", signs: ["published"] },
    ];
    const guard = new Guard(rules("facts", "I live in Oslo.", { missing }));
    const shown = [
      "She lives in Oslo. She won",
      " the Booker Prize. She also won the Hugo ",
      "Award. End",
    ]
      .map((delta) => guard.push(delta))
      .concat(guard.end());
    expect(guard.text).toBe(
      "She lives in Oslo. [[prizes]] [[a claim that only you can make]]\n\n[[what you have published]]",
    );
    expect(shown.join("").trim()).toBe(guard.text);
    expect(shown.join("")).not.toContain("Booker");
    expect(guard.refused).toHaveLength(3);
  });

  test("knows items by the writer's lines alone", () => {
    const ask = {
      section: "comps",
      title: "Comps",
      material: "facts",
      facts: "",
      items: [{ label: "first" }, { label: "second" }, { label: "prizes", signs: ["prize"] }],
    } as const;
    const missing = (facts: string) =>
      missingItems(ask as never, factsIn(facts)).map(({ label }) => label);
    expect(missing("")).toEqual(["first", "second", "prizes"]);
    expect(missing("The Lamplighters by Emma Stonex, 2021")).toEqual(["second", "prizes"]);
    expect(missing("- One\n- Two, which won a prize")).toEqual([]);
    expect(factsIn("By A. Author. Dr. Tull helped; she did.")).toHaveLength(3);
  });
});

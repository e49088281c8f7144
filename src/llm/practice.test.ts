import { describe, expect, test } from "bun:test";
import { type Completion, type Message, RunError } from "../processors/sdk.ts";
import { llmFor } from "./client.ts";
import { practiceFetch } from "./practice.ts";
import { countWords, languageOf, peopleIn, tenseOf, thingsIn } from "./practice-notes.ts";
import * as phrases from "./practice-phrases.ts";
import { practiceProse } from "./practice-prose.ts";

const LIGHTHOUSE =
  "Dusk. Hester climbs to the gallery to light up. It is lit already. Nobody has been on the rock for nine days.";
const SEED = 7;
const silent = { info() {}, warn() {} };

function ask(
  notes: string,
  options: { words?: number; maxTokens?: number; signal?: AbortSignal } = {},
  onDelta?: (text: string) => void,
): Promise<Completion> {
  const { words, maxTokens, signal = new AbortController().signal } = options;
  const messages: Message[] = [{ role: "user", content: `<notes>\n${notes}\n</notes>` }];
  if (words) messages.unshift({ role: "system", content: `Write about ${words} words.` });
  return llmFor({ practice: true }, signal, silent).complete({ messages, maxTokens }, onDelta);
}

function sentencesOf(prose: string): string[] {
  return prose.split(/(?<=[.!?。])\s+/);
}

function near(words: number, asked: number): boolean {
  return Math.abs(words - asked) <= Math.max(asked * 0.1, 12);
}

describe("the practice model", () => {
  test("says that it is one, and streams what it answers", async () => {
    const heard: string[] = [];
    const answer = await ask(LIGHTHOUSE, {}, (text) => heard.push(text));
    expect(answer).toMatchObject({ model: "practice", practice: true, finish: "stop" });
    expect(heard.join("")).toBe(answer.text);
    expect(heard.length).toBe(countWords(answer.text));
    expect(answer.usage.outputTokens).toBeGreaterThan(countWords(answer.text));
  });

  test("writes the same prose for the same notes, and other prose for others", async () => {
    const [once, again, other] = await Promise.all([
      ask(LIGHTHOUSE),
      ask(LIGHTHOUSE),
      ask(`${LIGHTHOUSE} Rain.`),
    ]);
    expect(again.text).toBe(once.text);
    expect(other.text).not.toStartWith(once.text);
  });

  test("keeps every note, and is as long as asked", async () => {
    const lengths = [60, 180, 1_000];
    const answers = await Promise.all(lengths.map((words) => ask(LIGHTHOUSE, { words })));
    for (const [index, { text }] of answers.entries()) {
      expect(text).toContain("Hester climbs to the gallery to light up.");
      expect(text).toContain("Nobody has been on the rock for nine days.");
      expect(near(countWords(text), lengths[index]!)).toBe(true);
    }
  });

  test("ends at the token limit and says so", async () => {
    const { text, finish } = await ask(LIGHTHOUSE, { words: 500, maxTokens: 40 });
    expect(finish).toBe("length");
    expect(countWords(text)).toBe(30);
  });

  test("stops when aborted", async () => {
    const abort = new AbortController();
    const heard: string[] = [];
    const asking = ask(LIGHTHOUSE, { words: 3_000, signal: abort.signal }, (text) => {
      heard.push(text);
      if (heard.length === 5) abort.abort(new Error("enough"));
    });
    await expect(asking).rejects.toThrow("enough");
    expect(heard).toHaveLength(5);
  });

  test("answers emptiness with nothing, which is a failure", async () => {
    const failure = await ask(" \n ").catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(RunError);
    expect((failure as RunError).type).toBe("model-empty");
  });

  test("speaks the protocol without a stream, lists itself and refuses the rest", async () => {
    const base = "http://practice.invalid/v1";
    const post = (path: string, body: unknown) =>
      practiceFetch(base + path, { method: "POST", body: JSON.stringify(body) });
    const whole = await post("/chat/completions", {
      messages: [{ role: "user", content: "rain" }],
    });
    expect((await whole.json()).choices[0].message.content).toMatch(/\brain/i);
    const models = await (await practiceFetch(`${base}/models`)).json();
    expect(models.data[0].id).toBe("practice");
    expect((await post("/chat/completions", { nothing: true })).status).toBe(400);
    expect((await post("/embeddings", {})).status).toBe(404);
  });
});

describe("practice prose", () => {
  const odd: Record<string, string> = {
    lighthouse: LIGHTHOUSE,
    "one word": "rain",
    "an unknown word": "Betrayal",
    bullets: "- Tom found a letter under the door\n- he burned it\n\n1. later: regret,",
    emoji: "🌧️🌧️ 💔",
    "a question": '"Where is he?" she asks. Mr. Bell shrugs -> kettle boils over',
    german: "Der Leuchtturm ist dunkel. Niemand war seit neun Tagen auf der Insel.",
    french: "Le phare est noir. Il n'y a personne dans la tour.",
    spanish: "El faro está oscuro. No hay nadie en la torre.",
    japanese: "雨。彼女は塔に登る。もう灯りがついている",
    arabic: "المطر يهطل. لا أحد في المنارة",
    "one endless sentence": "and then the tide came in ".repeat(800).slice(0, 20_000),
    "one endless word": "a".repeat(20_000),
    markup: "<notes> # Heading **bold** </notes> $& $1 {thing} [is|was]",
    windows: "Rain.\r\n\r\nMore rain.\r\n",
  };

  for (const [name, notes] of Object.entries(odd)) {
    test(`of ${name} is whole`, () => {
      const prose = practiceProse(notes, { words: 180, seed: SEED });
      expect(prose.trim()).toBe(prose);
      expect(prose.length).toBeGreaterThan(0);
      expect(prose).not.toContain("undefined");
      expect(prose).not.toMatch(/\n{3}| {2}/);
      if (name !== "markup") expect(prose).not.toMatch(/[[\]{}|]/);
    });
  }

  test("says no sentence twice, at any length", () => {
    for (const notes of [LIGHTHOUSE, "rain", odd.bullets!, odd.german!, odd["a question"]!]) {
      for (const words of [100, 1_000, 3_000]) {
        const sentences = sentencesOf(practiceProse(notes, { words, seed: SEED }));
        expect(sentences.filter((one, index) => sentences.indexOf(one) !== index)).toEqual([]);
      }
    }
  });

  test("of notes longer than the asked length keeps near it, from the first to the last", () => {
    const notes = Array.from({ length: 400 }, (_, index) => `Hester counts step ${index}.`).join(
      " ",
    );
    const prose = practiceProse(notes, { words: 200, seed: SEED });
    expect(near(countWords(prose), 200)).toBe(true);
    expect(prose).toContain("step 0.");
    expect(prose).toContain("step 399.");
  });

  test("follows the tense of the notes, or the one that is asked for", () => {
    const present = practiceProse("Dusk. Hester climbs up.", { words: 120, seed: SEED });
    const past = practiceProse("Dusk. Hester climbed up.", { words: 120, seed: SEED });
    expect(present).toMatch(/\bis\b/);
    expect(present).not.toMatch(/\bwas\b/);
    expect(past).toMatch(/\bwas\b/);
    expect(past).not.toMatch(/\bis\b/);
    const asked = practiceProse("rain", { words: 120, seed: SEED, tense: "present" });
    expect(asked).toMatch(/\bis\b/);
  });

  test("leaves other languages without English in them", () => {
    for (const name of ["german", "french", "spanish", "japanese", "arabic"]) {
      const prose = practiceProse(odd[name]!, { words: 180, seed: SEED });
      expect(prose).not.toMatch(/\b(?:the|and|was|there)\b/);
    }
  });

  test("keeps paragraphs of the notes apart", () => {
    const prose = practiceProse("Rain fell.\n\nTom went home.", { words: 40, seed: SEED });
    expect(prose).toMatch(/\n\nTom went home\./);
  });
});

describe("reading notes", () => {
  test("finds people where they act, and takes neither weather nor towns for people", () => {
    expect(peopleIn("Hester climbs and Tom Bell waits.")).toEqual(["Hester", "Bell"]);
    expect(peopleIn("Rain falls in London while Smoke climbs.")).toEqual([]);
    expect(peopleIn("Anna is dead.")).toEqual([]);
  });

  test("finds things only where they plainly end", () => {
    expect(thingsIn("Hester climbs to the gallery to light up.")).toEqual(["the gallery"]);
    expect(thingsIn("A letter, under the green door.")).toEqual(["the letter", "the green door"]);
    expect(thingsIn("The man walks. The old man walks home.")).toEqual([]);
  });

  test("tells languages and tenses apart", () => {
    expect(languageOf(LIGHTHOUSE)).toBe("en");
    expect(languageOf("rain")).toBe("en");
    expect(languageOf("Het licht is al aan. Niemand is op de rots geweest, maar het brandt.")).toBe(
      "other",
    );
    expect(languageOf("Маяк не горит.")).toBe("other");
    expect(tenseOf(LIGHTHOUSE)).toBe("present");
    expect(tenseOf("Hester climbed. The lamp was lit.")).toBe("past");
  });
});

test("every sentence of the stock is whole in both tenses", () => {
  const stock = [
    ...Object.values(phrases.OPENINGS).flat(),
    ...phrases.THEMES.flatMap(({ say }) => say),
    ...phrases.PASSAGES.flat(),
    ...phrases.ABOUT_THINGS,
    ...phrases.ABOUT_PEOPLE,
    ...phrases.ABOUT_SPANS,
    ...phrases.AFTER_FRAGMENTS,
    ...phrases.CLOSINGS,
  ];
  expect(new Set(stock).size).toBe(stock.length);
  for (const sentence of stock) {
    for (const tense of ["$1", "$2"]) {
      const told = sentence.replace(/\[([^|\]]+)\|([^\]]+)\]/g, tense).replace(/\{\w+\}/g, "It");
      expect(told).toMatch(/^[A-Z][^[\]{}|]*[.?!]$/);
      expect(told).not.toMatch(/ {2}|\b(\w+) \1\b/);
    }
  }
});

/** What of a book goes along with an ask, and what is told of it. */
import { describe, expect, test } from "bun:test";
import type {
  BlobIn,
  CompletionRequest,
  Place,
  RunContext,
  Schemas,
} from "../../src/processors/sdk.ts";
import { matchCodex } from "./codex.ts";
import type { ExpansionConfig } from "./config.ts";
import type { CodexShown, Part } from "./context.ts";
import expansion from "./index.ts";
import { endOf, tokensOf } from "./tokens.ts";

const NOTES = "The log. Hester reads it. The engine house.";

const paragraph = (text: string) => ({ type: "paragraph", content: [{ type: "text", text }] });
const passage = (id: string, prose: string, under?: string) => ({
  id,
  ...(under && { under }),
  notes: [],
  prose: prose === "" ? [] : prose.split("\n\n").map(paragraph),
});
const entry = (
  name: string,
  more: Partial<Schemas["codex-entry-v1"]> = {},
): BlobIn<"codex-entry-v1"> => blobOf("codex-entry-v1", "codex", { name, text: "…", ...more });

let made = 0;
function blobOf<Id extends keyof Schemas>(schema: Id, bucket: string, content: Schemas[Id]) {
  return { id: `b${++made}`, schema, bucket, root: "book", revision: 1, content, metadata: {} };
}

const summary = (chapter: string, text: string) =>
  blobOf("chapter-summary-v1", chapter, { text, chapter, chapterRevision: 1, model: "m" });

type World = {
  passages?: ReturnType<typeof passage>[];
  others?: BlobIn[];
  book?: Record<string, unknown>;
  config?: Partial<ExpansionConfig>;
  ask?: Partial<Schemas["text-input-v1"]>;
  metadata?: Record<string, unknown>;
};

type Recorded = {
  context: Part[];
  codex: CodexShown[];
  tokens: number;
  limit: number;
  answer: number;
};

/** What would be sent, and what is recorded of it. */
async function sent(world: World = {}) {
  const { passages = [], others = [], book = {}, config = {}, ask = {}, metadata = {} } = world;
  const chapter = blobOf("chapter-v1", "c3", {
    passages: passages as Schemas["chapter-v1"]["passages"],
    words: { notes: 0, prose: 0 },
  });
  const all = [chapter, ...others] as BlobIn[];
  const places: Place[] = [
    { id: "c3", type: "chapter", name: "Three", metadata: {} },
    {
      id: "book",
      type: "book",
      name: "The Salt Ledger",
      metadata: book,
      chapters: ["One", "Two", "Three", "Four"].map((name, at) => ({ id: `c${at + 1}`, name })),
    },
  ];
  let request: CompletionRequest | undefined;
  let record: Recorded | undefined;
  const context: RunContext<"text-input-v1", ExpansionConfig> = {
    blob: {
      ...blobOf("text-input-v1", "c3", { text: NOTES, ...ask }),
      metadata: { passage: "p9", ...metadata },
    },
    config,
    read: () => Promise.reject(new Error("it reads nothing by id")),
    find: async ({ schema, bucket }) =>
      all.filter((one) => one.schema === schema && (!bucket || one.bucket === bucket)),
    places: async () => places,
    files: {
      put: () => Promise.reject(new Error("it makes no files")),
      read: () => Promise.reject(new Error("it reads no files")),
    },
    record(value) {
      record = structuredClone(value) as Recorded;
    },
    llm: {
      async complete(asked) {
        request = asked;
        const usage = { inputTokens: 1, outputTokens: 1 };
        return { text: "It burned.", model: "m", practice: false, finish: "stop", usage };
      },
    },
    stream() {},
    progress() {},
    signal: new AbortController().signal,
    log: { info() {}, warn() {} },
  };
  await expansion.run(context);
  const [system, user] = request!.messages;
  return {
    system: system!.content,
    user: user!.content,
    ...record!,
    part: (id: string) => record!.context.find((one) => one.id === id),
  };
}

const words = (count: number, word = "word") => Array(count).fill(word).join(" ");

describe("the voice", () => {
  const book = {
    tense: "past",
    pointOfView: "close third, Hester",
    tone: "dry",
    style: "Short sentences.",
    bannedPhrases: ["a testament to", "delve"],
    language: "it",
    takeWords: 90,
  };

  test("is the book's where nothing nearer says otherwise", async () => {
    const { system, user } = await sent({ book });
    for (const line of [
      "Tell it in the past tense.",
      "Point of view: close third, Hester.",
      "Tone: dry.",
      "Style: Short sentences.",
      "Never write: “a testament to”, “delve”.",
      "Write in Italian.",
    ])
      expect(system).toContain(line);
    expect(user).not.toContain("Short sentences");
    expect(user).toContain("about 90 words");
    expect((await sent()).user).toContain("about 180 words");
  });

  test("is the run's settings' before the book's, and the ask's own style before both", async () => {
    const config = { tense: "present", style: "Long sentences." } as const;
    const { system } = await sent({ book, config });
    expect(system).toContain("present tense");
    expect(system).toContain("Style: Long sentences.");
    expect(system).toContain("Tone: dry.");
    const own = await sent({ book, config, ask: { style: "Spare." } });
    expect(own.system).not.toContain("sentences.");
    expect(own.user).toContain("It should sound like this: Spare.");
  });
});

describe("the context", () => {
  const passages = [
    passage("p1", "The lamp was burning."),
    passage("p2", "She measured the oil."),
    passage("p3", "Twice.", "p2"),
    passage("p4", ""),
    passage("p9", "What stands here already."),
    passage("p10", "What comes after."),
  ];

  test("has the passages before in full, in their order, and none behind", async () => {
    const { system, part } = await sent({ passages });
    expect(system).toEndWith(
      "<before>\nThe lamp was burning.\n\nShe measured the oil.\n\nTwice.\n</before>",
    );
    expect(system).not.toMatch(/What (stands here|comes)/);
    expect(part("passages")).toEqual({
      id: "passages",
      what: "Passages 1–2, in full",
      tokens: tokensOf(system.slice(system.indexOf("<before>\n"))),
      state: "included",
    });
  });

  test("has summaries of earlier chapters, the newest of each, in the order of the book", async () => {
    const others = [
      summary("c2", "Stores run low."),
      summary("c1", "The boat comes."),
      summary("c1", "An older one."),
      summary("c4", "Not yet."),
    ];
    const { system, part } = await sent({ others });
    expect(system).toContain(
      "<earlier-chapters>\n1, One: The boat comes.\n\n2, Two: Stores run low.\n</earlier-chapters>",
    );
    expect(part("summaries")).toMatchObject({
      what: "Chapters 1–2, summaries",
      state: "included",
    });
  });

  test("begins alike from ask to ask: what changes least goes first", async () => {
    const others = [entry("Abel Pryce", { pinned: true }), entry("Hester"), summary("c1", "Boat.")];
    const book = { voiceSample: "Winter came." };
    const { system } = await sent({ passages, others, book });
    const places = [
      "Answer with",
      "<sample>",
      "Abel Pryce:",
      "<earlier-chapters>",
      "Hester:",
      "<before>\n",
    ].map((words) => system.indexOf(words));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places.every((place) => place > 0)).toBe(true);
    const other = await sent({ passages, others, book, ask: { text: "Fog." } });
    const alike = [...system].findIndex((sign, at) => sign !== other.system[at]);
    expect(alike).toBeGreaterThan(system.indexOf("</earlier-chapters>"));
  });

  test("within its budget trims the oldest first, drops what has no room, and says so", async () => {
    const long = Array.from({ length: 6 }, (_, at) => passage(`l${at}`, `${at} ${words(400)}`));
    const others = [
      summary("c1", `old ${words(900)}`),
      summary("c2", `new ${words(600)}`),
      entry("Hester", { text: words(100) }),
    ];
    const found = await sent({
      passages: [...long, passage("p9", "")],
      others,
      book: { voiceSample: words(2_000) },
      config: { contextTokens: 6_000 },
    });
    expect(found.tokens).toBeLessThanOrEqual(found.limit - found.answer);
    expect(tokensOf(found.system) + tokensOf(found.user)).toBeLessThanOrEqual(found.tokens + 20);
    expect(found.part("codex")!.state).toBe("included");
    const kept = found.part("passages")!;
    expect(kept).toMatchObject({ what: "Passages 1–6", state: "trimmed" });
    expect(kept.tokens).toBeLessThan(kept.from!);
    expect(found.system).toContain("5 word");
    expect(found.system).not.toContain("\n0 word");
    expect(found.part("summaries")!.state).toBe("trimmed");
    expect(found.system).toContain("2, Two: new");
    expect(found.system).not.toContain("One: old");
    expect(found.part("sample")).toMatchObject({ state: "dropped" });
    expect(found.system).not.toContain("<sample>");
  });

  test("has what one wants along anyway, by the run's settings or by the ask", async () => {
    const book = { voiceSample: words(6_000) };
    expect((await sent({ book })).part("sample")!.state).toBe("dropped");
    for (const world of [
      { config: { include: ["sample"] } },
      { metadata: { include: ["sample"] } },
    ]) {
      const found = await sent({ book, ...world });
      expect(found.part("sample")!.state).toBe("included");
      expect(found.system).toContain("<sample>");
    }
  });

  test("has the end of a passage that is too long by itself", async () => {
    const prose = `${"A sentence of some words that is told. ".repeat(900)}The end.`;
    const { system, part } = await sent({ passages: [passage("p1", prose), passage("p9", "")] });
    expect(part("passages")!.state).toBe("trimmed");
    expect(system).toContain("<before>\nA sentence");
    expect(system).toEndWith("The end.\n</before>");
  });

  test("of words to rewrite is the codex and the voice, and nothing that is told before", async () => {
    const { system, user, context } = await sent({
      passages,
      others: [entry("Hester"), summary("c1", "Boat.")],
      metadata: { rewrites: { before: "She read.", after: "She slept." } },
    });
    expect(system).toContain("Hester:");
    expect(system).not.toContain("<earlier");
    expect(user).toStartWith("<before>\nShe read.\n</before>");
    expect(context.map(({ what }) => what)).toEqual([
      "Directions",
      "Words to rewrite",
      "Codex, 1 entry",
    ]);
  });

  test("fits what is kept with a run, however much of a book there is", async () => {
    const others = Array.from({ length: 500 }, (_, at) =>
      entry(`Name ${at}`, { text: words(300), pinned: true }),
    );
    const found = await sent({ others, config: { contextTokens: 200_000 } });
    expect(JSON.stringify(found).length - found.system.length - found.user.length).toBeLessThan(
      64 * 1024,
    );
    expect("messages" in found).toBe(false);
  });
});

describe("the codex", () => {
  const matched = (text: string, ...entries: BlobIn<"codex-entry-v1">[]) =>
    matchCodex(entries, text).map(({ entry, by }) => [entry.name, ...by]);

  test("matches whole words by name and alias, in any case, possessives too", () => {
    const hester = entry("Hester Tull", { aliases: ["Hester", "the keeper"] });
    expect(matched("HESTER’S boots; the  Keeper's coat", hester)).toEqual([
      ["Hester Tull", "Hester", "the keeper"],
    ]);
    expect(matched("unhesterly Hestering keepers", hester)).toEqual([]);
    expect(matched("the Tulls’ house", entry("Tull"))).toEqual([["Tull", "Tull"]]);
  });

  test("takes the longest of several names", () => {
    const all = [entry("Engine"), entry("Engine house")];
    expect(matched("The engine house.", ...all)).toEqual([["Engine house", "Engine house"]]);
    expect(matched("The engine house, its engine.", ...all)).toHaveLength(2);
  });

  test("knows letters of every script, however they are composed, and those without spaces", () => {
    expect(matched("e\u0301lodie", entry("Élodie"))).toHaveLength(1);
    expect(matched("那里是灯塔守望者。", entry("灯塔"))).toHaveLength(1);
    expect(matched("Маяк погас", entry("маяк"))).toHaveLength(1);
    expect(matched("(St. X.) O'Neil", entry("St. X"), entry("O’Neil"))).toHaveLength(2);
  });

  test("has what is pinned first, whether it comes up or not", () => {
    expect(matched("Hester.", entry("Hester"), entry("Zed", { pinned: true }))).toEqual([
      ["Zed"],
      ["Hester", "Hester"],
    ]);
  });
});

test("tokens are about four characters, or one Chinese sign", () => {
  expect(tokensOf("abcdefgh")).toBe(2);
  expect(tokensOf("灯塔守望者")).toBe(5);
  expect(endOf("One two.\n\nThree four.\n\nFive.", 6)).toBe("Three four.\n\nFive.");
  expect(endOf(`${"One two three. ".repeat(9)}Last words.`, 7)).toBe("One two three. Last words.");
  expect(endOf("unbroken".repeat(40), 3)).toBe("");
});

import { expect, test } from "bun:test";
import { BadEnvironment, misspelt, readEnv } from "./env.ts";

function problemsOf(source: Record<string, string>): string[] {
  try {
    readEnv(source);
  } catch (error) {
    if (error instanceof BadEnvironment) return error.problems;
    throw error;
  }
  return [];
}

test("an empty environment is a studio on this machine alone", () => {
  expect(readEnv({}, "/somewhere")).toEqual({
    port: 3000,
    host: "127.0.0.1",
    dataFolder: "/somewhere/data",
    databaseUrl: undefined,
    natsUrl: undefined,
    roles: new Set(["web", "worker", "relay"] as const),
    model: { practice: true },
    secret: undefined,
    signup: "invite",
    publicUrl: undefined,
    trustedProxy: false,
    s3: undefined,
    fileLimit: 2_147_483_648,
    logLevel: "info",
  });
});

test("empty variables count as unset", () => {
  const names =
    "PORT HOST REYNA_DATA DATABASE_URL NATS_URL ROLES OPENAI_API_KEY OPENAI_BASE_URL OPENAI_MODEL REYNA_SECRET REYNA_SIGNUP REYNA_PUBLIC_URL REYNA_TRUSTED_PROXY LOG_LEVEL";
  const empty = Object.fromEntries(names.split(" ").map((name) => [name, " "]));
  expect(readEnv(empty)).toEqual(readEnv({}));
});

test("each bad variable has its sentence", () => {
  const bad = {
    PORT: ["http", "70000", "-1", "80.5", "0x50"],
    ROLES: ["web,worker,relay,cook"],
    DATABASE_URL: ["mysql://db", "db:5432"],
    NATS_URL: ["http://nats:4222"],
    REYNA_SIGNUP: ["closed"],
    REYNA_SECRET: ["short"],
    REYNA_TRUSTED_PROXY: ["nginx"],
    REYNA_PUBLIC_URL: ["studio.example"],
    OPENAI_BASE_URL: ["localhost:11434/v1"],
    LOG_LEVEL: ["loud"],
  };
  for (const [name, values] of Object.entries(bad))
    for (const value of values) {
      const mine = problemsOf({ [name]: value }).filter((problem) => problem.includes(name));
      expect({ name, value, mine }).toMatchObject({ mine: [expect.any(String)] });
    }
});

test("all that is wrong is said at once", () => {
  const problems = problemsOf({ PORT: "x", REYNA_SIGNUP: "x", LOG_LEVEL: "x" });
  expect(problems).toHaveLength(3);
  expect(() => readEnv({ PORT: "x", LOG_LEVEL: "y" })).toThrow(/PORT.*LOG_LEVEL/s);
});

const database = { DATABASE_URL: "postgres://user@db/reyna" };
const nats = { NATS_URL: "nats://broker:4222" };

test("a bus without a shared database is refused", () => {
  expect(problemsOf(nats)).toMatchObject([expect.stringContaining("DATABASE_URL")]);
  expect(readEnv({ ...nats, ...database })).toMatchObject({
    natsUrl: nats.NATS_URL,
    databaseUrl: database.DATABASE_URL,
  });
  expect(problemsOf(database)).toEqual([]);
});

test("roles are divided only where processes can meet", () => {
  for (const parts of [{}, database])
    expect(problemsOf({ ...parts, ROLES: "web" })).toMatchObject([
      expect.stringContaining("ROLES"),
    ]);
  expect(problemsOf({ ...nats, ROLES: "web" })).toHaveLength(2);
  expect(readEnv({ ...nats, ...database, ROLES: " worker , relay " }).roles).toEqual(
    new Set(["worker", "relay"] as const),
  );
  expect(problemsOf({ ROLES: "relay,web,worker" })).toEqual([]);
});

test("a model is a name and where it is", () => {
  const model = (source: Record<string, string>) => readEnv(source).model;
  expect(model({ OPENAI_API_KEY: "sk-1", OPENAI_MODEL: "gpt" })).toEqual({
    baseUrl: "https://api.openai.com/v1",
    apiKey: "sk-1",
    model: "gpt",
  });
  // As typed: no slash is added or taken away.
  expect(model({ OPENAI_BASE_URL: "http://127.0.0.1:11434/v1/", OPENAI_MODEL: "local" })).toEqual({
    baseUrl: "http://127.0.0.1:11434/v1/",
    model: "local",
  });
  for (const half of [
    { OPENAI_API_KEY: "sk-1" },
    { OPENAI_BASE_URL: "http://127.0.0.1/v1" },
    { OPENAI_MODEL: "gpt" },
  ] as Record<string, string>[])
    expect(problemsOf(half)).toMatchObject([expect.stringContaining("OPENAI_MODEL")]);
});

test("a proxy is believed only where the operator says so", () => {
  for (const yes of ["1", "true", "YES"])
    expect(readEnv({ REYNA_TRUSTED_PROXY: yes }).trustedProxy).toBe(true);
  for (const no of ["0", "false", "no"])
    expect(readEnv({ REYNA_TRUSTED_PROXY: no }).trustedProxy).toBe(false);
});

test("a name that only looks like a setting is told", () => {
  const source = {
    REYNA_SINGUP: "open",
    REYNA_SIGNUP: "open",
    REYNA_DOMAIN: "x.org",
    PATH: "/bin",
  };
  expect(misspelt(source)).toEqual(["REYNA_SINGUP"]);
});

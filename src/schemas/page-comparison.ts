/** Two versions of a schema beside each other, and what the newer one does to documents. */
import type { AccountActor } from "../access.ts";
import type { Db } from "../database.ts";
import { canonicalJson } from "../json.ts";
import type { FieldError } from "../problem.ts";
import { compareWith } from "./comparison.ts";
import type { Incompatibility, Level } from "./compatibility/check.ts";
import type { Policy } from "./compatibility/contain.ts";
import { type Confined, openConfined } from "./confined/confined.ts";
import { answerOf } from "./confined/problem.ts";
import { errorsIn, type Held } from "./holding.ts";
import type { Apart } from "./page-apart.ts";
import type { Change } from "./page-changes.ts";
import { type DocumentCounts, readDocuments } from "./page-documents.ts";
import { alone, type Counted, effectsOf, refuses, type Told } from "./page-effects.ts";
import type { FieldRow } from "./page-fields.ts";
import type { Aligned } from "./page-rows.ts";
import type { Sample } from "./page-sample.ts";
import type { Pins } from "./pins.ts";
import { othersOf, type SchemaVersion } from "./versions.ts";

/** What counting the documents that a version refuses may take, in milliseconds. */
const COUNT_MS = 2_000;
/** What laying two versions side by side may take, in milliseconds. */
const APART_MS = 2_000;
/** What looking for the document that is shown may take, in milliseconds. */
const SAMPLE_MS = 1_000;
/** Examples that are looked at for the one that is shown. */
const MOST_EXAMPLES = 20;

/** A version, or what might become the next one: a draft has no date. */
export type Side = {
  version: number;
  source: string;
  pins: Pins;
  isOurs: boolean;
  at: string | null;
  deprecatedAt: string | null;
};

export type Refusal = {
  /** The version that takes the document, and the one that refuses it. */
  taker: number;
  refuser: number;
  /** How many rules do. */
  rules: number;
  /** Of those, what could not be decided. */
  undecided: number;
  sample: Sample | null;
  /** What would have to be otherwise, in the checker's words. */
  messages: string[];
};

export type Compared = {
  before: Side;
  after: Side;
  isDraft: boolean;
  level: Level;
  against: "latest" | "all" | number;
  policy: Policy;
  fields: Aligned<FieldRow>[];
  lines: Aligned<string>[] | null;
  /** They are too long to be laid side by side in time: there are neither rows nor changes. */
  isTooLong: boolean;
  told: Told[];
  /** Null: it could not be counted in time. */
  counted: Pick<Counted, "looked" | "refused" | "isPart"> | null;
  refusal: Refusal | null;
};

export type Asked = {
  name: string;
  before: SchemaVersion;
  after: Side;
  isDraft: boolean;
  level: Level;
  policy: Policy;
  against: Compared["against"];
  /** What a draft is to be held to. */
  versions: readonly SchemaVersion[];
  counts: DocumentCounts;
  /** Whether the lines of the JSON are shown. */
  asLines: boolean;
};

/** A process of its own: counting holds nobody up. */
let shared: Confined | undefined;
const confined = (): Confined => (shared ??= openConfined());

/** @throws 503 when too many wait */
export async function compareSides(db: Db, actor: AccountActor, asked: Asked): Promise<Compared> {
  const { before, after, level, policy, versions } = asked;
  const candidate = { schema: JSON.parse(after.source) as unknown, pins: after.pins };
  const [{ errors: findings }, apart, further] = await Promise.all([
    // Both ways, whatever the level: a change that widens is told as well.
    compareWith(db, { candidate, versions: [before], level: "FULL", policy }),
    apartOf(before.source, asked),
    isOnlyBefore(asked) ? null : compareWith(db, { candidate, versions, level, policy }),
  ]);
  const breaks = further?.errors ?? findings.filter((finding) => refuses(level, finding));
  const { changes, ...rows } = apart ?? { changes: [], fields: [], lines: null };
  const [counted, refusal] = await Promise.all([
    countRefused(db, actor, asked, changes),
    refusalOf(db, asked, breaks),
  ]);
  const others = breaks.filter(({ against }) => against !== before.version);
  return {
    before: sideOf(before),
    after,
    isDraft: asked.isDraft,
    level,
    against: asked.against,
    policy,
    ...rows,
    isTooLong: apart === null,
    told: [
      ...effectsOf(changes, findings, level, counted),
      ...others.map((finding) => alone(finding, level)),
    ],
    counted,
    refusal,
  };
}

/** A draft may be held to other versions than the one it stands beside. */
const isOnlyBefore = ({ versions, before }: Asked) =>
  versions.length === 1 && versions[0]!.version === before.version;

export function sideOf({ version, source, pins, owner, createdAt, deprecatedAt }: SchemaVersion) {
  return {
    version,
    source,
    pins,
    isOurs: owner === null,
    at: createdAt.toISOString(),
    deprecatedAt: deprecatedAt?.toISOString() ?? null,
  } satisfies Side;
}

/** Null: it took too long. @throws 503 when too many wait */
async function apartOf(before: string, { after, asLines }: Asked): Promise<Apart | null> {
  const input = { before, after: after.source, asLines };
  const outcome = await answerOf(confined().ask("apart", input, APART_MS));
  return outcome.kind === "done" ? outcome.answer : null;
}

async function countRefused(
  db: Db,
  actor: AccountActor,
  { name, before, after, counts }: Asked,
  changes: readonly Change[],
): Promise<Counted | null> {
  const nobody = { looked: 0, refused: 0, byChange: changes.map(() => 0), isPart: false };
  if (!counts.get(before.version)) return nobody;
  const { texts, isPart } = await readDocuments(db, actor, name, before.version);
  if (texts.length === 0) return isPart ? null : nobody;
  const { source, pins } = after;
  const bundle = { source, pins, others: await othersOf(db, pins) };
  try {
    const outcome = await confined().ask(
      "count",
      {
        bundle,
        documents: texts,
        changes: changes.map(({ places, dropped }) => ({ places, dropped })),
      },
      COUNT_MS,
    );
    return outcome.kind === "done" ? { ...outcome.answer, looked: texts.length, isPart } : null;
  } catch {
    // Too busy, or not a schema that ajv reads: the page stands without the figures.
    return null;
  }
}

async function refusalOf(
  db: Db,
  { before, after, versions }: Asked,
  breaks: readonly Incompatibility[],
): Promise<Refusal | null> {
  const [first] = breaks.toSorted(
    (a, b) => Number(b.example !== undefined) - Number(a.example !== undefined),
  );
  if (!first) return null;
  const older = versions.find(({ version }) => version === first.against) ?? before;
  const [taker, refuser] =
    first.direction === "backward" ? [sideOf(older), after] : [after, sideOf(older)];
  const alike = breaks.filter(
    ({ against, direction }) => against === first.against && direction === first.direction,
  );
  const examples = alike.flatMap((one) => ("example" in one ? [one.example] : []));
  return {
    taker: taker.version,
    refuser: refuser.version,
    rules: breaks.length,
    undecided: breaks.filter(({ rule }) => rule === "undecided").length,
    sample: await sampleBy(db, examples.slice(0, MOST_EXAMPLES), taker, refuser),
    messages: alike.map(({ message }) => message),
  };
}

/** Null: none was found in time. */
async function sampleBy(
  db: Db,
  examples: readonly unknown[],
  taker: Side,
  refuser: Side,
): Promise<Sample | null> {
  if (examples.length === 0) return null;
  const keyed = async (side: Side) => {
    const { source, pins } = side;
    return { key: keyOf(side), bundle: { source, pins, others: await othersOf(db, pins) } };
  };
  const order = JSON.parse(taker.source) as unknown;
  const input = { examples, order, taker: await keyed(taker), refuser: await keyed(refuser) };
  try {
    const outcome = await confined().ask("sample", input, SAMPLE_MS);
    return outcome.kind === "done" ? outcome.answer : null;
  } catch {
    // Too busy, or not a schema that ajv reads: the checker's sentences stand alone.
    return null;
  }
}

/** @throws 503 when too many wait */
export async function errorsBy(db: Db, side: Side, document: unknown): Promise<FieldError[]> {
  return errorsIn(heldOf(side), document, () => othersOf(db, side.pins));
}

const heldOf = (side: Side): Held => ({ ...side, key: keyOf(side) });

const keyOf = ({ source, pins }: Side): string =>
  `page ${Bun.hash(canonicalJson([source, pins])).toString(36)}`;

/**
 * Holding content to a registered schema: at once to the studio's own, which are few, known and warm;
 * to what people wrote in a process that may be ended, since their rules may never end by themselves.
 */
import { canonicalJson } from "../json.ts";
import type { FieldError } from "../problem.ts";
import type { Bundle, Source } from "./confined/compiled.ts";
import { type Confined, openConfined } from "./confined/confined.ts";
import { answerOf } from "./confined/problem.ts";
import { validate } from "./validation.ts";

/** What holding one content to one schema may take, in milliseconds. */
const DEADLINE_MS = 2_000;
/** What reading and compiling a schema may take, in milliseconds. */
const EXAMINATION_MS = 4_000;

export type Held = Source & {
  /** One of the studio's files, which need no confinement. */
  isOurs: boolean;
  /** Equal for equal schemas. */
  key: string;
};

/** One for the process, apart from the one that compares: a hard comparison keeps no content waiting. */
let shared: Confined | undefined;
const confined = (): Confined => (shared ??= openConfined());

/**
 * The errors of `content`, at most a hundred, by pointer into it.
 * @param others loads the schemas that this one refers to; called only when it is not compiled yet
 * @throws 503 when too many wait
 */
export function errorsIn(
  schema: Held,
  content: unknown,
  others: () => Promise<Record<string, Source>>,
): FieldError[] | Promise<FieldError[]> {
  if (schema.isOurs) return validate(schema.source, content);
  return confinedErrors(schema, content, others);
}

async function confinedErrors(
  { key, source, pins }: Held,
  content: unknown,
  others: () => Promise<Record<string, Source>>,
): Promise<FieldError[]> {
  const ask = (bundle?: Bundle) =>
    answerOf(confined().ask("validate", { key, content, bundle }, DEADLINE_MS));
  let outcome = await ask();
  if (outcome.kind === "done" && outcome.answer === undefined)
    outcome = await ask({ source, pins, others: await others() });
  if (outcome.kind === "done") return outcome.answer ?? [];
  const message = "takes too long to be held to this schema: its rules are too hard to check";
  return [{ pointer: "", rule: "deadline", message }];
}

/** Equal for what people wrote alike, with references that mean the same. */
export const keyOf = ({ source, pins }: Source): string =>
  Bun.hash(canonicalJson([source, pins])).toString(36);

/**
 * What keeps a schema from being used, by pointer into it; nothing when it can be, and then it is compiled.
 * @throws 503
 */
export async function examine(bundle: Bundle): Promise<FieldError[]> {
  const input = { bundle, key: keyOf(bundle) };
  const outcome = await answerOf(confined().ask("examine", input, EXAMINATION_MS));
  if (outcome.kind === "done") return outcome.answer;
  return [
    { pointer: "", rule: "deadline", message: "takes too long, or too much memory, to read" },
  ];
}

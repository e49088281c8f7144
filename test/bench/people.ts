/** Twenty people in one chapter: from a keystroke until another one's document has it. */
import type { Client } from "../support/client.ts";
import { type Spread, spread, start } from "./measure.ts";

export const PEOPLE = 20;

/** At the studio, and before and behind it at a Hocuspocus that keeps nothing, with the same writers. */
export async function benchPeople(
  { url, token }: Client,
  chapter: string,
): Promise<{ seen: Spread; plain: Spread }> {
  const bare = await start("./plain-hocuspocus.ts", {});
  const variables = { STUDIO: url, TOKEN: token, CHAPTER: chapter, PEOPLE: String(PEOPLE) };
  const before = await times({ ...variables, PLAIN: bare.url });
  const seen = await times(variables);
  const behind = await times({ ...variables, PLAIN: bare.url });
  await bare.stop();
  return { seen: spread(seen), plain: spread([...before, ...behind]) };
}

async function times(variables: Record<string, string>): Promise<number[]> {
  const writers = await start("./writers.ts", variables);
  const [, last] = /^times (.*)$/m.exec(await writers.said())!;
  return JSON.parse(last!) as number[];
}

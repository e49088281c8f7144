/** Whether a model may be used below a root: its owner says so for the whole of it. */
import { eq } from "drizzle-orm";
import { buckets } from "../../drizzle/tables.ts";
import type { Db } from "../database.ts";
import { conflict } from "../problem.ts";

/** @throws 409 `ai-off` */
export async function requireAi(db: Db, root: string): Promise<void> {
  const [row] = await db.select({ ai: buckets.ai }).from(buckets).where(eq(buckets.id, root));
  if (!row?.ai)
    throw conflict("ai-off", "AI is off here", "Its owner switched AI off for the whole book.");
}

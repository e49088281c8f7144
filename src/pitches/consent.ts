/** The pitch builder uses a model and reads the whole book, so it acts only where an owner has asked for it. */
import { and, eq } from "drizzle-orm";
import { processorConsents } from "../../drizzle/tables.ts";
import type { AccountActor } from "../access.ts";
import type { BucketSeen } from "../buckets/buckets.ts";
import type { Db } from "../database.ts";
import { conflict } from "../problem.ts";
import { consentTo } from "../processors/settings.ts";

const BUILDER = "pitch-builder";

/**
 * An owner's first draft is their word that it may; the page says so beside the button. What an owner has switched off
 * stays off.
 * @throws 409 `not-enabled`
 */
export async function requireBuilder(
  db: Db,
  actor: AccountActor,
  pitch: BucketSeen,
): Promise<void> {
  const [consent] = await db
    .select({ enabled: processorConsents.enabled })
    .from(processorConsents)
    .where(and(eq(processorConsents.root, pitch.root), eq(processorConsents.processor, BUILDER)));
  if (consent?.enabled) return;
  if (consent || pitch.role !== "owner")
    throw conflict(
      "not-enabled",
      "The pitch builder is not enabled here",
      "It reads the whole book, so an owner has to ask for the first draft.",
    );
  // It has no settings, so nothing of it is sealed.
  await consentTo(db, actor, "", pitch.root, BUILDER, { enabled: true });
}

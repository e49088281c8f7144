/**
 * Whether a processor acts below a root. Its manifest says what it would do, an administrator may say otherwise for the
 * installation, an owner for a root; the SQL is over `processors` as `c` and `processor_consents` as `s`, which may be absent.
 */
import { and, eq, sql } from "drizzle-orm";
import { buckets, processorConsents, type processors } from "../../drizzle/tables.ts";
import type { Db } from "../database.ts";
import { conflict } from "../problem.ts";

/** An owner wants it here, and no administrator has switched it off. */
export const isEnabled = sql`(c.disabled_at is null and coalesce(s.enabled, c.open))`;

export const isOnCreate = sql`coalesce(s.trigger, c.set_trigger, c.trigger) = 'on-create'`;

/** The layers of settings without a run's own; the later wins. */
export const settings = sql`(coalesce(c.set_config, '{}') || coalesce(s.config, '{}'))`;

type Installed = typeof processors.$inferSelect;

/** @throws 409 `disabled`, `not-enabled`, `ai-off` */
export async function requireActing(db: Db, processor: Installed, root: string): Promise<void> {
  if (processor.disabledAt)
    throw conflict(
      "disabled",
      `${processor.title} is switched off`,
      "An administrator switched it off for the whole studio.",
    );
  const [place] = await db
    .select({ ai: buckets.ai, enabled: processorConsents.enabled })
    .from(buckets)
    .leftJoin(
      processorConsents,
      and(eq(processorConsents.root, buckets.id), eq(processorConsents.processor, processor.id)),
    )
    .where(eq(buckets.id, root));
  if (processor.permissions.includes("model") && !place?.ai)
    throw conflict("ai-off", "AI is off here", "Its owner switched AI off for the whole book.");
  if (!(place?.enabled ?? processor.open))
    throw conflict(
      "not-enabled",
      `${processor.title} is not enabled here`,
      "An owner has to enable it for the whole book first.",
    );
}

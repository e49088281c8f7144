/** What administrators say of a processor for the installation, and owners for a root. */
import { and, asc, eq, sql } from "drizzle-orm";
import { processorConsents, processors, processorVersions } from "../../drizzle/tables.ts";
import { type AccountActor, nameOf, requireAdministrator, requireOwner } from "../access.ts";
import { findBucket } from "../buckets/buckets.ts";
import { requireRoot } from "../buckets/members.ts";
import { type Db, type Tx, transact } from "../database.ts";
import { conflict, notFound } from "../problem.ts";
import { wakeQueued } from "../runs/held.ts";
import { circleThrough, type Link } from "./circles.ts";
import { type Config, keptConfig, shownConfig } from "./config.ts";

type Installed = typeof processors.$inferSelect;
type Trigger = "on-create" | "on-request";
type Consent = typeof processorConsents.$inferSelect;

export type ProcessorChange = {
  enabled?: boolean | undefined;
  /** Queued runs wait; those that run end. */
  paused?: boolean | undefined;
  /** Null: as the manifest says. */
  trigger?: Trigger | null | undefined;
  config?: Config | undefined;
};

export type ConsentDraft = {
  enabled: boolean;
  trigger?: Trigger | null | undefined;
  config?: Config | undefined;
};

/**
 * Changes a processor for the whole installation; what is not named stays.
 * @param secret seals secrets in its settings.
 * @throws 403, 404; 409 `cycle`; 422 for a config that does not fit
 */
export async function changeProcessor(
  db: Db,
  actor: AccountActor,
  secret: string,
  id: string,
  change: ProcessorChange,
): Promise<Installed> {
  requireAdministrator(actor);
  return transact(db, async (tx) => {
    const before = await findInstalled(tx, id);
    const { enabled, paused, trigger, config } = change;
    const [after] = await tx
      .update(processors)
      .set({
        ...(enabled === undefined ? {} : since(!enabled, before.disabledAt, "disabled", actor)),
        ...(paused === undefined ? {} : since(paused, before.pausedAt, "paused", actor)),
        ...(trigger === undefined ? {} : { setTrigger: trigger }),
        ...(config === undefined
          ? {}
          : { setConfig: keptConfig(secret, before.config, config, before.setConfig) }),
        id,
      })
      .where(eq(processors.id, id))
      .returning();
    if (enabled || trigger === "on-create") await requireNoCircle(tx, after!, null);
    const waited = before.pausedAt ?? before.disabledAt;
    if (waited && !after!.pausedAt && !after!.disabledAt) await wakeQueued(tx, id);
    return after!;
  });
}

/** A state that says since when and by whom; one that holds already is left as it is. */
function since(
  holds: boolean,
  standing: Date | null,
  name: "disabled" | "paused",
  actor: AccountActor,
) {
  if (holds && standing) return {};
  return {
    [`${name}At`]: holds ? sql`now()` : null,
    [`${name}By`]: holds ? nameOf(actor) : null,
  };
}

/**
 * Says for a root whether and how a processor acts there. The whole of it is replaced, but for secrets that are not named.
 * @throws 404, 403; 409 `not-root`, `cycle`; 422
 */
export async function consentTo(
  db: Db,
  actor: AccountActor,
  secret: string,
  root: string,
  id: string,
  { enabled, trigger = null, config = {} }: ConsentDraft,
): Promise<StandingAt> {
  return transact(db, async (tx) => {
    await requireOwnedRoot(tx, actor, root);
    const processor = await findInstalled(tx, id);
    const [before] = await tx
      .select()
      .from(processorConsents)
      .where(and(eq(processorConsents.root, root), eq(processorConsents.processor, id)));
    const row = {
      enabled,
      trigger,
      config: keptConfig(secret, processor.config, config, before?.config ?? {}),
      setBy: nameOf(actor),
      setAt: new Date(),
    };
    const [consent] = await tx
      .insert(processorConsents)
      .values({ root, processor: id, ...row })
      .onConflictDoUpdate({
        target: [processorConsents.root, processorConsents.processor],
        set: row,
      })
      .returning();
    if (enabled) await requireNoCircle(tx, processor, root);
    return { processor, consent: consent! };
  });
}

export type StandingAt = { processor: Installed; consent: Consent | null };

/** All that are installed, and what is said of them for a root. @throws 404; 409 `not-root` */
export async function listStanding(
  db: Db,
  actor: AccountActor,
  root: string,
): Promise<StandingAt[]> {
  const bucket = await findBucket(db, actor, root);
  requireRoot(bucket);
  return db
    .select({ processor: processors, consent: processorConsents })
    .from(processors)
    .leftJoin(
      processorConsents,
      and(eq(processorConsents.processor, processors.id), eq(processorConsents.root, root)),
    )
    .orderBy(asc(processors.id));
}

/** Every version that was ever installed, with its manifest, oldest first. @throws 404 */
export async function listVersions(db: Db, id: string) {
  const found = await db
    .select()
    .from(processorVersions)
    .where(eq(processorVersions.processor, id))
    .orderBy(asc(processorVersions.installedAt));
  if (found.length === 0) throw notFound("This processor");
  return found.map(({ version, manifest, installedAt }) => ({ version, manifest, installedAt }));
}

/** @throws 404, 403; 409 `not-root` */
export async function requireOwnedRoot(db: Db, actor: AccountActor, root: string): Promise<void> {
  const bucket = await findBucket(db, actor, root);
  requireOwner(bucket.role);
  requireRoot(bucket);
}

/** @throws 404 */
export async function findInstalled(db: Db, id: string): Promise<Installed> {
  const [found] = await db.select().from(processors).where(eq(processors.id, id));
  if (!found) throw notFound("This processor");
  return found;
}

/** @param root where it would go round; null: wherever no owner has said anything. @throws 409 `cycle` */
async function requireNoCircle(tx: Tx, { id, title }: Installed, root: string | null) {
  const { rows } = await tx.execute<Link>(sql`
    select c.id, c.inputs, c.output, c.states_hops as stops
    from processors c left join processor_consents s on s.processor = c.id and s.root = ${root}
    where c.disabled_at is null and coalesce(s.enabled, c.open or c.id = ${id})
      and coalesce(s.trigger, c.set_trigger, c.trigger) = 'on-create'`);
  const circle = circleThrough(id, rows);
  if (!circle) return;
  const way = [...circle, id].join(" → ");
  throw conflict(
    "cycle",
    `${title} would trigger itself for ever`,
    `What it makes comes back to it: ${way}. Set the trigger of one of them to on-request, or have its manifest state maxHops.`,
  );
}

/** As the API shows what is set for the installation. */
export function settingsView(processor: Installed) {
  const { id, version, title, disabledAt, disabledBy, pausedAt, pausedBy } = processor;
  return {
    id,
    version,
    title,
    enabled: disabledAt === null,
    paused: pausedAt !== null,
    trigger: processor.setTrigger ?? processor.trigger,
    ...shownConfig(processor.config, processor.setConfig),
    ...(disabledAt ? { disabledAt, disabledBy } : {}),
    ...(pausedAt ? { pausedAt, pausedBy } : {}),
  };
}

/** As the API shows what holds at a root. */
export function standingView({ processor, consent }: StandingAt) {
  const { id, version, title, permissions } = processor;
  return {
    processor: id,
    version,
    title,
    permissions,
    enabled: processor.disabledAt === null && (consent?.enabled ?? processor.open),
    trigger: consent?.trigger ?? processor.setTrigger ?? processor.trigger,
    ...shownConfig(processor.config, consent?.config ?? {}),
    setBy: consent?.setBy ?? null,
    setAt: consent?.setAt ?? null,
  };
}

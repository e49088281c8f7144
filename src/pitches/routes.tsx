/** The page of a pitch and what its buttons do. The public way to the same things is under /api. */
import { eq } from "drizzle-orm";
import { Hono } from "hono";
import { accounts } from "../../drizzle/tables.ts";
import { ExpandingCountUpdate } from "../../views/chapters/page.tsx";
import { PassageUpdate } from "../../views/chapters/passage.tsx";
import { isExpanding, type PassageView } from "../../views/chapters/passage-view.ts";
import { PitchPage } from "../../views/pitches/page.tsx";
import { SourcesUpdate } from "../../views/pitches/sources.tsx";
import { mayWrite } from "../access.ts";
import { panesOf, readState } from "../accounts/state.ts";
import type { Assets } from "../assets.ts";
import { type BucketSeen, findBucket } from "../buckets/buckets.ts";
import type { Database } from "../database.ts";
import { findDocument } from "../documents/log.ts";
import type { Documents } from "../documents/open.ts";
import type { Reading } from "../documents/reading.ts";
import {
  findDocumentBucket,
  requireWritable,
  settleDocument,
  writeDocument,
} from "../documents/write.ts";
import type { Feed } from "../events/feed.ts";
import { actorOf, formOf, type Http, type HttpContext } from "../http.ts";
import { once } from "../idempotency.ts";
import type { Models } from "../llm/models.ts";
import { costOf, dollars } from "../llm/spending.ts";
import { invalid, notFound } from "../problem.ts";
import { usageOf } from "./cost.ts";
import { askForDrafts, DRAFTED } from "./drafts.ts";
import { sectionViews, sourcesProps } from "./page.tsx";
import { type PitchState, readPitch, rebuiltBy, unwrittenIn } from "./pitch.ts";
import { insertSection, ownKey, placeFor } from "./sections.ts";
import { templateOf } from "./templates.ts";

export type PitchParts = {
  db: Database;
  documents: Documents;
  reading: Reading;
  feed: Feed;
  assets: Assets;
  models: Pick<Models, "of">;
  /** The passages of a document as a chapter's page shows them. */
  passagesOf(document: string): Promise<PassageView[]>;
};

export function pitchRoutes(parts: PitchParts) {
  const { db, documents, reading, models, passagesOf } = parts;

  async function findPitch(c: HttpContext): Promise<BucketSeen> {
    const pitch = await findDocumentBucket(db, actorOf(c), c.req.param("id")!);
    if (pitch.type !== "pitch") throw notFound("This pitch");
    return pitch;
  }

  /** Of what the button at the sources asks for; null where prices are not known. */
  async function priceOf(account: string, state: PitchState): Promise<string | null> {
    const { prices } = await models.of(account).catch(() => ({ prices: null }));
    const touched = rebuiltBy(state);
    const asked = touched.length > 0 ? touched : unwrittenIn(state);
    const cost = costOf(usageOf(state, asked), prices);
    return cost === null ? null : dollars(cost);
  }

  async function sourcesOf(c: HttpContext, pitch: BucketSeen) {
    const root = await findBucket(db, actorOf(c), pitch.root);
    const state = await readPitch(db, reading, pitch);
    const may = {
      mayWrite: mayWrite(pitch.role) && !pitch.trashedAt,
      isAiOn: root.ai,
      price: await priceOf(actorOf(c).account, state),
    };
    return { state, may, sources: sourcesProps(pitch.id, state, may) };
  }

  return new Hono<Http>()
    .get("/pitches/:id", async (c) => {
      const actor = actorOf(c);
      // Before anything is read: what happens from here on, the socket tells.
      const since = `${parts.feed.epoch}:${parts.feed.offset}`;
      const pitch = await findPitch(c);
      const { state, may, sources } = await sourcesOf(c, pitch);
      const [account] = await db.select().from(accounts).where(eq(accounts.id, actor.account));
      const language = pitch.metadata.language ?? state.book?.metadata.language;
      const passages = await passagesOf(pitch.id);
      // For the service worker, which keeps the pages of accounts apart.
      c.header("reyna-account", actor.account);
      return c.html(
        <PitchPage
          assets={parts.assets}
          account={account!}
          pitch={{
            id: pitch.id,
            name: pitch.name,
            template: state.template.title,
            isTrashed: pitch.trashedAt !== null,
            ...(typeof language === "string" ? { language } : {}),
          }}
          sections={sectionViews(state)}
          missing={state.missing.map(({ key, title }) => ({ key, title }))}
          sources={sources}
          passages={passages}
          state={await reading.state(db, pitch.id)}
          mayWrite={may.mayWrite}
          since={since}
          savedAt={(await findDocument(db, pitch.id))?.updatedAt.toISOString() ?? null}
          panes={panesOf(await readState(db, actor))}
        />,
      );
    })
    .post("/pitches/:id/drafts", async (c) => {
      const actor = actorOf(c);
      const pitch = await findPitch(c);
      await requireWritable(db, actor, pitch.id);
      const { which } = await formOf(c);
      const drafted = DRAFTED.find((one) => one === which);
      if (!drafted)
        throw invalid([
          { pointer: "/which", rule: "enum", message: "is touched, unwritten or all" },
        ]);
      await settleDocument(documents, pitch.id);
      const { answer } = await once(db, actor, keyed(c, { which }), async (tx) => ({
        status: 201,
        answer: { passages: await askForDrafts(tx, reading, actor, pitch, drafted) },
      }));
      const { passages } = answer as { passages: string[] };
      const views = await passagesOf(pitch.id);
      const { sources } = await sourcesOf(c, pitch);
      return c.html(
        <>
          {views
            .filter(({ id }) => passages.includes(id))
            .map((passage) => (
              <PassageUpdate passage={passage} />
            ))}
          <ExpandingCountUpdate count={views.filter(({ run }) => isExpanding(run)).length} />
          <SourcesUpdate {...sources} />
        </>,
        201,
      );
    })
    .post("/pitches/:id/sections", async (c) => {
      const actor = actorOf(c);
      const pitch = await findPitch(c);
      await requireWritable(db, actor, pitch.id);
      const { section, title = "" } = await formOf(c);
      const template = await templateOf(db, pitch);
      const known = template.sections.find(({ key }) => key === section);
      if (!known && title.trim() === "")
        throw invalid([{ pointer: "/title", rule: "minLength", message: "must not be empty" }]);
      await settleDocument(documents, pitch.id);
      const { answer } = await once(db, actor, keyed(c, { section, title }), async (tx) => ({
        status: 201,
        answer: await writeDocument(tx, documents, actor, pitch.id, (doc) => ({
          passage: known
            ? insertSection(doc, known.key, placeFor(doc, template, known.key))
            : insertSection(doc, ownKey(), "end", title.trim()),
        })),
      }));
      const { passage } = answer as { passage: string };
      return c.redirect(`/pitches/${pitch.id}#passage-${passage}`, 303);
    });
}

const keyed = (c: HttpContext, body: unknown) => ({
  method: c.req.method,
  path: c.req.path,
  key: c.req.header("idempotency-key"),
  body,
});

/** Exporting a pitch: its blanks are counted before. */
import { eq } from "drizzle-orm";
import { Hono } from "hono";
import { accounts } from "../../drizzle/tables.ts";
import { ExportPage } from "../../views/pitches/export.tsx";
import { mayWrite, requireWriter } from "../access.ts";
import { snapshotNow } from "../documents/snapshots.ts";
import { findDocumentBucket, settleDocument } from "../documents/write.ts";
import { actorOf, formOf, type Http, type HttpContext } from "../http.ts";
import { notFound, Problem } from "../problem.ts";
import { FORMATS, listExports, madeSoon, newestExport, requestExport } from "./exports.ts";
import { blanksOf, readPitch } from "./pitch.ts";
import type { PitchParts } from "./routes.tsx";

export function pitchExportRoutes({ db, documents, reading, assets }: PitchParts) {
  async function findPitch(c: HttpContext) {
    const pitch = await findDocumentBucket(db, actorOf(c), c.req.param("id")!);
    if (pitch.type !== "pitch") throw notFound("This pitch");
    await settleDocument(documents, pitch.id);
    return { pitch, state: await readPitch(db, reading, pitch) };
  }

  async function page(c: HttpContext, error?: string) {
    const { pitch, state } = await findPitch(c);
    const [account] = await db
      .select()
      .from(accounts)
      .where(eq(accounts.id, actorOf(c).account));
    const newest = await newestExport(db, pitch.id);
    const failed = newest?.status === "dead" ? newest.error?.sentence : undefined;
    return c.html(
      <ExportPage
        assets={assets}
        account={account!}
        pitch={{ id: pitch.id, name: pitch.name }}
        words={state.sections.reduce((sum, { words }) => sum + words, 0)}
        blanks={state.sections
          .filter(({ blanks }) => blanks.length > 0)
          .map(({ section, passage, blanks }) => ({ title: section.title, passage, says: blanks }))}
        exported={(await listExports(db, pitch.id)).map((one) => ({
          ...one,
          at: one.at.toISOString(),
        }))}
        isUnderWay={newest?.status === "queued" || newest?.status === "running"}
        mayWrite={mayWrite(pitch.role) && !pitch.trashedAt}
        error={error ?? failed}
      />,
    );
  }

  return new Hono<Http>()
    .get("/pitches/:id/export", (c) => page(c))
    .post("/pitches/:id/export", async (c) => {
      const { pitch, state } = await findPitch(c);
      requireWriter(pitch.role);
      const form = await formOf(c);
      await snapshotNow(db, documents, c.get("log"), pitch.id);
      try {
        const run = await requestExport(
          db,
          actorOf(c),
          pitch.id,
          FORMATS.filter((format) => form[format] === "on"),
          { blanks: blanksOf(state), unfilled: Number(form.unfilled ?? 0) },
        );
        await madeSoon(db, run.id);
        return c.redirect(`/pitches/${pitch.id}/export`, 303);
      } catch (error) {
        if (!(error instanceof Problem) || ![409, 422].includes(error.status)) throw error;
        c.status(error.status as 422);
        return page(c, error.extra.detail ?? `${error.title}: ${error.extra.errors?.[0]?.message}`);
      }
    });
}

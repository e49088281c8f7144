/** From builds to what their page shows. */

import {
  type BuildView,
  type ResultView,
  type RunView,
  sizeOf,
} from "../../views/builds/build-view.ts";
import { BuildListUpdate } from "../../views/builds/page.tsx";
import type { Bucket } from "../buckets/buckets.ts";
import type { Db } from "../database.ts";
import type { Run } from "../runs/queue.ts";
import { type Build, buildChapters, listBuilds } from "./builds.ts";

const FIGURE = new Intl.NumberFormat("en-GB");
export const figure = (many: number): string => FIGURE.format(many);

export async function buildViews(db: Db, book: Bucket): Promise<BuildView[]> {
  const chapters = await buildChapters(db, book);
  const builds = await listBuilds(db, book, chapters);
  return builds.map((build) => {
    const { leftOut = [] } = build.settings;
    return {
      id: build.blob.id,
      name: build.settings.name,
      formats: build.settings.formats,
      chapters: {
        taken: chapters.filter(({ id }) => !leftOut.includes(id)).length,
        all: chapters.length,
      },
      run: runView(build.run),
      problem: problemOf(build.run),
      result: resultView(build.result),
    };
  });
}

export async function buildListUpdate(db: Db, book: Bucket): Promise<string> {
  return String(<BuildListUpdate book={book.id} builds={await buildViews(db, book)} />);
}

function runView(run: Run | null): RunView | null {
  if (run?.status !== "queued" && run?.status !== "running") return null;
  const { done, total, note } = run.progress ?? {};
  return {
    id: run.id,
    state: run.cancelRequestedAt ? "stopping" : run.status,
    done: typeof done === "number" ? done : null,
    total: typeof total === "number" && total > 0 ? total : null,
    note: typeof note === "string" ? note : null,
  };
}

function problemOf(run: Run | null): string | null {
  return run?.status === "dead" ? (run.error?.sentence ?? "It could not be compiled.") : null;
}

function resultView(result: Build["result"]): ResultView | null {
  if (!result) return null;
  const { blob, content, since } = result;
  const { files, chapters, words, remarks, epubCheck } = content;
  return {
    at: blob.createdAt.toISOString(),
    words: figure(words),
    chapters: chapters.length,
    files: files.map(({ format, name, size, file }) => ({
      format,
      name,
      size: sizeOf(size),
      href: `/api/blobs/${file}/file`,
    })),
    remarks,
    check: epubCheck
      ? {
          version: epubCheck.version ?? null,
          errors: epubCheck.errors,
          warnings: epubCheck.warnings,
          messages: epubCheck.messages.map((one) => ({ ...one, path: one.path ?? null })),
        }
      : null,
    ...since,
  };
}

/**
 * Takes, as the writer decides about them. Accepting writes the take's paragraphs into the prose, as one step that can
 * be undone, after a version of the chapter was kept; it never replaces a word that somebody typed.
 */
import type * as Y from "yjs";
import { replaceHalf } from "../../../src/documents/model/commands.ts";
import { type Row, readRows } from "../../../src/documents/model/rows.ts";
import { schema } from "../../../src/documents/model/schema.ts";
import { countWords, hashOf, hashOfText, paragraphsOf } from "../../../src/documents/model/text.ts";
import { paragraphs, wordsLabel } from "../../prose.ts";
import { announce } from "../announce.ts";
import { fitOf } from "./standing.ts";
import type { Sync } from "./sync.ts";
import type { Undoing } from "./undo.ts";

/** How long accepting waits for what was typed to be kept, so that it is in the version before. In milliseconds. */
const KEPT_WITHIN_MS = 5_000;
/** The ink dries (`writer.css`). */
const DRYING_MS = 400;

type Parts = { doc: Y.Doc; bucket: string; sync: Sync; undo: Undoing; look(): void };

export function startTakes(parts: Parts): void {
  document.addEventListener("click", ({ target }) => {
    const button = (target as Element).closest<HTMLElement>("button");
    const offer = button?.closest<HTMLElement>(".offer");
    if (!button || !offer || button.getAttribute("aria-disabled") === "true") return;
    const id = button.closest<HTMLElement>("[data-passage]")?.dataset.passage ?? "";
    if ("accept" in button.dataset) void busy(button, offer, () => accept(parts, id, offer));
    if ("discard" in button.dataset) void busy(button, offer, () => discard(parts, offer));
    if (button.dataset.flip)
      void busy(button, offer, () => flip(parts, offer, Number(button.dataset.flip)));
    if ("opens" in button.dataset) open(button);
  });
}

async function busy(button: HTMLElement, offer: HTMLElement, work: () => Promise<void>) {
  say(offer, "");
  button.setAttribute("aria-busy", "true");
  button.setAttribute("aria-disabled", "true");
  try {
    await work();
  } catch (error) {
    say(offer, error instanceof Refused ? error.message : AWAY);
  } finally {
    button.removeAttribute("aria-busy");
    if (!("flip" in button.dataset)) button.removeAttribute("aria-disabled");
  }
}

class Refused extends Error {}

const AWAY = "The studio did not answer. Nothing is lost; try again.";
const GONE = "This passage was removed; the take stays with it.";

function say(offer: HTMLElement, words: string): void {
  const problem = offer.querySelector<HTMLElement>("[data-problem]");
  if (!problem) return;
  problem.textContent = words;
  problem.hidden = words === "";
}

const rowOf = (doc: Y.Doc, id: string): Row | undefined =>
  readRows(doc).find((row) => row.id === id);

async function accept(parts: Parts, id: string, offer: HTMLElement): Promise<void> {
  const { doc, bucket, sync, undo } = parts;
  if (!sync.state().mayWrite) throw new Refused("You may read this chapter, not change it.");
  const { take, askHash } = offer.dataset;
  const text = textOf(offer);
  await sync.kept(KEPT_WITHIN_MS);
  await request("POST", `/api/documents/${bucket}/versions`, {});
  // Looked at only now: somebody may have written meanwhile.
  const row = rowOf(doc, id);
  if (!row) throw new Refused(GONE);
  const fit = fitOf(row, take);
  if (fit === "accepted" || take === undefined) return;
  undo.step(() => put(doc, row, text, { take, askHash: askHash ?? null }));
  dry(id);
  announce(fit === "fits" ? "Accepted." : "Accepted below your words.");
  parts.look();
}

/**
 * One transaction. What a row says is told of its first passage; prose of what is merged under it stays. Below
 * typed words no hash is kept: the prose is by hand, and no later take may take its place.
 */
function put(doc: Y.Doc, row: Row, text: string, from: { take: string; askHash: string | null }) {
  const { id, prose } = row.parts[0]!;
  const blocks = paragraphsOf(text);
  if (fitOf(row, from.take) === "below") {
    const typed = countWords(prose) > 0 ? prose.children : [];
    replaceHalf(doc, id, "prose", [...typed, ...blocks], { ...from, proseHash: null });
    return;
  }
  // Of a row whose other parts hold words, the hash is of them all, as it is compared.
  const rest = row.parts.slice(1).flatMap((part) => part.prose.children);
  const whole = schema.nodes.prose.create(null, [...blocks, ...rest]);
  replaceHalf(doc, id, "prose", blocks, { ...from, proseHash: hashOf(whole) });
}

function dry(id: string): void {
  const section = document.getElementById(`passage-${id}`);
  const prose = section?.querySelector(":scope > .prose");
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  prose?.animate([{ color: "var(--wet)" }, { color: "var(--ink)" }], {
    duration: DRYING_MS,
    easing: "ease-out",
  });
}

const textOf = (offer: HTMLElement): string =>
  [...offer.querySelectorAll(".take > p")].map(({ textContent }) => textContent).join("\n\n");

/** It stays among the passage's blobs, marked; the newest that is left is shown. */
async function discard(parts: Parts, offer: HTMLElement): Promise<void> {
  const { take = "", takes = "" } = offer.dataset;
  const path = `/api/blobs/${take}`;
  const response = await request("GET", path);
  const { content, metadata } = (await response.json()) as Blob;
  await request(
    "PUT",
    path,
    { content, metadata: { ...metadata, discardedAt: new Date().toISOString() } },
    { "if-match": response.headers.get("etag") ?? "" },
  );
  const left = takes.split(" ").filter((id) => id !== take);
  offer.dataset.takes = left.join(" ");
  announce("Discarded.");
  if (left.length > 0) return show(parts, offer, left.at(-1)!);
  delete offer.dataset.take;
  delete offer.dataset.askHash;
  for (const part of offer.querySelectorAll(".take, .flip, .deciding, .tag, .count")) part.remove();
  parts.look();
}

async function flip(parts: Parts, offer: HTMLElement, by: number): Promise<void> {
  const ids = (offer.dataset.takes ?? "").split(" ");
  const id = ids[ids.indexOf(offer.dataset.take ?? "") + by];
  if (id) await show(parts, offer, id);
}

type Blob = {
  content: { text: string; model?: string; ended?: string };
  metadata: Record<string, unknown>;
  derivedFrom?: string;
};

async function show({ look }: Parts, offer: HTMLElement, id: string): Promise<void> {
  const take = (await (await request("GET", `/api/blobs/${id}`)).json()) as Blob;
  const ask = (await (await request("GET", `/api/blobs/${take.derivedFrom}`)).json()) as Blob;
  const ids = (offer.dataset.takes ?? "").split(" ");
  const at = ids.indexOf(id);
  offer.dataset.take = id;
  offer.dataset.askHash = hashOfText(ask.content.text);
  offer.querySelector(".take")?.replaceChildren(
    ...paragraphs(take.content.text).map((text) => {
      const paragraph = document.createElement("p");
      paragraph.textContent = text;
      return paragraph;
    }),
  );
  const place = offer.querySelector("[data-place]");
  if (place) place.textContent = `${at + 1}/${ids.length}`;
  for (const button of offer.querySelectorAll<HTMLElement>("[data-flip]"))
    button.toggleAttribute("aria-disabled", false);
  offer.querySelector('[data-flip="-1"]')?.setAttribute("aria-disabled", String(at === 0));
  offer
    .querySelector('[data-flip="1"]')
    ?.setAttribute("aria-disabled", String(at === ids.length - 1));
  const count = offer.querySelector(".count");
  if (count) count.textContent = wordsLabel(countWords(take.content.text));
  announce(`Take ${at + 1} of ${ids.length}.`);
  look();
}

function open(button: HTMLElement): void {
  const form = document.getElementById(button.getAttribute("aria-controls") ?? "");
  if (!form) return;
  form.hidden = !form.hidden;
  button.setAttribute("aria-expanded", String(!form.hidden));
  if (!form.hidden) form.querySelector("input")?.focus();
}

/** How long the studio may take to answer, in milliseconds. */
const ANSWER_MS = 10_000;

async function request(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  const response = await fetch(path, {
    method,
    headers: { accept: "application/json", "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  if (response.ok) return response;
  if (response.status === 401)
    throw new Refused("You are signed out. Sign in in another tab, then try again.");
  const { detail, title } = await response.json().catch(() => ({}));
  throw new Refused(detail ?? title ?? AWAY);
}

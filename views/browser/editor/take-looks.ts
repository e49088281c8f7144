/** Which take one looks at, and beside what: the server draws it, and it stays so when fragments come in. */
import { readRows } from "../../../src/documents/model/rows.ts";
import { hashOf } from "../../../src/documents/model/text.ts";
import { AGAINST_PROSE } from "../../chapters/passage-view.ts";
import { offerPath } from "../../chapters/takes-ids.ts";
import { announce } from "../announce.ts";
import { onHtmx } from "../htmx-events.ts";
import { offerOf } from "./furniture.ts";
import type { Edits } from "./take-edit.ts";
import { request } from "./take-requests.ts";
import type { TakeParts } from "./takes.ts";

/** The words one compares with are to be in the studio; it is not waited for longer than this, in milliseconds. */
const FLUSH_MS = 3_000;
/** A comparison follows the prose this long after the last change, in milliseconds. */
const FOLLOW_AFTER_MS = 700;

/** Empty strings: the newest take; not compared. */
export type Look = {
  take?: string | undefined;
  compare?: string;
  against?: string;
  /** One that was discarded just now. */
  discarded?: string;
};

type Chosen = Required<Look> & { take: string; newest: string };

export function looking({ doc, bucket, sync, look }: TakeParts, edits: Edits) {
  let isOurs = false;
  /** What the writer chose to look at, by passage; nothing chosen is the newest take, alone. */
  const chosen = new Map<string, Chosen>();

  async function show(offer: HTMLElement, wanted: Look): Promise<void> {
    const passage = passageOf(offer);
    const { shown = "", compare = "", against = AGAINST_PROSE, takes = "" } = offer.dataset;
    const next = { take: shown, compare, against, discarded: "", ...defined(wanted) };
    // Another take: not with itself.
    if (next.against === next.take) next.against = AGAINST_PROSE;
    const query = new URLSearchParams(
      Object.entries(next).filter(([name, value]) => value && (name !== "against" || next.compare)),
    );
    if (next.compare) await sync.kept(FLUSH_MS).catch(() => {});
    const answer = await request("GET", `${offerPath(bucket, passage)}?${query}`);
    await swap(offer, await answer.text());
    const now = offerOf(passage);
    if (!now) return;
    // What was asked for may be gone; it is not asked for again.
    const take = wanted.take === "" ? "" : (now.dataset.shown ?? "");
    if (take || next.compare || next.discarded)
      chosen.set(passage, { ...next, take, newest: newestOf(takes) });
    else chosen.delete(passage);
    tell(now);
  }

  async function swap(offer: HTMLElement, text: string): Promise<void> {
    const passage = passageOf(offer);
    isOurs = true;
    try {
      const what = { sourceElement: offer, target: offer, swap: "outerMorph", text };
      await (window as unknown as Htmx).htmx.swap(what);
    } finally {
      isOurs = false;
    }
    const now = offerOf(passage);
    if (now) edits.restore(now);
    look();
  }

  /** A fragment that came in shows the newest take; what was chosen comes back unless there is a newer one. */
  function restore(): void {
    if (isOurs) return;
    for (const [passage, { newest, ...before }] of chosen) {
      const offer = offerOf(passage);
      if (!offer) continue;
      const { shown, takes = "", compare = "", against = AGAINST_PROSE } = offer.dataset;
      if (shown === undefined && before.discarded === "") continue;
      const isSame =
        (before.take === "" || shown === before.take) &&
        compare === before.compare &&
        (compare === "" || against === before.against) &&
        (before.discarded === "" || offer.querySelector("[data-puts-back]") !== null);
      if (isSame) continue;
      if (newestOf(takes) > newest) chosen.delete(passage);
      else void show(offer, before).catch(() => chosen.delete(passage));
    }
    edits.restoreAll();
  }
  onHtmx("htmx:after:swap", restore);

  let timer: ReturnType<typeof setTimeout> | undefined;
  doc.on("afterAllTransactions", () => {
    clearTimeout(timer);
    timer = setTimeout(follow, FOLLOW_AFTER_MS);
  });

  /** Comparisons with the prose are of the prose as it stands. */
  function follow(): void {
    for (const offer of document.querySelectorAll<HTMLElement>(".offer[data-compare]")) {
      const { against, compared, rewrites } = offer.dataset;
      if (against !== AGAINST_PROSE || rewrites !== undefined || !sync.state().isTogether) continue;
      const row = readRows(doc).find(({ id }) => id === passageOf(offer));
      if (row && hashOf(row.prose) !== compared) void show(offer, {}).catch(() => {});
    }
  }

  /** Of a fragment that tells it already. */
  function discarded(passage: string, take: string): void {
    const newest = newestOf(offerOf(passage)?.dataset.takes ?? "");
    chosen.set(passage, { take: "", compare: "", against: AGAINST_PROSE, discarded: take, newest });
  }

  return { show, swap, discarded, forget: (passage: string) => void chosen.delete(passage) };
}

type Htmx = { htmx: { swap(ctx: object): Promise<void> } };

const passageOf = (element: Element): string =>
  element.closest<HTMLElement>("[data-passage]")?.dataset.passage ?? "";

/** Ids grow with time. */
const newestOf = (takes: string): string => takes.split(" ").toSorted().at(-1) ?? "";

const defined = (look: Look): Look =>
  Object.fromEntries(Object.entries(look).filter(([, value]) => value !== undefined));

function tell(offer: HTMLElement): void {
  const place = offer.querySelector("[data-place]")?.textContent?.replace("/", " of ");
  const changed = offer.querySelector(".words-changed")?.textContent;
  const said = [place && `Take ${place}.`, changed && `Compared: ${changed}.`].filter(Boolean);
  if (said.length > 0) announce(said.join(" "));
}

/**
 * Takes, as the writer decides about them. Accepting writes the take's words into the prose, as one step that can be
 * undone, after a version of the chapter was kept; it never replaces a word that somebody typed meanwhile.
 */
import { acceptParagraph, acceptTake, type Offered } from "../../../src/documents/model/accept.ts";
import { readRows } from "../../../src/documents/model/rows.ts";
import { hashOf } from "../../../src/documents/model/text.ts";
import { HALVES_CHANGED } from "../../chapters/panes-ids.ts";
import { acceptancePath, discardPath } from "../../chapters/takes-ids.ts";
import { announce } from "../announce.ts";
import { toClipboard } from "../clipboard.ts";
import { heard } from "./heard.ts";
import { wordsIn } from "./standing.ts";
import { editing } from "./take-edit.ts";
import { looking } from "./take-looks.ts";
import { AWAY, Refused, request } from "./take-requests.ts";
import type { TakeParts } from "./takes.ts";

/** How long accepting waits for what was typed to be kept, so that it is in the version before. In milliseconds. */
const KEPT_WITHIN_MS = 5_000;
/** How long it waits for what the studio has and this page has not, in milliseconds. */
const HEARD_WITHIN_MS = 5_000;
/** How long it waits for the connection of a page that is not known to be away, and how often it looks. In milliseconds. */
const TOGETHER_WITHIN_MS = 2_000;
const LOOK_EVERY_MS = 50;
/** The ink dries (`writer.css`). */
const DRYING_MS = 400;

const GONE = "This passage was removed; the take stays with it.";
const CHANGED = "The prose has changed meanwhile. Look at it again, then accept.";
const NOT_COPIED = "The browser did not allow it. Select the words and copy them by hand.";
const WAITS = "Accept and Ask wait for the connection. Your writing does not.";

export function takeActs(parts: TakeParts) {
  const edits = editing(() => void pressIn(document.activeElement, "[data-accept]"));
  const looks = looking(parts, edits);

  async function press(button: HTMLElement, offer: HTMLElement): Promise<void> {
    const act = actOf(button, offer);
    if (!act) return;
    say(offer, "");
    button.setAttribute("aria-busy", "true");
    button.setAttribute("aria-disabled", "true");
    try {
      await act();
    } catch (error) {
      say(offer, error instanceof Refused ? error.message : AWAY);
    } finally {
      button.removeAttribute("aria-busy");
      if (!("flip" in button.dataset)) button.removeAttribute("aria-disabled");
    }
  }

  function actOf(button: HTMLElement, offer: HTMLElement): (() => Promise<void>) | undefined {
    const { dataset } = button;
    if (dataset.accept !== undefined) return () => accept(offer, dataset.accept === "replace");
    if (dataset.acceptOne !== undefined) return () => acceptOne(offer, button);
    if (dataset.discard !== undefined) return () => putAside(offer, "PUT", dataset.discard!);
    if (dataset.putsBack !== undefined) return () => putAside(offer, "DELETE", dataset.putsBack!);
    if (dataset.shows !== undefined) return () => looks.show(offer, { take: dataset.shows });
    if (dataset.compares !== undefined) return () => compare(offer, dataset.compares!);
    if (dataset.copy !== undefined) return () => copy(offer);
    if (dataset.edit !== undefined) return async () => edits.toggle(offer);
    return undefined;
  }

  async function accept(offer: HTMLElement, isReplacing: boolean): Promise<void> {
    const [passage, offered, compared] = [
      passageOf(offer),
      offeredIn(offer),
      offer.dataset.compared,
    ];
    if (!offered) return;
    await prepare(passage);
    // From here on nothing else happens: what somebody wrote meanwhile is in what is looked at.
    if (isReplacing && compared !== proseHashOf(passage)) throw await changed(offer);
    const fit = parts.undo.step(() =>
      acceptTake(parts.doc, passage, offered, isReplacing ? "replace" : "kindly"),
    );
    if (!fit) throw new Refused(GONE);
    edits.done(offer);
    dry(passage);
    announce(fit === "below" ? "Accepted below your words." : "Accepted.");
    parts.look();
    if (compared !== undefined) await looks.show(offer, { compare: "" });
  }

  async function acceptOne(offer: HTMLElement, button: HTMLElement): Promise<void> {
    const [passage, offered] = [passageOf(offer), offeredIn(offer)];
    const { acceptOne: paragraph = "", place, behind } = button.dataset;
    const proseHash = offer.dataset.compared ?? "";
    if (!offered) return;
    await prepare(passage);
    const outcome = parts.undo.step(() =>
      acceptParagraph(parts.doc, passage, {
        ...offered,
        paragraph,
        before: place ? Number(place) : null,
        behind: behind ? Number(behind) : null,
        proseHash,
      }),
    );
    if (!outcome) throw new Refused(GONE);
    if (outcome === "changed") throw await changed(offer);
    announce("Accepted this paragraph.");
    parts.look();
    await looks.show(offer, {});
  }

  /** What was typed is kept, and a version of it; what came into the prose by itself is here. @throws Refused */
  async function prepare(passage: string): Promise<void> {
    await connected();
    const { mayWrite, isTogether } = parts.sync.state();
    if (!mayWrite) throw new Refused("You may read this chapter, not change it.");
    if (!isTogether) throw new Refused(WAITS);
    await parts.sync.kept(KEPT_WITHIN_MS);
    const answer = await request("POST", acceptancePath(parts.bucket, passage));
    await heard(parts.doc, (await answer.json()).has, HEARD_WITHIN_MS);
  }

  /** A page that has just come is written in before it is connected. */
  async function connected(): Promise<void> {
    const until = performance.now() + TOGETHER_WITHIN_MS;
    const isAway = () => document.documentElement.classList.contains("away");
    while (!parts.sync.state().isTogether && !isAway() && performance.now() < until)
      await new Promise((done) => setTimeout(done, LOOK_EVERY_MS));
  }

  async function changed(offer: HTMLElement): Promise<Refused> {
    await looks.show(offer, {});
    return new Refused(CHANGED);
  }

  const proseHashOf = (passage: string): string | undefined => {
    const row = readRows(parts.doc).find(({ id }) => id === passage);
    return row && hashOf(row.prose);
  };

  async function putAside(offer: HTMLElement, method: string, take: string): Promise<void> {
    const path = discardPath(parts.bucket, passageOf(offer), take);
    const answer = await request(method, path);
    looks.forget(passageOf(offer));
    await looks.swap(offer, await answer.text());
    if (method === "PUT") looks.discarded(passageOf(offer), take);
    announce(method === "PUT" ? "Discarded." : "Put back.");
  }

  async function compare(offer: HTMLElement, look: string): Promise<void> {
    edits.close(offer);
    await looks.show(offer, { compare: look });
    // The prose is in the comparison: its half steps aside.
    document.dispatchEvent(new CustomEvent(HALVES_CHANGED));
  }

  const offeredIn = (offer: HTMLElement): Offered | null => {
    const { take, askHash } = offer.dataset;
    if (take === undefined) return null;
    const text = edits.textOf(offer);
    const isChanged = edits.isChanged(offer);
    return { take, text, isChanged, askHash: askHash ?? null, rewrites: wordsIn(offer) };
  };

  const copy = async (offer: HTMLElement): Promise<void> => {
    if (!(await toClipboard(edits.textOf(offer)))) throw new Refused(NOT_COPIED);
    announce("Copied.");
  };

  return {
    press,
    compareWith(choice: HTMLSelectElement): void {
      const offer = choice.closest<HTMLElement>(".offer");
      if (offer) void looks.show(offer, { against: choice.value }).catch(() => say(offer, AWAY));
    },
  };
}

const passageOf = (element: Element): string =>
  element.closest<HTMLElement>("[data-passage]")?.dataset.passage ?? "";

function pressIn(element: Element | null, selector: string): void {
  element?.closest(".offer")?.querySelector<HTMLElement>(selector)?.click();
}

function say(offer: HTMLElement, words: string): void {
  const problem = offer.querySelector<HTMLElement>("[data-problem]");
  if (!problem) return;
  problem.textContent = words;
  problem.hidden = words === "";
}

function dry(passage: string): void {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const prose = document.querySelector(`#passage-${CSS.escape(passage)} > .prose`);
  prose?.animate([{ color: "var(--wet)" }, { color: "var(--ink)" }], {
    duration: DRYING_MS,
    easing: "ease-out",
  });
}

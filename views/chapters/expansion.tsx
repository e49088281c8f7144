/** Expanding more than one passage: all that awaits it, at a cost that is told before; or each by itself at a pause. */
import type { Asked, Refusal, Stale } from "../../src/documents/stale.ts";
import { Button } from "../ui/button.tsx";
import { Replace } from "../ui/partial.tsx";
import { EXPANSION_IDS } from "./expansion-ids.ts";

const figures = new Intl.NumberFormat("en");
const passages = (count: number) =>
  count === 1 ? "1 passage" : `${figures.format(count)} passages`;

/** In the foot of the page; what the chapter awaits is looked at when it opens. */
export function ExpansionButton({ chapter }: { chapter: string }) {
  return (
    <Button
      id={EXPANSION_IDS.button}
      popovertarget={EXPANSION_IDS.panel}
      hx-get={`/chapters/${chapter}/stale`}
      hx-swap="none"
      hx-sync="this:drop"
      data-flushes
    >
      Expand…
    </Button>
  );
}

type PanelProps = {
  chapter: string;
  atPause: boolean;
  /** Null: the practice model. */
  model: string | null;
  /** What it would cost, as people read it; null: unknown. */
  price?: string | null;
};

/** Beside the button, so that the switch is there for the script before the panel is opened. */
export function ExpansionPanel(props: PanelProps & { stale?: Stale; asked?: Asked }) {
  const { chapter, atPause, model, price = null, stale, asked } = props;
  return (
    <div
      class="menu expansion answers"
      id={EXPANSION_IDS.panel}
      popover="auto"
      role="dialog"
      aria-labelledby={EXPANSION_IDS.title}
    >
      <h2 id={EXPANSION_IDS.title} tabindex={-1}>
        Expand what is stale
      </h2>
      <div role="status">
        {asked ? (
          <Told {...asked} />
        ) : stale ? (
          <Cost stale={stale} model={model} price={price} />
        ) : (
          <p>Looking…</p>
        )}
      </div>
      {(asked || (stale && stale.passages.length > 0)) && (
        <form
          hx-post={`/chapters/${chapter}/stale`}
          hx-swap="none"
          hx-sync="this:drop"
          data-flushes
        >
          <input type="hidden" name="passages" value={stale?.passages.join(" ")} />
          {/* One element in both: it has the focus. */}
          {asked ? (
            <Button
              id={EXPANSION_IDS.deed}
              popovertarget={EXPANSION_IDS.panel}
              popovertargetaction="hide"
            >
              Close
            </Button>
          ) : (
            <Button id={EXPANSION_IDS.deed} type="submit" look="primary">
              Expand {passages(stale!.passages.length)}
            </Button>
          )}
        </form>
      )}
      <form
        class="choice"
        hx-post={`/chapters/${chapter}/pause`}
        hx-trigger="change"
        hx-swap="none"
        hx-sync="this:replace"
      >
        <input
          type="checkbox"
          id={EXPANSION_IDS.atPause}
          name="on"
          value="on"
          checked={atPause}
          aria-describedby="on-pause-note"
        />
        <label for={EXPANSION_IDS.atPause}>Expand when I pause</label>
        <p class="hint" id="on-pause-note">
          In this chapter: notes that you changed are expanded by themselves once you rest. Takes
          still wait for you.
        </p>
      </form>
      <p class="refused" role="alert" data-problem hidden />
    </div>
  );
}

export function ExpansionUpdate(props: PanelProps & { stale?: Stale; asked?: Asked }) {
  return (
    <Replace id={EXPANSION_IDS.panel}>
      <ExpansionPanel {...props} />
    </Replace>
  );
}

function Cost({ stale, model, price }: { stale: Stale } & Pick<PanelProps, "model" | "price">) {
  const { passages: ids, more, byHand, words, tokens } = stale;
  return (
    <>
      {ids.length === 0 ? (
        <p>Nothing awaits it: no notes have changed since they were expanded.</p>
      ) : (
        <dl>
          <dt>Passages</dt>
          <dd>{figures.format(ids.length)}</dd>
          <dt>Words of notes</dt>
          <dd>{figures.format(words)}</dd>
          <dt>Tokens of notes</dt>
          <dd>about {figures.format(tokens)}</dd>
          <dt>Price</dt>
          <dd>{model === null ? "free, practice model" : price ? `about ${price}` : "unknown"}</dd>
        </dl>
      )}
      {more > 0 && <p class="hint">{passages(more)} more can follow after these.</p>}
      {byHand > 0 && (
        <p class="hint">
          {passages(byHand)} edited by hand {byHand === 1 ? "is" : "are"} left as{" "}
          {byHand === 1 ? "it is" : "they are"}.
        </p>
      )}
    </>
  );
}

const WHY: Record<Refusal, string> = {
  "by-hand": "edited by hand meanwhile",
  expanding: "being expanded already",
  waiting: "with a take that waits for you",
  "up-to-date": "fresh by now",
  "no-notes": "without notes by now",
  gone: "removed meanwhile",
};

function Told({ asked, refused }: Asked) {
  const reasons = [...Map.groupBy(refused, ({ why }) => why)];
  return (
    <>
      <p>
        {asked.length === 0 ? "Nothing was asked for." : `Expanding ${passages(asked.length)}.`}
      </p>
      {reasons.map(([why, those]) => (
        <p class="hint">
          {passages(those.length)} left as {those.length === 1 ? "it is" : "they are"}: {WHY[why]}.
        </p>
      ))}
    </>
  );
}

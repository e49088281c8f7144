/** The steps of the first run, on the spine. */
import type { Child } from "hono/jsx";
import type { MarkName } from "../ui/mark.tsx";
import { SpineCell } from "../ui/spine.tsx";

type StepProps = { mark: MarkName; gloss: string; title: string; children: Child };

export function Step({ mark, gloss, title, children }: StepProps) {
  return (
    <li class="step">
      <SpineCell mark={mark} gloss={gloss} />
      <section>
        <h2>{title}</h2>
        {children}
      </section>
    </li>
  );
}

export function Configured({ name, baseUrl }: { name: string; baseUrl: string }) {
  return (
    <p>
      Expanding asks <strong>{name}</strong> at <code>{baseUrl}</code>. Nothing is sent until you
      press Expand.
    </p>
  );
}

export function Practice() {
  return (
    <>
      <p>
        Until then the practice model answers. It is a set of rules, not a mind: it needs no key and
        no network, and its text always says that it wrote it.
      </p>
      <p>
        A real one is any OpenAI-compatible address, used exactly as typed. Nothing is sent until
        you press Expand.
      </p>
    </>
  );
}

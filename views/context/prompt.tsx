/** The messages of a prompt, word for word, over the page; a popover, so Esc and a press beside it close it. */

import { CloseIcon } from "../ui/icons.tsx";
import { Replace } from "../ui/partial.tsx";
import { PROMPT_ID } from "./context-ids.ts";

type Message = { role: string; content: string };

export function PromptPlace() {
  return <div class="prompt-shown" id={PROMPT_ID} popover="auto" />;
}

/** The words of it: the popover itself stays, and stays open. */
const WORDS_ID = `${PROMPT_ID}-words`;

export function PromptUpdate({ messages }: { messages: Message[] }) {
  return (
    <Replace id={PROMPT_ID}>
      <div
        class="prompt-shown"
        id={PROMPT_ID}
        popover="auto"
        role="dialog"
        aria-labelledby={`${WORDS_ID}-title`}
        tabindex={-1}
      >
        <header>
          <h2 id={`${WORDS_ID}-title`}>The exact prompt</h2>
          <button
            type="button"
            class="icon-button"
            popovertarget={PROMPT_ID}
            popovertargetaction="hide"
            aria-label="Close the prompt"
          >
            <CloseIcon />
          </button>
        </header>
        <p class="hint">Sent as it stands here, message by message. Nothing else goes out.</p>
        <div class="prompt" id={WORDS_ID}>
          {messages.map(({ role, content }) => (
            <div>
              <strong>{role}</strong>
              <pre>{content}</pre>
            </div>
          ))}
        </div>
      </div>
    </Replace>
  );
}

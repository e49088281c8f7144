/** Ctrl or ⌘ with K on every page: finds what one may see, and does what the pages do. */
import type { Found, FoundIn } from "../../src/search/search.ts";
import { FoundIcon, FoundText } from "../search/found.tsx";
import { GoIcon, PlusIcon, SearchIcon } from "../ui/icons.tsx";
import type { Command } from "./commands.ts";
import {
  PALETTE_ID,
  PALETTE_INPUT_ID,
  PALETTE_LIST_ID,
  PALETTE_PATH,
  PALETTE_RESULTS_ID,
} from "./ids.ts";
import { Keys } from "./keys.tsx";

/** In every page of who is signed in: closed, and empty until it is opened. */
export function Palette() {
  return (
    <dialog id={PALETTE_ID} class="palette" aria-label="Find, or do">
      <div class="asked">
        <SearchIcon />
        <input
          id={PALETTE_INPUT_ID}
          name="q"
          type="text"
          role="combobox"
          aria-label="Find, or do"
          aria-expanded="true"
          aria-autocomplete="list"
          aria-controls={PALETTE_LIST_ID}
          maxlength={200}
          autocomplete="off"
          spellcheck={false}
          hx-get={PALETTE_PATH}
          hx-trigger="input changed delay:120ms"
          hx-target={`#${PALETTE_RESULTS_ID}`}
          hx-swap="innerHTML"
          hx-sync="this:replace"
        />
        <kbd>Esc</kbd>
      </div>
      <div id={PALETTE_RESULTS_ID} />
    </dialog>
  );
}

export type PaletteGroup = { title: string; found: Found[] };

export type PaletteResultsProps = {
  groups: PaletteGroup[];
  commands: Command[];
  query: string;
};

export function PaletteResults({ groups, commands, query }: PaletteResultsProps) {
  const count = groups.reduce((sum, { found }) => sum + found.length, commands.length);
  let at = 0;
  return (
    <>
      <div role="listbox" id={PALETTE_LIST_ID} aria-label="Results" data-for={query}>
        {groups.map(({ title, found }, group) => (
          // biome-ignore lint/a11y/useSemanticElements: a group of options; a listbox holds no fieldset
          <div role="group" aria-labelledby={`palette-group-${group}`}>
            <p id={`palette-group-${group}`} role="presentation" dir="auto">
              {title}
            </p>
            {found.map((one) => (
              <Result found={one} at={at++} />
            ))}
          </div>
        ))}
        {commands.length > 0 && (
          // biome-ignore lint/a11y/useSemanticElements: a group of options; a listbox holds no fieldset
          <div role="group" aria-labelledby="palette-group-do">
            <p id="palette-group-do" role="presentation">
              Do
            </p>
            {commands.map((command) => (
              <Do command={command} at={at++} />
            ))}
          </div>
        )}
      </div>
      {count === 0 && <p class="nothing">Nothing has all of these words.</p>}
      <p class="keys-of-palette">
        <span>
          <Keys keys={["↑", "↓"]} /> move
        </span>
        <span>
          <Keys keys={["↵"]} /> open
        </span>
        <span>
          <Keys keys={[">"]} /> commands only
        </span>
        <span class="count" role="status">
          {query && `${count.toLocaleString("en")} ${count === 1 ? "result" : "results"}`}
        </span>
      </p>
    </>
  );
}

const optionId = (at: number) => `palette-option-${at}`;

function Result({ found: { kind, href, text, where }, at }: { found: Found; at: number }) {
  return (
    <a
      role="option"
      id={optionId(at)}
      aria-selected={String(at === 0) as "true" | "false"}
      tabindex={-1}
      href={href}
    >
      <FoundIcon kind={kind} />
      <FoundText text={text} />
      <span class="where">{where}</span>
    </a>
  );
}

function Do({ command, at }: { command: Command; at: number }) {
  const { title, hint, keys } = command;
  const inside = (
    <>
      {command.isNew ? <PlusIcon /> : <GoIcon />}
      <span class="found-text">{title}</span>
      {hint && (
        <span class="where" dir="auto">
          {hint}
        </span>
      )}
      {keys && <Keys keys={keys} />}
    </>
  );
  const option = {
    role: "option",
    id: optionId(at),
    "aria-selected": String(at === 0) as "true" | "false",
    tabindex: -1,
  } as const;
  if ("href" in command)
    return (
      <a {...option} href={command.href}>
        {inside}
      </a>
    );
  if ("opens" in command)
    return (
      <button type="button" {...option} data-opens-shortcuts>
        {inside}
      </button>
    );
  return (
    <form method="post" action={command.post} role="presentation">
      {Object.entries(command.fields ?? {}).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <button type="submit" {...option}>
        {inside}
      </button>
    </form>
  );
}

/** Groups as the palette tells them: what is near first. */
export function paletteGroups(groups: FoundIn[], from: string | undefined): PaletteGroup[] {
  return groups.map(({ root, title, found }) => ({
    title: root === from ? "In this book" : title,
    found,
  }));
}

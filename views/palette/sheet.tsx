/** What `?` opens: every shortcut, out of the one table of them. */
import { Button } from "../ui/button.tsx";
import { CloseIcon } from "../ui/icons.tsx";
import { SHEET_ID } from "./ids.ts";
import { Keys } from "./keys.tsx";
import { SHORTCUTS, type Shortcut, type ShortcutGroup } from "./shortcuts.ts";

export function Sheet() {
  return (
    <>
      <header>
        <h2 id={`${SHEET_ID}-title`}>Keyboard</h2>
        <input
          type="text"
          aria-label="Filter"
          placeholder="Filter"
          data-filters
          autocomplete="off"
        />
        <form method="dialog">
          <Button type="submit" class="icon-button" aria-label="Close">
            <CloseIcon />
          </Button>
        </form>
      </header>
      <div class="columns">
        {SHORTCUTS.map((groups) => (
          <div>
            {groups.map((group) => (
              <Group {...group} />
            ))}
          </div>
        ))}
      </div>
    </>
  );
}

function Group({ title, shortcuts, note }: ShortcutGroup) {
  return (
    <section>
      <h3>{title}</h3>
      <dl>
        {shortcuts.map((shortcut) => (
          <Row {...shortcut} />
        ))}
      </dl>
      {note && <p class="hint">{note}</p>}
    </section>
  );
}

function Row({ does, keys }: Shortcut) {
  return (
    <div>
      <dt>{does}</dt>
      <dd>
        {keys.map((chord, at) => (
          <>
            {at > 0 && <span class="unseen"> or </span>}
            <Keys keys={chord} />
          </>
        ))}
      </dd>
    </div>
  );
}

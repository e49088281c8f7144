import type { Key } from "./shortcuts.ts";

/** Key caps of one chord, as the reader's keyboard has them. */
export function Keys({ keys }: { keys: readonly Key[] }) {
  return (
    <span class="keys">
      {keys.map((key) => (
        <kbd>
          <Cap key_={key} />
        </kbd>
      ))}
    </span>
  );
}

function Cap({ key_ }: { key_: Key }) {
  const both = BOTH[key_];
  if (!both) return <>{NAMES[key_] ? <Named sign={key_} name={NAMES[key_]} /> : key_}</>;
  return (
    <>
      <span class="on-mac">
        <Named {...both.mac} />
      </span>
      <span class="off-mac">{both.other}</span>
    </>
  );
}

/** A sign that nobody could read aloud. */
function Named({ sign, name }: { sign: string; name: string }) {
  return (
    <>
      <span aria-hidden="true">{sign}</span>
      <span class="unseen">{name}</span>
    </>
  );
}

const BOTH: Record<string, { mac: { sign: string; name: string }; other: string }> = {
  mod: { mac: { sign: "⌘", name: "Command" }, other: "Ctrl" },
  alt: { mac: { sign: "⌥", name: "Option" }, other: "Alt" },
};

const NAMES: Record<string, string> = {
  "⇧": "Shift",
  "↵": "Enter",
  "↑": "Up",
  "↓": "Down",
  ".": "full stop",
  "?": "question mark",
  "]": "closing bracket",
};

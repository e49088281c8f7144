/** The sheet of shortcuts tells the chords that the browser's scripts hear: no more, and none less. */
import { expect, test } from "bun:test";
import { Glob } from "bun";
import { SHORTCUTS } from "./shortcuts.ts";

const BROWSER = new URL("../browser/", import.meta.url).pathname;

/** As key maps name a chord: modifiers in one order, then the key in lower case. */
function normal(parts: readonly string[]): string {
  const names = parts.map((part) => NAMES[part] ?? part);
  const modifiers = ["Mod", "Alt", "Shift"].filter((name) => names.includes(name));
  return [...modifiers, names.at(-1)!.toLowerCase()].join("-");
}

const NAMES: Record<string, string> = {
  mod: "Mod",
  alt: "Alt",
  "⇧": "Shift",
  "↵": "Enter",
  "↑": "ArrowUp",
  "↓": "ArrowDown",
};

/** Those with a modifier. Behind the first of several a single key has the modifiers of the first. */
const told = SHORTCUTS.flat()
  .flatMap(({ shortcuts }) => shortcuts)
  .flatMap(({ keys }) =>
    keys.map((chord) => (chord.length > 1 ? chord : [...keys[0]!.slice(0, -1), ...chord])),
  )
  .filter((chord) => chord.length > 1)
  .map(normal);

async function sources(): Promise<string> {
  const files = [...new Glob("**/*.ts").scanSync(BROWSER)].filter((file) => !/\.test\./.test(file));
  return (await Promise.all(files.map((file) => Bun.file(BROWSER + file).text()))).join("\n");
}

/** Heard by listeners of their own, by these words of theirs. */
const LISTENED: Record<string, string> = {
  "Mod-s": 'event.key.toLowerCase() !== "s"',
  "Mod-enter": 'Enter: "[data-asks]"',
  "Mod-.": '".": "[data-stops]"',
  "Mod-k": 'event.key === "k"',
  "Alt-Shift-r": '"KeyR"',
  "Alt-Shift-f": '"KeyF"',
  "Alt-Shift-1": "/^Digit([123])$/.exec(code)",
  "Alt-Shift-2": "/^Digit([123])$/.exec(code)",
  "Alt-Shift-3": "/^Digit([123])$/.exec(code)",
  "Shift-arrowup": "go(all[at + by], shiftKey)",
  "Shift-arrowdown": "go(all[at + by], shiftKey)",
};

/** Other ways to what is told, and keys that do what every editor does with them. */
const UNTOLD = /backspace$|delete$|home$|end$|^Mod-y$/;

test("every chord of the key maps is told, and every chord that is told is heard", async () => {
  const source = await sources();
  const mapped = [...source.matchAll(/"((?:(?:Mod|Alt|Shift)-)+[^"]+)"\s*:/g)].map(([, chord]) =>
    normal(chord!.split("-")),
  );
  expect(mapped.length).toBeGreaterThan(10);
  expect(mapped.filter((chord) => !told.includes(chord) && !UNTOLD.test(chord))).toEqual([]);
  const heard = (chord: string) =>
    mapped.includes(chord) || (chord in LISTENED && source.includes(LISTENED[chord]!));
  expect(told.filter((chord) => !heard(chord))).toEqual([]);
});

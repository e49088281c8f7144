/**
 * Patterns are in Unicode mode, which refuses needless escapes (`\-`) and a dash beside a class
 * (`[\w-.]`). Much that is written has them and means what it says: here it is said in Unicode mode.
 */
const SYNTAX = new Set("^$\\.*+?()[]{}|/");
const CLASS_ESCAPE = /^\\[dDwWsS]$/;

/** The pattern in Unicode mode; as it stands when it is in it, or when no harmless change makes it so. */
export function unicodePattern(source: string): string {
  if (isPattern(source)) return source;
  const made = rewritten(source);
  return isPattern(made) ? made : source;
}

export function isPattern(source: string): boolean {
  try {
    new RegExp(source, "u");
    return true;
  } catch {
    return false;
  }
}

function rewritten(source: string): string {
  const atoms = source.match(/\\.|./gsu) ?? [];
  let isInClass = false;
  return atoms
    .map((atom, i) => {
      if (atom === "[" && !isInClass) isInClass = true;
      else if (atom === "]") isInClass = false;
      else if (atom === "-" && isInClass) {
        const isBeside = [atoms[i - 1], atoms[i + 1]].some((one) => CLASS_ESCAPE.test(one ?? ""));
        return isBeside ? "\\-" : atom;
      } else if (atom === "\\-") return isInClass ? atom : "-";
      else if (/^\\[^\p{L}\p{N}]$/u.test(atom) && !SYNTAX.has(atom[1]!)) return atom[1]!;
      return atom;
    })
    .join("");
}

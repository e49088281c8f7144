/**
 * The second net under unsaved notes: a copy on this device, apart for each account and passage, from the first
 * unsaved keystroke until the server has the text.
 */
export type LocalCopy = {
  notes: string;
  /** The server's revision that the text was written on. */
  revision: number;
  /** What was under way to the server when the copy was made. */
  sending: string | null;
  /** The writer put it on the clipboard, so it need not be offered again. */
  copied?: boolean;
};

const nameOf = (account: string, passage: string) => `reyna:notes:${account}:${passage}`;

export function keepCopy(account: string, passage: string, copy: LocalCopy): void {
  try {
    localStorage.setItem(nameOf(account, passage), JSON.stringify(copy));
  } catch {
    // Full or forbidden: the net is not there, the saving itself goes on.
  }
}

export function readCopy(account: string, passage: string): LocalCopy | null {
  try {
    const kept = JSON.parse(localStorage.getItem(nameOf(account, passage)) ?? "null");
    return typeof kept?.notes === "string" ? (kept as LocalCopy) : null;
  } catch {
    return null;
  }
}

export function dropCopy(account: string, passage: string): void {
  try {
    localStorage.removeItem(nameOf(account, passage));
  } catch {
    // Forbidden: then there is none.
  }
}

/**
 * What to do with a copy found when a page opens: `restore` where nothing else was written since,
 * `forget` where the server has it, `offer` where both texts are worth keeping.
 */
export function judgeCopy(
  copy: LocalCopy,
  page: { notes: string; revision: number },
): "restore" | "forget" | "offer" {
  if (copy.notes === page.notes) return "forget";
  if (copy.revision === page.revision || copy.sending === page.notes) return "restore";
  return copy.copied ? "forget" : "offer";
}

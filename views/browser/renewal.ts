/** Signing in again in place, when the page's session is gone or somebody else's; the writing goes on meanwhile. */
import { SAVE_STATE_IDS } from "../chapters/save-state-ids.ts";
import type { SyncState } from "./editor/sync.ts";

export type Renewal = { update(session: SyncState["session"]): void };

/** @param onRenewed the browser has a session again; whose, the caller finds out */
export function startRenewal(onRenewed: () => void): Renewal {
  const form = document.getElementById(SAVE_STATE_IDS.renewal) as HTMLFormElement | null;
  const says = form?.querySelector<HTMLElement>("[data-says]");
  let shown: SyncState["session"] = "ours";

  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    void signIn(form).then((problem) => {
      tell(form, problem);
      if (problem === null) onRenewed();
    });
  });

  return {
    update(session) {
      if (!form || !says || session === shown) return;
      shown = session;
      form.hidden = session === "ours";
      // Filled once it can be seen, so that it is heard.
      says.textContent = form.querySelector(`[data-for="${session}"]`)?.textContent ?? "";
      if (session === "ours") form.reset();
      tell(form, null);
    },
  };
}

/** Answers what went wrong, as a sentence; null when nothing did. */
async function signIn(form: HTMLFormElement): Promise<string | null> {
  const fields = new FormData(form);
  const body = { email: fields.get("email"), password: fields.get("renewal-password") };
  try {
    const answer = await fetch("/api/auth/sign-in/email", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (answer.ok) return null;
    const { detail, title } = (await answer.json()) as { detail?: string; title?: string };
    return detail ?? `${title ?? "That was refused"}.`;
  } catch {
    return "The studio did not answer. Your words are still here; try again.";
  }
}

function tell(form: HTMLFormElement, problem: string | null): void {
  const line = form.querySelector<HTMLElement>("[data-problem]");
  if (!line) return;
  line.hidden = problem === null;
  line.textContent = problem ?? "";
}

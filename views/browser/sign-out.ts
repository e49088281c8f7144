/** Signing out on any page: of the account's other pages too, and what is to be done on the device is loaded then. */
import { AWAY } from "./asks.ts";
import type { Editor } from "./editor/editor.ts";

export function startSignOut(editor: Editor | null): void {
  const account = document.body.dataset.account;
  if (!account) return;
  const others = new BroadcastChannel("reyna-sign-out");
  others.onmessage = ({ data }) => {
    if (data !== account) return;
    editor?.leave();
    leaveForGood();
  };
  let isLeaving = false;
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (new URL(form.action).pathname !== "/sign-out") return;
    event.preventDefault();
    if (isLeaving) return;
    isLeaving = true;
    import("./signing-out.ts")
      .then(({ signOut }) => signOut(form.action, account, editor, others))
      .then(
        (hasLeft) => {
          if (hasLeft) leaveForGood();
        },
        () => alert(AWAY),
      )
      .finally(() => {
        isLeaving = false;
      });
  });
}

/** Nothing of the page may come back with the button of that name. */
export function leaveForGood(): void {
  document.body.replaceChildren();
  location.replace("/sign-in");
}

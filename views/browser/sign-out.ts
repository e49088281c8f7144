/** Signing out takes this account's words off the device, and asks first when some of them are nowhere else. */
import { forget, hasUnsent } from "./editor/store.ts";

export function startSignOut(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    const account = document.body.dataset.account;
    if (!account || new URL(form.action).pathname !== "/sign-out") return;
    event.preventDefault();
    void (async () => {
      const isAgreed =
        !(await hasUnsent(account)) ||
        confirm("Some words are on this device only. Sign out and delete them?");
      if (!isAgreed) return;
      await forget(account);
      form.submit();
    })();
  });
}

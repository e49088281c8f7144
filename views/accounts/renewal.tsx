import { SAVE_STATE_IDS } from "../chapters/save-state-ids.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";

/**
 * Signing in again without leaving the page, whose words stay where they are meanwhile. Hidden until
 * `browser/renewal.ts` finds the session gone, or that it is somebody else's.
 */
export function Renewal({ account }: { account: { name: string; email: string } }) {
  return (
    <form class="notice renewal" id={SAVE_STATE_IDS.renewal} method="post" action="/sign-in" hidden>
      <p role="alert" data-says />
      <p hidden data-for="none">
        You are signed out. You can write on: your words stay on this device, and are saved once you
        sign in.
      </p>
      <p hidden data-for="other">
        Somebody else is signed in in this browser. This page is still {account.name}’s: its words
        stay on this device, and are saved once {account.name} signs in.
      </p>
      <input type="hidden" name="email" value={account.email} autocomplete="username" />
      <Field
        name="renewal-password"
        label={`Password of ${account.email}`}
        type="password"
        autocomplete="current-password"
        required
      />
      <Button type="submit" look="outlined">
        Sign in
      </Button>
      <a href="/sign-in" target="_blank" rel="noopener">
        Sign in in a new tab
      </a>
      <p class="refused" role="alert" data-problem hidden />
    </form>
  );
}

/** What stands before a shared text, and what stands in its place. */
import type { Assets } from "../../src/assets.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Reader } from "./reader.tsx";

type Props = { assets: Pick<Assets, "url"> };

export function LinkPassword({
  assets,
  token,
  wrong,
}: Props & {
  token: string;
  /** Why the last one did not do. */
  wrong?: string;
}) {
  return (
    <Reader assets={assets} title="A text is shared with you">
      <main id="main" class="door">
        <h1>A text is shared with you</h1>
        <p>It is behind a password. Whoever sent you the link knows it.</p>
        <form method="post" action={`/read/${token}/password`}>
          <Field
            name="password"
            label="Password"
            type="password"
            autocomplete="off"
            error={wrong}
            required
          />
          <Button type="submit" look="primary" large>
            Read
          </Button>
        </form>
      </main>
    </Reader>
  );
}

export function LinkEnded({ assets }: Props) {
  return (
    <Reader assets={assets} title="This link has ended">
      <Ended />
    </Reader>
  );
}

/** Also in the page that was open when it ended. */
export function Ended() {
  return (
    <main id="main" class="door">
      <h1 tabindex={-1}>This link has ended</h1>
      <p>It shows nothing any more, or never did. Ask whoever sent it to you.</p>
    </main>
  );
}

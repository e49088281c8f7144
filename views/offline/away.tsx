import type { Assets } from "../../src/assets.ts";
import { Layout } from "../layout.tsx";
import { Logo } from "../ui/logo.tsx";

/** What opens without a network where this device has no copy of the page. */
export function Away({ assets }: { assets: Pick<Assets, "url"> }) {
  return (
    <Layout assets={assets} title="Out of reach, ReYNa Studio" page="error-page">
      <main id="main">
        <a class="logo" href="/">
          <Logo />
        </a>
        <p class="status">Out of reach</p>
        <h1>
          The studio does not answer, and this page was never opened on this device. What you wrote
          elsewhere is safe, and chapters that you have opened here still open.
        </h1>
        <p>
          <a class="act" href="/">
            To your last chapter
          </a>
        </p>
      </main>
    </Layout>
  );
}

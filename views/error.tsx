import type { Assets } from "../src/assets.ts";
import { Layout } from "./layout.tsx";
import { Logo } from "./ui/logo.tsx";

export type ErrorPageProps = {
  assets: Pick<Assets, "url">;
  /** The HTTP status, e.g. 404. */
  status: number;
  /** What happened and what to do, in a writer's words. */
  sentence: string;
  /** A way on. */
  way: { href: string; label: string };
};

export function ErrorPage({ assets, status, sentence, way }: ErrorPageProps) {
  return (
    <Layout assets={assets} title={`${status}, ReYNa Studio`} page="error-page">
      <main id="main">
        <a class="logo" href="/">
          <Logo />
        </a>
        <p class="status">{status}</p>
        <h1>{sentence}</h1>
        <p>
          <a class="act" href={way.href}>
            {way.label}
          </a>
        </p>
      </main>
    </Layout>
  );
}

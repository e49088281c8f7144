import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import type { Assets } from "../src/assets.ts";
import { Palette } from "./palette/palette.tsx";

/**
 * htmx 4's settings. The policy of these pages forbids evaluated code and inline styles, so nothing here may
 * need them; a tab in the background keeps its socket, so that a take goes on growing there.
 */
const HTMX_CONFIG = JSON.stringify({
  includeIndicatorCSS: false,
  history: false,
  ws: { pauseOnBackground: false, reconnectDelay: 500, reconnectMaxDelay: 10_000 },
});

export type LayoutProps = {
  assets: Pick<Assets, "url"> & Partial<Pick<Assets, "preloads">>;
  title: string;
  /** The account's id: local copies of unsaved text are kept apart by it. */
  account?: string;
  /** Classes of the page, for its style sheet; what begins with `writer` has the editor. */
  page: string;
  children: Child;
};

/** The shell of every page: head, skip link, the region that screen readers hear. */
export function Layout({ assets, title, account, page, children }: LayoutProps) {
  const script = /^writer\b/.test(page) ? "main.js" : "page.js";
  return (
    <>
      {raw("<!doctype html>")}
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta
            name="viewport"
            content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
          />
          <title>{title}</title>
          <meta name="color-scheme" content="light dark" />
          <meta name="theme-color" content="#fbfcfa" media="(prefers-color-scheme: light)" />
          <meta name="theme-color" content="#141719" media="(prefers-color-scheme: dark)" />
          <meta name="htmx-config" content={HTMX_CONFIG} />
          {PRELOADED_FONTS.map((font) => (
            <link
              rel="preload"
              href={assets.url(font)}
              as="font"
              type="font/woff2"
              crossorigin=""
            />
          ))}
          <link rel="stylesheet" href={assets.url("main.css")} />
          <link rel="icon" href={assets.url("favicon.svg")} type="image/svg+xml" />
          <script type="module" src={assets.url(script)} />
          {assets.preloads?.(script).map((path) => (
            <link rel="modulepreload" href={path} />
          ))}
        </head>
        <body class={page} data-account={account}>
          <a class="skip" href="#main">
            Skip to the text
          </a>
          {children}
          {account && <Palette />}
          <p class="unseen" id="announcements" role="status" />
        </body>
      </html>
    </>
  );
}

const PRELOADED_FONTS = [
  "newsreader-latin-opsz-normal.woff2",
  "commissioner-latin-wght-normal.woff2",
];

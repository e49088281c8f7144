import { raw } from "hono/html";
import type { Child } from "hono/jsx";
import type { Assets } from "../../src/assets.ts";

type Props = {
  assets: Pick<Assets, "url"> & Partial<Pick<Assets, "preloads">>;
  title: string;
  /** Of the text. */
  language?: string | null;
  /** Where the page hears that the link has ended; absent: it shows nothing that could end. */
  live?: string;
  /** What is shown, so that only its own changes are heard. */
  shown?: string | null;
  children: Child;
};

/** The shell of a reader's page: nobody is signed in, nothing is kept, no other site is told where one was. */
export function Reader({ assets, title, live, shown, children }: Props) {
  return (
    <>
      {raw("<!doctype html>")}
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
          <title>{title}</title>
          <meta name="robots" content="noindex, nofollow, noarchive" />
          <meta name="referrer" content="no-referrer" />
          <meta name="color-scheme" content="light dark" />
          <meta name="theme-color" content="#fbfcfa" media="(prefers-color-scheme: light)" />
          <meta name="theme-color" content="#141719" media="(prefers-color-scheme: dark)" />
          <link rel="stylesheet" href={assets.url("main.css")} />
          <link rel="icon" href={assets.url("favicon.svg")} type="image/svg+xml" />
          {live && <script type="module" src={assets.url("reading.js")} />}
        </head>
        <body class="reading" data-live={live} data-shown={shown ?? undefined}>
          <a class="skip" href="#main">
            Skip to the text
          </a>
          {children}
        </body>
      </html>
    </>
  );
}

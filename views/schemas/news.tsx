/** What became of schemas since the page was read. */
import { Replace } from "../ui/partial.tsx";
import { SCHEMA_NEWS_ID, schemaPath } from "./ids.ts";

export type News = { name: string; version: number; title: string | null; isDeprecated: boolean };

export function SchemaNews({ news }: { news: News | null }) {
  return (
    <p class="news" id={SCHEMA_NEWS_ID} role="status">
      {news && (
        <>
          {news.title || news.name}: v{news.version} was{" "}
          {news.isDeprecated ? "deprecated" : "registered"}.{" "}
          <a class="act" href={schemaPath(news.name, { to: news.version })}>
            Show it
          </a>
        </>
      )}
    </p>
  );
}

/** For whoever looks at the page. */
export function SchemaNewsUpdate({ news }: { news: News }) {
  return (
    <Replace id={SCHEMA_NEWS_ID}>
      <SchemaNews news={news} />
    </Replace>
  );
}

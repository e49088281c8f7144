import { Hono } from "hono";
import { ApiDocs } from "../../views/api/docs.tsx";
import type { Assets } from "../assets.ts";
import type { Http } from "../http.ts";
import { describeApi } from "./document.ts";

export type OpenApiParts = { assets: Assets; version: string };

/** `/api/openapi.json` and `/api/docs`: public, for they hold nothing of anybody. */
export function openApiRoutes({ assets, version }: OpenApiParts) {
  const document = describeApi(version);
  const text = JSON.stringify(document);
  const headers = {
    etag: `"${new Bun.CryptoHasher("sha256").update(text).digest("hex").slice(0, 32)}"`,
    "cache-control": "no-cache",
  };
  return new Hono<Http>()
    .get("/openapi.json", (c) => {
      const known = c.req.header("if-none-match")?.split(/\s*,\s*/) ?? [];
      if (known.some((tag) => tag.replace(/^W\//, "") === headers.etag))
        return c.body(null, 304, headers);
      return c.body(text, 200, { ...headers, "content-type": "application/json" });
    })
    .get("/docs", (c) => {
      const { origin } = new URL(c.req.url);
      return c.html(<ApiDocs assets={assets} document={document} origin={origin} />);
    });
}

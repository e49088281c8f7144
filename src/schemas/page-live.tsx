/** What the Schemas page hears: that a version was registered or deprecated, by whomever. */
import { SchemaNewsUpdate } from "../../views/schemas/news.tsx";
import type { NumberedEvent } from "../events/event.ts";

export function schemasView() {
  return {
    /** Every account may read schemas. */
    requireSeen: async (): Promise<void> => {},
    make(_id: string, { event }: NumberedEvent): Promise<object> | undefined {
      if (!/^schema\.(registered|deprecated)$/.test(event.type)) return undefined;
      const { name, version, title } = event.data;
      const news = {
        name: String(name),
        version: Number(version),
        title: typeof title === "string" ? title : null,
        isDeprecated: event.type === "schema.deprecated",
      };
      return Promise.resolve({ content: String(<SchemaNewsUpdate news={news} />) });
    },
  };
}

/** About what an ask would send, and cost where that is known. */

export const pricePath = (chapter: string, passage: string): string =>
  `/chapters/${chapter}/passages/${passage}/price`;

export function Price({ tokens, cost }: { tokens: number; cost: string | null }) {
  return (
    <>
      about {tokens.toLocaleString("en")} tokens{cost && `, ${cost}`}
    </>
  );
}

/** Looked up when it comes on screen; empty where nothing is known. */
export function PricePlace({ chapter, passage }: { chapter: string; passage: string }) {
  return (
    <span
      class="count"
      hx-get={pricePath(chapter, passage)}
      hx-trigger="intersect once"
      hx-swap="innerHTML"
    />
  );
}

/** How manuscripts part scenes: a line of asterisks, a lone number sign, an ornament in the middle of the page. */
import { schema } from "../documents/model/schema.ts";
import { type Block, isSign } from "./manuscript.ts";

/** Any of the signs, up to so many, with or without space between them; of dashes, three at least. */
const SIGNS = /^(?:(?:[*#~•·⁂✻✽❦❧☙※◆◇■□●○⁎∗]\s*){1,12}|(?:[-–—_=+]\s*){3,40})$/u;

export const isSceneSign = (text: string): boolean => SIGNS.test(text.trim());

/** Every paragraph that is nothing but a sign becomes a scene break; an empty paragraph is a gap. */
export function withScenes(blocks: readonly Block[]): Block[] {
  return blocks.map((block) => {
    if (isSign(block) || block.type !== schema.nodes.paragraph) return block;
    const text = block.textContent;
    if (text.trim() === "" && block.childCount <= 1) return { sign: "gap" };
    return isSceneSign(text) ? schema.nodes.scene_break.create() : block;
  });
}

import { PluginKey } from "prosemirror-state";
import type { DecorationSet } from "prosemirror-view";

/** Of the underlined words; a transaction carries under it what is drawn from now on. */
export const CHANGED_WORDS = new PluginKey<DecorationSet>("changed-words");

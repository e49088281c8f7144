export type TextInputV1 = { text: string; instruction?: string; style?: string };
export type ExpandedTextV1 = { text: string; model: string; practice?: boolean; ended?: "stopped" | "length" | "cut" };
export type Schemas = { "text-input-v1": TextInputV1; "expanded-text-v1": ExpandedTextV1 };

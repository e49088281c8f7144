/** What the server and the script of the palette both name. */
export const PALETTE_ID = "palette";
export const PALETTE_INPUT_ID = "palette-q";
/** Everything below the field: it comes anew with what is typed. */
export const PALETTE_RESULTS_ID = "palette-results";
export const PALETTE_LIST_ID = "palette-list";
export const PALETTE_PATH = "/palette/found";
export const palettePath = (query: string) =>
  `${PALETTE_PATH}?${new URLSearchParams({ q: query })}`;
export const SHEET_ID = "shortcuts";
export const SHEET_PATH = "/palette/shortcuts";

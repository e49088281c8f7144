/** What the Runs page, its fragments and its script all name. */
export const RUN_LIST_ID = "run-list";
export const RUN_PULSE_ID = "run-pulse";
export const RUN_PLACE_ID = "run-place";
export const RUN_MONTH_ID = "run-month";

export const runRowId = (run: string) => `run-${run}`;
export const runDetailId = (run: string) => `run-detail-${run}`;
export const runDetailPulseId = (run: string) => `run-detail-pulse-${run}`;
export const runCountId = (status: string) => `run-count-${status}`;

export const runPath = (run: string) => `/runs/${run}`;
export const cancellationPath = (run: string) => `/runs/shown/${run}/cancellation`;
export const retryPath = (run: string) => `/runs/shown/${run}/retry`;
export const REDRIVE_PATH = "/runs/redrive";
export const FIGURES_PATH = "/runs/figures";

/** Which runs the list shows; what is absent does not matter. */
export type ShownFilter = {
  status?: string | undefined;
  processor?: string | undefined;
  book?: string | undefined;
  /** Only what is older than this run. */
  before?: string | undefined;
};

/** The query of an address of this page, with its question mark; empty for all runs. */
export function searchOf(filter: ShownFilter): string {
  const set = Object.entries(filter).filter((one): one is [string, string] => Boolean(one[1]));
  return set.length > 0 ? `?${new URLSearchParams(set)}` : "";
}

/** As selectors name a book: an attribute's bare value begins with a letter. */
export const bookToken = (root: string) => `book-${root}`;

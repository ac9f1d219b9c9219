// Apart from schema.ts, so that the browser gets these words without zod.

export const columnLimit = 6;
export const rowLimit = 50;
export const sampleLimit = 10;

/** Answers of one run: what the page can keep and a person can look at. For more there are evaluations. */
export const callLimit = 300;

/** A run of more calls, or of more money, than this asks first. */
export const confirmCalls = 24;
export const confirmUsd = 1;

/** Calls of one cell: a model that never stops calling tools is stopped here. */
export const roundLimit = 8;

/** The row of a set-up that has no dataset. */
export const singleRowId = "single";

/** `environment` of every span of the playground: no deployment and no A/B test counts them. */
export const playgroundEnvironment = "playground";

/** One answer's place: which column was asked about which row, for which time. */
export function cellKey(cell: { columnId: string; rowId: string; sample: number }): string {
  return `${cell.columnId}/${cell.rowId}/${cell.sample}`;
}

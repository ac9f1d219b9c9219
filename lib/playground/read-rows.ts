import type { Context } from "#lib/core/context.ts";
import { findDatasetVersion, listItems } from "#lib/datasets/queries.ts";
import type { DatasetItem } from "#lib/datasets/schema.ts";
import { toVariables } from "#lib/evaluations/run-item.ts";
import type { DatasetSlice, PlaygroundRow } from "./schema.ts";

/** A row of a dataset, and what the dataset says the answer should be. */
export type DatasetRow = PlaygroundRow & { expected: DatasetItem["expected"] };
export type DatasetRows = { label: string; itemCount: number; rows: DatasetRow[] };

/** The items of a slice as rows. Throws `not_found` for a version that is not the project's. */
export async function readRows(ctx: Context, slice: DatasetSlice): Promise<DatasetRows> {
  const { datasetVersionId, start, count } = slice;
  const version = await findDatasetVersion(ctx, datasetVersionId);
  // The list's cursor is a place that is not known for the n-th item; reading what comes before is cheap up to here.
  const { data } = await listItems(ctx, { datasetVersionId, limit: start + count });
  const rows = data.slice(start).map(
    (item): DatasetRow => ({
      id: item.id,
      variables: toVariables(item.input),
      placeholders: {},
      messages: [],
      item: { datasetVersionId, key: item.key },
      expected: item.expected,
    }),
  );
  return { label: `${version.datasetName} v${version.number}`, itemCount: version.itemCount, rows };
}

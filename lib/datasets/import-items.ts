import { now } from "#lib/core/clock.ts";
import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { sql } from "#lib/db/postgres.ts";
import { digestItems, planImport } from "./plan-import.ts";
import { findDataset } from "./queries.ts";
import { type DatasetItemInput, type ImportedVersion, type ImportMode, itemLimit } from "./schema.ts";
import {
  insertItems,
  insertVersion,
  lastVersion,
  liveItems,
  lockDataset,
  removeItems,
  type VersionRow,
} from "./store/write-items.ts";

/**
 * Makes the dataset's next version out of the items, all or nothing. `dataset` is its name or id. Needs
 * `evaluations:write`. Throws `not_found`; `too_large` over a million items; `invalid_input` naming the item.
 */
export async function importItems(
  ctx: Context,
  input: { dataset: string; items: readonly DatasetItemInput[]; mode: ImportMode; message?: string },
): Promise<ImportedVersion> {
  requireScope(ctx, "evaluations:write");
  const { id: datasetId } = await findDataset(ctx, input.dataset);
  const incoming = digestItems(input.items);
  const { projectId } = ctx;

  return sql().begin(async (tx) => {
    const dataset = await lockDataset(tx, projectId, datasetId);
    if (!dataset) throw new AppError("not_found", "There is no such dataset.");
    const last = await lastVersion(tx, datasetId);
    const plan = planImport(await liveItems(tx, datasetId), incoming, input.mode);
    const names = { datasetId, datasetName: dataset.name };
    if (last?.digest === plan.digest)
      return { ...toVersion(last), ...names, isNew: false, addedCount: 0, removedCount: 0 };
    if (plan.itemCount > itemLimit) {
      throw new AppError(
        "too_large",
        `The version would hold ${plan.itemCount} items; the limit is ${itemLimit}.`,
      );
    }
    const version = {
      id: newId(),
      number: (last?.number ?? 0) + 1,
      digest: plan.digest,
      itemCount: plan.itemCount,
      message: input.message ?? "",
      authorName: ctx.actor.name,
      createdAt: now(),
    };
    await removeItems(tx, datasetId, plan.removedIds, version.number);
    await insertItems(tx, { projectId, datasetId, version: version.number }, plan.added);
    await insertVersion(tx, { ...version, projectId, datasetId });
    const counts = { addedCount: plan.added.length, removedCount: plan.removedIds.length };
    return { ...toVersion(version), ...names, isNew: true, ...counts };
  });
}

function toVersion(row: VersionRow) {
  return { ...row, createdAt: row.createdAt.toISOString() };
}

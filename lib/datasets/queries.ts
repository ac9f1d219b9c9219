import { type Context, requireScope } from "#lib/core/context.ts";
import { AppError } from "#lib/core/errors.ts";
import { isId } from "#lib/core/ids.ts";
import type { Json, JsonObject } from "#lib/core/json.ts";
import type { DatasetItem as ItemRow, DatasetVersion as VersionRow } from "#lib/db/generated/client.ts";
import { prisma } from "#lib/db/prisma.ts";
import type { Dataset, DatasetItem, DatasetVersion } from "./schema.ts";

/** By name or id. Throws `not_found`. */
export async function findDataset(ctx: Context, nameOrId: string): Promise<Dataset> {
  requireScope(ctx, "read");
  const row = await prisma().dataset.findFirst({
    where: {
      projectId: ctx.projectId,
      archivedAt: null,
      OR: [{ name: nameOrId }, ...(isId(nameOrId) ? [{ id: nameOrId }] : [])],
    },
    include: latestVersion,
  });
  if (!row) throw new AppError("not_found", `There is no dataset "${nameOrId}".`);
  return toDataset(row);
}

/** Newest first. `cursor` is the last page's `nextCursor`. */
export async function listDatasets(
  ctx: Context,
  page: { cursor?: string; limit?: number } = {},
): Promise<{ data: Dataset[]; nextCursor: string | null }> {
  requireScope(ctx, "read");
  const limit = page.limit ?? 100;
  const rows = await prisma().dataset.findMany({
    // Ids are UUIDv7: their order is the order of making.
    where: {
      projectId: ctx.projectId,
      archivedAt: null,
      ...(page.cursor && { id: { lt: idOf(page.cursor) } }),
    },
    include: latestVersion,
    orderBy: { id: "desc" },
    take: limit + 1,
  });
  const data = rows.slice(0, limit).map(toDataset);
  return { data, nextCursor: rows.length > limit ? data.at(-1)!.id : null };
}

/** By the version's id. Throws `not_found`. */
export async function findDatasetVersion(ctx: Context, id: string): Promise<DatasetVersion> {
  requireScope(ctx, "read");
  const row = isId(id)
    ? await prisma().datasetVersion.findFirst({
        where: { id, projectId: ctx.projectId },
        include: { dataset: true },
      })
    : null;
  if (!row) throw new AppError("not_found", "There is no such dataset version.");
  return toVersion(row, row.dataset.name);
}

/** All versions of a dataset, newest first. */
export async function listVersions(ctx: Context, datasetId: string): Promise<DatasetVersion[]> {
  const dataset = await findDataset(ctx, datasetId);
  const rows = await prisma().datasetVersion.findMany({
    where: { datasetId: dataset.id, projectId: ctx.projectId },
    orderBy: { number: "desc" },
  });
  return rows.map((row) => toVersion(row, dataset.name));
}

/** The items of a version in their order, `limit` at a time (100 unless told). */
export async function listItems(
  ctx: Context,
  page: { datasetVersionId: string; cursor?: string | null; limit?: number },
): Promise<{ data: DatasetItem[]; nextCursor: string | null }> {
  const version = await findDatasetVersion(ctx, page.datasetVersionId);
  const limit = page.limit ?? 100;
  const after = page.cursor ? parseCursor(page.cursor) : null;
  const rows = await prisma().datasetItem.findMany({
    where: {
      datasetId: version.datasetId,
      AND: [
        inVersion(version.number),
        after
          ? { OR: [{ position: { gt: after.position } }, { position: after.position, id: { gt: after.id } }] }
          : {},
      ],
    },
    orderBy: [{ position: "asc" }, { id: "asc" }],
    take: limit + 1,
  });
  const data = rows.slice(0, limit).map(toItem);
  const last = data.at(-1);
  return { data, nextCursor: rows.length > limit && last ? `${last.position}.${last.id}` : null };
}

/** How many items came and went between two versions of one dataset. Throws `invalid_input` for two datasets. */
export async function diffVersions(
  ctx: Context,
  fromId: string,
  toId: string,
): Promise<{ addedCount: number; removedCount: number }> {
  const [from, to] = await Promise.all([findDatasetVersion(ctx, fromId), findDatasetVersion(ctx, toId)]);
  if (from.datasetId !== to.datasetId)
    throw new AppError("invalid_input", "The versions are of two different datasets.");
  const countOnlyIn = (version: number, other: number) =>
    prisma().datasetItem.count({
      where: { datasetId: from.datasetId, AND: [inVersion(version), { NOT: inVersion(other) }] },
    });
  const [addedCount, removedCount] = await Promise.all([
    countOnlyIn(to.number, from.number),
    countOnlyIn(from.number, to.number),
  ]);
  return { addedCount, removedCount };
}

const latestVersion = { versions: { orderBy: { number: "desc" as const }, take: 1 } };

function inVersion(number: number) {
  return { addedIn: { lte: number }, OR: [{ removedIn: null }, { removedIn: { gt: number } }] };
}

function idOf(cursor: string): string {
  if (!isId(cursor)) throw new AppError("invalid_input", "The cursor is not one that this list gave.");
  return cursor;
}

function parseCursor(cursor: string): { position: number; id: string } {
  const [position, id] = cursor.split(".");
  if (!/^\d{1,9}$/.test(position ?? "") || !isId(id ?? ""))
    throw new AppError("invalid_input", "The cursor is not one that this list gave.");
  return { position: Number(position), id: id! };
}

function toDataset(row: {
  id: string;
  name: string;
  description: string;
  createdAt: Date;
  versions: VersionRow[];
}): Dataset {
  const { id, name, description, createdAt, versions } = row;
  return {
    id,
    name,
    description,
    createdAt: createdAt.toISOString(),
    latest: versions[0] ? toVersion(versions[0], name) : null,
  };
}

function toVersion(row: VersionRow, datasetName: string): DatasetVersion {
  const { id, datasetId, number, digest, itemCount, message, authorName } = row;
  const createdAt = row.createdAt.toISOString();
  return { id, datasetId, datasetName, number, digest, itemCount, message, authorName, createdAt };
}

function toItem(row: ItemRow): DatasetItem {
  const { id, key, digest, sourceTraceId, sourceSpanId, position } = row;
  return {
    id,
    key,
    digest,
    input: row.input as Json,
    expected: row.expected as Json,
    metadata: row.metadata as JsonObject,
    sourceTraceId,
    sourceSpanId,
    position,
  };
}

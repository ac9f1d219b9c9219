import type postgres from "postgres";
import { newId } from "#lib/core/ids.ts";
import type { DigestedItem, LiveItem } from "../plan-import.ts";

type Tx = postgres.TransactionSql;
export type LockedDataset = { id: string; name: string };
export type VersionRow = {
  id: string;
  number: number;
  digest: string;
  itemCount: number;
  message: string;
  authorName: string;
  createdAt: Date;
};

/** Rows sent in one statement: a few MB of JSON text at most. */
const chunkSize = 5000;

/** Locks the dataset's row, so that imports of one dataset take turns. Null if the project has no such dataset. */
export async function lockDataset(
  tx: Tx,
  projectId: string,
  datasetId: string,
): Promise<LockedDataset | null> {
  const [row] = await tx<LockedDataset[]>`
    select id, name from dataset
    where id = ${datasetId} and project_id = ${projectId} and archived_at is null for update`;
  return row ?? null;
}

export async function lastVersion(tx: Tx, datasetId: string): Promise<VersionRow | null> {
  const [row] = await tx<VersionRow[]>`
    select id, number, digest, item_count as "itemCount", message, author_name as "authorName",
      created_at as "createdAt"
    from dataset_version where dataset_id = ${datasetId} order by number desc limit 1`;
  return row ?? null;
}

export async function liveItems(tx: Tx, datasetId: string): Promise<LiveItem[]> {
  return tx<LiveItem[]>`
    select id, key, digest, position from dataset_item where dataset_id = ${datasetId} and removed_in is null`;
}

export async function removeItems(tx: Tx, datasetId: string, ids: readonly string[], version: number) {
  for (let start = 0; start < ids.length; start += chunkSize) {
    const chunk = ids.slice(start, start + chunkSize);
    await tx`update dataset_item set removed_in = ${version}
      where dataset_id = ${datasetId} and id = any(${chunk}::uuid[])`;
  }
}

export async function insertItems(
  tx: Tx,
  dataset: { projectId: string; datasetId: string; version: number },
  items: readonly (DigestedItem & { position: number })[],
): Promise<void> {
  for (let start = 0; start < items.length; start += chunkSize) {
    const rows = items.slice(start, start + chunkSize).map((item) => ({ ...item, id: newId() }));
    await tx`
      insert into dataset_item (id, project_id, dataset_id, key, digest, input, expected, metadata,
        source_trace_id, source_span_id, added_in, position)
      select id, ${dataset.projectId}::uuid, ${dataset.datasetId}::uuid, key, digest, input, expected,
        coalesce(metadata, '{}'), "sourceTraceId", "sourceSpanId", ${dataset.version}::int, position
      from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as row(id uuid, key text, digest text,
        input jsonb, expected jsonb, metadata jsonb, "sourceTraceId" text, "sourceSpanId" text, position int)`;
  }
}

export async function insertVersion(
  tx: Tx,
  version: VersionRow & { projectId: string; datasetId: string },
): Promise<void> {
  await tx`
    insert into dataset_version (id, project_id, dataset_id, number, digest, item_count, message, author_name,
      created_at)
    values (${version.id}, ${version.projectId}, ${version.datasetId}, ${version.number}, ${version.digest},
      ${version.itemCount}, ${version.message}, ${version.authorName}, ${version.createdAt})`;
}

"use client";

import { type ItemPage, ItemsTable } from "#components/datasets/items-table.tsx";
import { listItems } from "../actions.ts";

type DatasetItemsProps = { slug: string; datasetVersionId: string; totalCount: number; first: ItemPage };

export function DatasetItems({ slug, datasetVersionId, totalCount, first }: DatasetItemsProps) {
  return (
    <ItemsTable
      key={datasetVersionId}
      first={first}
      totalCount={totalCount}
      tracePath={(traceId) => `/${slug}/traces/${traceId}`}
      onLoad={async (cursor) => {
        const page = await listItems(slug, { datasetVersionId, cursor, limit: 500 });
        return page.ok ? page.data : null;
      }}
    />
  );
}

"use client";

import type { ReactNode } from "react";
import type { Dataset } from "#lib/datasets/schema.ts";
import type { DataColumn } from "../ui/data-columns.ts";
import { DataTable } from "../ui/data-table.tsx";
import { formatCount } from "../ui/format.ts";
import { RelativeTime } from "../ui/relative-time.tsx";

type DatasetsTableProps = { datasets: readonly Dataset[]; basePath: string; empty: ReactNode };

export function DatasetsTable({ datasets, basePath, empty }: DatasetsTableProps) {
  return (
    <DataTable
      label="Datasets"
      noun="dataset"
      rows={datasets}
      columns={columns}
      rowId={(dataset) => dataset.id}
      rowHref={(dataset) => `${basePath}/${dataset.id}`}
      search="client"
      exportName="datasets"
      storageKey="datasets"
      empty={empty}
    />
  );
}

const columns: DataColumn<Dataset>[] = [
  {
    id: "name",
    header: "Name",
    value: (dataset) => dataset.name,
    cell: (dataset) => <span className="font-medium">{dataset.name}</span>,
  },
  { id: "description", header: "Description", value: (dataset) => dataset.description },
  {
    id: "version",
    header: "Version",
    value: (dataset) => dataset.latest?.number ?? null,
    cell: (dataset) => (dataset.latest ? `v${dataset.latest.number}` : "empty"),
    isNumeric: true,
    width: "5rem",
  },
  {
    id: "items",
    header: "Items",
    value: (dataset) => dataset.latest?.itemCount ?? 0,
    cell: (dataset) => formatCount(dataset.latest?.itemCount ?? 0),
    isNumeric: true,
    width: "6rem",
  },
  {
    id: "changed",
    header: "Changed",
    value: (dataset) => changedAt(dataset),
    cell: (dataset) => <RelativeTime value={changedAt(dataset)} />,
    width: "8rem",
  },
  { id: "author", header: "By", value: (dataset) => dataset.latest?.authorName ?? null, width: "9rem" },
];

function changedAt(dataset: Dataset): string {
  return dataset.latest?.createdAt ?? dataset.createdAt;
}

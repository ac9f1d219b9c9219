"use client";

import type { DataColumn } from "#components/ui/data-columns.ts";
import { DataTable } from "#components/ui/data-table.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { AbTestStatus } from "#lib/abtests/definition.ts";
import { StatusBadge } from "./status-badge.tsx";

export type AbTestRow = {
  key: string;
  name: string;
  status: AbTestStatus;
  /** "A, B": with weights where they are uneven. */
  split: string;
  success: string;
  winner: string | null;
  createdBy: string;
  createdAt: string;
  startedAt: string | null;
};

type AbTestTableProps = { rows: readonly AbTestRow[]; listHref: string };

export function AbTestTable({ rows, listHref }: AbTestTableProps) {
  return (
    <DataTable
      label="A/B tests"
      noun="A/B test"
      rows={rows}
      columns={columns}
      rowId={(row) => row.key}
      rowHref={(row) => `${listHref}/${row.key}`}
      search="client"
      empty="No A/B test matches."
      exportName="ab-tests"
      storageKey="ab-tests"
      hasPageKeys
    />
  );
}

const columns: DataColumn<AbTestRow>[] = [
  {
    id: "name",
    header: "Name",
    value: (row) => row.name,
    width: "minmax(12rem, 2fr)",
    cell: (row) => (
      <span className="min-w-0 truncate">
        <span className="font-medium">{row.name}</span> <span className="text-muted">{row.key}</span>
      </span>
    ),
  },
  {
    id: "status",
    header: "Status",
    value: (row) => row.status,
    width: "7rem",
    cell: (row) => <StatusBadge status={row.status} />,
  },
  { id: "split", header: "Split", value: (row) => row.split },
  { id: "success", header: "Success metric", value: (row) => row.success },
  { id: "winner", header: "Winner", value: (row) => row.winner, width: "5rem" },
  {
    id: "started",
    header: "Started",
    value: (row) => row.startedAt,
    width: "7rem",
    cell: (row) =>
      row.startedAt ? <RelativeTime value={row.startedAt} /> : <span className="text-muted">not yet</span>,
  },
  {
    id: "created",
    header: "Created",
    value: (row) => row.createdAt,
    width: "7rem",
    isHiddenAtFirst: true,
    cell: (row) => <RelativeTime value={row.createdAt} />,
  },
  { id: "author", header: "By", value: (row) => row.createdBy, width: "8rem", isHiddenAtFirst: true },
];

"use client";

import type { ReactNode } from "react";
import type { Evaluation } from "#lib/evaluations/schema.ts";
import type { DataColumn } from "../ui/data-columns.ts";
import { DataTable } from "../ui/data-table.tsx";
import { formatCount } from "../ui/format.ts";
import { RelativeTime } from "../ui/relative-time.tsx";
import { EvaluationStatusBadge } from "./status-badge.tsx";

type EvaluationsTableProps = { evaluations: readonly Evaluation[]; basePath: string; empty: ReactNode };

export function EvaluationsTable({ evaluations, basePath, empty }: EvaluationsTableProps) {
  return (
    <DataTable
      label="Evaluations"
      noun="evaluation"
      rows={evaluations}
      columns={columns}
      rowId={(evaluation) => evaluation.id}
      rowHref={(evaluation) => `${basePath}/${evaluation.id}`}
      search="client"
      exportName="evaluations"
      storageKey="evaluations"
      empty={empty}
    />
  );
}

const columns: DataColumn<Evaluation>[] = [
  {
    id: "name",
    header: "Name",
    value: (evaluation) => evaluation.name,
    cell: (evaluation) => <span className="font-medium">{evaluation.name}</span>,
  },
  {
    id: "status",
    header: "Status",
    value: (evaluation) => evaluation.status,
    cell: (evaluation) => <EvaluationStatusBadge status={evaluation.status} />,
    width: "6rem",
  },
  {
    id: "dataset",
    header: "Dataset",
    value: (evaluation) => `${evaluation.datasetName} v${evaluation.datasetVersionNumber}`,
  },
  {
    id: "candidates",
    header: "Candidates",
    value: (evaluation) => evaluation.candidates.length,
    isNumeric: true,
    width: "7rem",
  },
  {
    id: "answers",
    header: "Answers",
    value: (evaluation) => evaluation.progress.done,
    cell: ({ progress }) =>
      progress.done === progress.total
        ? formatCount(progress.done)
        : `${formatCount(progress.done)} of ${formatCount(progress.total)}`,
    isNumeric: true,
    width: "9rem",
  },
  {
    id: "failed",
    header: "Failed",
    value: (evaluation) => evaluation.progress.errors,
    cell: ({ progress }) =>
      progress.errors > 0 ? <span className="text-harm">{formatCount(progress.errors)}</span> : "0",
    isNumeric: true,
    width: "5rem",
  },
  {
    id: "started",
    header: "Started",
    value: (evaluation) => evaluation.createdAt,
    cell: (evaluation) => <RelativeTime value={evaluation.createdAt} />,
    width: "8rem",
  },
  {
    id: "author",
    header: "By",
    value: (evaluation) => evaluation.createdBy,
    width: "9rem",
    isHiddenAtFirst: true,
  },
];

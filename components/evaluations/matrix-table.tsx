"use client";

import type { Matrix } from "#lib/evaluations/schema.ts";
import { Button } from "../ui/button.tsx";
import { formatCount } from "../ui/format.ts";
import { Table, Td, Th } from "../ui/table.tsx";
import { CandidateName } from "./candidate-name.tsx";
import { axisOf } from "./interval-bar.tsx";
import { MatrixCell } from "./matrix-cell.tsx";

type MatrixTableProps = {
  matrix: Matrix;
  onBaseline: (candidateId: string) => void;
  promptPath: (name: string) => string;
};

/** Candidates × metrics. Differences are paired by item; a color claims something only where the interval allows it. */
export function MatrixTable({ matrix, onBaseline, promptPath }: MatrixTableProps) {
  const { metrics, rows, baselineId } = matrix;
  const axes = metrics.map(({ key, scale }) =>
    axisOf(
      scale === "binary" || scale === "unit",
      rows.map((row) => row.cells[key]!),
    ),
  );
  return (
    <Table label="Candidates by metric" className="[&_td]:align-top [&_td]:px-3 [&_th]:px-3">
      <thead>
        <tr>
          <Th className="min-w-52">Candidate</Th>
          {metrics.map((metric) => (
            <Th key={metric.key} className="relative">
              {metric.label}
              <span className="font-normal"> {metric.higherIsBetter ? "↑" : "↓"}</span>
              <span className="sr-only">
                {metric.higherIsBetter ? " higher is better" : " lower is better"}
              </span>
            </Th>
          ))}
          <Th isNumeric>Answers</Th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={row.candidate.id}>
            <Td className="py-2.5">
              <CandidateName candidate={row.candidate} index={index} promptPath={promptPath} />
              {row.candidate.id !== baselineId && (
                <Button
                  size="sm"
                  variant="quiet"
                  className="mt-1 -ml-2 text-xs"
                  onClick={() => onBaseline(row.candidate.id)}
                >
                  Make {row.candidate.letter} the baseline
                </Button>
              )}
            </Td>
            {metrics.map((metric, column) => (
              <Td key={metric.key} className="py-2.5">
                <MatrixCell
                  metric={metric}
                  cell={row.cells[metric.key]!}
                  axis={axes[column]!}
                  difference={row.candidate.id === baselineId ? undefined : row.differences[metric.key]}
                />
              </Td>
            ))}
            <Td isNumeric className="py-2.5 whitespace-nowrap">
              {formatCount(row.progress.done)}
              {row.progress.errors > 0 && (
                <span className="block text-xs text-harm">{formatCount(row.progress.errors)} failed</span>
              )}
            </Td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

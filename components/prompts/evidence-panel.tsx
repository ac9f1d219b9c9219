"use client";

import Link from "next/link";
import type { AbTestEvidence, EvaluationEvidence, Evidence } from "#lib/evaluations/gather-evidence.ts";
import { describeCell, formatMetric, formatMetricDifference } from "../evaluations/format-metric.ts";
import { Badge } from "../ui/badge.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { Table, Td, Th } from "../ui/table.tsx";

type EvidencePanelProps = { slug: string; evidence: Evidence };

/** What evaluations and A/B tests say about the version and the one it replaces. */
export function EvidencePanel({ slug, evidence }: EvidencePanelProps) {
  const { evaluations, abTests } = evidence;
  if (evaluations.length === 0 && abTests.length === 0) {
    return (
      <p className="text-sm text-muted">
        No evaluation and no A/B test has tried these versions.{" "}
        <Link className="link" href={`/${slug}/evaluations/new`}>
          Evaluate them
        </Link>{" "}
        to know before you promote.
      </p>
    );
  }
  return (
    <div className="flex flex-col gap-4">
      {abTests.map((test) => (
        <AbTestLine key={test.key} slug={slug} test={test} />
      ))}
      {evaluations.map((evaluation) => (
        <EvaluationTable key={evaluation.id} slug={slug} evaluation={evaluation} />
      ))}
    </div>
  );
}

function AbTestLine({ slug, test }: { slug: string; test: AbTestEvidence }) {
  return (
    <div className="text-sm">
      <p className="flex flex-wrap items-center gap-2">
        <Link className="link font-medium" href={`/${slug}/ab-tests/${encodeURIComponent(test.key)}`}>
          {test.name}
        </Link>
        <Badge tone="outline">{test.status}</Badge>
        <span className="text-muted">
          {test.variants
            .map(({ key, versionNumber }) => `variant ${key} is version ${versionNumber}`)
            .join(", ")}
        </span>
      </p>
      <p>{test.verdict?.sentence ?? "Not started: it says nothing yet."}</p>
    </div>
  );
}

function EvaluationTable({ slug, evaluation }: { slug: string; evaluation: EvaluationEvidence }) {
  const { id, name, datasetName, datasetVersionNumber, createdAt, metrics, rows } = evaluation;
  return (
    <div className="min-w-0">
      <p className="mb-1 text-sm">
        <Link className="link font-medium" href={`/${slug}/evaluations/${id}`}>
          {name}
        </Link>{" "}
        <span className="text-muted">
          on {datasetName} v{datasetVersionNumber} · <RelativeTime value={createdAt} />
          {evaluation.status === "running" && " · still running"}
        </span>
      </p>
      <div className="overflow-x-auto">
        <Table label={`Results of ${name}`}>
          <thead>
            <tr>
              <Th>Version</Th>
              {metrics.map((metric) => (
                <Th key={metric.key}>{metric.label}</Th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a stored row has no identity but its place
              <tr key={index}>
                <Td className="whitespace-nowrap">
                  {row.versionNumber} <span className="text-muted">on {row.modelName}</span>
                </Td>
                {metrics.map((metric) => (
                  <Td key={metric.key} className="whitespace-nowrap tabular-nums">
                    <Value metric={metric} row={row} />
                  </Td>
                ))}
              </tr>
            ))}
          </tbody>
        </Table>
      </div>
    </div>
  );
}

type ValueProps = {
  metric: EvaluationEvidence["metrics"][number];
  row: EvaluationEvidence["rows"][number];
};

function Value({ metric, row }: ValueProps) {
  const cell = row.cells[metric.key];
  const difference = row.differences[metric.key];
  if (!cell || cell.status === "not_estimable") return <span className="text-muted">–</span>;
  return (
    <span title={describeCell(metric, cell)}>
      {formatMetric(metric.scale, cell.mean)}
      {difference?.status === "estimated" && (
        <span className={tones[difference.direction]}>
          {" "}
          {formatMetricDifference(metric.scale, difference.difference)} {difference.direction}
        </span>
      )}
    </span>
  );
}

const tones = { better: "text-better", worse: "text-worse", unresolved: "text-unresolved" };

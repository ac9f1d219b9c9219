import { SimulatedBadge } from "#components/models/simulated-badge.tsx";
import { ScoreValue } from "#components/scores/score-value.tsx";
import { Badge } from "#components/ui/badge.tsx";
import type { DataColumn } from "#components/ui/data-columns.ts";
import { formatCount, formatDuration, formatUsd } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { TraceSummary } from "#lib/traces/schema.ts";
import { OperationIcon, operationName } from "./operation-icon.tsx";

/** The columns of the list of traces. What a trace does not know is an empty cell. */
export const traceColumns: DataColumn<TraceSummary>[] = [
  {
    id: "name",
    header: "Name",
    value: (row) => row.name,
    cell: (row) => (
      <span className="flex min-w-0 items-center gap-1.5">
        <OperationIcon
          operation={row.operation}
          className={row.status === "error" ? "text-harm" : "text-muted"}
        />
        <span className="truncate" title={row.name}>
          {row.name}
        </span>
        {row.provider === "rehearsal" && <SimulatedBadge />}
      </span>
    ),
    width: "14rem",
    isSortable: false,
  },
  {
    id: "time",
    header: "Time",
    value: (row) => new Date(row.startTimeUs / 1000).toISOString(),
    cell: (row) => <RelativeTime value={row.startTimeUs / 1000} className="text-muted" />,
    width: "6.5rem",
  },
  preview("input", "Input", (row) => row.input),
  {
    ...preview("output", "Output", (row) => row.output),
    cell: (row) =>
      row.status === "error" ? (
        <span className="flex min-w-0 items-center gap-1.5">
          <Badge tone="harm">Error</Badge>
          <span className="truncate text-harm" title={row.errorMessage ?? undefined}>
            {row.errorMessage}
          </span>
        </span>
      ) : (
        row.output
      ),
  },
  {
    ...hidden(plain("status", "Status", (row) => row.status)),
    width: "5rem",
  },
  sortable(
    number(
      "latency",
      "Latency",
      (row) => (row.durationUs === null ? null : row.durationUs / 1000),
      formatDuration,
      "open",
    ),
  ),
  {
    ...sortable(number("tokens", "Tokens", totalTokens, formatCount)),
    cell: (row) => (
      <span title={`${count(row.inputTokens)} in, ${count(row.outputTokens)} out`}>
        {totalTokens(row) === null ? "" : formatCount(totalTokens(row)!)}
      </span>
    ),
  },
  { ...sortable(number("cost", "Cost", (row) => row.costUsd, formatUsd)), width: "6.5rem" },
  { ...plain("model", "Model", (row) => row.model), width: "8.5rem" },
  {
    ...plain("prompt", "Prompt", (row) =>
      row.promptName === null ? null : [row.promptName, row.promptVersion].filter(Boolean).join(" "),
    ),
    width: "8.5rem",
  },
  {
    ...plain("abtest", "A/B test", (row) =>
      row.abTestKey === null ? null : `${row.abTestKey} ${row.variantKey}`,
    ),
    width: "7rem",
  },
  {
    id: "scores",
    header: "Scores",
    value: (row) => row.scores.map((score) => `${score.name} ${score.value}`).join(", ") || null,
    cell: (row) => (
      <span className="flex gap-3">
        {row.scores.map((score) => (
          <span key={score.name} className="inline-flex items-center gap-1">
            {score.name !== "thumbs" && <span className="text-muted">{score.name}</span>}
            <ScoreValue score={score} />
          </span>
        ))}
      </span>
    ),
    width: "9rem",
    isSortable: false,
  },
  { ...plain("user", "User", (row) => row.userId), width: "7rem" },
  hidden(plain("session", "Session", (row) => row.sessionId)),
  hidden(plain("tags", "Tags", (row) => row.tags.join(", ") || null)),
  hidden(plain("environment", "Environment", (row) => row.environment)),
  hidden(plain("service", "Service", (row) => row.service)),
  hidden(plain("provider", "Provider", (row) => row.provider)),
  hidden(plain("operation", "Operation", (row) => operationName(row.operation))),
  hidden(number("ttft", "First token", (row) => row.timeToFirstTokenMs, formatDuration)),
  hidden(number("spans", "Spans", (row) => row.spanCount, formatCount)),
  hidden({ ...plain("id", "Trace id", (row) => row.traceId), width: "20rem" }),
];

type Column = DataColumn<TraceSummary>;

function plain(id: string, header: string, value: (row: TraceSummary) => string | null): Column {
  return { id, header, value, isSortable: false, width: "8rem" };
}

function preview(id: string, header: string, value: (row: TraceSummary) => string | null): Column {
  return {
    id,
    header,
    value,
    isSortable: false,
    width: "12rem",
    cell: (row) => <span title={value(row) ?? undefined}>{value(row)}</span>,
  };
}

function number(
  id: string,
  header: string,
  value: (row: TraceSummary) => number | null,
  format: (value: number) => string,
  absent = "",
): Column {
  return {
    id,
    header,
    value,
    cell: (row) => {
      const known = value(row);
      return known === null ? <span className="text-muted">{absent}</span> : format(known);
    },
    isNumeric: true,
    isSortable: false,
    width: "5rem",
  };
}

function sortable(column: Column): Column {
  return { ...column, isSortable: true };
}

function hidden(column: Column): Column {
  return { ...column, isHiddenAtFirst: true };
}

function totalTokens(row: TraceSummary): number | null {
  if (row.inputTokens === null && row.outputTokens === null) return null;
  return (row.inputTokens ?? 0) + (row.outputTokens ?? 0);
}

const count = (tokens: number | null) => (tokens === null ? "unknown" : formatCount(tokens));

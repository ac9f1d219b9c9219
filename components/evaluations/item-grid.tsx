"use client";

import type { Metric } from "#lib/evaluations/metrics.ts";
import type { CandidateView, GridFilter, GridResult, GridRow } from "#lib/evaluations/schema.ts";
import { VariantMark } from "../charts/variant-mark.tsx";
import { expectedText, inputText } from "../datasets/item-preview.tsx";
import { classNames } from "../ui/class-names.ts";
import { formatDuration, formatUsd } from "../ui/format.ts";
import { formatScore } from "./format-metric.ts";

type ItemGridProps = {
  rows: readonly GridRow[];
  candidates: readonly CandidateView[];
  metrics: readonly Metric[];
  tracePath: (traceId: string) => string;
  /** Where an answer's call can be tried again. */
  playgroundPath: (traceId: string) => string;
};

/** Each item with all candidates' answers side by side; on a phone one below the other. */
export function ItemGrid({ rows, candidates, metrics, tracePath, playgroundPath }: ItemGridProps) {
  return (
    <ol className="border-t border-border" aria-label="Items and answers">
      {rows.map((row) => (
        <li
          key={row.itemId}
          className="grid gap-x-4 gap-y-2 border-b border-border py-2.5 [contain-intrinsic-size:auto_7rem] [content-visibility:auto] md:grid-cols-[minmax(10rem,1fr)_3fr]"
        >
          <div className="min-w-0 text-sm">
            <div className="line-clamp-4 break-words whitespace-pre-wrap">{inputText(row.input)}</div>
            {row.expected !== null && (
              <div className="mt-1 line-clamp-3 text-xs break-words text-muted">
                expected <span className="text-text">{expectedText(row.expected)}</span>
              </div>
            )}
          </div>
          <div className="grid min-w-0 grid-cols-[repeat(auto-fit,minmax(min(100%,11rem),1fr))] gap-x-4 gap-y-2">
            {candidates.map((candidate, index) => (
              <div key={candidate.id} className="min-w-0">
                {(row.results[candidate.id] ?? []).map((result) => (
                  <Answer
                    key={result.repeat}
                    result={result}
                    index={index}
                    metrics={metrics}
                    tracePath={tracePath(result.traceId)}
                    playgroundPath={playgroundPath(result.traceId)}
                  />
                ))}
                {!row.results[candidate.id] && (
                  <div className="flex gap-2 text-xs text-muted">
                    <VariantMark index={index} /> not answered yet
                  </div>
                )}
              </div>
            ))}
          </div>
        </li>
      ))}
    </ol>
  );
}

type AnswerProps = {
  result: GridResult;
  index: number;
  metrics: readonly Metric[];
  tracePath: string;
  playgroundPath: string;
};

function Answer({ result, index, metrics, tracePath, playgroundPath }: AnswerProps) {
  const isError = result.status === "error";
  return (
    <div className="mb-1.5">
      <div className="flex gap-2">
        <VariantMark index={index} className="shrink-0 self-start text-xs" />
        <div
          className={classNames(
            "line-clamp-6 min-w-0 text-sm break-words whitespace-pre-wrap",
            isError && "text-harm",
          )}
        >
          {isError ? result.errorMessage : result.output || <span className="text-muted">empty answer</span>}
        </div>
      </div>
      <div className="mt-0.5 flex flex-wrap gap-x-2.5 text-xs text-muted tabular-nums">
        {metrics.map((metric) => {
          const score = result.scores.find((each) => each.name === metric.key);
          if (!score) return null;
          return (
            <span
              key={score.name}
              title={score.reason ?? undefined}
              className={scoreTone(metric, score.value)}
            >
              {score.name} {score.value === null ? "not scored" : formatScore(metric.scale, score.value)}
            </span>
          );
        })}
        {result.latencyMs !== null && <span>{formatDuration(result.latencyMs)}</span>}
        {result.costUsd !== null && <span>{formatUsd(result.costUsd)}</span>}
        <a className="link" href={tracePath}>
          trace
        </a>
        <a className="link" href={playgroundPath}>
          playground
        </a>
      </div>
    </div>
  );
}

function scoreTone(metric: Metric, value: number | null): string {
  if (value === null || metric.scale !== "binary") return "";
  return value === 1 ? "text-better" : "text-worse";
}

export const gridFilters: { value: GridFilter; label: string; hint: string }[] = [
  { value: "all", label: "All", hint: "Every item of the dataset version" },
  { value: "different", label: "Different only", hint: "Items to which the answers are not all the same" },
  { value: "failures", label: "Failures", hint: "Items on which a call failed or a pass-or-fail score is 0" },
  {
    value: "regressions",
    label: "Regressions",
    hint: "Items on which a candidate did worse than the baseline",
  },
];

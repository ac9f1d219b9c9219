import type { Metric } from "#lib/evaluations/metrics.ts";
import type { Cell, PairedDifference } from "#lib/evaluations/schema.ts";
import { formatCount } from "../ui/format.ts";
import { describeCell, formatMetric, formatMetricDifference } from "./format-metric.ts";
import { type Axis, IntervalBar } from "./interval-bar.tsx";

type MatrixCellProps = {
  metric: Metric;
  cell: Cell;
  axis: Axis;
  /** Undefined for the baseline. */
  difference: PairedDifference | undefined;
};

/** One candidate's mean of one metric, its interval, and the paired difference to the baseline. */
export function MatrixCell({ metric, cell, axis, difference }: MatrixCellProps) {
  return (
    <div className="min-w-32" title={describeCell(metric, cell)}>
      <div className="flex items-baseline justify-between gap-2">
        {cell.status === "not_estimable" ? (
          <span className="text-muted">–</span>
        ) : (
          <span className="font-medium">{formatMetric(metric.scale, cell.mean)}</span>
        )}
        {cell.status !== "not_estimable" && (
          <span className="text-xs text-muted">n = {formatCount(cell.items)}</span>
        )}
      </div>
      <IntervalBar cell={cell} axis={axis} />
      <div className="min-h-8 text-xs">
        {difference ? (
          <Difference metric={metric} difference={difference} />
        ) : (
          <span className="text-muted">baseline</span>
        )}
      </div>
    </div>
  );
}

function Difference({ metric, difference }: { metric: Metric; difference: PairedDifference }) {
  if (difference.status === "not_estimable") return <span className="text-muted">no items in common</span>;
  const said = formatMetricDifference(metric.scale, difference.difference);
  if (difference.status === "difference_only") {
    const isEqual = difference.difference === 0 && difference.reason === "no_variation";
    const why = difference.reason === "one_item" ? "one item, no interval" : "the same on every item";
    return <span className="text-muted">{isEqual ? "equal on every item" : `${said}, ${why}`}</span>;
  }
  const { lower, upper, direction, signTestP, higherItems, lowerItems } = difference;
  const format = (value: number) => formatMetricDifference(metric.scale, value);
  const test = signTestP === null ? "" : ` McNemar's exact P = ${signTestP.toPrecision(2)}.`;
  const title = `Higher on ${formatCount(higherItems)} items, lower on ${formatCount(lowerItems)}.${test}`;
  return (
    <span title={title}>
      <span className={tones[direction]}>
        {said} {words[direction]}
      </span>
      <span className="block whitespace-nowrap text-muted">
        {format(lower)} to {format(upper)}
      </span>
    </span>
  );
}

const tones = {
  better: "font-medium text-better",
  worse: "font-medium text-worse",
  unresolved: "text-unresolved",
};
const words = { better: "better", worse: "worse", unresolved: "unresolved" };

import type { Metric, Scale } from "#lib/evaluations/metrics.ts";
import type { Cell } from "#lib/evaluations/schema.ts";
import { formatCount, formatDuration, formatNumber, formatShare, formatUsd } from "../ui/format.ts";

/** A metric's value with its unit: "83.2%", "412 ms", "$0.0031". */
export function formatMetric(scale: Scale, value: number): string {
  if (scale === "ms") return formatDuration(value);
  if (scale === "usd") return formatUsd(value);
  return formatShare(value);
}

/** A difference of two values with sign and unit; of shares in percentage points: "+3.2 pp". */
export function formatMetricDifference(scale: Scale, value: number): string {
  const sign = value > 0 ? "+" : value < 0 ? "−" : "";
  if (scale === "ms" || scale === "usd") return sign + formatMetric(scale, Math.abs(value));
  return `${sign}${(Math.abs(value) * 100).toFixed(1)} pp`;
}

/** One result's score: a pass-or-fail one as a word. */
export function formatScore(scale: Scale, value: number): string {
  if (scale === "binary") return value === 1 ? "pass" : value === 0 ? "fail" : formatNumber(value);
  return scale === "unit" ? formatNumber(value) : formatMetric(scale, value);
}

/** What a cell says in full, for titles and screen readers. */
export function describeCell(metric: Metric, cell: Cell): string {
  if (cell.status === "not_estimable")
    return cell.unscored > 0
      ? `None of ${formatCount(cell.unscored)} results could be scored.`
      : "No results yet.";
  const mean = formatMetric(metric.scale, cell.mean);
  const of = `${formatCount(cell.items)} items, ${formatCount(cell.observations)} results`;
  const unscored = cell.unscored > 0 ? `; ${formatCount(cell.unscored)} could not be scored` : "";
  if (cell.status === "mean_only") {
    const why = cell.reason === "one_item" ? "one item shows no spread" : "all items are alike";
    return `${mean}, no interval: ${why}. ${of}${unscored}.`;
  }
  const { lower, upper } = cell;
  return `${mean}, 95% interval ${formatMetric(metric.scale, lower)} to ${formatMetric(metric.scale, upper)}. ${of}${unscored}.`;
}

/**
 * The catalogue of metrics. An id is a name and, for anything but the mean per trace, a statistic after a dot:
 * `error_rate`, `latency_ms.p95`, `cost_usd.per_unit`, `score:helpful`, `score:helpful.per_unit`.
 */
export type MetricId = string;

export type Statistic = "mean" | "per_unit" | "p50" | "p90" | "p95" | "p99";

/**
 * What is summed per unit: a column of the traces, or what their scores of a name say.
 *
 * | measure | of each trace |
 * |---|---|
 * | traces | 1 |
 * | score:NAME | the mean of its scores |
 * | score:NAME>=X | 1 if that reaches X, else 0 |
 * | judge:NAME, person:NAME | the mean of judges' scores; of people's, where a judge scored it too |
 * | gap:NAME, gapsize:NAME | person minus judge, where both scored it; its size |
 * | category:NAME, level:NAME␟LEVEL | 1 if it has labels; the share of them that are the level |
 */
export type Measure =
  | BaseMeasure
  | "traces"
  | `${"score" | "judge" | "person" | "gap" | "gapsize" | "category" | "level"}:${string}`;

export type MetricUnit = "share" | "ms" | "usd" | "tokens" | "points";

export type Metric = {
  id: MetricId;
  measure: Measure;
  statistic: Statistic;
  label: string;
  unit: MetricUnit;
  isHigherBetter: boolean;
  /** Smallest effect worth detecting, relative to the baseline, unless the test says otherwise. */
  defaultMde: number;
};

const baseMeasures = {
  error_rate: { label: "Error rate", unit: "share", defaultMde: 0.1 },
  latency_ms: { label: "Latency", unit: "ms", defaultMde: 0.1 },
  time_to_first_token_ms: { label: "Time to first token", unit: "ms", defaultMde: 0.1 },
  cost_usd: { label: "Cost", unit: "usd", defaultMde: 0.1 },
  input_tokens: { label: "Input tokens", unit: "tokens", defaultMde: 0.1 },
  output_tokens: { label: "Output tokens", unit: "tokens", defaultMde: 0.1 },
} as const satisfies Record<string, { label: string; unit: MetricUnit; defaultMde: number }>;

export type BaseMeasure = keyof typeof baseMeasures;
export const baseMeasureNames = Object.keys(baseMeasures) as BaseMeasure[];

/** The measures whose distribution is kept as a log-bucket histogram, so that quantiles can be had. */
export const histogramMeasures = [
  "latency_ms",
  "time_to_first_token_ms",
  "cost_usd",
  "input_tokens",
  "output_tokens",
] as const satisfies BaseMeasure[];

const suffix = /\.(per_unit|p50|p90|p95|p99)$/;
const scoreName = /^score:[^\s][^\n]{0,199}$/;

/** The metric of an id, or null if the catalogue has none such. A score is higher-is-better unless told. */
export function parseMetric(id: MetricId, direction?: "higher" | "lower"): Metric | null {
  const statistic = (suffix.exec(id)?.[1] ?? "mean") as Statistic;
  const measure = id.replace(suffix, "");
  const isHigherBetter = direction ? direction === "higher" : measure.startsWith("score:");
  if (isScore(measure)) {
    if (isQuantile(statistic)) return null;
    const label = measure.slice("score:".length) + (statistic === "per_unit" ? " total per unit" : "");
    return { id, measure, statistic, label, unit: "points", isHigherBetter, defaultMde: 0.02 };
  }
  if (!isBaseMeasure(measure)) return null;
  if (isQuantile(statistic) && !histogramMeasures.some((name) => name === measure)) return null;
  const { label, unit, defaultMde } = baseMeasures[measure];
  return {
    id,
    measure,
    statistic,
    label: labelOf(label, statistic, measure),
    // Errors per unit are counted, not a share any more.
    unit: measure === "error_rate" && statistic === "per_unit" ? "points" : unit,
    isHigherBetter,
    defaultMde,
  };
}

export function isQuantile(statistic: Statistic): statistic is "p50" | "p90" | "p95" | "p99" {
  return statistic !== "mean" && statistic !== "per_unit";
}

/** The level in (0, 1) of a quantile statistic. */
export function quantileLevel(statistic: "p50" | "p90" | "p95" | "p99"): number {
  return Number(statistic.slice(1)) / 100;
}

function labelOf(label: string, statistic: Statistic, measure: BaseMeasure): string {
  if (isQuantile(statistic)) return `${statistic} ${label.charAt(0).toLowerCase()}${label.slice(1)}`;
  if (statistic === "per_unit") return measure === "error_rate" ? "Errors per unit" : `${label} per unit`;
  return measure === "error_rate" ? label : `${label} per trace`;
}

function isScore(measure: string): measure is `score:${string}` {
  return scoreName.test(measure);
}

function isBaseMeasure(measure: string): measure is BaseMeasure {
  return Object.hasOwn(baseMeasures, measure);
}

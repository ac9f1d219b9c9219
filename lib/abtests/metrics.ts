/**
 * The catalogue of metrics. An id is a name and, for anything but the mean per trace, a statistic after a dot:
 * `error_rate`, `latency_ms.p95`, `cost_usd.per_unit`, `traces.per_unit` (how long a session is, where sessions are the
 * units), `score:helpful`, `score:helpful>=0.8` (the share of the traces that reach it), `score:liked.unit_share` (the
 * share of all exposed units with any).
 */
export type MetricId = string;

export type Statistic = "mean" | "per_unit" | "unit_share" | "p50" | "p90" | "p95" | "p99";

/**
 * What is summed per unit: a column of the traces, or what their scores of a name say.
 *
 * | measure | of each trace |
 * |---|---|
 * | traces | 1 |
 * | capped:MEASURE | the measure, a unit's total of it cut down to the test's limit |
 * | custom:NAME | what the test's own definition makes of its calls |
 * | score:NAME | the mean of its scores |
 * | score:NAME>=X | 1 if that reaches X, else 0 |
 * | judge:NAME, person:NAME | the mean of judges' scores; of people's, where a judge scored it too |
 * | gap:NAME, gapsize:NAME | person minus judge, where both scored it; its size |
 * | category:NAME, level:NAME␟LEVEL | 1 if it has labels; the share of them that are the level |
 */
export type Measure =
  | BaseMeasure
  | "traces"
  | `${"score" | "custom" | "capped" | "judge" | "person" | "gap" | "gapsize" | "category" | "level"}:${string}`;

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
  retries: { label: "Retries", unit: "points", defaultMde: 0.1 },
  refusal_rate: { label: "Refusals", unit: "share", defaultMde: 0.1 },
  format_validity: { label: "Valid format", unit: "share", defaultMde: 0.02 },
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

const suffix = /\.(per_unit|unit_share|p50|p90|p95|p99)$/;
const scoreName = /^score:[^\s][^\n]{0,199}$/;
const threshold = />=(-?\d+(?:\.\d+)?)$/;

/** Of which "any" is a question: not every unit has some. */
const countedMeasures: ReadonlySet<BaseMeasure> = new Set(["error_rate", "retries"]);

/** The metric of an id, or null if the catalogue has none such. A score is higher-is-better unless told. */
export function parseMetric(id: MetricId, direction?: "higher" | "lower"): Metric | null {
  const statistic = (suffix.exec(id)?.[1] ?? "mean") as Statistic;
  const measure = id.replace(suffix, "");
  const isHigherBetter = direction
    ? direction === "higher"
    : measure.startsWith("score:") || measure.startsWith("custom:") || measure === "format_validity";
  if (isScore(measure)) {
    if (isQuantile(statistic)) return null;
    const isShare = statistic === "unit_share" || (statistic === "mean" && threshold.test(measure));
    const name = measure.slice("score:".length).replace(threshold, " of at least $1");
    const label = { per_unit: `${name} total per unit`, unit_share: `Units with any ${name}` }[
      statistic as string
    ];
    return {
      id,
      measure,
      statistic,
      label: label ?? name,
      unit: isShare ? "share" : "points",
      isHigherBetter,
      defaultMde: 0.02,
    };
  }
  if (isCustom(measure)) {
    if (statistic !== "mean" && statistic !== "per_unit") return null;
    const name = measure.slice("custom:".length).replaceAll("_", " ");
    const label = statistic === "per_unit" ? `${name} per unit` : name;
    return { id, measure, statistic, label, unit: "points", isHigherBetter, defaultMde: 0.1 };
  }
  if (measure === "traces") {
    if (statistic !== "per_unit") return null;
    return {
      id,
      measure,
      statistic,
      label: "Traces per unit",
      unit: "points",
      isHigherBetter,
      defaultMde: 0.05,
    };
  }
  if (!isBaseMeasure(measure)) return null;
  if (statistic === "unit_share" && !countedMeasures.has(measure)) return null;
  if (isQuantile(statistic) && !histogramMeasures.some((name) => name === measure)) return null;
  const { label, unit, defaultMde } = baseMeasures[measure];
  return {
    id,
    measure,
    statistic,
    label: labelOf(label, statistic, measure),
    unit: unitOf(unit, measure, statistic),
    isHigherBetter,
    defaultMde,
  };
}

export function isQuantile(statistic: Statistic): statistic is "p50" | "p90" | "p95" | "p99" {
  return statistic !== "mean" && statistic !== "per_unit" && statistic !== "unit_share";
}

/** Whether it is over all exposed units, with traces or without. */
export function isPerUnit(statistic: Statistic): boolean {
  return statistic === "per_unit" || statistic === "unit_share";
}

/**
 * Whether it may only be watched: a total per user grows for as long as the user comes back, so no look at it is
 * final and the intervals' guarantee does not cover it ("peeking problem 2.0", Spotify 2023). Sessions end.
 */
export function isMonitoringOnly(metric: Pick<Metric, "statistic">, unitKind: string): boolean {
  return metric.statistic === "per_unit" && unitKind !== "session";
}

/** The level in (0, 1) of a quantile statistic. */
export function quantileLevel(statistic: "p50" | "p90" | "p95" | "p99"): number {
  return Number(statistic.slice(1)) / 100;
}

function unitOf(unit: MetricUnit, measure: BaseMeasure, statistic: Statistic): MetricUnit {
  if (statistic === "unit_share") return "share";
  // Errors per unit are counted, not a share any more.
  return measure === "error_rate" && statistic === "per_unit" ? "points" : unit;
}

function labelOf(label: string, statistic: Statistic, measure: BaseMeasure): string {
  if (isQuantile(statistic)) return `${statistic} ${label.charAt(0).toLowerCase()}${label.slice(1)}`;
  if (statistic === "per_unit") return measure === "error_rate" ? "Errors per unit" : `${label} per unit`;
  if (statistic === "unit_share") return `Units with any ${measure === "error_rate" ? "error" : "retry"}`;
  return baseMeasures[measure].unit === "share" ? label : `${label} per trace`;
}

function isScore(measure: string): measure is `score:${string}` {
  return scoreName.test(measure);
}

function isCustom(measure: string): measure is `custom:${string}` {
  return /^custom:[a-z][a-z0-9_]{0,39}$/.test(measure);
}

function isBaseMeasure(measure: string): measure is BaseMeasure {
  return Object.hasOwn(baseMeasures, measure);
}

import { histogramMeasures, type MetricId, parseMetric } from "#lib/abtests/metrics.ts";

/** A metric as it is composed: a measure, a condition on it, and an aggregation. */
export type CustomMetric = {
  measure:
    | "score"
    | "error_rate"
    | "retries"
    | "latency_ms"
    | "time_to_first_token_ms"
    | "cost_usd"
    | "input_tokens"
    | "output_tokens"
    | "traces";
  scoreName: string;
  /** Typed; empty for no condition. */
  atLeast: string;
  aggregation: Aggregation;
};

export type Aggregation = "mean" | "per_unit" | "unit_share" | "p50" | "p90" | "p95" | "p99";

const all: readonly { value: Aggregation; label: string; hint?: string }[] = [
  { value: "mean", label: "mean per trace" },
  { value: "per_unit", label: "total per unit" },
  { value: "unit_share", label: "share of units with any" },
  { value: "p50", label: "median" },
  { value: "p90", label: "90th percentile" },
  { value: "p95", label: "95th percentile" },
  { value: "p99", label: "99th percentile" },
];

/** The ways in which this measure can be added up. */
export function aggregationsOf(metric: Pick<CustomMetric, "measure" | "atLeast">): typeof all {
  const { measure, atLeast } = metric;
  const wording = atLeast.trim() === "" ? "mean per trace" : "share of traces";
  const allowed = new Set<Aggregation>(
    measure === "traces"
      ? ["per_unit"]
      : measure === "score" || measure === "error_rate" || measure === "retries"
        ? ["mean", "per_unit", "unit_share"]
        : histogramMeasures.some((each) => each === measure)
          ? ["mean", "per_unit", "p50", "p90", "p95", "p99"]
          : ["mean", "per_unit"],
  );
  return all
    .filter(({ value }) => allowed.has(value))
    .map((each) => (each.value === "mean" ? { ...each, label: wording } : each));
}

/** Its id in the catalogue's language; null where it cannot be one yet. */
export function customMetricId({ measure, scoreName, atLeast, aggregation }: CustomMetric): MetricId | null {
  const suffix = aggregation === "mean" ? "" : `.${aggregation}`;
  if (measure !== "score") return `${measure}${suffix}`;
  const threshold = atLeast.trim().replace(",", ".");
  if (scoreName.trim() === "" || (threshold !== "" && !/^-?\d+(\.\d+)?$/.test(threshold))) return null;
  const id = `score:${scoreName.trim()}${threshold === "" ? "" : `>=${threshold}`}${suffix}`;
  return parseMetric(id) ? id : null;
}

import type { EvaluatorConfig } from "./evaluators/config.ts";

/** `binary` is 0 or 1, `unit` anything between; both are about being right, so an errored item counts as 0. */
export type Scale = "binary" | "unit" | "ms" | "usd";

/** One column of the matrix. The built-in ones have keys that no evaluator's name can have. */
export type Metric = { key: string; label: string; scale: Scale; higherIsBetter: boolean };

export const latencyKey = "@latency";
export const costKey = "@cost";

/** The matrix's columns: the evaluators in their order, then the calls' latency and cost. Pure. */
export function metricsOf(evaluators: readonly EvaluatorConfig[]): Metric[] {
  return [
    ...evaluators.map(metricOf),
    { key: latencyKey, label: "Latency", scale: "ms", higherIsBetter: false },
    { key: costKey, label: "Cost per call", scale: "usd", higherIsBetter: false },
  ];
}

export function metricOf(config: EvaluatorConfig): Metric {
  const scale = scaleOf(config);
  return {
    key: config.name,
    label: config.name,
    scale,
    higherIsBetter: scale === "binary" || scale === "unit",
  };
}

/** Whether a failed call counts as 0: for what says how right an answer is, not for what measures a call. */
export function isCorrectness(config: EvaluatorConfig): boolean {
  return config.type !== "latency_ms" && config.type !== "cost_usd";
}

function scaleOf(config: EvaluatorConfig): Scale {
  switch (config.type) {
    case "latency_ms":
      return config.maximumMs === undefined ? "ms" : "binary";
    case "cost_usd":
      return config.maximumUsd === undefined ? "usd" : "binary";
    case "levenshtein":
    case "llm_judge":
      return "unit";
    default:
      return "binary";
  }
}

import type { NotEstimableReason } from "#lib/stats/estimate.ts";
import type { MetricUnit, Statistic } from "./metrics.ts";
import type { FrozenScale } from "./schema.ts";

/** A metric in one variant. Null where it cannot be given; `reason` says why. */
export type ArmValue = {
  variantKey: string;
  /** Units and traces (or scored traces) the value rests on. */
  units: number;
  observations: number;
  value: number | null;
  standardError: number | null;
  /** Anytime-valid interval of the value itself, at the design's alpha. */
  lower: number | null;
  upper: number | null;
  reason: NotEstimableReason | null;
};

/** What the interval allows to say. "better" and "worse" mean that it excludes zero, never less. */
export type ComparisonState =
  | "better"
  | "worse"
  | "non_inferior"
  | "equivalent"
  | "unresolved"
  | "not_estimable";

/** A treatment minus the control, in the metric's own unit. */
export type Comparison = {
  variantKey: string;
  state: ComparisonState;
  reason: NotEstimableReason | "no_scale_yet" | null;
  estimate: ComparisonEstimate | null;
};

export type ComparisonEstimate = {
  /** small_counts: too few successes or failures; the share of *units* with any, by a beta-binomial sequence. */
  method: "anytime" | "small_counts";
  difference: number;
  standardError: number | null;
  /** Two-sided, valid at every look, at `alpha` (already divided by the number of tests). */
  lower: number;
  upper: number;
  alpha: number;
  /** Half-width in standard errors, and x = τ²/SE². */
  multiplier: number | null;
  informationRatio: number | null;
  logEValue: number | null;
  /** Anytime-valid p at this look. */
  p: number | null;
  /** Fieller's interval with the same multiplier; fractions. Null where the baseline is too noisy for a percentage. */
  relative: { estimate: number; lower: number; upper: number } | null;
  /** Only right if looked at once, at the planned end. */
  fixedHorizon: { lower: number; upper: number } | null;
  /** Guardrails: the effect is at least this good (one-sided at the design's alpha); above −margin is not worse. */
  worstCase: number | null;
  isHarm: boolean;
};

export type MetricRole = "success" | "guardrail" | "exploratory";

export type MetricReport = {
  id: string;
  role: MetricRole;
  label: string;
  unit: MetricUnit;
  statistic: Statistic;
  isHigherBetter: boolean;
  /** Null until its baseline is known. */
  scale: FrozenScale | null;
  arms: ArmValue[];
  comparisons: Comparison[];
};

export type Level = "ok" | "warn" | "block";

export type Health = {
  level: Level;
  /** Sentences on what is wrong, gravest first. */
  problems: string[];
  split: { variantKey: string; units: number; expected: number }[];
  splitLogBayesFactor: number;
  splitLevel: Level;
  multiplyExposedUnits: number;
  multiplyExposedShare: number;
  multiplyExposedLevel: Level;
  scoreCoverage: {
    name: string;
    scoredUnits: { variantKey: string; units: number; share: number }[];
    logBayesFactor: number;
    level: Level;
  }[];
  strayTraces: number;
  lastTraceAt: Date | null;
};

export type VariantSummary = {
  variantKey: string;
  units: number;
  traces: number;
  metrics: (ArmValue & { id: string; label: string; unit: MetricUnit })[];
};

export type Progress = {
  days: number;
  minimumDays: number;
  maximumDays: number;
  minimumUnits: number;
  unitsPerDay: number;
  newUnits: { day: string; units: Record<string, number> }[];
  /** Of the first success metric and the least advanced comparison: (target SE / SE)², at most 1. */
  informationShare: number | null;
  standardError: number | null;
  targetStandardError: number | null;
  /** Units still to come until an effect of the MDE is found with 80 % power in one look. */
  unitsToGo: number | null;
  expectedAt: Date | null;
};

export type Analysis = {
  health: Health;
  metrics: MetricReport[];
  variants: VariantSummary[];
  progress: Progress;
};

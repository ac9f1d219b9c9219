import type { NotEstimableReason } from "#lib/stats/estimate.ts";
import type { Measure, MetricUnit, Statistic } from "./metrics.ts";
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
  /** Welch's t at the same alpha. Only right if looked at once, at the planned end: show it labelled so. */
  fixedHorizon: { lower: number; upper: number; p: number } | null;
  /** Normal prior on the relative effect (sd 0.1 for scores, 0.3 for the others). Not protected against peeking. */
  bayesian: BayesianView | null;
  /** Guardrails: the effect is at least this good (one-sided at the design's alpha); above −margin is not worse. */
  worstCase: number | null;
  isHarm: boolean;
};

/** All in the metric's own unit. */
export type BayesianView = {
  /** The shrunken effect: what a winner will probably turn out to be worth. */
  mean: number;
  lower: number;
  upper: number;
  /** Of the treatment, by the metric's direction. */
  chanceToWin: number;
  /** What is lost on average by choosing the treatment, and by keeping the control. Never negative. */
  lossOfTreatment: number;
  lossOfControl: number;
};

export type MetricRole = "success" | "guardrail" | "exploratory";

export type MetricReport = {
  id: string;
  role: MetricRole;
  label: string;
  unit: MetricUnit;
  statistic: Statistic;
  isHigherBetter: boolean;
  /** An open-ended total per user: shown, but it cannot make a variant ship. */
  isMonitoringOnly: boolean;
  /** Null until its baseline is known. */
  scale: FrozenScale | null;
  arms: ArmValue[];
  comparisons: Comparison[];
  /** Null where the users have no past to adjust by. Arms show the plain values, comparisons the adjusted ones. */
  adjustment: Adjustment | null;
  /** Of cost and tokens, once 1000 units have come: comparisons are of unit totals cut down to `limit`. */
  winsorized: Winsorized | null;
};

/** The p99.9 of the unit totals, and the differences without it. Arms show the whole values. */
export type Winsorized = {
  limit: number;
  whole: { variantKey: string; difference: number; lower: number; upper: number }[];
};

/** CUPED: what a user's own last 14 days predict is taken out of the differences. */
export type Adjustment = {
  /** The arms' users differed before the test already: nothing is adjusted. */
  isDropped: boolean;
  /** Evidence that they did. */
  logEValue: number;
  theta: number | null;
  /** Share of the variance taken out. */
  varianceReduction: number | null;
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
  /** Traces that name the test and are in no arm, with why: counted, never guessed at. */
  strayTraces: number;
  strays: { reason: StrayReason; traces: number }[];
  lastTraceAt: Date | null;
};

/**
 * no_unit: no unit id, or one over 512 bytes. unknown_variant: the test has none of that letter. clock_ahead: it
 * starts more than ten minutes after it was received. outside: before the test started or after it stopped.
 */
export type StrayReason = "no_unit" | "unknown_variant" | "clock_ahead" | "outside";

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
  forecast: Forecast[];
};

/** When the first success metric would be decided if its true effect were this one; null where it never would. */
export type Forecast = {
  /** mde: the smallest effect worth detecting. current: the effect as it looks now, shrunken. none: no effect at all. */
  effect: "mde" | "current" | "none";
  /** In the metric's unit. */
  size: number;
  /** Units still to come until half, and until nine in ten, of such tests are decided. */
  likelyUnits: number | null;
  latestUnits: number | null;
  likelyAt: Date | null;
  latestAt: Date | null;
};

/**
 * A measure's distribution over traces, and how its quantiles differ. Only of measures with a histogram (latency,
 * time to first token, cost, tokens) that at least one arm has.
 */
export type DistributionReport = {
  measure: Measure;
  label: string;
  unit: MetricUnit;
  arms: {
    variantKey: string;
    observations: number;
    /** Ascending; share of the traces at or below the value. At most 80 points. */
    cumulative: { value: number; share: number }[];
  }[];
  differences: {
    variantKey: string;
    /** p5 to p99; `lower` and `upper` are null where a quantile has no interval (too few traces, an atom). */
    points: { level: number; difference: number; lower: number | null; upper: number | null }[];
    /** The band holds at all levels and all looks at once, with probability 1 − alpha. */
    alpha: number;
  }[];
};

/** One way to cut the units, by a value frozen at first exposure. Exploratory: found, not planned. */
export type SegmentReport = {
  dimension: string;
  /** Most units first; at most 20, then "other". */
  levels: {
    level: string;
    isOther: boolean;
    units: Record<string, number>;
    /** The split within the level, against thresholds multiplied by the number of levels. */
    splitLogBayesFactor: number;
    splitLevel: Level;
  }[];
  metrics: {
    id: string;
    label: string;
    unit: MetricUnit;
    isHigherBetter: boolean;
    effects: SegmentEffect[];
    /** Whether the effect differs between the levels; right only if looked at once. */
    interactions: { variantKey: string; statistic: number; degreesOfFreedom: number; p: number }[];
  }[];
};

export type SegmentEffect = {
  variantKey: string;
  level: string;
  difference: number | null;
  /** Anytime-valid at the design's alpha, for this level alone. */
  lower: number | null;
  upper: number | null;
  logEValue: number | null;
  /** Picked by e-BH (q = 0.1) over all levels and treatments of the metric and dimension. */
  isDiscovery: boolean;
  reason: NotEstimableReason | "no_scale_yet" | null;
};

/** A score that both a judge and people give: how far the judge can be trusted, and the lift without its bias. */
export type JudgeReport = {
  score: string;
  arms: {
    variantKey: string;
    judged: number;
    judgeMean: number | null;
    /** Traces with a label of a person and a judge's score. */
    labelled: number;
    personMean: number | null;
    /** Person minus judge: on average, and in size. */
    meanGap: number | null;
    meanAbsoluteGap: number | null;
    /** Mean of the judge plus mean gap, prediction-powered. */
    corrected: { value: number; standardError: number } | null;
    reason: NotEstimableReason | null;
  }[];
  comparisons: {
    variantKey: string;
    judge: { difference: number; lower: number; upper: number } | null;
    corrected: { difference: number; lower: number; upper: number; logEValue: number } | null;
    reason: NotEstimableReason | null;
  }[];
};

/** A categorical score: one share per level. */
export type CategoryReport = {
  score: string;
  levels: string[];
  arms: { variantKey: string; observations: number; shares: Record<string, number> }[];
  comparisons: {
    variantKey: string;
    /** Of the whole distribution: the average of the levels' e-values. */
    logEValue: number | null;
    p: number | null;
    levels: {
      level: string;
      difference: number | null;
      lower: number | null;
      upper: number | null;
      /** Picked by e-BH over the levels. */
      isDifferent: boolean;
    }[];
  }[];
};

/** The effect by day of first exposure: one that fades with the day was novelty. */
export type CohortReport = {
  id: string;
  variantKey: string;
  points: {
    day: string;
    units: number;
    difference: number | null;
    lower: number | null;
    upper: number | null;
  }[];
};

/** What the hourly snapshots kept, oldest first and thinned to at most 300 points a line. */
export type ReportHistory = {
  metrics: { id: string; variantKey: string; points: HistoryPoint[] }[];
  split: { at: Date; logBayesFactor: number; level: Level; units: Record<string, number> }[];
};

export type HistoryPoint = {
  at: Date;
  units: number;
  difference: number;
  lower: number;
  upper: number;
  standardError: number | null;
  logEValue: number | null;
  state: ComparisonState;
};

/** Computed from the cells alone; a report adds the test, the verdict and the history. */
export type Analysis = {
  health: Health;
  metrics: MetricReport[];
  variants: VariantSummary[];
  progress: Progress;
  distributions: DistributionReport[];
  segments: SegmentReport[];
  judges: JudgeReport[];
  categories: CategoryReport[];
  cohorts: CohortReport[];
};

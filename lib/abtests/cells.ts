import type { LogHistogram } from "#lib/stats/log-histogram.ts";
import type { RatioCovariateSums, Sums } from "#lib/stats/sums.ts";
import type { StrayReason } from "./analysis.ts";
import type { Measure } from "./metrics.ts";

/**
 * One measure in one arm. `sums.k` counts the units that have the measure at all; N is the unit's traces that have
 * it, S their total.
 */
export type MeasureCell = {
  sums: Sums;
  /** Units with S > 0, and whether every value was 0 or 1: what the small-counts interval needs. */
  positiveUnits: number;
  isBinary: boolean;
  /** Of the same units' past (see ab_covariate); absent where none has any. */
  past?: Omit<RatioCovariateSums, keyof Sums>;
  /** One per jackknife group, of the values of its units' traces; only of the histogram measures. */
  histograms: LogHistogram[];
};

/** One variant in one phase. */
export type Arm = {
  variantKey: string;
  phase: number;
  /** Exposed units, whether they have a trace yet or not. */
  units: number;
  traces: number;
  measures: ReadonlyMap<Measure, MeasureCell>;
};

/** All that a report is computed from: a few hundred sums, whatever the traffic. */
export type Cells = {
  arms: Arm[];
  /** Units that were served more than one variant. They count where they were first. */
  multiplyExposedUnits: number;
  /** Traces that name this test without a unit, or a variant it does not have; they are in no arm. */
  strays: { reason: StrayReason; traces: number }[];
  lastTraceAt: Date | null;
  /** What unit totals are winsorized at in the `capped:` measures; absent until it has been frozen. */
  caps?: Record<string, number>;
  /** The same units by day of first exposure (UTC), oldest first; without histograms. */
  cohorts: { day: string; arms: Arm[] }[];
  /** And by values frozen at first exposure; without histograms. Null: all levels after the first twenty. */
  segments: { dimension: string; level: string | null; arms: Arm[] }[];
};

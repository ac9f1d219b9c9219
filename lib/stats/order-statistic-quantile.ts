import { normalQuantile } from "./distributions.ts";
import { type Estimate, notEstimable, requireProbability } from "./estimate.ts";
import { ratioEstimate } from "./ratio-estimate.ts";
import type { Sums } from "./sums.ts";

/** What a database query returns about one arm's quantile. */
export interface QuantileSummary {
  level: number;
  /** Number of events n. */
  events: number;
  /** Sample quantile q̂. */
  quantile: number;
  /** Sample quantiles at ν ∓ z√(ν(1−ν)/n*), z = Φ⁻¹(.975). */
  lower: number;
  upper: number;
  /** The n* at which lower and upper were taken, when on a grid; otherwise n. */
  gridEvents?: number;
}

/**
 * A quantile of independent events, its spread read off the order statistics around it:
 * σ²/n = (n* / n)·((n−1)/n)·((Y_U − Y_L)/(2z))².
 * Source: Deng, Knoblich & Lu 2018, arXiv 1803.06336, sec. 4; GrowthBook `QuantileStatistic`.
 * Not estimable: too_few_observations (n ≤ z²ν/(1−ν) or z²(1−ν)/ν), no_variation (bounds coincide, n < 1000).
 */
export function orderStatisticQuantile(summary: QuantileSummary): Estimate {
  return withInflation(summary, 1, summary.events);
}

/**
 * As {@link orderStatisticQuantile} for events clustered in units: the spread is scaled by V_c(I)/(ν(1−ν)/n), where
 * V_c is the ratio variance of I_i (unit i's events at or below q̂) over N_i (its events).
 * Source: Yao, Li & Lu 2024, Alg. 1; GrowthBook `QuantileClusteredStatistic`.
 * @param indicators unit sums with s = events at or below the quantile, n = events
 */
export function clusteredOrderStatisticQuantile(summary: QuantileSummary, indicators: Sums): Estimate {
  const share = ratioEstimate(indicators);
  if (share.status !== "ok") return share;
  const { level, events } = summary;
  return withInflation(summary, (share.variance * events) / (level * (1 - level)), indicators.k);
}

// GrowthBook's floor on σ², which keeps a discrete metric's equal bounds from giving a zero-width interval.
const varianceFloor = 1e-5;

function withInflation(summary: QuantileSummary, inflation: number, units: number): Estimate {
  const { level, events, quantile, lower, upper, gridEvents = events } = summary;
  requireProbability("level", level);
  const z = -normalQuantile(0.025);
  const odds = Math.max(level / (1 - level), (1 - level) / level);
  if (events <= z * z * odds) return notEstimable("too_few_observations");
  const spread = (upper - lower) / (2 * z);
  const raw = (gridEvents / events) * (events - 1) * spread * spread * inflation;
  if (!(raw > 0) && events < 1000) return notEstimable("no_variation");
  const variance = events < 100 ? raw : Math.max(raw, varianceFloor);
  return { status: "ok", estimate: quantile, variance: variance / events, units };
}

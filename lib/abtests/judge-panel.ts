import { mixingScale } from "#lib/stats/boundary.ts";
import { confidenceSequence } from "#lib/stats/confidence-sequence.ts";
import { difference } from "#lib/stats/difference.ts";
import { type Estimate, notEstimable } from "#lib/stats/estimate.ts";
import { predictionPoweredEstimate } from "#lib/stats/prediction-powered.ts";
import { ratioEstimate } from "#lib/stats/ratio-estimate.ts";
import type { JudgeReport } from "./analysis.ts";
import type { Arm, Cells } from "./cells.ts";
import type { AbTest } from "./definition.ts";
import { combineArms } from "./estimate-arm.ts";
import { type Measure, parseMetric } from "./metrics.ts";

/**
 * Scores that a judge gives and people have checked: the judge's mean corrected by what people said of the traces
 * that both scored. What people looked at must have been drawn at random, at the same rate in each variant.
 */
export function judgePanel(test: AbTest, cells: Cells): JudgeReport[] {
  const names = new Set(
    cells.arms
      .flatMap((arm) => [...arm.measures.keys()])
      .filter((measure) => measure.startsWith("gap:"))
      .map((measure) => measure.slice("gap:".length)),
  );
  return [...names].sort().map((score) => panelOf(test, cells, score));
}

function panelOf(test: AbTest, cells: Cells, score: string): JudgeReport {
  const keys = test.variants.map((variant) => variant.key);
  const { alpha, frozen, minimumUnits } = test.design;
  const judge = combineArms(cells, keys, (arm) => ratioOf(arm, `judge:${score}`));
  const corrected = combineArms(cells, keys, (arm): Estimate => {
    const judged = arm.measures.get(`judge:${score}`);
    const gaps = arm.measures.get(`gap:${score}`);
    return judged && gaps ? predictionPoweredEstimate(judged.sums, gaps.sums) : notEstimable("no_units");
  });
  const pooled = meanOf(cells.arms, `judge:${score}`);
  const defaultMde = parseMetric(`score:${score}`)?.defaultMde ?? 0.02;
  const tau =
    frozen[`score:${score}`]?.tau ?? (pooled ? mixingScale(defaultMde * Math.abs(pooled), alpha) : null);
  const interval = (control: Estimate, treatment: Estimate) => {
    const gap = difference(control, treatment);
    if (gap.status !== "ok" || tau === null) return null;
    const { lower, upper, logEValue } = confidenceSequence({
      estimate: gap.estimate,
      standardError: gap.standardError,
      tau,
      alpha,
    });
    return { difference: gap.estimate, lower, upper, logEValue };
  };
  const [control, ...treatments] = keys;
  return {
    score,
    arms: keys.map((variantKey) => {
      const own = cells.arms.filter((arm) => arm.variantKey === variantKey);
      const value = corrected.get(variantKey)!;
      return {
        variantKey,
        judged: countOf(own, `judge:${score}`),
        judgeMean: meanOf(own, `judge:${score}`),
        labelled: countOf(own, `gap:${score}`),
        personMean: meanOf(own, `person:${score}`),
        meanGap: meanOf(own, `gap:${score}`),
        meanAbsoluteGap: meanOf(own, `gapsize:${score}`),
        corrected:
          value.status === "ok" ? { value: value.estimate, standardError: Math.sqrt(value.variance) } : null,
        reason: value.status === "ok" ? null : value.reason,
      };
    }),
    comparisons: treatments.map((variantKey) => {
      // The correction is asymptotic in the labeled units.
      const isEnough = [control!, variantKey].every(
        (key) => unitsOf(cells.arms, key, `gap:${score}`) >= minimumUnits,
      );
      const [a, b] = [corrected.get(control!)!, corrected.get(variantKey)!];
      const failed = a.status !== "ok" ? a : b.status !== "ok" ? b : null;
      return {
        variantKey,
        judge: interval(judge.get(control!)!, judge.get(variantKey)!),
        corrected: isEnough ? interval(a, b) : null,
        reason: !isEnough ? "too_few_units" : (failed?.reason ?? null),
      };
    }),
  };
}

function ratioOf(arm: Arm, measure: Measure): Estimate {
  const cell = arm.measures.get(measure);
  return cell ? ratioEstimate(cell.sums) : notEstimable("no_units");
}

function countOf(arms: readonly Arm[], measure: Measure): number {
  return arms.reduce((sum, arm) => sum + (arm.measures.get(measure)?.sums.n ?? 0), 0);
}

function unitsOf(arms: readonly Arm[], key: string, measure: Measure): number {
  return arms
    .filter((arm) => arm.variantKey === key)
    .reduce((sum, arm) => sum + (arm.measures.get(measure)?.sums.k ?? 0), 0);
}

function meanOf(arms: readonly Arm[], measure: Measure): number | null {
  const count = countOf(arms, measure);
  return count > 0
    ? arms.reduce((sum, arm) => sum + (arm.measures.get(measure)?.sums.s ?? 0), 0) / count
    : null;
}

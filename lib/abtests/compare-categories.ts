import { mixingScale } from "#lib/stats/boundary.ts";
import { categoricalTest } from "#lib/stats/categorical-test.ts";
import { confidenceSequence } from "#lib/stats/confidence-sequence.ts";
import { difference } from "#lib/stats/difference.ts";
import { type Estimate, notEstimable } from "#lib/stats/estimate.ts";
import { ratioEstimate } from "#lib/stats/ratio-estimate.ts";
import type { CategoryReport } from "./analysis.ts";
import type { Arm, Cells } from "./cells.ts";
import type { AbTest } from "./definition.ts";
import { combineArms } from "./estimate-arm.ts";
import type { Measure } from "./metrics.ts";

/** The change in a share that intervals are tuned to: 5 points. */
const shareMde = 0.05;
const levelLimit = 20;

/** Categorical scores: the share of each level per variant, tested level by level and as a whole, over units. */
export function compareCategories(test: AbTest, cells: Cells): CategoryReport[] {
  const names = new Set(
    cells.arms
      .flatMap((arm) => [...arm.measures.keys()])
      .filter((measure) => measure.startsWith("category:"))
      .map((measure) => measure.slice("category:".length)),
  );
  return [...names].sort().map((score) => categoryOf(test, cells, score));
}

function categoryOf(test: AbTest, cells: Cells, score: string): CategoryReport {
  const keys = test.variants.map((variant) => variant.key);
  const [control, ...treatments] = keys;
  const { alpha, minimumUnits } = test.design;
  const category: Measure = `category:${score}`;
  const levels = levelsOf(cells, score);
  const estimates = levels.map((level) =>
    combineArms(cells, keys, (arm): Estimate => {
      const whole = arm.measures.get(category)?.sums;
      if (!whole) return notEstimable("no_units");
      const { s = 0, ss = 0, ns = 0 } = arm.measures.get(measureOf(score, level))?.sums ?? {};
      return ratioEstimate({ ...whole, s, ss, ns });
    }),
  );
  const tau = mixingScale(shareMde, alpha);
  const armOf = (key: string) => cells.arms.filter((arm) => arm.variantKey === key);
  return {
    score,
    levels,
    arms: keys.map((variantKey) => {
      const own = armOf(variantKey);
      const observations = sumOf(own, category, "n");
      return {
        variantKey,
        observations,
        shares: Object.fromEntries(
          levels.map((level) => [
            level,
            observations > 0 ? sumOf(own, measureOf(score, level), "s") / observations : 0,
          ]),
        ),
      };
    }),
    comparisons: treatments.map((variantKey) => {
      const isEnough = [control!, variantKey].every(
        (key) => sumOf(armOf(key), category, "k") >= minimumUnits,
      );
      const gaps = estimates.map((estimate) =>
        isEnough
          ? difference(estimate.get(control!)!, estimate.get(variantKey)!)
          : notEstimable("too_few_units"),
      );
      const result = categoricalTest(gaps, tau);
      return {
        variantKey,
        logEValue: result.status === "ok" ? result.logEValue : null,
        p: result.status === "ok" ? result.p : null,
        levels: levels.map((level, i) => {
          const gap = gaps[i]!;
          if (gap.status !== "ok")
            return { level, difference: null, lower: null, upper: null, isDifferent: false };
          const { estimate, standardError } = gap;
          const { lower, upper } = confidenceSequence({ estimate, standardError, tau, alpha });
          const isDifferent = result.status === "ok" && (result.levels[i]?.isDifferent ?? false);
          return { level, difference: estimate, lower, upper, isDifferent };
        }),
      };
    }),
  };
}

/** The commonest first. */
function levelsOf(cells: Cells, score: string): string[] {
  const prefix = measureOf(score, "");
  const totals = new Map<string, number>();
  for (const arm of cells.arms)
    for (const [measure, cell] of arm.measures)
      if (measure.startsWith(prefix))
        totals.set(
          measure.slice(prefix.length),
          (totals.get(measure.slice(prefix.length)) ?? 0) + cell.sums.s,
        );
  return [...totals]
    .sort(([a, x], [b, y]) => y - x || a.localeCompare(b))
    .slice(0, levelLimit)
    .map(([level]) => level);
}

function measureOf(score: string, level: string): Measure {
  return `level:${score}\u001f${level}`;
}

function sumOf(arms: readonly Arm[], measure: Measure, field: "k" | "n" | "s"): number {
  return arms.reduce((sum, arm) => sum + (arm.measures.get(measure)?.sums[field] ?? 0), 0);
}

import type { EffectPosterior } from "./bayes.ts";
import { normalCdf, normalPdf } from "./distributions.ts";

/**
 * P(arm has the highest mean) for independent normal posteriors, by quadrature instead of random draws, so that the
 * same sums always give the same weights. Sums to 1.
 */
export function bestArmProbabilities(posteriors: readonly EffectPosterior[]): number[] {
  return normalizedShares(
    posteriors.map((_, i) => overArm(posteriors, i, (below) => below.reduce((product, p) => product * p, 1))),
  );
}

/** P(arm is first or second)/2: top-two Thompson weights, which keep sampling the runner-up. Sums to 1. */
export function topTwoProbabilities(posteriors: readonly EffectPosterior[]): number[] {
  return normalizedShares(
    posteriors.map((_, i) =>
      overArm(posteriors, i, (below) => {
        const first = below.reduce((product, p) => product * p, 1);
        const second = below.reduce(
          (sum, p, j) =>
            sum + (1 - p) * below.reduce((product, other, l) => (l === j ? product : product * other), 1),
          0,
        );
        return first + second;
      }),
    ),
  );
}

/**
 * Traffic weights of a bandit period: f + (1 − n·f)·P(best), so that every arm keeps at least the floor f.
 * Weights that drift with time confound pooled means: the ordinary confidence sequence is not valid for a bandit.
 * Source: GrowthBook `bayesian/bandits.py`. @throws RangeError unless 0 ≤ floor ≤ 1/arms.
 */
export function thompsonWeights(probabilities: readonly number[], floor = 0.05): number[] {
  const arms = probabilities.length;
  if (!(floor >= 0 && floor * arms <= 1))
    throw new RangeError(`a floor of ${floor} leaves nothing for ${arms} arms`);
  return probabilities.map((probability) => floor + (1 - arms * floor) * probability);
}

// Trapezoid over ±8.5 posterior deviations of arm i; `chance` sees P(each other arm is below x).
function overArm(
  posteriors: readonly EffectPosterior[],
  i: number,
  chance: (below: number[]) => number,
): number {
  const { mean, standardDeviation } = posteriors[i]!;
  const others = posteriors.filter((_, j) => j !== i);
  const step = 17 / 2000;
  let sum = 0;
  for (let s = 0; s <= 2000; s++) {
    const u = -8.5 + s * step;
    const x = mean + standardDeviation * u;
    sum +=
      normalPdf(u) * chance(others.map((other) => normalCdf((x - other.mean) / other.standardDeviation)));
  }
  return sum * step;
}

function normalizedShares(values: readonly number[]): number[] {
  const total = values.reduce((sum, value) => sum + value, 0);
  return values.map((value) => value / total);
}

import { anytimeP } from "./confidence-sequence.ts";
import type { Interval } from "./estimate.ts";
import { gammaExponentialMixture, mixtureBound } from "./mixture.ts";

export interface TreatmentEffectLook extends Interval {
  t: number;
  estimate: number;
  p: number;
}

/**
 * Nonasymptotic confidence sequence for the average treatment effect of a Bernoulli-randomized trial with bounded
 * outcomes, one look per unit. It needs the units in order (its predictions use only the past), so it cannot be
 * computed from mergeable sums: an oracle for tests, not the report's engine.
 *
 * @param outcomes each unit's outcome, within `support`
 * @param treatments 1 if treated, 0 if control
 * @param noise guessed outcome variance, tOpt the number of units where the sequence is tightest
 * Source: Howard et al. 2021, arXiv 1810.08240, Cor. 2; `confseq` `demo/ate_demo.py`.
 */
export function empiricalBernsteinAte(input: {
  outcomes: readonly number[];
  treatments: readonly number[];
  propensity: number;
  support: readonly [number, number];
  noise: number;
  tOpt: number;
  alpha: number;
  looks: readonly number[];
}): TreatmentEffectLook[] {
  const { outcomes, treatments, propensity, support, noise, tOpt, alpha } = input;
  const diameter = support[1] - support[0];
  const vOpt = tOpt * noise * (1 / propensity + 1 / (1 - propensity));
  const c = (2 * diameter) / Math.min(propensity, 1 - propensity);
  const mixture = gammaExponentialMixture(vOpt, c, alpha / 2);
  const arms = [
    new RunningMean((support[0] + support[1]) / 2),
    new RunningMean((support[0] + support[1]) / 2),
  ];
  const looks: TreatmentEffectLook[] = [];
  let sum = 0;
  let variance = 0;
  for (let i = 0; i < outcomes.length; i++) {
    const treated = treatments[i]!;
    const predictions = arms.map((arm) => arm.prediction);
    const predictedEffect = predictions[1]! - predictions[0]!;
    const weight = (treated - propensity) / (propensity * (1 - propensity));
    const innovation = weight * (outcomes[i]! - predictions[treated]!);
    sum += predictedEffect + innovation;
    variance += innovation * innovation;
    for (const [arm, mean] of arms.entries()) mean.observe(outcomes[i]!, arm === treated);
    const t = i + 1;
    if (!input.looks.includes(t)) continue;
    const radius = mixtureBound(mixture, variance, alpha / 2) / t;
    looks.push({
      t,
      estimate: sum / t,
      lower: Math.max(-diameter, sum / t - radius),
      upper: Math.min(diameter, sum / t + radius),
      p: anytimeP(mixture.logMartingale(sum, variance)),
    });
  }
  return looks;
}

// The reference predicts 0, not the support's center, for an arm that is still empty after the first unit.
class RunningMean {
  prediction: number;
  private sum = 0;
  private count = 0;

  constructor(initial: number) {
    this.prediction = initial;
  }

  observe(value: number, isMine: boolean) {
    if (isMine) {
      this.sum += value;
      this.count += 1;
    }
    this.prediction = this.sum / Math.max(1, this.count);
  }
}

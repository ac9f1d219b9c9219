import { logBeta } from "./distributions.ts";

/**
 * ln of the incomplete beta function B(x; a, b) = ∫₀ˣ t^(a−1)(1−t)^(b−1) dt (not regularized), a, b > 0,
 * 0 < x ≤ 1. Lentz's continued fraction (Numerical Recipes 6.4; DLMF 8.17.22).
 */
export function logIncompleteBeta(a: number, b: number, x: number): number {
  if (x >= 1) return logBeta(a, b);
  const front = a * Math.log(x) + b * Math.log1p(-x);
  if (x < (a + 1) / (a + b + 2)) return front - Math.log(a) + Math.log(betaFraction(a, b, x));
  const complement = front - Math.log(b) + Math.log(betaFraction(b, a, 1 - x)) - logBeta(a, b);
  return logBeta(a, b) + Math.log1p(-Math.exp(complement));
}

function betaFraction(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1), tiny);
  let value = d;
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d, tiny);
    c = nonZero(1 + even / c, tiny);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d, tiny);
    c = nonZero(1 + odd / c, tiny);
    const step = d * c;
    value *= step;
    if (Math.abs(step - 1) < 1e-15) break;
  }
  return value;
}

function nonZero(value: number, tiny: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}

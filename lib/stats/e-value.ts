/**
 * ln of the mean of e-values, from their logarithms, without overflow. An average of e-values is an e-value under
 * any dependence (Vovk & Wang 2021), which is how evidence is combined over tunings and over category levels.
 * The mean of none is 1 (no evidence).
 */
export function averageLogE(logEValues: readonly number[]): number {
  if (logEValues.length === 0) return 0;
  const largest = Math.max(...logEValues);
  if (!Number.isFinite(largest)) return largest;
  const total = logEValues.reduce((sum, log) => sum + Math.exp(log - largest), 0);
  return largest + Math.log(total / logEValues.length);
}

/**
 * e-BH: the hypotheses rejected with false discovery rate at most q, under arbitrary dependence and at any stopping
 * time: the k largest e-values, for the largest k with e_(k) ≥ m/(qk). One flag per input, in input order.
 * Source: Wang & Ramdas 2022, "False discovery rate control with e-values", JRSS-B.
 */
export function eBenjaminiHochberg(logEValues: readonly number[], q = 0.1): boolean[] {
  const m = logEValues.length;
  const sorted = [...logEValues].sort((a, b) => b - a);
  let threshold = Number.POSITIVE_INFINITY;
  for (const [i, logE] of sorted.entries()) if (logE >= Math.log(m / (q * (i + 1)))) threshold = logE;
  return logEValues.map((logE) => logE >= threshold);
}

/** Sample mean of n values from their sum. Undefined (NaN) for n = 0: callers check n first. */
export function sampleMean(n: number, sum: number): number {
  return sum / n;
}

/** Unbiased sample covariance (divisor n − 1) from Σx, Σy and Σxy over the same n ≥ 2 pairs. */
export function sampleCovariance(n: number, sumX: number, sumY: number, sumXY: number): number {
  return (sumXY - (sumX * sumY) / n) / (n - 1);
}

/** Unbiased sample variance (divisor n − 1) from Σx and Σx² over n ≥ 2 values. */
export function sampleVariance(n: number, sum: number, sumSquares: number): number {
  return sampleCovariance(n, sum, sum, sumSquares);
}

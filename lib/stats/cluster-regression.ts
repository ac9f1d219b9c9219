import { type NotEstimable, notEstimable } from "./estimate.ts";

export type ClusterRegression =
  | {
      status: "ok";
      coefficients: number[];
      standardErrors: number[];
      covariance: number[][];
      clusters: number;
    }
  | NotEstimable;

export type ClusterCorrection = "CR0" | "CR0_K" | "CR1";

/**
 * Ordinary least squares with cluster-robust (sandwich) covariance, used to check the sums-based estimators.
 *
 * @param rows one row of regressors per observation (add a column of ones for an intercept)
 * @param outcomes the outcome of each row
 * @param clusters the cluster of each row
 * @param correction CR0: none. CR0_K: ·K/(K−1), equal to `ratioEstimate` for a regression of S on N through the
 *   origin weighted 1/N. CR1: ·K/(K−1)·(n−1)/(n−p), Stata's `vce(cluster)` (Cameron & Miller 2015, eq. 11–12)
 *
 * Not estimable: too_few_units (fewer than two clusters, or no more rows than regressors), no_variation (the
 * regressors are collinear).
 */
export function clusterRegression(
  rows: readonly (readonly number[])[],
  outcomes: readonly number[],
  clusters: readonly (string | number)[],
  correction: ClusterCorrection = "CR1",
): ClusterRegression {
  const n = rows.length;
  const p = rows[0]?.length ?? 0;
  const scores = new Map<string | number, number[]>();
  const gram = zeros(p);
  const moment = new Array<number>(p).fill(0);
  for (let i = 0; i < n; i++) {
    const row = rows[i]!;
    for (let a = 0; a < p; a++) {
      moment[a]! += row[a]! * outcomes[i]!;
      for (let b = 0; b < p; b++) gram[a]![b]! += row[a]! * row[b]!;
    }
  }
  const bread = invert(gram);
  if (bread === null) return notEstimable("no_variation");
  const coefficients = bread.map((line) => dot(line, moment));
  for (let i = 0; i < n; i++) {
    const row = rows[i]!;
    const residual = outcomes[i]! - dot(row, coefficients);
    const score = scores.get(clusters[i]!) ?? new Array<number>(p).fill(0);
    for (let a = 0; a < p; a++) score[a]! += row[a]! * residual;
    scores.set(clusters[i]!, score);
  }
  const k = scores.size;
  if (k < 2 || n <= p) return notEstimable("too_few_units");
  const meat = zeros(p);
  for (const score of scores.values())
    for (let a = 0; a < p; a++) for (let b = 0; b < p; b++) meat[a]![b]! += score[a]! * score[b]!;
  const factor = {
    CR0: 1,
    CR0_K: k / (k - 1),
    CR1: (k / (k - 1)) * ((n - 1) / (n - p)),
  }[correction];
  const covariance = multiply(multiply(bread, meat), bread).map((line) =>
    line.map((value) => value * factor),
  );
  const standardErrors = covariance.map((line, a) => Math.sqrt(line[a]!));
  return { status: "ok", coefficients, standardErrors, covariance, clusters: k };
}

function zeros(p: number): number[][] {
  return Array.from({ length: p }, () => new Array<number>(p).fill(0));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((total, value, i) => total + value * b[i]!, 0);
}

function multiply(a: number[][], b: number[][]): number[][] {
  return a.map((line) => b[0]!.map((_, j) => line.reduce((total, value, i) => total + value * b[i]![j]!, 0)));
}

function invert(matrix: number[][]): number[][] | null {
  const p = matrix.length;
  const work = matrix.map((line, i) => [...line, ...line.map((_, j) => (i === j ? 1 : 0))]);
  for (let column = 0; column < p; column++) {
    let pivot = column;
    for (let r = column + 1; r < p; r++)
      if (Math.abs(work[r]![column]!) > Math.abs(work[pivot]![column]!)) pivot = r;
    if (Math.abs(work[pivot]![column]!) < 1e-14 * Math.abs(matrix[column]![column]!)) return null;
    [work[column], work[pivot]] = [work[pivot]!, work[column]!];
    const head = work[column]![column]!;
    if (head === 0) return null;
    work[column] = work[column]!.map((value) => value / head);
    for (let r = 0; r < p; r++) {
      if (r === column) continue;
      const factor = work[r]![column]!;
      work[r] = work[r]!.map((value, j) => value - factor * work[column]![j]!);
    }
  }
  return work.map((line) => line.slice(p));
}

import type { MeasureCell } from "#lib/abtests/cells.ts";
import { ratioEstimate } from "#lib/stats/ratio-estimate.ts";
import type { Sums } from "#lib/stats/sums.ts";
import type { SimulatedArm } from "./scenario.ts";

/** An arm of a metric without histograms. `traceSquares` is Σv² over single traces, for the naive view. */
export function sumsArm(
  units: number,
  sums: Sums,
  traceSquares: number,
  binary?: { positiveUnits: number },
): SimulatedArm {
  const cell: MeasureCell = {
    sums: { ...sums },
    positiveUnits: binary?.positiveUnits ?? 0,
    isBinary: binary !== undefined,
    histograms: [],
  };
  const { n, s } = sums;
  return { units, cell, perTrace: () => ratioEstimate({ k: n, n, s, nn: n, ss: traceSquares, ns: s }) };
}

/** The sums after every trace's value v became factor·v + shift. */
export function transformed(sums: Sums, traceSquares: number, factor: number, shift: number) {
  const { k, n, s, nn, ss, ns } = sums;
  return {
    sums: {
      k,
      n,
      s: factor * s + shift * n,
      nn,
      ss: factor * factor * ss + 2 * factor * shift * ns + shift * shift * nn,
      ns: factor * ns + shift * nn,
    },
    traceSquares: factor * factor * traceSquares + 2 * factor * shift * s + shift * shift * n,
  };
}

/** Exchanges a unit's old totals in the sums for its new ones. */
export function replaceUnit(
  sums: Sums,
  before: { n: number; s: number },
  after: { n: number; s: number },
): void {
  if (before.n === 0) sums.k += 1;
  sums.n += after.n - before.n;
  sums.s += after.s - before.s;
  sums.nn += after.n * after.n - before.n * before.n;
  sums.ss += after.s * after.s - before.s * before.s;
  sums.ns += after.n * after.s - before.n * before.s;
}

import { normalCdf, normalPdf, normalQuantile } from "./distributions.ts";
import { requireProbability } from "./estimate.ts";

export interface GroupSequentialLook {
  /** Critical z at this look. */
  bound: number;
  /** The two-sided (or one-sided) p-value threshold that bound stands for. */
  nominalAlpha: number;
  /** Error spent (or forfeited) up to and including this look, per side. */
  spent: number;
}

// The reference implementation's own constants; they show in its published bounds.
const smallestSpending = 1e-7;
const smallestProgress = 1e-5;
const stepsPerScale = 50;

/**
 * Lan–DeMets bounds for a fixed list of planned looks, power spending function α·t^φ. Kept as a reference to compare
 * with (Spotify plans this way); our own tests are anytime-valid and need no plan of looks.
 *
 * Each look's bound makes the crossing probability equal to the error newly spent, by recursive integration of the
 * density of the not-yet-stopped process (Armitage, McPherson & Rowe 1969; Jennison & Turnbull 2000, ch. 19). Details
 * follow R's `ldbounds` (`landem.R`) and Spotify's `sequential_bound_solver.py`, so that their published bounds are
 * reproduced: the error is met to within 1e-7 by a search in decimal steps; a look that spends less than that gets
 * the truncation as its bound and forfeits its error; a look with under 1e-5 of new information repeats the last.
 *
 * @param fractions information fractions in (0, 1], never falling; when a test overruns its plan, divide by what was
 *   reached, so that the last is 1
 * @param truncation bounds above this z are cut to it
 * @throws RangeError unless 0 < alpha < 1 and the fractions do not fall within (0, 1].
 */
export function groupSequentialBounds(input: {
  fractions: readonly number[];
  alpha: number;
  power?: number;
  sides?: 1 | 2;
  truncation?: number;
}): GroupSequentialLook[] {
  const { fractions, alpha, power = 2, sides = 2, truncation = 8 } = input;
  requireProbability("alpha", alpha);
  const looks: GroupSequentialLook[] = [];
  let density: Density | null = null;
  let previous = 0;
  let spent = 0;
  for (const t of fractions) {
    if (!(t > 0 && t >= previous && t <= 1))
      throw new RangeError("information fractions must not fall, and lie within (0, 1]");
    if (density !== null && t - previous <= smallestProgress) {
      looks.push(looks.at(-1)!);
      previous = t;
      continue;
    }
    const deviation = Math.sqrt(t - previous);
    const planned = (alpha / sides) * t ** power;
    const wanted = Math.max(0, planned - spent);
    const top = truncation * Math.sqrt(t);
    const exceedance = exceedanceOf(density, deviation);
    const crossing =
      density === null ? -normalQuantile(wanted) * deviation : search(density, exceedance, wanted);
    const isTruncated = crossing > top;
    const limit = isTruncated ? top : crossing;
    spent = isTruncated && Number.isFinite(crossing) ? spent + exceedance(top) : planned;
    const bound = limit / Math.sqrt(t);
    looks.push({ bound, nominalAlpha: sides * normalCdf(-bound), spent });
    density = continueDensity(density, deviation, -top, limit);
    previous = t;
  }
  return looks;
}

/** Where the crossing probability is the wanted one, to within 1e-7; Infinity when less than that is wanted. */
function search(density: Density, exceedance: (y: number) => number, wanted: number): number {
  if (wanted < smallestSpending) return Number.POSITIVE_INFINITY;
  let y = density.points.at(-1)!;
  let crossing = exceedance(y);
  for (let step = 1; Math.abs(crossing - wanted) > smallestSpending; step /= 10) {
    const isTooLow = crossing > wanted + smallestSpending;
    for (let i = 0; i < stepsPerScale; i++) {
      y += isTooLow ? step : -step;
      crossing = exceedance(y);
      if (isTooLow ? crossing <= wanted + smallestSpending : crossing >= wanted - smallestSpending) break;
    }
  }
  return y;
}

/** The sub-density of the process among paths that have not stopped, on an even grid. */
interface Density {
  points: Float64Array;
  values: Float64Array;
  step: number;
}

function exceedanceOf(density: Density | null, deviation: number) {
  return (y: number): number => {
    if (density === null) return normalCdf(-y / deviation);
    return integrate(density, (point) => normalCdf((point - y) / deviation));
  };
}

function continueDensity(density: Density | null, deviation: number, low: number, high: number): Density {
  const intervals = Math.min(1000, Math.ceil((high - low) / (0.05 * deviation)));
  const step = (high - low) / intervals;
  const points = Float64Array.from({ length: intervals + 1 }, (_, i) => low + i * step);
  const values = points.map((y) => {
    if (density === null) return normalPdf(y / deviation) / deviation;
    return integrate(density, (point) => normalPdf((y - point) / deviation)) / deviation;
  });
  return { points, values, step };
}

function integrate({ points, values, step }: Density, f: (point: number) => number): number {
  const last = points.length - 1;
  let sum = 0.5 * (values[0]! * f(points[0]!) + values[last]! * f(points[last]!));
  for (let i = 1; i < last; i++) sum += values[i]! * f(points[i]!);
  return sum * step;
}

/** The largest fixed-horizon z that a bound may not fall below: Φ⁻¹(1 − α/sides). */
export function fixedHorizonBound(alpha: number, sides: 1 | 2 = 2): number {
  return -normalQuantile(alpha / sides);
}

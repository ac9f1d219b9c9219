/**
 * W₋₁(y), the lower real branch of Lambert's W: the w ≤ −1 with w·e^w = y, for −1/e ≤ y < 0.
 * Halley's iteration from the series of Corless et al. 1996 (eq. 4.19 near 0, 4.22 near −1/e).
 * @throws RangeError outside that interval.
 */
export function lambertWMinus1(y: number): number {
  if (!(y >= -1 / Math.E && y < 0)) throw new RangeError(`W₋₁ is real only on [−1/e, 0), got ${y}`);
  const gap = 2 * (1 + Math.E * y);
  if (gap <= 0) return -1;
  const logs = Math.log(-y);
  let w = gap < 0.5 ? -1 - Math.sqrt(gap) - gap / 3 : logs - Math.log(-logs);
  for (let i = 0; i < 50; i++) {
    const ew = Math.exp(w);
    const f = w * ew - y;
    const step = f / (ew * (w + 1) - ((w + 2) * f) / (2 * w + 2));
    w -= step;
    if (Math.abs(step) <= 1e-15 * Math.abs(w)) break;
  }
  return w;
}
